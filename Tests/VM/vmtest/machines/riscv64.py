"""QEMU's virt board with OpenSBI, which Debian's QEMU brings along: two harts, and the kernel in S-mode."""
import dataclasses

from .. import loader, musl
from ..debian import LINUX_6_12, LINUX_7, STABLE_BACKPORTS, UNSTABLE
from ..machine import Emulator, Machine

RISCV64 = Machine(
    name="riscv64", debian="riscv64", multiarch="riscv64-linux-gnu", elf_machine=243,

    emulator=Emulator(
        "qemu-system-riscv64", ("qemu-system-riscv", "qemu-system-common", "qemu-system-data"),
        sources=(STABLE_BACKPORTS, UNSTABLE)),
    hardware=("-machine", "virt", "-smp", "2", "-m", "2G"),
    cpu="rv64",
    dimms_at=0,
    position=r"pc +\S+",
    firmware=None,

    flavour="riscv64",
    kernels={"6.12": LINUX_6_12, "7.x": LINUX_7},
    extracts={**loader.BY_PLAN_FILE, **musl.EXTRACTS},
    compiler=musl.compiler("riscv64-linux-musl"),
    kexec_tools_options="",

    command_line="console=ttyS0 panic=-1 crashkernel=256M",
    # Debian's newest kernel keeps 128 MiB for devices, and with them half of what a capture kernel has.
    capture_command_line="console=ttyS0 nr_cpus=1 panic=-1 reset_devices cma=0",
    report_port="ttyS1",
    prstatus_size=376,
    never_dumped=(),
    # The board has one port.
    second_port=("-device", "pci-serial,chardev=report"),
    good_bye="Bye...",
)

# SHA-256 by instructions on general registers, on a CPU with page tables of three levels, as most boards have; and by those on vectors.
RISCV64_SCALAR = dataclasses.replace(RISCV64, cpu="rv64,zknh=on,sv57=off,sv48=off")
RISCV64_VECTOR = dataclasses.replace(RISCV64, cpu="rv64,v=on,zvknha=on")
