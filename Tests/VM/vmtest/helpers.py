"""The small programs that run inside guests, compiled statically on this machine; and the kernels of the multiboot tests."""
import hashlib
import subprocess
from pathlib import Path

from . import cache

SOURCES = Path(__file__).parent.parent / "guest"


def build(pieces):
    """Name -> path of each helper, for the pieces' machine. A helper is compiled again when its source or the compiler changed."""
    built = {}
    compiler = [*pieces.machine.compiler(pieces), "-O2", "-Wall", "-Wextra", "-Werror"]
    with cache.locked(cache.folder() / "helpers"):
        for source in sorted(SOURCES.glob("*.c")):
            digest = hashlib.sha256(source.read_bytes() + str(compiler).encode()).hexdigest()[:16]
            program = cache.folder("helpers", pieces.machine.name) / f"{source.stem}-{digest}"
            if not program.exists():
                subprocess.run([*compiler, "-o", program, source], check=True)
            built[source.stem] = program
    return built


# Position independent, for the relocatable one; freestanding, so that no 32-bit library is needed.
KERNEL_FLAGS = ["-m32", "-march=i686", "-Os", "-Wall", "-Wextra", "-Werror", "-Wno-main", "-ffreestanding", "-fpie", "-fvisibility=hidden",
                "-fno-stack-protector", "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-nostdlib", "-static", "-no-pie",
                "-Wl,-m,elf_i386", "-Wl,--build-id=none", "-Wl,-z,max-page-size=4096", "-Wl,-defsym,LINK_AT=0x100000"]


def multiboot_kernel(version):
    """The path of the kernel of guest/multiboot for that version of the specification, 1 or 2."""
    sources = [SOURCES / "multiboot" / name for name in ("kernel.c", "entry.S", "kernel.ld")]
    with cache.locked(cache.folder() / "helpers"):
        contents = b"".join(source.read_bytes() for source in sources) + " ".join(KERNEL_FLAGS).encode()
        kernel = cache.folder("helpers") / f"multiboot-{version}-{hashlib.sha256(contents).hexdigest()[:16]}"
        if not kernel.exists():
            command = ["gcc", *KERNEL_FLAGS, f"-DMULTIBOOT={version}", "-Wl,-T," + str(sources[2]), "-o", kernel, *sources[:2]]
            subprocess.run(command, check=True)
    return kernel
