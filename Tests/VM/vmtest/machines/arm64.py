"""QEMU's virt board with a GICv3: three CPUs, and kernels that run at EL1 or were started at EL2."""
import dataclasses

from .. import loader, musl
from ..debian import LINUX_6_12, LINUX_7, STABLE_BACKPORTS, UNSTABLE
from ..machine import Emulator, Machine

MEMORY = ("-smp", "2", "-m", "2G")

ARM64 = Machine(
    name="aarch64", debian="arm64", multiarch="aarch64-linux-gnu", elf_machine=183,

    emulator=Emulator(
        "qemu-system-aarch64", ("qemu-system-arm", "qemu-system-common", "qemu-system-data"),
        sources=(STABLE_BACKPORTS, UNSTABLE)),
    hardware=("-machine", "virt,gic-version=3", *MEMORY),
    cpu="cortex-a76",
    dimms_at=0,
    position=r"PC=\S+",
    firmware=None,

    flavour="cloud-arm64",
    kernels={"6.12": LINUX_6_12, "7.x": LINUX_7},
    extracts={**loader.BY_PLAN_FILE, **musl.EXTRACTS},
    compiler=musl.compiler("aarch64-linux-musl"),
    # Its purgatory is silent unless it is told of the port.
    kexec_tools_options="--serial=ttyAMA0",

    command_line="console=ttyAMA0 panic=-1 crashkernel=256M",
    capture_command_line="console=ttyAMA0 nr_cpus=1 panic=-1 reset_devices",
    report_port="ttyAMA1",
    prstatus_size=392,
    never_dumped=(),
    good_bye="Bye!",
)

EL2 = ("-machine", "virt,gic-version=3,virtualization=on", *MEMORY)
# The newest that there is. pauth-impdef: the architecture's own algorithm for pointer authentication takes half of an emulated
# CPU's time.
MAX = "max,pauth-impdef=on"

# Where a CPU has the host extensions, the kernel runs at EL2 itself. Those of a Cortex-A72 run at EL1 and go back to EL2 for kexec.
ARM64_EL2 = dataclasses.replace(ARM64, hardware=EL2)
ARM64_PLAIN_EL2 = dataclasses.replace(ARM64, hardware=EL2, cpu="cortex-a72")
ARM64_MAX = dataclasses.replace(ARM64, cpu=MAX)
ARM64_MAX_EL2 = dataclasses.replace(ARM64, hardware=EL2, cpu=MAX)

# Without FEAT_SME_FA64 few instructions are allowed in streaming mode, and none of SHA-2.
STREAMING = f"{MAX},sme_fa64=off"
ARM64_STREAMING = dataclasses.replace(ARM64, cpu=STREAMING)
ARM64_STREAMING_EL2 = dataclasses.replace(ARM64, hardware=EL2, cpu=STREAMING)
# The kernel runs at EL1 and goes to EL2 for purgatory, as on a CPU without the host extensions.
ARM64_STREAMING_PLAIN_EL2 = dataclasses.replace(
    ARM64_STREAMING_EL2, command_line=f"{ARM64.command_line} id_aa64mmfr1.vh=0 kvm-arm.mode=nvhe")
