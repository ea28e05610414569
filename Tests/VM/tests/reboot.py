"""Ordinary kexec: another kernel is loaded and started, without a panic and without firmware in between."""
from vmtest.case import case, expect
from vmtest.machines.arm64 import ARM64, ARM64_MAX_EL2
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64

MARK = "this-is-the-second-kernel"

LOAD_AND_EXECUTE = """
    run early $PLANNER -e
    run load $LOADER -l {call} /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE {mark}"
    report_file image-loaded /sys/kernel/kexec_loaded
    run status $PLANNER -S -l
    sleep 0.2 # the reports leave the port first
    $PLANNER -e
    report survived $?
"""

FORCE = """
    sleep 0.2
    $LOADER -f {call} /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE {mark}"
    report survived $?
"""


def second_kernel(outcome):
    """It came up with the command line it was given, and no panic was needed for it."""
    expect(outcome.panic is None, "the first kernel panicked")
    expect(outcome.value("survived") is None, f"the loader came back with status {outcome.value('survived')}")
    lines = outcome.values("command-line")
    expect(len(lines) == 2, f"{len(lines)} kernels reported their command line, 2 expected ({outcome.end})")
    expect(MARK not in lines[0].split() and MARK in lines[1].split(), f"the second kernel's command line is: {lines[1]}")
    expect(not any("elfcorehdr=" in word for word in lines[1].split()), f"an elfcorehdr= in it: {lines[1]}")


@case("reboot-6.12", needs_swkexec=True, kernel="6.12", call="-c")
@case("reboot-7.x", needs_swkexec=True, kernel="7.x", call="-c")
@case("reboot-file-6.12", needs_swkexec=True, kernel="6.12", call="-s")
@case("ppc64le-reboot-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12", call="-c")
@case("arm64-reboot-6.12", machine=ARM64, needs_swkexec=True, kernel="6.12", call="-c")
@case("arm64-max-el2-reboot-7.x", machine=ARM64_MAX_EL2, needs_swkexec=True, kernel="7.x", call="-c")
@case("riscv64-reboot-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12", call="-c")
@case("riscv64-reboot-7.x", machine=RISCV64, needs_swkexec=True, kernel="7.x", call="-c")
@case("efi-reboot-6.12", needs_swkexec=True, kernel="6.12", call="-c", efi=True)
def load_and_execute(lab, kernel, call, efi=False):
    outcome = lab.boot(kernel, LOAD_AND_EXECUTE.format(call=call, mark=MARK), efi=efi)
    early = "; ".join(outcome.values("early-said"))
    expect(outcome.value("early-status") == "1" and "nothing was done" in early, f"-e without an image: {early}")
    expect(outcome.value("load-status") == "0", f"the load failed: {'; '.join(outcome.values('load-said'))}")
    expect(outcome.value("image-loaded") == "1", "kexec_loaded is not 1 after -l")
    expect(outcome.value("status-status") == "1", "-S -l does not see the image")
    second_kernel(outcome)
    return f"{outcome.values('kernel')[0]}: -l {call}, -e; the second kernel runs with its own command line"


@case("force-6.12", needs_swkexec=True, kernel="6.12", call="-a")
def force(lab, kernel, call):
    outcome = lab.boot(kernel, FORCE.format(call=call, mark=MARK))
    second_kernel(outcome)
    return f"{outcome.values('kernel')[0]}: -f; the second kernel runs with its own command line"
