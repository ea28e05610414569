"""What the guests are made of: QEMU, firmware, kernels, tools - all Debian's, all unpacked under the cache folder."""
import functools
import time
from dataclasses import dataclass
from pathlib import Path

from . import cache, mirror, packages
from .machine import Machine
from .suite import Suite, newest

# A cache that is complete is taken as it is for a week; --refresh looks for newer packages earlier.
COMPLETE_FOR = 7 * 24 * 3600

HERE = "amd64"  # Debian's name of the machine that tests: QEMU's programs are of it
TOOLS = ("kexec-tools", "makedumpfile", "busybox-static")  # for the guest, of sid
KERNEL_FILES = ("boot/vmlinu*", "usr/lib/modules/*/vmlinu*")

# QEMU needs no firmware but what its own packages bring, and no boot ROMs for the network.
NOT_FOR_QEMU = {"debconf", "adduser", "ipxe-qemu", "ipxe-qemu-256k-compat-efi-roms", "qemu-slof", "qemu-efi-aarch64",
                "qemu-system-common", "qemu-system-data", "seabios"}
# Dependencies of maintainer scripts: nothing is configured in a guest.
NOT_FOR_GUESTS = {"debconf", "libgcc-s1", "gcc-15-base", "gcc-16-base", "perl", "perl-base", "lsb-base", "dpkg",
                  "init-system-helpers", "ucf", "sensible-utils", "udev", "libpam0g"}


@dataclass(frozen=True)
class Pieces:
    """Everything fetched for a machine, each a tree of unpacked packages."""
    machine: Machine

    def _tree(self, name):
        return cache.folder("trees", self.machine.name) / name

    @property
    def qemu(self):
        return self._tree("qemu")

    @property
    def tools(self):
        return self._tree("tools")

    @property
    def firmware(self):
        return self._tree("firmware")

    def extract(self, name):
        return self._tree(name)

    def kernel(self, name):
        return self._tree(f"kernel-{name}")

    def vmlinuz(self, kernel):
        """The kernel's file: compressed or, where Debian has it so, an ELF file. The path of another one stands for itself."""
        if isinstance(kernel, Path):
            return kernel
        return next(path for pattern in KERNEL_FILES for path in self.kernel(kernel).glob(pattern))


def fetch(machine, log, refresh=False):
    """Makes the cache complete for a machine and returns its pieces. Safe to run again; `log` gets a line per thing done."""
    pieces, stamp = Pieces(machine), cache.folder() / f"complete-{machine.name}"
    with cache.locked(cache.folder() / "fetch"):
        if not refresh and stamp.exists() and time.time() - stamp.stat().st_mtime < COMPLETE_FOR:
            return pieces
        stamp.unlink(missing_ok=True)
        _fetch(Archive(log), machine, pieces, log)
        stamp.touch()
    return pieces


class Archive:
    """The suites, each read when it is first asked for."""

    def __init__(self, log):
        self.log = log
        self.main, self.security = mirror.archives()

    @functools.cache
    def suite(self, name, architecture):
        return Suite(name, architecture, self.security if name.endswith("-security") else self.main, self.log)

    def suites(self, names, architecture):
        return [self.suite(name, architecture) for name in names]


def _fetch(archive, machine, to, log):
    log(f"{machine.name}: kernels")
    for name, kernel in machine.kernels.items():
        suites = archive.suites(kernel.suites, machine.debian)
        packages.unpack([_kernel(suites, machine.flavour, kernel.version)], to.kernel(name), log, KERNEL_FILES)

    log(f"{machine.name}: QEMU")
    own = [newest_matching(archive.suites([machine.emulator.suite], HERE), name) for name in machine.emulator.packages]
    needs = [alternatives[0] for alternatives in own[0].dependencies()]
    libraries = packages.with_dependencies(needs, archive.suites(machine.emulator.libraries, HERE), NOT_FOR_QEMU)
    packages.unpack(own + libraries, to.qemu, log)

    log(f"{machine.name}: {', '.join([*TOOLS, *machine.extracts])}")
    sid = archive.suites(["sid"], machine.debian)
    packages.unpack(packages.with_dependencies(TOOLS, sid, NOT_FOR_GUESTS), to.tools, log)
    for name, extract in machine.extracts.items():
        packages.unpack([newest_matching(sid, extract.package)], to.extract(name), log, extract.files)

    if machine.firmware:
        log(f"{machine.name}: firmware")
        suites = archive.suites(machine.firmware.suites, HERE)
        packages.unpack([newest_matching(suites, machine.firmware.package)], to.firmware, log)


def newest_matching(suites, pattern):
    """The newest package whose name matches the regular expression."""
    found = newest(p for s in suites for p in s.matching(pattern))
    if found is None:
        raise mirror.MirrorError(f"no package {pattern} in {', '.join(s.name for s in suites)}")
    return found


def _kernel(suites, flavour, version):
    """The newest kernel. Newer suites keep its file in linux-binary-X, and linux-image-X is an empty package that needs it."""
    def best(kind):
        return newest(p for s in suites for p in s.matching(f"linux-{kind}-{version}-{flavour}"))
    binary, image = best("binary"), best("image")
    found = image if binary is None or (image and image.newer_than(binary) and int(image["Installed-Size"] or 0) > 8000) else binary
    if found is None:
        raise mirror.MirrorError(f"no kernel package for {version}")
    return found
