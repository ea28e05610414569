"""What the guests are made of: QEMU, firmware, kernels, tools - all Debian's."""
import lzma
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from . import debian
from .machine import Machine

HERE = "amd64"  # Debian's name of the machine that tests: QEMU's programs are of it
TOOLS, MAKEDUMPFILE = ("kexec-tools", "busybox-static"), ("makedumpfile",)  # for the guest
KERNEL_FILES = ("boot/vmlinu*", "usr/lib/modules/*/vmlinu*")
KIBIBYTES_OF_A_KERNEL = 8000

# QEMU needs no firmware but what its own packages bring, and no boot ROMs for the network.
NOT_FOR_QEMU = (
    "debconf", "adduser", "ipxe-qemu", "ipxe-qemu-256k-compat-efi-roms", "qemu-slof", "qemu-efi-aarch64", "qemu-system-common",
    "qemu-system-data", "seabios")
# Dependencies of maintainer scripts: nothing is configured in a guest.
NOT_FOR_GUESTS = (
    "debconf", "libgcc-s1", "gcc-15-base", "gcc-16-base", "perl", "perl-base", "lsb-base", "dpkg", "init-system-helpers", "ucf",
    "sensible-utils", "udev", "libpam0g")


@dataclass(frozen=True)
class Piece:
    """Packages that are unpacked into a folder of their own."""
    owner: str  # a machine, mostly
    what: str
    architecture: str
    packages: tuple  # a regular expression each, of which the newest package is taken
    sources: tuple  # the first that can serve
    complete: tuple = ()  # of these packages also what they depend on
    leave_out: tuple = ()  # but not these
    files: Optional[tuple] = None  # only those that match one of these patterns
    whole: bool = False  # the packages' own files, not unpacked
    accepts: Callable = lambda package: True
    is_locked: bool = True  # whether the version counts so much that it is kept in versions.lock

    def __str__(self):
        return f"{self.owner} {self.what}"

    @property
    def name(self):
        return f"{self.owner}/{self.what.replace(' ', '-')}"


def is_kernel(package):
    """Newer suites keep a kernel's file in linux-binary-X, and linux-image-X is an empty package that needs it."""
    return int(package["Installed-Size"] or 0) > KIBIBYTES_OF_A_KERNEL


def pieces_of(machine):
    """What a machine of machines/ is made of, by the name that Pieces has for it."""
    def piece(what, architecture, *arguments, **more):
        return Piece(machine.name, what, architecture, *arguments, **more)

    qemu, firmware = machine.emulator, machine.firmware
    found = {
        "qemu": piece("QEMU", HERE, qemu.packages, qemu.sources, qemu.packages[:1], NOT_FOR_QEMU),
        "tools": piece("tools", machine.debian, TOOLS, debian.NEWEST, TOOLS, NOT_FOR_GUESTS),
        "makedumpfile": piece("makedumpfile", machine.debian, MAKEDUMPFILE, debian.NEWEST, MAKEDUMPFILE, NOT_FOR_GUESTS),
    }
    for name, kernel in machine.kernels.items():
        pattern = f"linux-(image|binary)-{kernel.version}-{machine.flavour}"
        found[f"kernel-{name}"] = piece(f"kernel {name}", machine.debian, (pattern,), kernel.sources,
                                         files=KERNEL_FILES + tuple(f"usr/lib/modules/*/{name}.ko*" for name in machine.modules),
                                         accepts=is_kernel)
    for name, extract in machine.extracts.items():
        found[name] = piece(name, machine.debian, (extract.package,), debian.NEWEST, files=extract.files)
    if firmware:
        found["firmware"] = piece("firmware", HERE, (firmware.package,), firmware.sources)
    return found


@dataclass(frozen=True)
class Pieces:
    """Everything of a machine, each a folder of unpacked packages. A piece is fetched when it is first asked for."""
    machine: Machine
    fetcher: object  # a fetch.Fetcher

    def tree(self, name):
        return self.fetcher.tree(pieces_of(self.machine)[name])

    @property
    def qemu(self):
        return self.tree("qemu")

    @property
    def firmware(self):
        return self.tree("firmware")

    def program(self, path):
        """A program of the guest's tools."""
        name = Path(path).name
        return self.tree(name if name in MAKEDUMPFILE else "tools") / path

    def vmlinuz(self, kernel):
        """The kernel's file: compressed or, where Debian has it so, an ELF file. The path of another one stands for itself."""
        if isinstance(kernel, Path):
            return kernel
        tree = self.tree(f"kernel-{kernel}")
        return next(path for pattern in KERNEL_FILES for path in tree.glob(pattern))

    def module(self, kernel, name):
        """The bytes of one of the machine's modules, as that kernel loads them. Newer suites have them in a package beside the kernel's."""
        tree, pattern = self.tree(f"kernel-{kernel}"), f"usr/lib/modules/*/{name}.ko*"
        path = next(tree.glob(pattern), None) or next(self.fetcher.tree(self._modules(kernel, tree)).glob(pattern))
        return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()

    def _modules(self, kernel, tree):
        """Those of the very kernel that lies in the tree."""
        machine = self.machine
        release = next(tree.glob("usr/lib/modules/*")).name
        return Piece(machine.name, f"modules {kernel}", machine.debian, (re.escape(f"linux-modules-{release}"),), machine.kernels[kernel].sources,
                     files=tuple(f"usr/lib/modules/*/{name}.ko*" for name in machine.modules), is_locked=False)
