"""Our vmcore-dmesg on /proc/vmcore, side by side with the programs that print a kernel log in production."""
from vmtest.case import case, expect
from vmtest.expectations import captured
from vmtest.machines.arm64 import ARM64_EL2, ARM64_MAX
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64

TOOLS = ["usr/sbin/vmcore-dmesg", "usr/bin/makedumpfile"]
OTHERS = ("kexec-tools", "makedumpfile")
# makedumpfile 1.7.8 reads no dump of a kernel with virtual addresses of 52 bits, as Debian's are.
NOT_MAKEDUMPFILE = ("kexec-tools",)
PANIC = "Kernel panic - not syncing: sysrq triggered crash"


def printed(lab, kernel, job, others=OTHERS):
    """Crashes after the job. The log, as its lines that tell of the kernel, must be the one that the other programs print."""
    for program in lab.loader.vmcore_dmesg.values():
        expect(program.is_file(), f"no {program}: build it with Scripts/build-static")
    outcome = lab.boot(kernel, f"load\n{job}\ncrash", capture_options="vmtest.dmesg", capture_tools=TOOLS,
                       capture_files=lab.loader.vmcore_dmesg)
    captured(outcome, lab.loader)
    for step in ("dmesg", *(f"dmesg-{other}" for other in others)):
        status = outcome.value(f"{step}-status", "capture")
        expect(status == "0", f"{step} ended with status {status}: {' | '.join(outcome.values(f'{step}-said', 'capture'))[:300]}")
    for other in others:
        expect(outcome.value(f"dmesg-like-{other}-status", "capture") == "0",
               f"not what {other} prints: {outcome.value(f'dmesg-like-{other}-said', 'capture')}")
    lines = outcome.values("dmesg-line", "capture")
    expect(any(line.endswith(PANIC) for line in lines), f"the log has no panic: {lines[-1:]}")
    return outcome, lines


@case("dmesg-6.12", needs_swkexec=True, kernel="6.12")
@case("dmesg-6.1", needs_swkexec=True, kernel="6.1")
@case("dmesg-7.x", needs_swkexec=True, kernel="7.x")
@case("ppc64le-dmesg-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12")
@case("ppc64le-dmesg-7.x", machine=PPC64LE, needs_swkexec=True, kernel="7.x")
@case("arm64-dmesg-6.12", machine=ARM64_MAX, needs_swkexec=True, kernel="6.12", others=NOT_MAKEDUMPFILE)
@case("arm64-dmesg-7.x", machine=ARM64_EL2, needs_swkexec=True, kernel="7.x", others=NOT_MAKEDUMPFILE)
@case("riscv64-dmesg-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12")
@case("riscv64-dmesg-7.x", machine=RISCV64, needs_swkexec=True, kernel="7.x")
def dmesg(lab, kernel, others=OTHERS):
    outcome, lines = printed(lab, kernel, "", others)
    expect("Linux version" in lines[0], f"the log does not begin with the kernel's version: {lines[:1]}")
    return f"{outcome.value('kernel')}: {outcome.value('dmesg-lines', 'capture')} lines, the same from {' and '.join(others)}, \"{PANIC}\" among them"


@case("dmesg-wrapped-6.12", needs_swkexec=True, kernel="6.12")
def wrapped(lab, kernel):
    """6000 records of two lines and of every length: many times what the ring holds."""
    outcome, lines = printed(lab, kernel, """
        echo on >/proc/sys/kernel/printk_devkmsg
        long=$(printf '%0200d' 0)
        for i in $(seq 6000); do
            printf '<7>vmtest record %d\\n%.*s' $i $((i % 200)) $long >/dev/kmsg
        done
    """)
    expect("Linux version" not in lines[0], "the ring did not wrap, the test shows nothing")
    numbers = [int(n) for n in (outcome.value("dmesg-records", "capture") or "").split()]
    expect(len(numbers) == 3, "no record of the job is in the log")
    count, first, last = numbers
    expect(last == 6000 and first > 1 and count == last - first + 1, f"{count} records, {first} to {last}, some are missing")
    return f"{outcome.value('kernel')}: the last {count} of 6000 records without a gap, the same from kexec-tools and makedumpfile"
