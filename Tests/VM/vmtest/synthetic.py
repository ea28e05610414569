"""A folder that looks like /proc and /sys of a huge x86_64 machine, for `swkexec --sysroot=`: no such machine can be booted here.

    python3 -m vmtest.synthetic FOLDER CPUS MEMORY-RANGES
"""
import struct
import sys
from pathlib import Path

MIB = 1 << 20
LOW_RAM = (MIB, 0xC000_0000)
CRASH_REGION = (0x6E00_0000, 0x7E00_0000)
KERNEL_CODE = (0x5F00_0000, 0x6000_0000)
# The kernel's text, data and bss as one mapping, and its direct map of RAM.
KERNEL_TEXT_SIZE, KERNEL_TEXT_ADDRESS = 0x2C3_0000, 0xFFFF_FFFF_8220_0000
DIRECT_MAP = 0xFF40_2C79_0000_0000
# Ranges above 4 GiB: 16 MiB of RAM, then a hole as large, so that neighbours stay apart.
HIGH_START, HIGH_SIZE, HIGH_STEP = 1 << 32, 16 * MIB, 32 * MIB
NOTES_START, NOTES_SIZE = LOW_RAM[0] + MIB, 368


def memory_ranges(count):
    """`count` ranges of RAM, ends not included: the low one, which holds kernel and crash region, and the rest above 4 GiB."""
    return [LOW_RAM] + [(s, s + HIGH_SIZE) for s in range(HIGH_START, HIGH_START + (count - 1) * HIGH_STEP, HIGH_STEP)]


def iomem(ranges):
    def line(interval, name, depth=0):
        return f"{'  ' * depth}{interval[0]:08x}-{interval[1] - 1:08x} : {name}\n"
    text = line((0, 0x1000), "Reserved") + line(LOW_RAM, "System RAM")
    text += line(KERNEL_CODE, "Kernel code", 1) + line(CRASH_REGION, "Crash kernel", 1)
    return text + "".join(line(r, "System RAM") for r in ranges[1:])


def kcore(ranges):
    """The ELF header and the program headers of /proc/kcore: kernel text, then the direct map of each range."""
    def load(virtual, physical, size):
        offset = virtual & 0x00FF_FFFF_FFFF_FFFF
        return struct.pack("<IIQQQQQQ", 1, 7, offset, virtual, physical, size, size, 0x1000)
    loads = [load(KERNEL_TEXT_ADDRESS, KERNEL_CODE[0], KERNEL_TEXT_SIZE)]
    loads += [load(DIRECT_MAP + start, start, end - start) for start, end in ranges]
    identity = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    return identity + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, len(loads), 0, 0, 0) + b"".join(loads)


def write(folder, cpus, range_count):
    ranges = memory_ranges(range_count)
    elfcorehdr_size = 64 + (cpus + 2 + range_count) * 56
    files = {
        "proc/iomem": iomem(ranges).encode(),
        "proc/kcore": kcore(ranges),
        "proc/cmdline": b"console=ttyS0 crashkernel=256M\n",
        "proc/meminfo": b"MemTotal:       %d kB\n" % (sum(e - s for s, e in ranges) >> 10),
        "proc/version": b"Linux version 6.12.0 (synthetic) #1 SMP\n",
        "sys/kernel/vmcoreinfo": b"0x0000000061dc4000 1024\n",
        "sys/kernel/kexec_crash_loaded": b"0\n",
        "sys/kernel/crash_elfcorehdr_size": b"%d\n" % elfcorehdr_size,
        "sys/kernel/boot_params/data": bytes(4096),
        "sys/devices/system/cpu/possible": b"0-%d\n" % (cpus - 1),
        "sys/devices/system/cpu/present": b"0-%d\n" % (cpus - 1),
    }
    for cpu in range(cpus):
        files[f"sys/devices/system/cpu/cpu{cpu}/crash_notes"] = b"%x\n" % (NOTES_START + cpu * 512)
        files[f"sys/devices/system/cpu/cpu{cpu}/crash_notes_size"] = b"%d\n" % NOTES_SIZE
    for name, contents in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
