"""Memory and CPUs come and go after the load: the crash image must still describe the machine."""
import secrets

from vmtest.case import case, expect
from vmtest.expectations import captured, covers, cpu_notes, efi_handed_over, facts, memory_covered, new_ram, ranges, text
from vmtest.machines.ppc64le import PPC64LE

DIMM_MEBIBYTES = 1024
MARKED_MEBIBYTES = 96
# Programs may get a few pages of other zones first.
PAGES_EXPECTED = MARKED_MEBIBYTES * 256 * 3 // 4
CPUS = 2  # at the start


def job(machine, marker, options="--hotplug"):
    """Where a CPU can be added, it is the one that crashes: the capture kernel starts on it and has to know it. Without --hotplug it
    would not."""
    add_cpu = "add_cpu" if machine.cpu_to_add else ""
    crash_on = (CPUS if options.endswith("--hotplug") else 0) if machine.cpu_to_add else ""
    return f"""
        load {options}
        add_dimm {DIMM_MEBIBYTES}
        cpu_off_and_on
        {add_cpu}
        fill {MARKED_MEBIBYTES} {marker}
        crash {crash_on}
    """


def events_happened(outcome):
    """The range the DIMM brought, after making sure that all events took place."""
    wanted = new_ram(outcome)
    online = ["0", f"0-{CPUS - 1}"] + ([f"0-{CPUS}"] if outcome.machine.cpu_to_add else [])
    expect(outcome.values("cpus-online") == online, f"CPUs did not go and come as {online}: {outcome.values('cpus-online')}")
    expect((outcome.value("filled") or "").startswith("filled"), "the marker was not written")
    return wanted


@case("hotplug-6.12", kernel="6.12")
@case("hotplug-7.x", kernel="7.x")
@case("efi-hotplug-6.12", kernel="6.12", efi=True)
@case("hotplug-file-6.12", kernel="6.12", options="-s --hotplug")
@case("hotplug-unasked-6.12", needs_swkexec=True, kernel="6.12", options="")
@case("ppc64le-hotplug-6.12", machine=PPC64LE, kernel="6.12")
@case("ppc64le-hotplug-7.x", machine=PPC64LE, kernel="7.x")
def hotplug(lab, kernel, efi=False, options="--hotplug"):
    marker = f"marker-{secrets.token_hex(8)}"  # of this run: what an earlier guest left cannot be taken for it
    outcome = lab.boot(kernel, job(lab.machine, marker, options), efi=efi,
                       capture_options=f"vmtest.marker={marker} vmtest.from={lab.machine.dimms_at:#x}")
    captured(outcome, lab.loader)
    if efi:
        efi_handed_over(outcome)
    for subject in ("cpu", "memory"):
        seen = outcome.value(f"{subject}-crash-hotplug")
        expect(seen == "1", f"/sys/devices/system/{subject}/crash_hotplug is {seen} after the load")
    memory_covered(outcome)
    wanted = events_happened(outcome)
    expect(covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is not in /proc/vmcore")
    (pages, first), = facts(outcome, "vmcore", "capture", "marker")
    expect(int(pages) >= PAGES_EXPECTED, f"{pages} marked pages read back, {PAGES_EXPECTED} expected")
    expect(wanted[0] <= int(first, 16) < wanted[1], f"the marker is at {first}, outside of the new range")
    cpus = CPUS + (1 if lab.machine.cpu_to_add else 0)
    notes = cpu_notes(outcome)
    expect(notes == cpus, f"{notes} CPU notes in /proc/vmcore, {cpus} expected")
    return (f"{outcome.value('kernel')}: hot-added {text(wanted)} in /proc/vmcore, {pages} marked pages read back, "
            f"{notes} CPU notes, purgatory silent")


@case("nohotplug-6.12", kernel="6.12")
@case("ppc64le-nohotplug-6.12", machine=PPC64LE, kernel="6.12")
def without_hotplug(lab, kernel):
    """The control: with the kernel's updates off the events must change nothing, and the new memory is missing."""
    outcome = lab.boot(kernel, job(lab.machine, "unused", options="$NO_HOTPLUG"))
    captured(outcome, lab.loader)
    for subject in ("cpu", "memory"):
        seen = outcome.value(f"{subject}-crash-hotplug")
        expect(seen == "0", f"/sys/devices/system/{subject}/crash_hotplug is {seen} after a load of an image that is not updated")
    wanted = events_happened(outcome)
    expect(not covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is in /proc/vmcore, though updates were off")
    return f"{outcome.value('kernel')}: capture kernel up, {text(wanted)} absent, {len(ranges(outcome))} ranges"
