"""ELF files that are no Linux kernels: started with ELF boot notes, or with nothing."""
from vmtest import guest, helpers
from vmtest.case import case, expect

JOB = """
    run load $LOADER -l {arguments} /program
    report_file loaded /sys/kernel/kexec_loaded
    sleep 0.2 # the reports leave the port first
    $LOADER -e
    report survived $?
"""
TEXT = "first words"


def told(outcome):
    """What the program wrote."""
    return [line for _, line in outcome.console if line.startswith("program ")]


@case("args-elf-6.12", needs_swkexec=True, kernel="6.12", bits=64, option="--args-elf")
@case("args-elf-32bit-6.12", needs_swkexec=True, kernel="6.12", bits=32, option="--args-elf")
@case("args-none-6.12", needs_swkexec=True, kernel="6.12", bits=64, option="--args-none")
def program(lab, kernel, bits, option):
    arguments = f'{option} --append="{TEXT}"'
    outcome = lab.boot(kernel, JOB.format(arguments=arguments), files={"program": helpers.program(bits, resets=True)})
    said = "; ".join(outcome.values("load-said"))
    expect(outcome.value("load-status") == "0" and outcome.value("loaded") == "1", f"the load failed: {said}")
    expect(outcome.value("survived") is None, "-e came back")
    lines = told(outcome)
    expect(lines and lines[-1] == "program end", f"the program did not come to its end: {lines} ({outcome.end}; {outcome.registers})")
    expect(outcome.was_reset, f"the program did not reset the machine ({outcome.end})")
    argument = int(lines[0].removeprefix("program called 1 with "), 16)
    if option == "--args-none":
        expect(argument == 0 and len(lines) == 2, f"it was told something: {lines}")
        expect("given nothing" in said, f"no word about the command line: {said}")
        return "entered with nothing"
    # 12 bytes of header; two notes of 12 bytes and their text with its NUL, in whole words.
    size = 12 + (12 + 8) + (12 + 12)
    expect(lines[1:] == [f"program notes size {size} records 2 sum 0xffff", "program note 2 swkexec", f"program note 4 {TEXT}", "program end"],
           f"of its notes it says {lines[1:]}")
    return f"{bits} bits: ELF boot notes at {argument:#x}, their checksum good, the command line among them"


@case("args-none-returns-6.12", needs_swkexec=True, kernel="6.12")
def returns(lab, kernel):
    """Nobody waits for it then: purgatory stops the CPU."""
    outcome = lab.boot(kernel, JOB.format(arguments="--args-none"), files={"program": helpers.program(64, resets=False)},
                       limits=guest.Limits(stop_after=("program end",)))
    expect(told(outcome)[-1:] == ["program end"], f"the program did not come to its end: {told(outcome)} ({outcome.end})")
    expect("HLT=1" in outcome.registers and "HLT=0" not in outcome.registers, f"a CPU does not stand still: {outcome.registers}")
    return "it returned, and the CPUs stand still"
