"""A crash image without hotplug, on the oldest kernel and under EFI firmware."""
from vmtest.case import case, expect
from vmtest.expectations import captured, efi_handed_over, facts, ranges


@case("plain-6.1", kernel="6.1")
@case("efi-plain-6.12", kernel="6.12", efi=True)
def plain(lab, kernel, efi=False):
    outcome = lab.boot(kernel, "load\n crash", efi=efi)
    captured(outcome, lab.loader)
    if efi:
        efi_handed_over(outcome)
    notes = facts(outcome, "vmcore", "capture", "note").count(["CORE", "1", "336"])
    expect(notes >= 1, "no CPU note in /proc/vmcore")
    return f"{outcome.value('kernel')}: capture kernel up, {len(ranges(outcome))} ranges, {notes} CPU notes, purgatory silent"
