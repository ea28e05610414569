"""A crash image, with nothing said of hotplug: on the oldest kernel, under EFI firmware, on other machines, after memory was added, and with its
memory map on the command line."""
import re

from vmtest.case import case, expect
from vmtest.expectations import captured, cpu_notes, efi_handed_over, memory_covered, ranges
from vmtest.machines.arm64 import ARM64, ARM64_EL2, ARM64_MAX, ARM64_MAX_EL2, ARM64_PLAIN_EL2
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64, RISCV64_SCALAR, RISCV64_VECTOR


@case("plain-6.1", kernel="6.1")
@case("efi-plain-6.12", kernel="6.12", efi=True)
@case("ppc64le-plain-6.12", machine=PPC64LE, kernel="6.12")
@case("ppc64le-plain-7.x", machine=PPC64LE, kernel="7.x")
@case("arm64-plain-6.12", machine=ARM64, kernel="6.12")
@case("arm64-plain-7.x", machine=ARM64, kernel="7.x")
@case("arm64-el2-plain-6.12", machine=ARM64_EL2, kernel="6.12")
@case("arm64-el2-plain-7.x", machine=ARM64_EL2, kernel="7.x")
@case("arm64-max-plain-6.12", machine=ARM64_MAX, kernel="6.12")
@case("arm64-max-plain-7.x", machine=ARM64_MAX, kernel="7.x")
@case("arm64-max-el2-plain-6.12", machine=ARM64_MAX_EL2, kernel="6.12")
@case("arm64-max-el2-plain-7.x", machine=ARM64_MAX_EL2, kernel="7.x")
@case("arm64-no-vhe-plain-6.12", machine=ARM64_PLAIN_EL2, kernel="6.12")
@case("riscv64-plain-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12")
@case("riscv64-plain-7.x", machine=RISCV64, needs_swkexec=True, kernel="7.x", crash_on=1)
@case("riscv64-scalar-plain-6.12", machine=RISCV64_SCALAR, needs_swkexec=True, kernel="6.12", crash_on=1)
@case("riscv64-vector-plain-7.x", machine=RISCV64_VECTOR, needs_swkexec=True, kernel="7.x")
@case("ppc64le-grown-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12", before="event memory+1G")
def plain(lab, kernel, efi=False, before="", crash_on=""):
    """On RISC-V kexec-tools leaves out what /proc/iomem shows as reserved, in which the kernel has its own tables."""
    outcome = lab.boot(kernel, f"{before}\n load\n crash {crash_on}", efi=efi)
    captured(outcome, lab.loader)
    if efi:
        efi_handed_over(outcome)
    mebibytes, notes = memory_covered(outcome), cpu_notes(outcome)
    expect(notes >= 1, "no CPU note in /proc/vmcore")
    return (f"{outcome.value('kernel')}: capture kernel up, all {mebibytes} MiB of RAM in {len(ranges(outcome))} ranges, "
            f"{notes} CPU notes, purgatory silent")


@case("memmap-6.12", needs_swkexec=True, kernel="6.12")
def memory_map_on_the_command_line(lab, kernel):
    """--pass-memmap-cmdline: the kernel builds its map from memmap= alone, and says so; what it finds in it is what boot_params had."""
    outcome = lab.boot(kernel, """
        load --pass-memmap-cmdline
        crash
    """)
    captured(outcome, lab.loader)
    lines = [line for _, line in outcome.console[outcome.capture_kernel:]]
    given, used = (_map(lines, title) for title in ("BIOS-provided physical RAM map:", "user-defined physical RAM map:"))
    expect(used, "the kernel did not say that its map is the user's")
    # All of them begin and end at whole KiB on this machine, so nothing is lost.
    expect(used == given, f"its map is {used}, boot_params had {given}")
    return f"{len(used)} ranges of memmap=, {len(ranges(outcome))} ranges in /proc/vmcore"


def _map(lines, title):
    """[kind, first, last] of each range of the memory map that the kernel prints below the title. What touches and is of one kind is
    one range: the kernel has taken its setup_data out of RAM by then, and put it back."""
    found, inside = [], False
    for line in lines:
        text = line.split("] ", 1)[-1]
        entry = re.match(r"(?:BIOS-e820|user): \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] (\S+)", text)
        if title in text:
            inside = True
        elif inside and entry:
            start, last = int(entry[1], 16), int(entry[2], 16)
            if found and found[-1][0] == entry[3] and found[-1][2] + 1 == start:
                found[-1][2] = last
            else:
                found.append([entry[3], start, last])
        elif inside and found:
            return found
    return found
