"""The machines of the bench: those of machines/ with room for what comes."""
import dataclasses
from dataclasses import dataclass

from ..machine import Machine
from ..machines.ppc64le import PPC64LE
from ..machines.x86_64 import X86_64

VIRTIO_MEM_ID = "virtual-memory"  # the device's, in QEMU
MIB, GIB = 1 << 20, 1 << 30


@dataclass(frozen=True, eq=False)
class Board:
    machine: Machine
    lacks: dict  # a kind of event -> why this machine does not know it
    every_event: str  # each of the others once, in an order in which each is possible; the last one brings memory
    granule: int  # DIMMs are a multiple of it
    dimms: int  # how many may be there at once
    cpus_to_come: int  # in one boot: emulated, QEMU dies when it has begun a thread for more CPUs than maxcpus, those that ended among them
    keeps_what_went: bool  # the kernel leaves removed memory in an elfcorehdr that it rewrites, and the service loads again

    @property
    def name(self):
        return self.machine.name


X86_64_BOARD = Board(
    # QEMU's tables call CPUs that may come disabled, and Linux believes only a hypervisor that this means anything (acpi_is_processor_usable of
    # arch/x86/kernel/acpi/boot.c, since 6.18 and in 6.12's updates). It does not know an emulated QEMU for one: by serial number and port it
    # is VMware's.
    machine=dataclasses.replace(X86_64, cpu="max,-hypervisor", hardware=(
        "-machine", "q35,vmport=on", "-smbios", "type=1,serial=VMware-", "-smp", "2,maxcpus=64", "-m", "2G,slots=8,maxmem=16G",
        "-object", "memory-backend-ram,id=virtual,size=1G",
        "-device", f"virtio-mem-pci,id={VIRTIO_MEM_ID},memdev=virtual,requested-size=0")),
    lacks={},
    every_event="memory+512M block- block+ cpu1- cpu1+ cpu+ cpu- virtio+512M virtio-256M memory- memory+256M",
    granule=128 * MIB, dimms=6, cpus_to_come=62, keeps_what_went=True)

PPC64LE_BOARD = Board(
    machine=dataclasses.replace(PPC64LE, hardware=(
        "-machine", "pseries,x-vof=on", "-smp", "2,maxcpus=16,threads=1", "-m", "2G,slots=8,maxmem=8G")),
    lacks={"virtio": "QEMU has virtio-mem for x86_64, arm64, s390x and riscv64 only"},
    every_event="memory+512M block- block+ cpu1- cpu1+ cpu+ cpu- memory+256M memory- memory+256M cpu+",
    granule=256 * MIB, dimms=6, cpus_to_come=14, keeps_what_went=False)


def bare(machine):
    """A machine in which single events are asked for by a test that knows what it has."""
    return Board(machine, lacks={}, every_event="", granule=0, dimms=0, cpus_to_come=1, keeps_what_went=False)


BOARDS = {board.name: board for board in (X86_64_BOARD, PPC64LE_BOARD)}
