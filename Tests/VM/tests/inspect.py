"""`swkexec inspect`: the loaded image, read back while the machine changes under it."""
from tests.refusals import refused
from vmtest.case import case, expect
from vmtest.expectations import captured, new_ram, not_started, text
from vmtest.machines.arm64 import ARM64
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64

REMEDY = "load the image again"


def found(outcome, name, status, *findings, verdict):
    """`inspect NAME` ended with that status and that last line, and its findings are these, and no others."""
    lines = [" ".join(line.split()) for line in outcome.values(f"{name}-said") if line.strip()]
    expect(outcome.value(f"{name}-status") == status,
           f"{name}: status {outcome.value(f'{name}-status')}, {status} expected: {' | '.join(lines)}")
    expect(lines and lines[-1] == verdict, f"{name}: the verdict is {lines[-1:]}, not {verdict}")
    ids = ("segment-changed", "record-damaged", "digest-differs", "elfcorehdr-", "memory-", "cpu-notes-", "vmcoreinfo-", "fdt-")
    said = [line for line in lines if line.startswith(ids)]
    expect(len(said) == len(findings), f"{name}: {said} found, {list(findings)} expected")
    for line, beginning in zip(said, findings):
        expect(line.startswith(beginning), f"{name}: {line} found, {beginning} expected")


def untold(outcome, name, *words):
    """Status 2 and one line that holds the words."""
    said = outcome.values(f"{name}-said")
    expect(outcome.value(f"{name}-status") == "2", f"{name}: status {outcome.value(f'{name}-status')}, 2 expected: {said}")
    expect(len(said) == 1 and all(word in said[0] for word in words), f"{name}: one line with {words} expected, not {said}")
    return said[0]


def checked(outcome, name, *lines):
    said = [" ".join(line.split()) for line in outcome.values(f"{name}-said")]
    for line in lines:
        expect(any(found.startswith(line) for found in said), f"{name}: no line {line}: {said}")


CURRENT = "intact and current"
STALE = "intact, but not current"


@case("inspect-hotplug-6.12", needs_swkexec=True, kernel="6.12")
def hotplug(lab, kernel):
    """x86 leaves memory in the header when it goes: the first events that rewrite the header come while it still is a resource."""
    outcome = lab.boot(kernel, """
        load --hotplug
        inspect fresh
        run check-fresh $LOADER check --hotplug
        event cpu1-
        event cpu1+
        event memory+256M
        inspect grown
        event cpu1-
        event cpu1+
        inspect after-cpus
        event memory-
        inspect shrunk
        run check-shrunk $LOADER check --hotplug
        load --hotplug
        inspect again
        crash
    """)
    dimm = text(new_ram(outcome))
    found(outcome, "fresh", "0", verdict=CURRENT)
    checked(outcome, "check-fresh", "ok image in memory what was loaded", "ok image's elfcorehdr describes the machine as it is")
    found(outcome, "grown", "0", verdict=CURRENT)
    found(outcome, "after-cpus", "0", verdict=CURRENT)
    expect([text(span) for span in outcome.happened[-1].went] == [dimm], "the DIMM could not be removed")
    gone = f"memory-gone memory {dimm} is gone and still in the elfcorehdr"
    found(outcome, "shrunk", "1", gone, verdict=STALE)
    checked(outcome, "check-shrunk", f"bad image's elfcorehdr memory {dimm} is gone", f"-> {REMEDY}")
    expect(outcome.value("check-shrunk-status") == "1", "check --hotplug says that the machine is ready")
    found(outcome, "again", "0", verdict=CURRENT)
    captured(outcome, lab.loader)
    return f"current with the DIMM at {dimm} and after CPUs, stale when it was removed, current after a reload"


@case("inspect-nohotplug-6.12", needs_swkexec=True, kernel="6.12")
def nohotplug(lab, kernel):
    outcome = lab.boot(kernel, """
        load --no-hotplug
        inspect fresh
        event memory+256M
        inspect grown
        run check-grown $LOADER check
    """)
    dimm = text(new_ram(outcome))
    found(outcome, "fresh", "0", verdict=CURRENT)
    missing = f"memory {dimm} is missing from the elfcorehdr: it will not be in the dump"
    found(outcome, "grown", "1", f"memory-missing {missing}", verdict=STALE)
    expect(outcome.value("check-grown-status") == "1", "check says that the machine is ready")
    checked(outcome, "check-grown", f"bad image's elfcorehdr {missing}", f"-> {REMEDY}")
    return f"without --hotplug {dimm} is named as missing"


@case("inspect-changed-6.12", needs_swkexec=True, kernel="6.12")
def changed(lab, kernel):
    """A byte of the kernel, from outside: what inspect names, purgatory names."""
    outcome = lab.boot(kernel, """
        load --hotplug
        inspect fresh
        ask_host write-byte $(($(start_of kernel) + 0x123456)) 0x5a
        inspect changed
        crash
    """)
    found(outcome, "fresh", "0", verdict=CURRENT)
    kernel_line = next(line.split() for line in outcome.values("changed-said") if line.startswith("kernel "))
    found(outcome, "changed", "1", f"segment-changed kernel at {kernel_line[1]} is not what was loaded", verdict="not intact")
    not_started(outcome)
    named = [line for line in outcome.between_kernels if line.startswith("  changed: ")]
    expect(named == [f"  changed: kernel at {kernel_line[1]}"], f"purgatory named {named}")
    return f"one byte changed from outside: inspect and purgatory name the kernel at {kernel_line[1]}"


@case("inspect-scribbled-6.12", needs_swkexec=True, kernel="6.12")
def scribbled(lab, kernel):
    """e_phnum of the elfcorehdr becomes more than there is room for."""
    outcome = lab.boot(kernel, """
        load --hotplug
        inspect fresh
        ask_host write-byte $(($(start_of elfcorehdr) + 57)) 0xff
        inspect scribbled
        crash
    """)
    found(outcome, "fresh", "0", verdict=CURRENT)
    start = next(line.split() for line in outcome.values("scribbled-said") if line.startswith("elfcorehdr "))[1]
    found(outcome, "scribbled", "1", f"elfcorehdr-malformed elfcorehdr at {start}: its ", verdict="not intact")
    not_started(outcome)
    expect(any(line.startswith(f"swkexec purgatory: elfcorehdr at {start}: ") for line in outcome.between_kernels),
           f"purgatory said {outcome.between_kernels}")
    return f"e_phnum written over from outside: inspect and purgatory name the elfcorehdr at {start}"


@case("inspect-others-6.12", needs_swkexec=True, kernel="6.12")
def others(lab, kernel):
    outcome = lab.boot(kernel, """
        run kexec-tools kexec -p -c /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
        inspect theirs
        event memory+256M
        inspect theirs-grown
        run unload kexec -p -u
        run file $LOADER -p -s /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
        inspect by-kernel
        load
        inspect ours
    """)
    expect(outcome.value("kexec-tools-status") == "0", f"kexec-tools: {outcome.values('kexec-tools-said')}")
    expect(outcome.value("file-status") == "0", f"-s: {outcome.values('file-said')}")
    unknown = "current; whether it is intact is not known"
    found(outcome, "theirs", "0", verdict=unknown)
    found(outcome, "theirs-grown", "1", f"memory-missing memory {text(new_ram(outcome))}", verdict=f"not {unknown}")
    # The header of kexec-tools may lie there still: then the kernel's own word for the entry does not help, and it is said.
    if outcome.value("by-kernel-status") == "2":
        untold(outcome, "by-kernel", "several elfcorehdrs")
    else:
        found(outcome, "by-kernel", "0", verdict=unknown)
    found(outcome, "ours", "0", verdict=CURRENT)
    return "an image of kexec-tools and one of -s have their headers compared, and their remains do not count"


@case("inspect-file-6.12", needs_swkexec=True, kernel="6.12")
def by_file(lab, kernel):
    outcome = lab.boot(kernel, """
        run file $LOADER -p -s /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
        inspect by-kernel
        event memory+256M
        inspect grown
    """)
    dimm = text(new_ram(outcome))
    unknown = "current; whether it is intact is not known"
    found(outcome, "by-kernel", "0", verdict=unknown)
    # The kernel made the image, so it rewrites its header (CONFIG_CRASH_HOTPLUG).
    found(outcome, "grown", "0", verdict=unknown)
    return f"the kernel's own image is current, and after the DIMM at {dimm}, too"


@case("inspect-untold-6.12", needs_swkexec=True, kernel="6.12")
def cannot_be_told(lab, kernel):
    seed = "--rng-seed=" + "a5" * 32
    outcome = lab.boot(kernel, f"""
        mount -t securityfs securityfs /sys/kernel/security
        inspect empty
        $PLANNER -p -c --hotplug {seed} --dry-run --write-segments=/tmp/planned /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE" >/dev/null
        load --hotplug {seed}
        inspect loaded --write-segments=/tmp/loaded
        for file in /tmp/planned/*; do
            report segment "$(basename $file) $(cmp -s $file /tmp/loaded/$(basename $file) && echo same || echo differs)"
        done
        run not-root su nobody -c "$LOADER inspect"
        run not-root-check su nobody -c "$LOADER check"
        measure $LOADER inspect 3>/tmp/measured >/dev/null
        report_lines measured /tmp/measured
        echo confidentiality >/sys/kernel/security/lockdown
        inspect locked
    """)
    untold(outcome, "empty", "no crash image is loaded")
    found(outcome, "loaded", "0", verdict=CURRENT)
    segments = outcome.values("segment")
    expect(len(segments) >= 5, f"segments: {segments}")
    differ = [segment for segment in segments if segment.endswith("differs")]
    expect(all("elfcorehdr" in segment for segment in differ), f"not as planned: {differ}")
    untold(outcome, "not-root", "run as root")
    checked(outcome, "not-root-check", "unknown image in memory", "unknown image's elfcorehdr")
    untold(outcome, "locked", "lockdown")
    return f"exit 2 with a reason each: nothing loaded, not root, lockdown; {len(segments)} segments as planned"


@case("ppc64le-inspect-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12")
def power(lab, kernel):
    outcome = lab.boot(kernel, """
        load --hotplug
        inspect fresh
        event memory+1G
        event cpu+
        inspect grown
    """)
    new_ram(outcome)
    found(outcome, "fresh", "0", verdict=CURRENT)
    found(outcome, "grown", "0", verdict=CURRENT)
    tree = next(" ".join(line.split()) for line in outcome.values("grown-said") if line.startswith("fdt ") and "CPUs" in line)
    return f"elfcorehdr and FDT are current after memory and a CPU were added: {tree}"


@case("arm64-inspect-6.12", machine=ARM64, needs_swkexec=True, kernel="6.12")
def arm(lab, kernel):
    outcome = lab.boot(kernel, """
        load
        inspect fresh
        crash
    """)
    found(outcome, "fresh", "0", verdict=CURRENT)
    captured(outcome, lab.loader)
    return "intact and current, and captured"


@case("riscv64-inspect-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12")
@case("riscv64-inspect-7.x", machine=RISCV64, needs_swkexec=True, kernel="7.x")
def risc_v(lab, kernel):
    """No kernel there updates an image: --hotplug is refused, and what was loaded stays as it is."""
    outcome = lab.boot(kernel, """
        load
        run hotplug $LOADER -p -c --hotplug /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
        inspect fresh
        crash
    """)
    said = refused(outcome, "hotplug", "no kernel for riscv64 updates a crash image")
    found(outcome, "fresh", "0", verdict=CURRENT)
    captured(outcome, lab.loader)
    return f"intact and current, and captured; {said}"
