"""Kernels of every kind that swkexec loads: headers by their specifications, and noise in them.

The same bytes on every machine and with every version of Python: what a compressor makes of them would not be, so the
compressed ones are stored in deflate's and LZMA2's uncompressed blocks.
"""
import binascii
import hashlib
import struct

PAGE = 4096


def noise(seed, count):
    return hashlib.shake_128(seed.encode()).digest(count)


def patch(buffer, offset, layout, *values):
    struct.pack_into("<" + layout, buffer, offset, *values)


def bz_image(protected_mode=noise("bzImage", PAGE), version=0x020F, relocatable=1, load_flags=0x7F, init_size=0x100000):
    """Documentation/arch/x86/boot.rst."""
    file = bytearray(1024)
    file[0:2] = b"MZ"
    file[0x1F1] = 1
    patch(file, 0x1F4, "I", len(protected_mode) // 16)
    file[0x1FE:0x206] = b"\x55\xaa\xeb\x6aHdrS"
    patch(file, 0x206, "H", version)
    file[0x211] = 1
    patch(file, 0x22C, "IIBxHI", 0x7FFFFFFF, 0x200000, relocatable, load_flags, 2047)
    patch(file, 0x258, "QI", 0x1000000, init_size)
    return bytes(file) + protected_mode


def elf(machine, loads, entry, is_64=True, kind=2, virtual=0, alignment=PAGE):
    """The ELF specification; `loads` are (physical address, contents, memory size)."""
    header_size, entry_size = (64, 56) if is_64 else (52, 32)
    word = "Q" if is_64 else "I"
    file = bytearray(b"\x7fELF" + bytes([2 if is_64 else 1, 1, 1]) + bytes(9))
    file += struct.pack(f"<HHI{word * 3}IHHHHHH", kind, machine, 1, entry, header_size, 0, 0, header_size, entry_size, len(loads), 0, 0, 0)
    offset = header_size + entry_size * len(loads)
    for address, contents, memory in loads:
        rest = (offset, (virtual + address) % (1 << 64 if is_64 else 1 << 32), address, len(contents), memory)
        if is_64:
            file += struct.pack("<II6Q", 1, 7, *rest, alignment)
        else:
            file += struct.pack("<8I", 1, *rest, 7, alignment)
        offset += len(contents)
    return bytes(file) + b"".join(contents for _, contents, _ in loads)


def vmlinux_x86(is_64=True, kind=2):
    loads = [(0x1000000, noise("text", PAGE), PAGE), (0x1200000, noise("data", 3000), 0x10000)]
    return elf(62 if is_64 else 3, loads, 0x1000010, is_64, kind, 0xFFFFFFFF80000000 if is_64 else 0xC0000000)


def vmlinux_ppc64le():
    start = 0xC000000000000000
    return elf(21, [(0, noise("ppc64", 300_000), 500_000)], start, virtual=start, alignment=0x10000)


def arm64_image(flags=0xA):
    """Documentation/arch/arm64/booting.rst."""
    image = bytearray(noise("arm64", 300_000))
    patch(image, 8, "QQQ", 0, 0x80000, flags)
    image[56:60] = b"ARMd"
    return bytes(image)


def vmlinux_aarch64():
    image, start = arm64_image(), 0xFFFF800080000000
    return elf(183, [(0, image, 0x80000)], start, virtual=start, alignment=0x10000)


def riscv_image():
    """Documentation/arch/riscv/boot-image-header.rst."""
    image = bytearray(noise("riscv", 300_000))
    patch(image, 8, "QQQI", 0x200000, 0x80000, 0, 2)
    image[48:60] = b"RISCV\0\0\0RSC\x05"
    return bytes(image)


def vmlinux_riscv64():
    image, start = riscv_image(), 0xFFFFFFFF80000000
    return elf(243, [(0, image[:200_704], 200_704), (200_704, image[200_704:], 0x80000 - 200_704)], start, virtual=start)


def zboot(payload):
    """drivers/firmware/efi/libstub/zboot-header.S."""
    file = bytearray(512)
    file[0:8] = b"MZ\0\0zimg"
    patch(file, 8, "II", 512, len(payload))
    file[24:28] = b"gzip"
    return bytes(file) + payload


def portable_executable(sections, machine=0x8664):
    """The PE/COFF specification, as far as a unified kernel image needs it."""
    table = 0x80 + 24 + 112
    file = bytearray(-(-(table + 40 * len(sections)) // 512) * 512)
    file[0:2] = b"MZ"
    patch(file, 0x3C, "I", 0x80)
    file[0x80:0x84] = b"PE\0\0"
    patch(file, 0x84, "HH12xH", machine, len(sections), 112)
    for index, (name, contents) in enumerate(sections):
        padded = -(-len(contents) // 512) * 512
        patch(file, table + 40 * index, "8sIIII", name.encode(), len(contents), 0, padded, len(file))
        file += contents + bytes(padded - len(contents))
    return bytes(file)


def unified(linux, machine=0x8664):
    text = [(".osrel", b"ID=debian\n"), (".cmdline", b"quiet root=/dev/vda1\n"), (".initrd", b"070701 the image's own")]
    return portable_executable(text + [(".linux", linux)], machine)


def multiboot(flags=7, addresses=None):
    """The Multiboot specification 0.6.96; with `addresses` a file without another header."""
    magic = 0x1BADB002
    header = struct.pack("<III", magic, flags, -(magic + flags) & 0xFFFFFFFF)
    header += struct.pack("<5I", *addresses) if addresses else b""
    body = header + noise("multiboot", 2000)
    return body if addresses else elf(3, [(0x100000, body, 0x3000)], 0x100100, is_64=False)


def multiboot2(tags=b""):
    """The Multiboot2 specification 2.0."""
    tags += struct.pack("<HHI", 0, 0, 8)
    magic, length = 0xE85250D6, 16 + len(tags)
    header = struct.pack("<IIII", magic, 0, length, -(magic + length) & 0xFFFFFFFF) + tags
    # The header stands at a multiple of 8 bytes in the file.
    return elf(3, [(0x100000, bytes(4) + header + noise("multiboot2", 2000), 0x3000)], 0x100100, is_64=False)


def gzip(data):
    """RFC 1952, in stored blocks of deflate (RFC 1951)."""
    blocks = [data[start:start + 0xFFFF] for start in range(0, len(data), 0xFFFF)]
    body = b"".join(
        struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block for block in blocks)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + body + struct.pack("<II", binascii.crc32(data), len(data))


def all_images():
    """File name: contents."""
    bz = bz_image()
    return {
        "vmlinuz": bz,
        "vmlinuz.gz": gzip(bz),
        "vmlinuz-old": bz_image(version=0x0209, load_flags=0),
        "vmlinuz-fixed": bz_image(relocatable=0),
        "vmlinuz-low": bz_image(load_flags=0x01),
        "vmlinuz-large": bz_image(noise("large", 1 << 20), init_size=0x3000000),
        "vmlinux": vmlinux_x86(),
        "vmlinux-pie": vmlinux_x86(kind=3),
        "vmlinux32": vmlinux_x86(is_64=False),
        "uki.efi": unified(bz),
        "mb": multiboot(),
        "mb-flat": multiboot(flags=0x10003, addresses=(0x100000, 0x100000, 0, 0x108000, 0x100100)),
        "mb2": multiboot2(),
        "mb2-aligned": multiboot2(struct.pack("<HHI", 6, 0, 8)),
        "mb2-relocatable": multiboot2(struct.pack("<HHIIIII", 10, 0, 24, 0x100000, 0x3FFFFFF, 0x1000, 2)),
        "program": elf(62, [(0x200000, noise("program", 5000), 9000)], 0x200010),
        "program32": elf(3, [(0x200000, noise("program32", 5000), 9000)], 0x200010, is_64=False),
        "vmlinux-ppc64le": vmlinux_ppc64le(),
        "vmlinux-ppc64le.gz": gzip(vmlinux_ppc64le()),
        "Image": arm64_image(),
        "Image.gz": gzip(arm64_image()),
        "Image-placed": arm64_image(flags=0x2),
        "Image-big-endian": arm64_image(flags=0xB),
        "vmlinuz.efi": zboot(gzip(arm64_image())),
        "vmlinux-aarch64": vmlinux_aarch64(),
        "uki-aarch64.efi": unified(arm64_image(), 0xAA64),
        "Image-riscv64": riscv_image(),
        "Image-riscv64.gz": gzip(riscv_image()),
        "vmlinuz-riscv64.efi": zboot(gzip(riscv_image())),
        "vmlinux-riscv64": vmlinux_riscv64(),
        "uki-riscv64.efi": unified(riscv_image(), 0x5064),
        "initrd": b"070701" + noise("initrd", 20_000),
        "module": noise("module", 9000),
        "empty": b"",
    }
