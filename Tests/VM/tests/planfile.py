"""Plans in files: made, looked at, refused, loaded by the small program and by swkexec, released; and the crash image that comes of it."""
import secrets
import tarfile

from vmtest.case import case, expect
from vmtest.expectations import captured, covers, facts, new_ram, ranges, text

from .hotplug import DIMM_MEBIBYTES, MARKED_MEBIBYTES, PAGES_EXPECTED
from .refusals import refused, status_is

PLAN = '$LOADER -p --hotplug /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"'
FACTS = ["kernel release", "boot", "crash region", "place of VMCOREINFO", "place of the crash notes", "set of memory ranges",
         "place of the kernel", "direct map of RAM"]


def job(apply, unload, marker):
    return f"""
        run plan {PLAN} --plan-file=/tmp/plan
        run empty $LOADER -S
        run applier $LOADER --write-applier=/bin/swkexec-apply
        report sizes "$(stat -c %s /tmp/plan)" "$(stat -c %s /bin/swkexec-apply)"
        $LOADER --apply=/tmp/plan -n --format=json >/tmp/json
        report_lines plan-json /tmp/json
        run print swkexec-apply -n /tmp/plan
        run print-swkexec $LOADER --apply=/tmp/plan -n
        run not-root su nobody -s /bin/sh -c 'swkexec-apply /tmp/plan'

        cp /tmp/plan /tmp/damaged
        printf '\\377\\000\\377\\000' | dd of=/tmp/damaged bs=1 seek=5000000 conv=notrunc 2>/dev/null
        run damaged {apply}/tmp/damaged
        run still-empty $LOADER -S

        run first-load {apply}/tmp/plan
        run full $LOADER -S
        run damaged-again {apply}/tmp/damaged
        run still-full $LOADER -S
        run unload {unload}
        run empty-again $LOADER -S

        $LOADER snapshot /tmp/machine
        run plan-elsewhere {PLAN} --sysroot=/tmp/machine --plan-file=/tmp/plan-elsewhere
        run load-elsewhere {apply}/tmp/plan-elsewhere
        run full-elsewhere $LOADER -S
        run unload-elsewhere {unload}

        run load {apply}/tmp/plan
        report_file crash-loaded /sys/kernel/kexec_crash_loaded
        report_file cpu-crash-hotplug /sys/devices/system/cpu/crash_hotplug
        report_file memory-crash-hotplug /sys/devices/system/memory/crash_hotplug
        event memory+{DIMM_MEBIBYTES}M
        run stale {apply}/tmp/plan
        run not-lost $LOADER -S
        fill {MARKED_MEBIBYTES} {marker}
        crash
    """


def well(outcome, *names):
    for name in names:
        expect(outcome.value(f"{name}-status") == "0", f"{name}: status {outcome.value(f'{name}-status')}: {outcome.values(f'{name}-said')}")


@case("plan-file-6.12", needs_swkexec=True, kernel="6.12", apply="swkexec-apply ", unload="swkexec-apply -u")
@case("plan-file-7.x", needs_swkexec=True, kernel="7.x", apply="swkexec-apply ", unload="swkexec-apply -u -p")
@case("plan-file-swkexec-6.12", needs_swkexec=True, kernel="6.12", apply="$LOADER --apply=", unload="$LOADER -p -u")
def plan_file(lab, kernel, apply, unload):
    marker = f"marker-{secrets.token_hex(8)}"
    outcome = lab.boot(kernel, job(apply, unload, marker), capture_options=f"vmtest.marker={marker} vmtest.from=0x100000000")
    well(outcome, "plan", "applier", "print", "print-swkexec", "first-load", "unload", "plan-elsewhere", "load-elsewhere", "unload-elsewhere")

    # What the two programs print is the same, and every fact holds where the plan was made.
    printed = outcome.values("print-said")
    expect(printed == outcome.values("print-swkexec-said"), f"swkexec-apply prints {printed}, swkexec {outcome.values('print-swkexec-said')}")
    table = printed[next(i for i, line in enumerate(printed) if line.startswith("FACT ")) + 1:]
    expect([line.split("  ")[0] for line in table] == FACTS, f"the facts are {table}")
    expect(all("  holds    /" in line for line in table), f"not every fact holds: {table}")
    plan, applier = map(int, (outcome.value("sizes") or "").split())
    loaded = sum(int(line.split(":")[1].strip(" ,")) for line in outcome.values("plan-json") if '"loadedSize"' in line)
    expect(loaded <= plan <= loaded + 65536, f"the plan file has {plan} bytes, its segments {loaded}")
    expect(applier < 65536, f"swkexec-apply has {applier} bytes")

    # Nothing is loaded by a plan that is only written, and nothing is lost by one that is refused.
    for name, wanted in (("empty", "0"), ("still-empty", "0"), ("full", "1"), ("still-full", "1"), ("empty-again", "0"),
                         ("full-elsewhere", "1"), ("not-lost", "1")):
        status_is(outcome, name, wanted)
    refused(outcome, "not-root", "plan")
    refused(outcome, "damaged", "damaged", "SHA-256")
    refused(outcome, "damaged-again", "damaged", "SHA-256")
    refused(outcome, "stale", "made for another set of memory ranges", "/proc/iomem")

    captured(outcome, lab.loader)
    for subject in ("cpu", "memory"):
        seen = outcome.value(f"{subject}-crash-hotplug")
        expect(seen == "1", f"/sys/devices/system/{subject}/crash_hotplug is {seen} after the load")
    wanted = new_ram(outcome)
    expect(covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is not in /proc/vmcore")
    (pages, _), = facts(outcome, "vmcore", "capture", "marker")
    expect(int(pages) >= PAGES_EXPECTED, f"{pages} marked pages read back, {PAGES_EXPECTED} expected")
    return (f"{outcome.value('kernel')}: a file of {plan} bytes, {plan - loaded} more than its segments, loaded by a program of {applier}; "
            f"hot-added {text(wanted)} in /proc/vmcore")


@case("plan-file-other-boot-6.12", needs_swkexec=True, kernel="6.12")
def other_boot(lab, kernel):
    """The plan of one boot in the next, of the same machine with the same kernel: only this boot's own is loaded."""
    first = lab.boot(kernel, f"""
        mkdir -p /tmp/out
        run plan {PLAN} --plan-file=/tmp/out/plan
        run applier $LOADER --write-applier=/tmp/out/swkexec-apply
        report_file boot-id /proc/sys/kernel/random/boot_id
        send_folder /tmp/out
    """)
    well(first, "plan", "applier")
    sent = lab.folder / "sent"
    with tarfile.open(first.sent_file) as archive:
        archive.extractall(sent, filter="data")
    second = lab.boot(kernel, f"""
        report_file boot-id /proc/sys/kernel/random/boot_id
        run apply swkexec-apply /plan
        run forced swkexec-apply --force /plan
        run swkexec $LOADER --apply=/plan --force
        run empty $LOADER -S
        run plan {PLAN} --plan-file=/plan
        run own swkexec-apply /plan
        run full $LOADER -S
    """, files={"plan": sent / "plan", "bin/swkexec-apply": sent / "swkexec-apply"})
    before, now = first.value("boot-id"), second.value("boot-id")
    expect(before and now and before != now, f"the boot ids are {before} and {now}")
    for name in ("apply", "forced", "swkexec"):
        said = refused(second, name, "made for another boot", f"boot_id is '{now}', the plan expects '{before}'")
    status_is(second, "empty", "0")
    well(second, "plan", "own")
    status_is(second, "full", "1")
    return said


@case("plan-file-reboot-6.12", needs_swkexec=True, kernel="6.12")
def reboot(lab, kernel):
    mark = "this-is-the-second-kernel"
    outcome = lab.boot(kernel, f"""
        run plan $LOADER -l /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE {mark}" --plan-file=/tmp/plan
        run applier $LOADER --write-applier=/bin/swkexec-apply
        run load swkexec-apply /tmp/plan
        report_file image-loaded /sys/kernel/kexec_loaded
        run unload swkexec-apply -u -l
        report_file image-unloaded /sys/kernel/kexec_loaded
        run load-again swkexec-apply /tmp/plan
        sleep 0.2 # the reports leave the port first
        $LOADER -e
        report survived $?
    """)
    well(outcome, "plan", "applier", "load", "unload", "load-again")
    expect(outcome.value("image-loaded") == "1", "kexec_loaded is not 1 after swkexec-apply")
    expect(outcome.value("image-unloaded") == "0", "kexec_loaded is not 0 after swkexec-apply -u -l")
    expect(outcome.value("survived") is None, f"the loader came back with status {outcome.value('survived')}")
    lines = outcome.values("command-line")
    expect(len(lines) == 2 and mark in lines[1].split(), f"the kernels' command lines are {lines} ({outcome.end})")
    return f"{outcome.values('kernel')[0]}: loaded, released and loaded by swkexec-apply, started by -e"
