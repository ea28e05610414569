"""A crash image without hotplug: on the oldest kernel, under EFI firmware, on other machines, after memory was added."""
from vmtest.case import case, expect
from vmtest.expectations import captured, cpu_notes, efi_handed_over, memory_covered, ranges
from vmtest.machines.arm64 import ARM64, ARM64_EL2
from vmtest.machines.ppc64le import PPC64LE


@case("plain-6.1", kernel="6.1")
@case("efi-plain-6.12", kernel="6.12", efi=True)
@case("ppc64le-plain-6.12", machine=PPC64LE, kernel="6.12")
@case("ppc64le-plain-7.x", machine=PPC64LE, kernel="7.x")
@case("arm64-plain-6.12", machine=ARM64, kernel="6.12")
@case("arm64-plain-7.x", machine=ARM64, kernel="7.x")
@case("arm64-el2-plain-7.x", machine=ARM64_EL2, kernel="7.x")
@case("ppc64le-grown-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12", before="add_dimm 1024")
def plain(lab, kernel, efi=False, before=""):
    outcome = lab.boot(kernel, f"{before}\n load\n crash", efi=efi)
    captured(outcome, lab.loader)
    if efi:
        efi_handed_over(outcome)
    mebibytes, notes = memory_covered(outcome), cpu_notes(outcome)
    expect(notes >= 1, "no CPU note in /proc/vmcore")
    return (f"{outcome.value('kernel')}: capture kernel up, all {mebibytes} MiB of RAM in {len(ranges(outcome))} ranges, "
            f"{notes} CPU notes, purgatory silent")
