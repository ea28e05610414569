"""Other kinds of kernel files, made of a Debian bzImage."""
import lzma
import shutil
import struct
import subprocess
import zlib

from .case import expect

ZSTD = b"\x28\xb5\x2f\xfd"
XZ = b"\xfd7zXZ\0"


def write_vmlinux(bzimage, path):
    """Writes the ELF file inside, without the relocations that stand behind it (Documentation/arch/x86/boot.rst: payload_offset)."""
    start = (bzimage[0x1F1] + 1) * 512
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    payload = bzimage[start + offset:start + offset + length]
    if payload.startswith(ZSTD):
        expect(shutil.which("zstd"), "the kernel's payload is in zstd, and this machine has no program zstd")
        # The size of the output stands behind the stream: the status is that of trailing garbage.
        with open(path, "wb") as file:
            subprocess.run(["zstd", "-dc"], input=payload, stdout=file, stderr=subprocess.DEVNULL)
    elif payload.startswith(XZ):
        path.write_bytes(lzma.LZMADecompressor().decompress(payload))
    else:
        path.write_bytes(zlib.decompressobj(31).decompress(payload))
    with open(path, "rb") as file:
        expect(file.read(4) == b"\x7fELF", "the kernel's payload is not an ELF file")


def unified(linux, initrd, command_line, name="Guest test"):
    """A unified kernel image without a stub: a PE header and the sections (Microsoft's PE/COFF specification)."""
    sections = [(b".osrel", f'ID=test\nPRETTY_NAME="{name}"\n'.encode()), (b".cmdline", command_line.encode()),
                (b".initrd", initrd), (b".linux", linux)]
    header = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0"
    header += struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, 0, 0x0206)  # x86_64, no optional header
    table, contents, at = b"", b"", 0x400
    for name, data in sections:
        padded = data + bytes(-len(data) % 512)
        table += struct.pack("<8sIIIIIIHHI", name, len(data), 0x1000_0000 + at, len(padded), at + len(contents), 0, 0, 0, 0, 0x40000040)
        contents += padded
    return (header + table).ljust(at, b"\0") + contents
