"""The PC's screen between two kernels: purgatory's messages on it, the way back to text mode, and what the new kernel is told."""
import re

from tests.digest import FLIPPED, job, mismatch_reported
from vmtest.case import case, expect
from vmtest.machines.x86_64 import X86_64

TEXT_MODE = (720, 400)
# struct screen_info of a VGA in text mode: mode 3, 80 columns, 25 lines of 16 pixel lines, orig_video_isVGA 1.
MODE, COLUMNS, LINES, IS_VGA, POINTS = 0x06, 0x07, 0x0E, 0x0F, 0x10
# lfb_width, lfb_height
WIDTH, HEIGHT = 0x12, 0x14
# Before them, but of memory: what BIOS function 88h tells.
EXT_MEM_K = range(0x02, 0x04)


def graphics_mode(lab):
    """The jobs put the VGA into graphics mode first; what the host saw then."""
    size = lab.screen_size("first")
    expect(size != TEXT_MODE, f"the screen was in text mode, {size}")
    return size


@case("console-vga-6.12", needs_swkexec=True, kernel="6.12", options="--console-vga", begin="")
@case("reset-vga-6.12", needs_swkexec=True, kernel="6.12", options="--console-vga --reset-vga",
      begin="graphics-mode && ask_host look-at-screen first")
def console(lab, kernel, options, begin):
    """The digest does not fit: purgatory says so on the serial port and on the screen."""
    outcome = lab.boot(kernel, f"{begin}\n{job(FLIPPED, options)}", devices=("VGA",))
    seen = mismatch_reported(outcome, lab)
    before = graphics_mode(lab) if begin else TEXT_MODE
    expect(lab.screen_size("last") == TEXT_MODE, f"the screen shows {lab.screen_size('last')}, {TEXT_MODE} expected")
    screen = lab.text_screen("last")
    for line in [line for line in outcome.between_kernels if line.startswith(("swkexec purgatory", "  expected", "  computed"))]:
        expect(line in screen, f"\"{line}\" is not on the screen")
    return f"{before} before, the same words on the text screen as on the serial port: {seen}"


@case("reset-vga-starts-6.12", needs_swkexec=True, kernel="6.12")
def starts(lab, kernel):
    """The new kernel finds a text screen, is told of it and writes on it."""
    outcome = lab.boot(kernel, f"""
        graphics-mode && ask_host look-at-screen first
        run load $LOADER -l -c --reset-vga /vmlinuz --initrd=/capture.img --append="console=tty0 {X86_64.capture_command_line} vmtest.screen"
        sleep 0.2 # the reports leave the port first
        $LOADER -e
    """, devices=("VGA",))
    before = graphics_mode(lab)
    expect(len(outcome.values("kernel")) == 2, f"no second kernel ({outcome.values('load-said')}; {outcome.end})")
    expect(lab.screen_size("second") == TEXT_MODE, f"the screen shows {lab.screen_size('second')}, {TEXT_MODE} expected")
    info = bytes.fromhex(outcome.values("screen-info")[0])
    told = info[MODE], info[COLUMNS], info[LINES], info[IS_VGA], info[POINTS]
    expect(told == (3, 80, 25, 1, 16), f"the new kernel was told of a screen {told}")
    expect("Run /init as init process" in lab.text_screen("second"), "the kernel's messages are not on the text screen")
    return f"{before} before, text mode after; the new kernel writes on it"


@case("efi-screen-6.12", kernel="6.12")
def framebuffer(lab, kernel):
    """The framebuffer that EFI firmware set up, and that efifb drives: the new kernel is told of it and drives it, too."""
    outcome = lab.boot(kernel, """
        report screen-info "$(screen_info)"
        report_file framebuffer /sys/class/graphics/fb0/name
        run load $LOADER -l -c /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE vmtest.screen"
        sleep 0.2 # the reports leave the port first
        $LOADER -e
    """, devices=("VGA",), efi=True)
    expect(outcome.values("framebuffer") == ["EFI VGA"] * 2, f"the framebuffers are {outcome.values('framebuffer')} ({outcome.values('load-said')})")
    before, after = (bytes.fromhex(info) for info in outcome.values("screen-info"))
    expect(before[IS_VGA] == 0x70, f"orig_video_isVGA is {before[IS_VGA]:#x}")
    differences = {offset: (a, b) for offset, (a, b) in enumerate(zip(before, after)) if a != b and offset not in EXT_MEM_K}
    # kexec-tools fills in what it knows of the framebuffer, and a text screen's measures.
    expect(not differences or not lab.loader.is_swkexec, f"screen_info differs: {differences}")
    width, height = (int.from_bytes(after[at : at + 2], "little") for at in (WIDTH, HEIGHT))
    expect(lab.screen_size("second") == (width, height), f"the screen shows {lab.screen_size('second')}, {(width, height)} was told")
    return f"{width} by {height} pixels, driven by efifb in both kernels; of screen_info {len(differences)} bytes differ {differences or ''}"
