"""What a CPU may bring along that is no error of the image: streaming mode."""
from vmtest.case import case, expect
from vmtest.expectations import captured, cpu_notes, memory_covered
from vmtest.machines.arm64 import ARM64_STREAMING, ARM64_STREAMING_EL2, ARM64_STREAMING_PLAIN_EL2


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
