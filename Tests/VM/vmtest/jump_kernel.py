"""A kernel with CONFIG_KEXEC_JUMP. No kernel package of Debian has it, so a small one is built from Debian's sources, which takes some
minutes, and kept in the cache."""
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import cache, fetch, packages
from .suite import newest

SOURCE = "linux-source-6.12"
CONFIG = Path(__file__).with_suffix(".config")
# gcc and perl are the system's own.
TOOLS = ["make", "flex", "bison", "m4", "bc", "libelf-dev", "libelf1", "zlib1g", "zlib1g-dev"]


def build(log):
    """The path of its bzImage. The sources are those of the stable release, so that there is something new to build a few times a year."""
    with cache.locked(cache.folder() / "jump-kernel"):
        # Whoever has one keeps it for as long as its configuration stays the same; --refresh of the rest does not touch it.
        folder = cache.folder("jump-kernel", hashlib.sha256(SOURCE.encode() + CONFIG.read_bytes()).hexdigest()[:16])
        image = folder / "bzImage"
        if not image.exists():
            archive = fetch.Archive(log)
            with tempfile.TemporaryDirectory(dir=folder) as work:
                _build(archive, Path(work), image, log)
    return image


def _build(archive, work, image, log):
    source = newest(archive.suite("trixie").named(SOURCE))
    tools = [newest(p for s in archive.suites("bookworm", "bookworm-security") for p in s.named(name)) for name in TOOLS]
    packages.unpack([source], work / "package", log)
    packages.unpack(tools, work / "tools", log)
    subprocess.run(["tar", "-C", work, "-xf", work / f"package/usr/src/{SOURCE}.tar.xz"], check=True)
    log(f"building a kernel with CONFIG_KEXEC_JUMP from {source.name} {source.version}")
    make = _make(work / SOURCE, work / "tools")
    make("allnoconfig", KCONFIG_ALLCONFIG=str(CONFIG))
    wanted = {line for line in CONFIG.read_text().splitlines() if line.startswith("CONFIG_")}
    missing = wanted - set((work / SOURCE / ".config").read_text().splitlines())
    if missing:
        raise RuntimeError(f"this source's configuration does not take {', '.join(sorted(missing))}")
    make(f"-j{os.cpu_count()}", "bzImage")
    partial = image.with_suffix(".partial")
    shutil.copy(work / SOURCE / "arch/x86/boot/bzImage", partial)
    os.rename(partial, image)


def _make(source, tools):
    libraries = tools / "usr/lib/x86_64-linux-gnu"
    environment = {
        **os.environ, "PATH": f"{tools}/usr/bin:{os.environ['PATH']}",
        "BISON_PKGDATADIR": f"{tools}/usr/share/bison", "M4": f"{tools}/usr/bin/m4",
        "LD_LIBRARY_PATH": f"{libraries}:{tools}/lib/x86_64-linux-gnu",
        "PKG_CONFIG_PATH": f"{libraries}/pkgconfig", "PKG_CONFIG_SYSROOT_DIR": str(tools)}

    def make(*arguments, **settings):
        command = ["make", "-s", "-C", source, "KBUILD_BUILD_USER=tests", "KBUILD_BUILD_HOST=tests", *arguments]
        done = subprocess.run(command, env={**environment, **settings}, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"make {arguments[-1]}: {done.stderr.strip()[-500:]}")
    return make
