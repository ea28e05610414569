"""What the check of the digest costs an arm64 machine that has crashed: in time, and in instructions."""
import dataclasses
import statistics
import sys

from figures import describe, say
from vmtest import fetch, loader
from vmtest.accelerator import EMULATED
from vmtest.case import Lab
from vmtest.expectations import crashed
from vmtest.guest import Limits
from vmtest.machines.arm64 import ARM64
from vmtest.pieces import Pieces

KERNEL = "6.12"
MACHINE = ARM64
# The clock of this one goes on by a nanosecond with each instruction, and jumps over those times in which there is nothing to do.
COUNTING = dataclasses.replace(
    ARM64, hardware=("-machine", "virt,gic-version=3", "-smp", "1", "-m", "2G", "-icount", "shift=0,sleep=off"))
NANOSECONDS = 1e9

JOB = """
    LOADER="{command}"
    load {check}
    report counter "$(read-counter)"
    crash
"""


def run(binary, crashes, goals):
    pieces = Pieces(MACHINE, fetch.Fetcher(say, say))
    lab = Lab("benchmark-arm64", pieces, loader.named(binary, pieces), EMULATED, say)
    lab.begin()
    # Its purgatory is silent unless it is told of the port, as ours is when all is well.
    loaders = {"swkexec": lab.loader.command, "kexec-tools": "kexec"}
    _time(lab, loaders, crashes, goals)
    _instructions(Lab(lab.name, dataclasses.replace(pieces, machine=COUNTING), lab.loader, lab.accelerator, say), loaders)
    lab.discard_results()


def _boot(lab, command, check, **how):
    outcome = lab.boot(KERNEL, JOB.format(command=command, check=check), **how)
    crashed(outcome)
    if outcome.left is None or outcome.capture_kernel is None:
        sys.exit(f"{command} {check}: no capture kernel ({outcome.end})")
    return outcome


def _time(lab, loaders, crashes, goals):
    say(f"arm64: \"Bye!\" to the capture kernel's first line, {crashes} crashes each")
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
    print(f"  ratio in processor time {cost(work, 'swkexec') / cost(work, 'kexec-tools'):.3g}")
    goals.check("arm64: cost of the check in the crash path, swkexec / kexec-tools",
                cost(times, "swkexec") / cost(times, "kexec-tools"), 0.15)


def _instructions(lab, loaders):
    """One crash each: the count hardly differs from one to the next."""
    say("arm64: instructions of the check, counted by QEMU")
    counts = {}
    for name, command in loaders.items():
        with_check, without = (_between_kernels(_boot(lab, command, check, capture_options="vmtest.counter")) for check in ("", "-i"))
        counts[name] = with_check - without
        print(f"  {name}: {counts[name] / 1e6:.1f} million")
    print(f"  ratio {counts['swkexec'] / counts['kexec-tools']:.3g}")


def _between_kernels(outcome):
    """From the job's end to the start of the capture kernel's clock, in nanoseconds, each an instruction."""
    then, frequency, _ = map(int, outcome.value("counter").split())
    _, _, start = map(int, outcome.value("counter", "capture").split())
    return (start - then) * NANOSECONDS / frequency
