"""A PC: q35 with a BIOS or OVMF."""
from ..debian import LINUX_6_1, LINUX_6_12, LINUX_7, OLDSTABLE_BACKPORTS, STABLE, UNSTABLE
from ..machine import Emulator, Firmware, Machine

# no_timer_check: the kernel's test of its timer fails where the emulator does not get a processor in time.
EVERY_KERNEL = "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1 no_timer_check"


VIRTIO_MEM = "kernel/drivers/virtio/virtio_mem"


def compiler(pieces):
    return ["gcc", "-static", "-s"]


X86_64 = Machine(
    name="x86_64", debian="amd64", multiarch="x86_64-linux-gnu", elf_machine=62,

    emulator=Emulator(
        "qemu-system-x86_64", ("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios"),
        sources=(OLDSTABLE_BACKPORTS, STABLE)),
    # Two CPUs, so that one can go; room for DIMMs; 256 MiB for the capture kernel.
    hardware=("-machine", "q35", "-smp", "2", "-m", "2G,slots=2,maxmem=8G"),
    cpu="max",  # all that the emulator knows, five-level paging among it
    dimms_at=0x1_0000_0000,
    position=r"CPU#\d+|RIP=\S+|HLT=\d",
    firmware=Firmware("ovmf", (STABLE, UNSTABLE), "usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_VARS_4M.fd"),

    flavour="cloud-amd64",
    kernels={"6.1": LINUX_6_1, "6.12": LINUX_6_12, "7.x": LINUX_7},
    extracts={},
    compiler=compiler,
    # Its purgatory keeps silent about a mismatch unless it is told of the port.
    kexec_tools_options="--console-serial --serial=0x3f8 --serial-baud=115200",

    command_line=f"{EVERY_KERNEL} crashkernel=256M",
    # acpi_no_memhotplug: the capture kernel must not take the DIMM of the crashed one for its own memory.
    capture_command_line=f"{EVERY_KERNEL} nr_cpus=1 reset_devices acpi_no_memhotplug",
    report_port="ttyS1",
    prstatus_size=336,
    never_dumped=((0, 0x10_0000),),  # the kernel reserves the first MiB and does not use it
    modules=(VIRTIO_MEM,),
)
