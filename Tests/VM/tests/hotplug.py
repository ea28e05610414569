"""Memory and CPUs come and go after the load: the crash image must still describe the machine."""
import secrets

from vmtest.case import case, expect
from vmtest.expectations import captured, covers, efi_handed_over, facts, new_ram, ranges, text

DIMM_MEBIBYTES = 256
MARKED_MEBIBYTES = 96
# The page allocator keeps a few pages of the other zones in use first.
PAGES_EXPECTED = MARKED_MEBIBYTES * 256 * 3 // 4


def job(marker, options="--hotplug"):
    return f"""
        load {options}
        add_dimm {DIMM_MEBIBYTES}
        cpu_off_and_on
        fill {MARKED_MEBIBYTES} {marker}
        crash
    """


def events_happened(outcome):
    """The range the DIMM brought, after making sure that all events took place."""
    wanted = new_ram(outcome)
    expect(outcome.values("cpus-online") == ["0", "0-1"], f"CPU 1 did not go and come: {outcome.values('cpus-online')}")
    expect((outcome.value("filled") or "").startswith("filled"), "the marker was not written")
    return wanted


@case("hotplug-6.12", kernel="6.12")
@case("hotplug-7.x", kernel="7.x")
@case("efi-hotplug-6.12", kernel="6.12", efi=True)
@case("hotplug-file-6.12", kernel="6.12", options="-s --hotplug")
def hotplug(lab, kernel, efi=False, options="--hotplug"):
    marker = f"marker-{secrets.token_hex(8)}"  # of this run: what an earlier guest left cannot be taken for it
    outcome = lab.boot(kernel, job(marker, options), capture_options=f"vmtest.marker={marker} vmtest.from=0x100000000", efi=efi)
    captured(outcome, lab.loader)
    if efi:
        efi_handed_over(outcome)
    for subject in ("cpu", "memory"):
        seen = outcome.value(f"{subject}-crash-hotplug")
        expect(seen == "1", f"/sys/devices/system/{subject}/crash_hotplug is {seen} after the load")
    wanted = events_happened(outcome)
    expect(covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is not in /proc/vmcore")
    (pages, first), = facts(outcome, "vmcore", "capture", "marker")
    expect(int(pages) >= PAGES_EXPECTED, f"{pages} marked pages read back, {PAGES_EXPECTED} expected")
    expect(wanted[0] <= int(first, 16) < wanted[1], f"the marker is at {first}, outside of the new range")
    cpu_notes = facts(outcome, "vmcore", "capture", "note").count(["CORE", "1", "336"])
    expect(cpu_notes == 2, f"{cpu_notes} CPU notes in /proc/vmcore, 2 expected")
    return (f"{outcome.value('kernel')}: hot-added {text(wanted)} in /proc/vmcore, {pages} marked pages read back, "
            f"2 CPU notes, purgatory silent")


@case("nohotplug-6.12", kernel="6.12")
def without_hotplug(lab, kernel):
    """The control: without the option the events must change nothing, and the new memory is missing."""
    outcome = lab.boot(kernel, job("unused", options=""))
    captured(outcome, lab.loader)
    for subject in ("cpu", "memory"):
        seen = outcome.value(f"{subject}-crash-hotplug")
        expect(seen == "0", f"/sys/devices/system/{subject}/crash_hotplug is {seen} after a load without --hotplug")
    wanted = events_happened(outcome)
    expect(not covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is in /proc/vmcore, though nobody asked")
    return f"{outcome.value('kernel')}: capture kernel up, {text(wanted)} absent, {len(ranges(outcome))} ranges"
