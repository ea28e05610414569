"""Kinds of kernel files, and ways to enter them other than the 64-bit one."""
import gzip
import shutil

from tests.reboot import MARK, second_kernel
from vmtest import images, initramfs
from vmtest.case import case, expect

LOAD = """
    run load $LOADER -d -l {options} {kernel}
    report_file image-loaded /sys/kernel/kexec_loaded
    sleep 0.2 # the reports leave the port first
    $LOADER -e
    report survived $?
"""
BZIMAGE = '/vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE {mark}"'


def started(lab, kernel, options, image, files=None):
    outcome = lab.boot(kernel, LOAD.format(options=options, kernel=image), files=files)
    said = outcome.values("load-said")
    expect(outcome.value("load-status") == "0", f"the load failed: {'; '.join(said)}")
    expect(outcome.value("image-loaded") == "1", "kexec_loaded is not 1 after -l")
    second_kernel(outcome)
    return outcome, said


def places(said, role):
    """Where the printed plan puts the segments of a role."""
    rows = [line.split() for line in said if line.split()[:1] == [role] and len(line.split()) > 4]
    return [(int(start, 16), int(last, 16)) for start, last in (row[1:3] for row in rows)]


@case("entry-32bit-6.12", needs_swkexec=True, kernel="6.12")
def entry_32bit(lab, kernel):
    outcome, said = started(lab, kernel, "-c --entry-32bit", BZIMAGE.format(mark=MARK))
    (start, _), = places(said, "kernel")
    expect(start == 0x100_0000, f"the kernel was loaded at {start:#x}, not at its preferred address")
    return f"{outcome.values('kernel')[0]}: entered in 32-bit mode at {start:#x}"


@case("real-mode-6.12", needs_swkexec=True, kernel="6.12")
def real_mode(lab, kernel):
    # With "debug" the real-mode code says so itself.
    outcome, said = started(lab, kernel, "-c --real-mode", BZIMAGE.format(mark=f"debug {MARK}"))
    (start, last), = places(said, "realMode")
    expect(last < 0x9_a000, f"the real-mode code was loaded at {start:#x}-{last:#x}")
    spoke = [line for _, line in outcome.console if "early console in setup code" in line]
    expect(spoke, "the real-mode code did not report itself on the console")
    return f"{outcome.values('kernel')[0]}: the real-mode code ran at {start:#x}"


@case("vmlinux-6.12", needs_swkexec=True, kernel="6.12")
def vmlinux(lab, kernel):
    elf, packed = lab.folder / "vmlinux", lab.folder / "vmlinux.gz"
    images.write_vmlinux(lab.pieces.vmlinuz(kernel).read_bytes(), elf)
    with open(elf, "rb") as source, gzip.open(packed, "wb", compresslevel=1) as copy:
        shutil.copyfileobj(source, copy)
    image = BZIMAGE.format(mark=MARK).replace("/vmlinuz", "/vmlinux.gz")
    # -a: kexec_file_load does not know the format, and kexec_load follows.
    outcome, said = started(lab, kernel, "-a -t elf-x86_64", image, {"vmlinux.gz": packed})
    found = places(said, "kernel")
    expect(len(found) > 1, f"{len(found)} segments for the ELF file's PT_LOADs")
    expect(any("trying kexec_load" in line for line in said), "kexec_file_load was not tried, or took the file")
    return f"{outcome.values('kernel')[0]}: vmlinux in {len(found)} segments from {found[0][0]:#x}"


@case("uki-6.12", needs_swkexec=True, kernel="6.12", call="-c")
@case("uki-file-6.12", needs_swkexec=True, kernel="6.12", call="-s")
def unified_kernel_image(lab, kernel, call):
    file = images.unified(
        lab.pieces.vmlinuz(kernel).read_bytes(), initramfs.capture(lab.pieces), f"{lab.machine.capture_command_line} {MARK}\n")
    outcome, _ = started(lab, kernel, f"{call} -t uki", "/test.efi", {"test.efi": file})
    return f"{outcome.values('kernel')[0]}: -l {call}; kernel, initrd and command line of the image"
