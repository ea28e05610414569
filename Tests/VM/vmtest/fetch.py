"""What the guests are made of: QEMU, firmware, kernels, tools - all Debian's, all unpacked under the cache folder."""
import functools
import time
from dataclasses import dataclass
from pathlib import Path

from . import cache, mirror, packages
from .suite import Suite, newest

# A cache that is complete is taken as it is for a week; --refresh looks for newer packages earlier.
COMPLETE_FOR = 7 * 24 * 3600

# QEMU runs on this machine's own C library, and needs no network boot ROMs.
NOT_FOR_QEMU = {"libc6", "libgcc-s1", "gcc-12-base", "libcrypt1", "debconf", "adduser",
                "ipxe-qemu", "ipxe-qemu-256k-compat-efi-roms", "qemu-system-common", "qemu-system-data"}
# Dependencies of maintainer scripts: nothing is configured in a guest.
NOT_FOR_GUESTS = {"debconf", "libgcc-s1", "gcc-15-base", "gcc-16-base", "perl", "perl-base", "lsb-base", "dpkg",
                  "init-system-helpers", "ucf", "sensible-utils", "udev", "libpam0g"}


@dataclass(frozen=True)
class Pieces:
    """Paths to everything fetched."""
    qemu: Path
    tools: Path
    firmware: Path
    kernels: dict  # "6.1", "6.12", "7.x" -> the tree of its package

    def vmlinuz(self, kernel):
        """The file of a kernel by its name; the path of another one stands for itself."""
        if isinstance(kernel, Path):
            return kernel
        tree = self.kernels[kernel]
        found = [*tree.glob("boot/vmlinuz-*"), *tree.glob("usr/lib/modules/*/vmlinuz")]
        return found[0]


def pieces():
    trees = cache.folder("trees")
    return Pieces(trees / "qemu", trees / "tools", trees / "firmware",
                  {name: trees / f"kernel-{name}" for name in ("6.1", "6.12", "7.x")})


def fetch(log, refresh=False):
    """Makes the cache complete and returns its pieces. Safe to run again; `log` gets a line per thing done."""
    stamp = cache.folder() / "complete"
    with cache.locked(cache.folder() / "fetch"):
        if not refresh and stamp.exists() and time.time() - stamp.stat().st_mtime < COMPLETE_FOR:
            return pieces()
        stamp.unlink(missing_ok=True)
        log("reading package indexes")
        _fetch(Archive(log), pieces(), log)
        stamp.touch()
    return pieces()


class Archive:
    """The suites, each read when it is first asked for."""

    def __init__(self, log):
        self.log = log
        self.main, self.security = mirror.archives()

    @functools.cache
    def suite(self, name):
        return Suite(name, self.security if name.endswith("-security") else self.main, self.log)

    def suites(self, *names):
        return [self.suite(name) for name in names]


def _fetch(archive, to, log):
    bookworm = archive.suites("bookworm", "bookworm-security")
    backports = archive.suite("bookworm-backports")
    trixie = archive.suites("trixie", "trixie-security")
    sid = archive.suite("sid")

    log("kernels")
    cloud = r"linux-{kind}-{version}-cloud-amd64"
    for name, suites, version in (
            ("6.1", bookworm, r"6\.1\.0-\d+"),
            ("6.12", trixie, r"6\.12\.\d+\+deb13"),
            ("7.x", [archive.suite("trixie-backports"), sid], r"7\.\d+(\.\d+)?\+deb\d+(\.\d+)?")):
        packages.unpack([_kernel(suites, cloud, version)], to.kernels[name], log)

    log("QEMU")
    qemu = [newest(backports.named(n)) for n in ("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios")]
    needs = [alternatives[0] for alternatives in qemu[0].dependencies()]
    libraries = packages.with_dependencies(needs, bookworm, NOT_FOR_QEMU | {p.name for p in qemu})
    packages.unpack(qemu + libraries, to.qemu, log)

    log("kexec-tools, makedumpfile, busybox")
    tools = packages.with_dependencies(["kexec-tools", "makedumpfile", "busybox-static"], [sid], NOT_FOR_GUESTS)
    packages.unpack(tools, to.tools, log)

    log("firmware")
    packages.unpack([newest(p for s in trixie for p in s.named("ovmf"))], to.firmware, log)


def _kernel(suites, pattern, version):
    """The newest kernel. Newer suites keep vmlinuz in linux-binary-X, and linux-image-X is an empty package that needs it."""
    def best(kind):
        return newest(p for s in suites for p in s.matching(pattern.format(kind=kind, version=version)))
    binary, image = best("binary"), best("image")
    found = image if binary is None or (image and image.newer_than(binary) and int(image["Installed-Size"] or 0) > 8000) else binary
    if found is None:
        raise mirror.MirrorError(f"no kernel package for {version}")
    return found
