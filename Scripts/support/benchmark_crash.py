"""What the check of the digest costs a machine that has crashed: in time, and in instructions that QEMU counts."""
import dataclasses
import statistics
import sys
from dataclasses import dataclass

from figures import describe, say
from vmtest import fetch, loader
from vmtest.accelerator import EMULATED
from vmtest.case import Lab
from vmtest.expectations import crashed
from vmtest.guest import Limits
from vmtest.machine import Machine
from vmtest.machines.arm64 import ARM64
from vmtest.machines.riscv64 import RISCV64, RISCV64_SCALAR, RISCV64_VECTOR
from vmtest.pieces import Pieces

KERNEL = "6.12"
# The clock of such a machine goes on by a nanosecond with each instruction, and jumps over those times in which there is nothing to do.
COUNTING = ("-icount", "shift=0,sleep=off")
NANOSECONDS = 1e9

JOB = """
    LOADER="{command}"
    load {check}
    report counter "$(read-counter)"
    crash
"""


@dataclass(frozen=True)
class Subject:
    """A machine whose crashes are measured."""
    title: str
    machine: Machine
    one_cpu: tuple  # its hardware with one CPU: instructions are counted on that
    goal: float  # of the check's cost in time, as a share of kexec-tools', which makes one; None where kexec-tools makes none

    @property
    def counting(self):
        return dataclasses.replace(self.machine, hardware=(*self.one_cpu, *COUNTING))


ONE_HART = ("-machine", "virt", "-smp", "1", "-m", "2G")
SUBJECTS = (
    Subject("arm64", ARM64, ("-machine", "virt,gic-version=3", "-smp", "1", "-m", "2G"), 0.15),
    # On RISC-V kexec-tools has no purgatory: it enters the new kernel unchecked.
    Subject("riscv64, plain C", RISCV64, ONE_HART, None),
    Subject("riscv64, Zknh", RISCV64_SCALAR, ONE_HART, None),
    Subject("riscv64, vector SHA-2", RISCV64_VECTOR, ONE_HART, None),
)
MACHINES = tuple(dict.fromkeys(subject.machine.name for subject in SUBJECTS))


def run(name, binary, crashes, goals):
    """Measures the machine of that name."""
    for subject in SUBJECTS:
        if subject.machine.name == name:
            _measure(subject, binary, crashes, goals)


def _measure(subject, binary, crashes, goals):
    pieces = Pieces(subject.machine, fetch.Fetcher(say, say))
    lab = Lab(f"benchmark-{subject.machine.name}", pieces, loader.named(binary, pieces), EMULATED, say)
    lab.begin()
    # Its purgatory is silent unless it is told of the port, as ours is when all is well.
    loaders = {"swkexec": lab.loader.command, "kexec-tools": "kexec"}
    _time(subject, lab, loaders, crashes, goals)
    counting = Lab(lab.name, dataclasses.replace(pieces, machine=subject.counting), lab.loader, lab.accelerator, say)
    _instructions(subject, counting, loaders)
    lab.discard_results()


def _boot(lab, command, check, **how):
    outcome = lab.boot(KERNEL, JOB.format(command=command, check=check), **how)
    crashed(outcome)
    if outcome.left is None or outcome.capture_kernel is None:
        sys.exit(f"{command} {check}: no capture kernel ({outcome.end})")
    return outcome


def _time(subject, lab, loaders, crashes, goals):
    say(f"{subject.title}: the crashed kernel's last words to the capture kernel's first line, {crashes} crashes each")
    times, work = {}, {}
    for _ in range(crashes):
        for name, command in loaders.items():
            for check in ("", "-i"):
                outcome = _boot(lab, command, check, limits=Limits(at_capture_kernel=True))
                times.setdefault((name, check), []).append(outcome.left_to_capture_kernel * 1e3)
                work.setdefault((name, check), []).append((outcome.work["capture kernel"] - outcome.work["left"]) * 1e3)

    def cost(of, name):
        return statistics.median(of[name, ""]) - statistics.median(of[name, "-i"])

    for name in loaders:
        print(f"  {name}: {describe(times[name, ''])}; with -i {describe(times[name, '-i'])}; the check costs {cost(times, name):.0f} ms, "
              f"{cost(work, name):.0f} ms of processor time")
    if subject.goal is None:
        print("  kexec-tools makes no check here: both of its figures are of a kernel that is entered as it lies there")
        return
    print(f"  ratio in processor time {cost(work, 'swkexec') / cost(work, 'kexec-tools'):.3g}")
    goals.check(f"{subject.title}: cost of the check in the crash path, swkexec / kexec-tools",
                cost(times, "swkexec") / cost(times, "kexec-tools"), subject.goal)


def _instructions(subject, lab, loaders):
    """One crash each: the count hardly differs from one to the next."""
    say(f"{subject.title}: instructions of the check, counted by QEMU")
    counts = {}
    for name, command in loaders.items():
        with_check, without = (_between_kernels(_boot(lab, command, check, capture_options="vmtest.counter")) for check in ("", "-i"))
        counts[name] = with_check - without
        print(f"  {name}: {counts[name] / 1e6:.1f} million")
    if subject.goal is not None:
        print(f"  ratio {counts['swkexec'] / counts['kexec-tools']:.3g}")


def _between_kernels(outcome):
    """From the job's end to the start of the capture kernel's clock, in nanoseconds, each an instruction."""
    then, frequency, _ = map(int, outcome.value("counter").split())
    _, _, start = map(int, outcome.value("counter", "capture").split())
    return (start - then) * NANOSECONDS / frequency
