"""Exceptions while purgatory checks, and what a CPU may bring along that makes them: streaming mode."""
import re

from vmtest.case import case, expect
from vmtest.expectations import captured, cpu_notes, memory_covered, not_started
from vmtest.machines.arm64 import ARM64, ARM64_EL2, ARM64_STREAMING, ARM64_STREAMING_EL2, ARM64_STREAMING_PLAIN_EL2
from vmtest.machines.riscv64 import RISCV64


@case("arm64-streaming-7.x", machine=ARM64_STREAMING, kernel="7.x")
@case("arm64-streaming-el2-7.x", machine=ARM64_STREAMING_EL2, kernel="7.x")
@case("arm64-streaming-no-vhe-7.x", machine=ARM64_STREAMING_PLAIN_EL2, kernel="7.x")
def streaming(lab, kernel):
    """The CPU that panics is in SME's streaming mode, where the hash's instructions are not allowed."""
    outcome = lab.boot(kernel, """
        load
        report crashing
        sleep 0.2
        exec panic-in-streaming-mode
    """)
    expect(outcome.value("streaming") == "1", f"the program could not enter streaming mode: SVCR {outcome.value('streaming')}")
    captured(outcome, lab.loader)
    return (f"{outcome.value('kernel')}: panic in streaming mode, capture kernel up, all {memory_covered(outcome)} MiB of RAM, "
            f"{cpu_notes(outcome)} CPU notes, purgatory silent")


# struct purgatory_record: a high byte of where the first segment starts; CPUs may ignore the highest. Nothing is mapped there, nor
# is there any memory.
FAR_AWAY = "--set record:102:40"


@case("exception-6.12", needs_swkexec=True, kernel="6.12")
@case("exception-reset-6.12", needs_swkexec=True, kernel="6.12", options="--on-mismatch=reset")
@case("arm64-exception-6.12", machine=ARM64, needs_swkexec=True, kernel="6.12")
@case("arm64-exception-el2-6.12", machine=ARM64_EL2, needs_swkexec=True, kernel="6.12")
@case("riscv64-exception-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12")
@case("arm64-exception-reset-6.12", machine=ARM64, needs_swkexec=True, kernel="6.12", options="--on-mismatch=reset")
def exception(lab, kernel, options=""):
    """What purgatory is told to hash is at an address that no memory is at."""
    outcome = lab.boot(kernel, f"""
        export WRAPPER="intercept --log /tmp/intercepted {FAR_AWAY} --"
        load {options}
        crash
    """)
    expect(any(v.startswith("changed ") for v in outcome.values("intercepted")), "the record was not changed")
    not_started(outcome)
    said = outcome.between_kernels
    pattern = r"swkexec purgatory: exception 0x[0-9a-f]+ with syndrome 0x[0-9a-f]+, instruction at 0x[0-9a-f]+, data at 0x[0-9a-f]+, the new kernel is not started"
    found = [line for line in said if re.fullmatch(pattern, line)]
    expect(len(found) == 1, f"the exception was not reported once: {said}")
    if options:
        expect("swkexec purgatory: resetting the machine" in said, "purgatory did not announce the reset")
        expect(outcome.was_reset, f"the machine was not reset ({outcome.end}; {outcome.events})")
    else:
        expect("swkexec purgatory: halted" in said, "purgatory did not say that it halted")
    return found[0]
