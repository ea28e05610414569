"""Kernels that no package of Debian has: small ones, built from Debian's sources of Linux, which takes some minutes, and kept in the
cache."""
import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .debian import OLDSTABLE
from .pieces import HERE, Piece

SOURCE_FILES = ("usr/src/linux-source-*.tar.xz",)


def tools(machine, *compiler):
    """What builds a kernel for a machine, of Debian 12, which has compilers for sources both old and new; gcc and perl are the system's
    own."""
    needed = ("make", "flex", "bison", "m4", "bc", "libelf-dev", "libelf1", "zlib1g", "zlib1g-dev", *compiler)
    return Piece(machine, "build tools", HERE, needed, (OLDSTABLE,), is_locked=False)



@dataclass(frozen=True)
class Target:
    """The machine that a kernel is for."""
    arguments: tuple  # of make
    tools: Piece
    image: str  # what is made, in the tree of the sources


X86_64 = Target((), tools("x86_64"), "arch/x86/boot/bzImage")
# Not Swift's clang: Linux 7 takes it for a clang 21 and relies on what it does not have.
PPC64LE = Target(
    ("ARCH=powerpc", "CROSS_COMPILE=powerpc64le-linux-gnu-"),
    tools("ppc64le", "gcc-powerpc64le-linux-gnu", "gcc-12-powerpc64le-linux-gnu", "cpp-12-powerpc64le-linux-gnu", "binutils-powerpc64le-linux-gnu",
          "libgcc-12-dev-ppc64el-cross", "libbinutils", "libgmp10", "libisl23", "libjansson4", "libmpc3", "libmpfr6", "libzstd1"),
    "vmlinux")


@dataclass(frozen=True)
class SmallKernel:
    configuration: str  # the name of a file beside this one; it becomes the whole configuration with what its options need
    version: str  # as a test names it
    package: str  # of the sources, a regular expression
    sources: tuple  # where it is
    target: Target

    @property
    def pieces(self):
        """Its sources, and what it is built with."""
        return Piece("sources", f"Linux {self.version}", HERE, (self.package,), self.sources, files=SOURCE_FILES), self.target.tools

    def build(self, fetcher, log):
        """The path of the kernel, built once for each version of the sources and each configuration."""
        configuration = Path(__file__).with_name(self.configuration)
        source = fetcher.tree(self.pieces[0])
        digest = hashlib.sha256(source.name.encode() + configuration.read_bytes()).hexdigest()[:16]
        folder = cache.folder(configuration.stem.replace("_", "-"), digest)
        image = folder / Path(self.target.image).name
        with cache.locked(folder):
            if not image.exists():
                tools = fetcher.tree(self.target.tools)
                with tempfile.TemporaryDirectory(dir=folder) as work:
                    self._build(configuration, source, tools, Path(work), image, log)
        return image

    def _build(self, configuration, source, tools, work, image, log):
        tree = work / "source"
        tree.mkdir()
        archived, = source.glob("usr/src/linux-source-*.tar.xz")
        subprocess.run(["tar", "-C", tree, "--strip-components=1", "-xf", archived], check=True)
        log(f"building a kernel of {configuration.name} from {archived.name}")
        make = _make(tree, tools, self.target.arguments)
        make("allnoconfig", KCONFIG_ALLCONFIG=str(configuration))
        wanted = {line for line in configuration.read_text().splitlines() if line.startswith("CONFIG_")}
        missing = wanted - set((tree / ".config").read_text().splitlines())
        if missing:
            raise RuntimeError(f"this source's configuration does not take {', '.join(sorted(missing))}")
        make(f"-j{os.cpu_count()}", image.name)
        partial = image.with_suffix(".partial")
        shutil.copy(tree / self.target.image, partial)
        os.rename(partial, image)


def _make(source, tools, machine):
    libraries = tools / "usr/lib/x86_64-linux-gnu"
    environment = {
        **os.environ, "PATH": f"{tools}/usr/bin:{os.environ['PATH']}",
        "BISON_PKGDATADIR": f"{tools}/usr/share/bison", "M4": f"{tools}/usr/bin/m4",
        "LD_LIBRARY_PATH": f"{libraries}:{tools}/lib/x86_64-linux-gnu",
        "PKG_CONFIG_PATH": f"{libraries}/pkgconfig", "PKG_CONFIG_SYSROOT_DIR": str(tools)}

    def make(*arguments, **settings):
        command = ["make", "-s", "-C", source, "KBUILD_BUILD_USER=tests", "KBUILD_BUILD_HOST=tests", *machine, *arguments]
        done = subprocess.run(command, env={**environment, **settings}, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"make {arguments[-1]}: {done.stderr.strip()[-500:]}")
    return make
