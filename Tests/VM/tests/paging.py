"""Four and five levels of page tables: CR4.LA57 stays as it is from one kernel to the next, and the next must cope."""
from tests.reboot import MARK, second_kernel
from vmtest.case import case, expect
from vmtest.expectations import captured, ranges

FIVE_LEVEL = "max,la57=on"  # a model is named, so KVM, whose host may not have it, is not used

# A copy of the kernel whose xloadflags, at byte 566, lack XLF_5LEVEL and XLF_5LEVEL_ENABLED (bits 5 and 6 of 0x7f), as those of
# kernels before 5.3.
OLDER = r"""
    cp /vmlinuz /older
    report xloadflags "$(dd if=/older bs=1 skip=566 count=1 | hexdump -e '"%02x"')"
    printf '\037' | dd of=/older bs=1 seek=566 conv=notrunc
"""
REFUSED_THEN_32_BIT = OLDER + """
    for call in -c -s -a; do
        run refused$call $LOADER -l $call /older --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE {mark}"
        report_file image-loaded /sys/kernel/kexec_loaded
    done
    run load $LOADER -l -c --entry-32bit /older --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE {mark}"
    sleep 0.2 # the reports leave the port first
    $LOADER -e
    report survived $?
"""


@case("five-level-6.12", kernel="6.12", first="5", second="5", cpu=FIVE_LEVEL)
@case("five-to-four-level-6.12", kernel="6.12", first="5", second="4", cpu=FIVE_LEVEL, capture_options="no5lvl")
@case("four-level-6.12", kernel="6.12", first="4", second="4", cpu="max,la57=off")
def crash(lab, kernel, first, second, **how):
    outcome = lab.boot(kernel, "load --hotplug\n event cpu1-\n event cpu1+\n crash", **how)
    captured(outcome, lab.loader)
    levels = outcome.value("page-table-levels"), outcome.value("page-table-levels", "capture")
    expect(levels == (first, second), f"the kernels have {levels[0]} and {levels[1]} levels, {first} and {second} expected")
    return f"{outcome.value('kernel')}: {first} levels, the capture kernel {second}; {len(ranges(outcome))} ranges, purgatory silent"


@case("five-level-refused-6.12", needs_swkexec=True, kernel="6.12")
def refused(lab, kernel):
    """What cannot be entered is refused, by us as by the kernel's own loader; the 32-bit entry point is another matter."""
    outcome = lab.boot(kernel, REFUSED_THEN_32_BIT.format(mark=MARK), cpu=FIVE_LEVEL)
    expect(outcome.value("xloadflags") == "7f", f"xloadflags are {outcome.value('xloadflags')}: this test knows only 7f")
    for call, reason in (("-c", "five-level paging"), ("-s", "Exec format error"), ("-a", "five-level paging")):
        said = "; ".join(outcome.values(f"refused{call}-said"))
        expect(outcome.value(f"refused{call}-status") == "1" and reason in said, f"-l {call}: {said}")
    expect(outcome.values("image-loaded") == ["0"] * 3, "an image was loaded")
    expect(outcome.value("load-status") == "0", f"--entry-32bit: {'; '.join(outcome.values('load-said'))}")
    second_kernel(outcome)
    return f"{outcome.values('kernel')[0]}: -c, -s and -a refused, started by --entry-32bit"
