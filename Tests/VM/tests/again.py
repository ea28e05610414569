"""Kexec after kexec on machines with a device tree: what one leaves in the tree must take nothing from the next. The same RAM disk goes
from kernel to kernel."""
import dataclasses
import re
import struct

from tests.maps import started_and_dumped
from vmtest import tree
from vmtest.case import case, expect
from vmtest.expectations import facts
from vmtest.guest import Limits
from vmtest.machines.arm64 import ARM64
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64

MIB = 1 << 20
IN_A_ROW = 3
SLACK = 256  # KiB: tables that the kernel sizes by the memory that it finds

# Each kernel counts: vmtest.step=0 to 3 are started one by the other, the last of them crashes, its capture kernel starts the fifth.
JOB = """
    step=$(sed -n 's/.*vmtest.step=\\([0-9]*\\).*/\\1/p' /proc/cmdline)
    step=${{step:-0}}
    report mem-total "$step $(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)"
    words="{words} vmtest.step=$((step + 1))"
    report firmware "$(grep -c '70000000-7000ffff : reserved' /proc/iomem)"
    case $step in
    {last})
        run load-$step $LOADER -p -c -i --no-hotplug --reuseinitrd --append="$words reset_devices nr_cpus=1" /vmlinuz
        crash ;;
    {end}) ;;
    *)
        [ -e /proc/vmcore ] && {{ vmcore-report /proc/vmcore >/tmp/vmcore; report_lines vmcore /tmp/vmcore; }}
        run load-$step $LOADER -l -c -i --reuseinitrd --append="$words" /vmlinuz
        sleep 0.2 # the reports leave the port first
        $PLANNER -e
        report survived $? ;;
    esac
"""
CAPTURE = 768 << 10  # KiB that the capture kernel has


def machine(base, words, *hardware):
    """With those words besides its own, and memory that a kernel, its RAM disk and both once more have room in."""
    words = f"{base.command_line.split(' crashkernel=')[0]} retain_initrd {words}"
    return dataclasses.replace(base, command_line=words, **({"hardware": hardware} if hardware else {}))


def left_over(pieces, vmlinuz, initrd, file):
    """The tree of a machine that the kernel's own loader has started: its RAM disk and IMA's buffer are reserved (drivers/of/kexec.c).
    And what firmware has reserved, which stays."""
    blob = tree.of_machine(pieces, vmlinuz, initrd, file)
    start, end = (int.from_bytes(tree.chosen(blob, f"linux,initrd-{name}"), "big") for name in ("start", "end"))
    buffer = 0x6100_0000, 0x2_0000
    file.write_bytes(tree.with_more(
        blob, [(start, end - start), buffer, (0x7000_0000, 0x1_0000)], {"linux,ima-kexec-buffer": struct.pack(">QQ", *buffer)}))


@case("ppc64le-again-6.12", machine=machine(PPC64LE, "crashkernel=768M"), needs_swkexec=True, kernel="6.12")
@case("arm64-again-6.12", machine=machine(ARM64, "crashkernel=768M"), needs_swkexec=True, kernel="6.12", tree=left_over)
@case("riscv64-again-6.12", machine=machine(RISCV64, "crashkernel=768M"), needs_swkexec=True, only_by_name=True, kernel="6.12")
def again(lab, kernel, **how):
    last, end = IN_A_ROW, IN_A_ROW + 2
    job = JOB.format(words=lab.machine.command_line, last=last, end=end)
    outcome = lab.boot(kernel, job, packed=True, limits=Limits(whole_run=600), **how)
    expect(outcome.value("survived") is None, f"the loader came back with status {outcome.value('survived')}")
    seen = {int(step): int(kibibytes) for stage in ("first", "capture")
            for step, kibibytes in (value.split() for value in outcome.values("mem-total", stage))}
    said = "; ".join(line for step in range(end) for stage in ("first", "capture") for line in outcome.values(f"load-{step}-said", stage))
    expect(sorted(seen) == list(range(end + 1)), f"the kernels {sorted(seen)} of 0 to {end} reported ({outcome.end}): {said}")
    # What a load takes away is a kernel, a RAM disk, or at least a page for the tree. The last kernel may have more: its RAM disk comes to
    # lie where it reserves memory for a crash kernel anyway.
    row = [seen[step] for step in range(1, last + 1)]
    expect(min(*row, seen[end]) >= seen[0] - SLACK and max(row) - min(row) <= SLACK, f"MemTotal of one kernel after the other, KiB: {seen}")
    reserved = outcome.values("firmware")
    expect("tree" not in how or reserved == ["1"] * end, f"what firmware reserved is reserved in one kernel after the other: {reserved}")
    expect(seen[last + 1] < CAPTURE, f"the capture kernel has {seen[last + 1]} KiB")
    expect(facts(outcome, "vmcore", "capture", "range"), "the capture kernel saw no memory in /proc/vmcore")
    return (f"{outcome.values('kernel')[0]}: MemTotal {seen[0]} KiB after each of {IN_A_ROW} kexecs and after one out of a capture kernel "
            f"of {seen[last + 1]} KiB")


# A POWER8, whose MMU uses a hashed page table; of its memory the first block, which is what real mode reaches, ends amid the crash region.
HASHED_BLOCK = 1024 * MIB
HASHED = dataclasses.replace(
    machine(PPC64LE, "crashkernel=512M@768M", "-machine", "pseries,x-vof=on", "-smp", "2,threads=1", "-m", "2G",
            "-object", "memory-backend-ram,id=m0,size=1G", "-object", "memory-backend-ram,id=m1,size=1G",
            "-numa", "node,nodeid=0,memdev=m0,cpus=0-1", "-numa", "node,nodeid=1,memdev=m1"),
    cpu="power8")


@case("ppc64le-hashed-6.12", machine=HASHED, needs_swkexec=True, kernel="6.12")
def hashed(lab, kernel):
    """The emulator lets real mode reach all memory, which no hypervisor does: so the places are looked at, too."""
    outcome, seen = started_and_dumped(lab, kernel, options="-d --reuseinitrd", load="-d",
                                       setup="report mmu \"$(sed -n 's/^MMU.*: *//p' /proc/cpuinfo)\"", packed=True)
    expect(outcome.values("mmu") == ["Hash"] * 2, f"the MMU is {outcome.values('mmu')}")
    for step in ("start", "load"):
        rows = [row for line in outcome.values(f"{step}-said")
                if (row := re.match(r"(kernel|purgatory|backup|fdt) +0x[0-9a-f]+ +(0x[0-9a-f]+) ", line))]
        expect(len(rows) >= 3, f"no plan of the {step}: {outcome.values(f'{step}-said')}")
        for row in rows:
            expect(int(row[2], 16) < HASHED_BLOCK, f"{step}: {row[1]} ends at {row[2]}, what real mode reaches before {HASHED_BLOCK:#x}")
    return f"{outcome.values('kernel')[0]}: hashed page table; {seen}"
