"""Kexec jump: a kernel starts another one or a program, keeps its context, and goes on when that one jumps back or returns."""
import re

from vmtest import helpers, initramfs
from vmtest.case import case, expect
from vmtest.debian import OLDSTABLE_BACKPORTS, STABLE
from vmtest.expectations import happened
from vmtest.small_kernel import X86_64, SmallKernel

# CONFIG_KEXEC_JUMP is in no kernel of Debian. Of the stable release, so that there is something new to build a few times a year.
JUMP = SmallKernel("jump_kernel.config", "6.12", "linux-source-6.12", (STABLE, OLDSTABLE_BACKPORTS), X86_64)

# Memory that the other kernel gets, besides the first 640 KiB.
FIRST_96_MIB = "--mem-max=0x5ffffff"
ABOVE_1_GIB = "--mem-min=0x40000000 --mem-max=0x45ffffff"

# A variable of the shell, its process and the uptime show that it is the same kernel that goes on.
HERE = """
    count=17
    run load $LOADER --load-preserve-context {memory} --initrd=/other.img --append="console=ttyS0 earlyprintk=serial,ttyS0,115200 nr_cpus=1 panic=-1" /vmlinuz
    report ram "$(system_ram | tr '\\n' ' ')"
    for time in 1 2; do
        report leaving "$count $$ $(cut -d' ' -f1 /proc/uptime)"
        sleep 0.2 # the reports leave the port first
        run execute $LOADER -e -x
        count=$((count + 1))
        report back "$count $$ $(cut -d' ' -f1 /proc/uptime)"
    done
    event cpu1-
    event cpu1+
    poweroff -f
"""
THERE = """
    STAGE=other
    report vmcore "$([ -e /proc/vmcore ] && echo yes || echo no)"
    [ -e /proc/vmcore ] && vmcore-report /proc/vmcore >/tmp/vmcore && report_lines vmcore-says /tmp/vmcore
    report ram "$(system_ram | tr '\\n' ' ')"
    run own-memory swkexec --load-jump-back-helper --entry={own}
    run load swkexec --load-jump-back-helper {entry}
    for time in 1 2; do
        report leaving "$time $(cut -d' ' -f1 /proc/uptime)"
        sleep 0.2
        run execute swkexec -e -x
    done
"""


def other_ramdisk(lab, job):
    """The RAM disk of the kernel that is visited, with the loader in it."""
    archive = initramfs.base(lab.pieces, ["vmcore-report"])
    archive.program("job", job.encode())
    for path, source in lab.loader.files.items():
        archive.copy(path, source)
    return initramfs.compressed(archive)


def numbers(outcome, key, stage="first"):
    return [[float(word) for word in value.split()] for value in outcome.values(key, stage)]


def went_and_came(outcome):
    said = "; ".join(outcome.values("load-said"))
    expect(outcome.value("load-status") == "0", f"the load failed: {said}")
    expect(outcome.values("execute-status") == ["0", "0"], f"-e ended with {outcome.values('execute-said')} ({outcome.end}; {outcome.registers})")
    leaving, back = numbers(outcome, "leaving"), numbers(outcome, "back")
    expect(len(leaving) == len(back) == 2, f"left {len(leaving)} times, came back {len(back)} times ({outcome.end})")
    expect([b[0] for b in back] == [18, 19], f"the shell's variable is {[b[0] for b in back]}, 18 and 19 expected")
    expect(len({line[1] for line in leaving + back}) == 1, "it is not the same process")
    times = [leaving[0][2], back[0][2], leaving[1][2], back[1][2]]
    expect(times == sorted(times), f"the uptime goes back: {times}")
    expect(sorted(happened(outcome)[-1].after.online) == [0, 1], "the second CPU does not work any more")
    return said


@case("jump-6.12", needs_swkexec=True, only_by_name=True, pieces=JUMP.pieces, memory=FIRST_96_MIB, own="0x200000", entry="", sees_core=False)
@case("jump-high-6.12", needs_swkexec=True, only_by_name=True, pieces=JUMP.pieces, memory=ABOVE_1_GIB, own="0x40200000", entry="--entry=$(sed 's/.*kexec_jump_back_entry=//; s/ .*//' /proc/cmdline)",
      sees_core=True)
def jump(lab, memory, own, entry, sees_core):
    outcome = lab.boot(JUMP.build(lab.pieces.fetcher, lab.log), HERE.format(memory=memory), files={"other.img": other_ramdisk(lab, THERE.format(own=own, entry=entry))})
    said = went_and_came(outcome)
    # With an elfcorehdr the guests' init takes it for a capture kernel.
    line = (outcome.values("command-line")[1:] + outcome.values("command-line", "capture"))[0]
    told = re.search(r"kexec_jump_back_entry=(0x[0-9a-f]{16})", line)
    expect(told and int(told[1], 16) != 0, f"the other kernel's command line is: {line}")
    expect(outcome.value("own-memory-status", "other") == "1", "a place in its own memory was taken for the way back")
    expect(outcome.value("load-status", "other") == "0", f"the way back was not loaded: {outcome.values('load-said', 'other')}")
    there = numbers(outcome, "leaving", "other")
    expect([line[0] for line in there] == [1, 2] and there[0][1] < there[1][1], f"the other kernel did not go on where it was: {there}")
    expect((outcome.value("vmcore", "other") == "yes") == sees_core, f"/proc/vmcore: {outcome.value('vmcore', 'other')}")
    expect(("no /proc/vmcore" in said) != sees_core, f"the loader said: {said}")
    if sees_core:
        core = outcome.values("vmcore-says", "other")
        expect(any(v.startswith("vmcoreinfo OSRELEASE=") for v in core), "no VMCOREINFO in /proc/vmcore")
    return f"there and back twice by {told[1]}, both kernels went on; /proc/vmcore: {outcome.value('vmcore', 'other')}"


PROGRAM = """
    count=17
    run load $LOADER --load-preserve-context --args-none /program
    for time in 1 2; do
        report leaving "$count $$ $(cut -d' ' -f1 /proc/uptime)"
        sleep 0.2
        run execute $LOADER -e -x
        count=$((count + 1))
        report back "$count $$ $(cut -d' ' -f1 /proc/uptime)"
    done
    event cpu1-
    event cpu1+
"""


@case("jump-program-6.12", needs_swkexec=True, only_by_name=True, pieces=JUMP.pieces)
def program(lab):
    outcome = lab.boot(JUMP.build(lab.pieces.fetcher, lab.log), PROGRAM, files={"program": helpers.program(64, resets=False)})
    went_and_came(outcome)
    lines = [line for _, line in outcome.console if line.startswith("program ")]
    expect(lines == ["program called 1 with 0x0", "program end", "program called 2 with 0x0", "program end"], f"the program said {lines}")
    return "called twice, with its memory kept between the calls"


@case("jump-refused-6.12", needs_swkexec=True, kernel="6.12")
def refused(lab, kernel):
    """Debian's kernels have no CONFIG_KEXEC_JUMP."""
    outcome = lab.boot(kernel, f"run load $LOADER --load-preserve-context {FIRST_96_MIB} --append=console=ttyS0 /vmlinuz")
    said = [line for line in outcome.values("load-said") if "warning" not in line]
    expect(outcome.value("load-status") == "1" and len(said) == 1 and "CONFIG_KEXEC_JUMP" in said[0], f"the loader said {said}")
    return said[0]
