"""Firmware-assisted dump: the firmware of a pseries guest takes the dump of a crash, and swkexec drives it in both kernels."""
import base64
import json
import secrets

from vmtest.case import case, expect
from vmtest.debian import OLDSTABLE, TESTING, UNSTABLE
from vmtest.expectations import core_read, covers, facts, joined, memory_covered, new_ram, ranges, text
from vmtest.initramfs import SCRIPTS
from vmtest.machines.ppc64le import PPC64LE_FADUMP
from vmtest.small_kernel import PPC64LE, SmallKernel

from .elfcorehdr import PT_LOAD, PT_NOTE, described, memory, program_headers
from .hotplug import DIMM_MEBIBYTES, MARKED_MEBIBYTES, PAGES_EXPECTED
from .makedumpfile import dumped

# No kernel of Debian for this machine has CONFIG_FA_DUMP. The capture kernel of a newer one makes the dump's header itself.
NEWER = SmallKernel("fadump_kernel.config", "7.x", r"linux-source-7\.\d+", (UNSTABLE, TESTING), PPC64LE)
OLDER = SmallKernel("fadump_kernel.config", "6.1", "linux-source-6.1", (OLDSTABLE,), PPC64LE)

# As fadump_kernel.config makes them: pages, struct pt_regs, and struct cpumask of 16 CPUs.
PAGES = "--page-size=4K"
SIZES = "--pt-regs-size=384 --cpu-mask-size=8"

# Of this kernel makedumpfile 1.7.8 takes pages of data for pages of programs and caches, and misses them when it reads its dump back;
# so only pages that are zero are left out of the one that is read.
DUMP_LEVEL = 1

# Both kernels are given one RAM disk by the firmware.
BOTH = """
    mount -t debugfs debugfs /sys/kernel/debug
    regions=/sys/kernel/debug/powerpc/fadump_region
    swkexec() { qemu-x86_64 /bin/swkexec "$@"; }
    status() { run "status-$1" swkexec fadump status --format=json; }
    registered() { report_file registered /sys/kernel/fadump_registered; }
    area_start=$(sed -n 's/^CPU *:\\[\\(0x[0-9a-f]*\\)-.*/\\1/p' $regions)
    copied_to=$(sed -n 's/.*Dest: \\(0x[0-9a-f]*\\),.*/\\1/p' $regions)
    boot_size=$(sed -n 's/.*Size: \\(0x[0-9a-f]*\\),.*/\\1/p' $regions)
    header=$(((copied_to + boot_size + 4095) / 4096 * 4096))
    read_header() { dd if=/dev/mem of=$1 bs=4096 skip=$((header / 4096)) count=1; }
"""

CYCLE = """
if [ $STAGE = first ]; then
    status boot
    run unregister swkexec fadump unregister
    registered
    status unregistered
    run register swkexec fadump register
    registered
    run register-twice swkexec fadump register
    run unload swkexec -p -u
    registered
    run promise swkexec -p --hotplug /vmlinuz --initrd=/capture.img --append=quiet
    registered
    run append swkexec fadump append-arguments "vmtest.appended vmtest.marker={marker} vmtest.from={dimms_at:#x} vmtest.makedumpfile={dump_level}"
    run release-too-early swkexec fadump release-memory
    event memory+{dimm}M
    fill {marked} {marker}
    status ready
    run check swkexec check --hotplug
    run plan swkexec fadump plan --memory=2G --crashkernel=512M {pages} {sizes} --format=json
    registered
    report_file mem-reserved /sys/kernel/fadump/mem_reserved
    report crash-regions $(printf '%x-%x' $area_start $((area_start + $(cat /sys/kernel/fadump/mem_reserved) - 1)))
    report ram $(system_ram)
    crash 1
fi
status dump
. /capture-job
run makedumpfile-all makedumpfile -l -d 31 /proc/vmcore /tmp/dump-all
run read-header read_header /tmp/header
run header swkexec fadump header /tmp/header --byte-order=little {sizes} --format=json
run elfcorehdr swkexec fadump elfcorehdr --header=/tmp/header --regions=$regions --memory=/proc/iomem --output=/tmp/elfcorehdr --format=json
report elfcorehdr "$(base64 -w 0 /tmp/elfcorehdr)"
report vmcore-head "$(dd if=/proc/vmcore bs=4096 count=1 2>/dev/null | base64 -w 0)"
compare-core /tmp/elfcorehdr /proc/vmcore >/tmp/compared 2>&1
report_lines compared /tmp/compared
run check swkexec check
run register-too-early swkexec fadump register
total() {{ sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo; }}
report total $(total)
run release swkexec fadump release-memory
report total $(total)
report vmcore-left "$([ -e /proc/vmcore ] && echo yes || echo no)"
run release-twice swkexec fadump release-memory
status released
run append-released swkexec fadump append-arguments quiet
run register swkexec fadump register
registered
status registered
"""


def boot(lab, kernel, job, **how):
    starts = []

    def on_report(stage, key, value):
        """Where the dump fails, the same job would run again and again."""
        if (stage, key) == ("first", "kernel"):
            starts.append(value)
            expect(len(starts) == 1, "the firmware started the machine anew, and the kernel found no dump")

    files = {"capture-job": (SCRIPTS / "capture").read_bytes()}
    outcome = lab.boot(kernel.build(lab.pieces.fetcher, lab.log), BOTH + job, files=files, on_report=on_report, **how)
    expect(outcome.panic is not None, f"no panic was seen ({outcome.end})")
    expect(outcome.value("kernel", "capture") is not None, f"no capture kernel with a /proc/vmcore ({outcome.end}; {outcome.registers})")
    core_read(outcome)
    return outcome


def said(outcome, name, stage="first"):
    return " | ".join(outcome.values(f"{name}-said", stage))


def well(outcome, *names, stage="first"):
    for name in names:
        status = outcome.value(f"{name}-status", stage)
        expect(status == "0", f"{name} ended with status {status}: {said(outcome, name, stage)}")


def refused(outcome, name, words, stage="first"):
    line = said(outcome, name, stage)
    expect(outcome.value(f"{name}-status", stage) == "1" and words in line, f"{name} was not refused with \"{words}\": {line}")
    return line


def told(outcome, name, stage="first"):
    """What a command printed as JSON."""
    well(outcome, name, stage=stage)
    return json.loads("\n".join(outcome.values(f"{name}-said", stage)))


def status_is(outcome, name, stage="first", **wanted):
    status = told(outcome, f"status-{name}", stage)
    wrong = {key: status[key] for key, value in wanted.items() if status[key] != value}
    expect(not wrong, f"status {name}: {wrong}, {wanted} expected ({status['atCrash']})")
    expect(not status["unreadable"], f"status {name}: {status['unreadable']}")
    return status


@case("ppc64le-fadump-7.x", machine=PPC64LE_FADUMP, needs_swkexec=True, pieces=NEWER.pieces)
def cycle(lab):
    """All of it: registered, grown, crashed, captured, released, registered again."""
    marker = f"marker-{secrets.token_hex(8)}"
    outcome = boot(lab, NEWER, CYCLE.format(
        marker=marker, dimms_at=lab.machine.dimms_at, dimm=DIMM_MEBIBYTES, marked=MARKED_MEBIBYTES, dump_level=DUMP_LEVEL,
        pages=PAGES, sizes=SIZES,
    ), tools=["usr/bin/makedumpfile"])

    # The first kernel
    ready = {"supported": True, "enabled": True, "registered": True, "hotplugReady": True, "dumpActive": False, "captured": True}
    status_is(outcome, "boot", **ready)
    status_is(outcome, "unregistered", **{**ready, "registered": False, "captured": False})
    well(outcome, "unregister", "register", "register-twice", "unload", "promise", "append", "check")
    registered = outcome.values("registered")
    expect(registered == ["0", "1", "0", "1", "1"], f"registered was {registered}")
    status = status_is(outcome, "ready", **ready)
    expect("vmtest.appended" in status["extraArguments"], f"extra arguments: {status['extraArguments']}")
    refused(outcome, "release-too-early", "there is no dump to release")
    planned, reserved = told(outcome, "plan")["newer"]["reserved"], int(outcome.value("mem-reserved"))
    expect(planned == reserved, f"fadump plan tells of {planned} bytes, the kernel reserved {reserved}")

    # The capture kernel
    expect("vmtest.appended" in (outcome.value("command-line", "capture") or ""), "the appended arguments are not on its command line")
    status = status_is(outcome, "dump", "capture", supported=True, enabled=True, registered=False, dumpActive=True, captured=False)
    copied = sum(region["dumped"] for region in status["regions"] if region["kind"] == "boot-memory")
    expect(copied == 512 << 20, f"the firmware copied {copied} bytes of boot memory")
    refused(outcome, "check", "save the dump in /proc/vmcore", "capture")
    refused(outcome, "register-too-early", "a dump waits to be saved", "capture")
    mebibytes, wanted = memory_covered(outcome), new_ram(outcome)
    expect(covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is not in /proc/vmcore")
    (pages, _), = facts(outcome, "vmcore", "capture", "marker")
    expect(int(pages) >= PAGES_EXPECTED, f"{pages} marked pages read back, {PAGES_EXPECTED} expected")
    well(outcome, "makedumpfile-all", stage="capture")
    dump, loads = dumped(outcome), same_header(outcome)

    # Afterwards
    well(outcome, "release", "release-twice", "register", stage="capture")
    before, after = map(int, outcome.values("total", "capture"))
    expect(after - before > 1 << 20, f"release-memory gave back {after - before} KiB")
    expect(outcome.value("vmcore-left", "capture") == "no", "/proc/vmcore is still there")
    expect("no change was needed" in said(outcome, "release-twice", "capture"), f"release-memory, twice: {said(outcome, 'release-twice', 'capture')}")
    status_is(outcome, "released", "capture", **{**ready, "registered": False, "captured": False, "extraArguments": None})
    refused(outcome, "append-released", "given back with the dump", "capture")
    expect("warning" in said(outcome, "register", "capture"), "no warning of the page that the kernel gave back")
    expect(outcome.values("registered", "capture") == ["1"], "it could not register again")
    status_is(outcome, "registered", "capture", **ready)
    return (f"{outcome.value('kernel')}: registered, hot-added {text(wanted)} and all {mebibytes} MiB in /proc/vmcore, {pages} marked "
            f"pages, {loads} PT_LOADs and VMCOREINFO as `fadump elfcorehdr` has them; {dump}; "
            f"{(after - before) >> 10} MiB released, registered again")


def same_header(outcome):
    """What swkexec made of the header that was preserved, and what the kernel made of it. Returns how many ranges there are."""
    header = told(outcome, "header", "capture")
    expect((header["magic"], header["byteOrder"], header["version"], header["crashingCPU"]) == ("FADMPSIG", "little", 1, 1), f"header: {header}")
    expect(header["verdict"]["result"] == "processed", f"header: {header}")
    well(outcome, "elfcorehdr", stage="capture")
    ours, theirs = (base64.b64decode(outcome.value(name, "capture") or "") for name in ("elfcorehdr", "vmcore-head"))
    e_type_machine_version, e_flags = slice(0, 24), slice(48, 52)
    for part in (e_type_machine_version, e_flags):
        expect(ours[part] == theirs[part], f"the ELF headers differ: {ours[part].hex()}, {theirs[part].hex()} in /proc/vmcore")
    loads, in_core = (described(program_headers(bytes_), PT_LOAD) for bytes_ in (ours, theirs))
    expect(loads and loads == in_core, f"the PT_LOADs differ: {memory(loads)}; in /proc/vmcore: {memory(in_core)}")
    flags = {(h.flags, h.align) for h in program_headers(ours) + program_headers(theirs) if h.type == PT_LOAD}
    expect(len(flags) == 1, f"flags and alignment of the PT_LOADs differ: {flags}")
    expect(sum(h.type == PT_NOTE for h in program_headers(ours)) == 2, "two PT_NOTEs were expected")
    compared = outcome.values("compared", "capture")
    expect(len(compared) == len(loads) + 1 and "note VMCOREINFO same" in compared and all(line.endswith(" same") for line in compared),
           f"what the header points to is not what /proc/vmcore has: {compared}")
    return len(loads)


OLDER_CYCLE = """
if [ $STAGE = first ]; then
    status boot
    run hotplug swkexec -p --hotplug /vmlinuz --initrd=/capture.img --append=quiet
    registered
    run check swkexec check --hotplug
    run load swkexec -p /vmlinuz --initrd=/capture.img --append=quiet
    registered
    run append swkexec fadump append-arguments quiet
    event memory+{dimm}M
    {after}
    registered
    run plan swkexec fadump plan --memory=2G --crashkernel=512M {pages} {sizes} --format=json
    report area-start $area_start
    report_file mem-reserved /sys/kernel/fadump/mem_reserved
    crash
fi
status dump
. /capture-job
run read-header read_header /tmp/header
run header swkexec fadump header /tmp/header --byte-order=little --format=json
run elfcorehdr swkexec fadump elfcorehdr --header=/tmp/header --regions=$regions --memory=/proc/iomem --output=/tmp/elfcorehdr
run release swkexec fadump release-memory
status released
run register swkexec fadump register
registered
status registered
"""


@case("ppc64le-fadump-stale-6.1", machine=PPC64LE_FADUMP, needs_swkexec=True, pieces=OLDER.pieces, after="", is_reloaded=False)
@case("ppc64le-fadump-reload-6.1", machine=PPC64LE_FADUMP, needs_swkexec=True, pieces=OLDER.pieces, after="run reload swkexec fadump reload", is_reloaded=True)
def older(lab, after, is_reloaded):
    """The kernel writes the header when it registers: memory that came later is missing, unless it is registered anew."""
    outcome = boot(lab, OLDER, OLDER_CYCLE.format(dimm=DIMM_MEBIBYTES, after=after, pages=PAGES, sizes=SIZES))

    ready = {"supported": True, "enabled": True, "registered": True, "hotplugReady": False, "captured": True}
    status_is(outcome, "boot", **ready)
    line = refused(outcome, "hotplug", "hotplug_ready")
    expect(len(outcome.values("hotplug-said")) == 1, f"more than a line was said: {line}")
    expect("hotplug_ready" in refused(outcome, "check", "bad"), f"check --hotplug: {said(outcome, 'check')}")
    well(outcome, "load", *(["reload"] if is_reloaded else []))
    expect("warning: fadump's dump" in said(outcome, "load") and "swkexec fadump reload" in said(outcome, "load"), f"-p said: {said(outcome, 'load')}")
    expect(outcome.values("registered") == ["1", "1", "1"], f"registered was {outcome.values('registered')}")
    refused(outcome, "append", "bootargs_append")

    wanted = new_ram(outcome)
    expect(covers(joined(ranges(outcome)), wanted) == is_reloaded,
           f"the hot-added range {text(wanted)} is {'missing from' if is_reloaded else 'in'} /proc/vmcore")
    area, reserved = int(outcome.value("area-start"), 16), told(outcome, "plan")["older"]["reserved"]
    expect(outcome.value("mem-reserved") == str(reserved), f"fadump plan tells of {reserved} bytes, the kernel reserved {outcome.value('mem-reserved')}")
    expect((0, area) in ranges(outcome) and any(start == area + reserved for start, _ in ranges(outcome)),
           f"{reserved} bytes of reserved memory at {area:#x} are not the gap in {', '.join(map(text, ranges(outcome)))}")
    status_is(outcome, "dump", "capture", supported=True, enabled=True, registered=False, dumpActive=True, captured=False)
    header = json.loads("\n".join(outcome.values("header-said", "capture")))
    expect(outcome.value("header-status", "capture") == "1" and header["magic"] == "FADMPINF"
           and header["verdict"]["reason"] == "old magic number, cannot process the dump", f"header: {header}")
    refused(outcome, "elfcorehdr", "old magic number", "capture")
    well(outcome, "release", "register", stage="capture")
    status_is(outcome, "released", "capture", **{**ready, "registered": False, "captured": False})
    status_is(outcome, "registered", "capture", **ready)
    return f"{outcome.value('kernel')}: --hotplug refused, -p warns, the hot-added range {text(wanted)} is {'there after reload' if is_reloaded else 'missing'}"
