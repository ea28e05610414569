"""A POWER10 guest of the hypervisor that QEMU plays (pseries), without its firmware: x-vof."""
from .. import loader, musl
from ..machine import Emulator, Kernel, Machine

PPC64LE = Machine(
    name="ppc64le", debian="ppc64el", multiarch="powerpc64le-linux-gnu",

    emulator=Emulator(
        "qemu-system-ppc64", ("qemu-system-ppc", "qemu-system-common", "qemu-system-data"),
        suite="trixie-backports", libraries=("trixie", "trixie-security")),
    # Room for DIMMs and for a third CPU; 256 MiB for the capture kernel.
    hardware=("-machine", "pseries,x-vof=on", "-smp", "2,maxcpus=3,threads=1", "-m", "2G,slots=2,maxmem=8G"),
    cpu="power10",
    dimms_at=0x8000_0000,
    cpu_to_add={"driver": "power10_v2.0-spapr-cpu-core", "core-id": 2},
    position=r"NIP \S+",
    firmware=None,

    flavour="powerpc64le",
    kernels={
        "6.12": Kernel(("trixie",), r"6\.12\.\d+\+deb13"),
        "7.x": Kernel(("sid",), r"7\.\d+(\.\d+)?\+deb\d+(\.\d+)?"),
    },
    extracts={**loader.BY_PLAN_FILE, **musl.EXTRACTS},
    compiler=musl.compiler("powerpc64le-linux-musl"),
    kexec_tools_options="",

    command_line="console=hvc0 panic=-1 crashkernel=256M",
    capture_command_line="console=hvc0 nr_cpus=1 panic=-1 reset_devices",
    report_port="hvc1",
    prstatus_size=504,
    never_dumped=(),
)
