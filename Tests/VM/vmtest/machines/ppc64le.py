"""A POWER10 guest of the hypervisor that QEMU plays (pseries), without its firmware: x-vof."""
import dataclasses

from .. import loader, musl
from ..debian import LINUX_6_12, LINUX_7, STABLE_BACKPORTS, UNSTABLE
from ..machine import Emulator, Machine

PPC64LE = Machine(
    name="ppc64le", debian="ppc64el", multiarch="powerpc64le-linux-gnu", elf_machine=21,

    emulator=Emulator(
        "qemu-system-ppc64", ("qemu-system-ppc", "qemu-system-common", "qemu-system-data"),
        sources=(STABLE_BACKPORTS, UNSTABLE)),
    # Room for DIMMs and for a third CPU; 256 MiB for the capture kernel.
    hardware=("-machine", "pseries,x-vof=on", "-smp", "2,maxcpus=3,threads=1", "-m", "2G,slots=2,maxmem=8G"),
    cpu="power10",
    dimms_at=0x8000_0000,
    position=r"NIP \S+",
    firmware=None,

    flavour="powerpc64le",
    kernels={"6.12": LINUX_6_12, "7.x": LINUX_7},
    extracts={**loader.BY_PLAN_FILE, **musl.EXTRACTS},
    compiler=musl.compiler("powerpc64le-linux-musl"),
    kexec_tools_options="",

    command_line="console=hvc0 panic=-1 crashkernel=256M",
    capture_command_line="console=hvc0 nr_cpus=1 panic=-1 reset_devices",
    report_port="hvc1",
    prstatus_size=504,
    never_dumped=(),
)

# The firmware takes the dump, and starts the machine anew for it. It calls a dump incomplete where a CPU could come that is not there.
# 320 MiB of boot memory are the least. A kernel that is not registered stands still after its panic.
PPC64LE_FADUMP = dataclasses.replace(
    PPC64LE, hardware=("-machine", "pseries,x-vof=on", "-smp", "2", "-m", "2G,slots=2,maxmem=8G"),
    command_line="console=hvc0 panic=0 fadump=on crashkernel=512M", on_reset="reset")
