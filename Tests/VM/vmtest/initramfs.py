"""What a guest finds in its RAM disk: one archive for the kernel that crashes, one for the capture kernel."""
import gzip
import io
from pathlib import Path

from . import helpers
from .cpio import Archive
from .elf import Program

SCRIPTS = Path(__file__).parent.parent / "guest"


def capture(pieces, tools=(), files=None):
    """The RAM disk of the capture kernel, compressed: its size is part of what is loaded. `tools` are paths of Debian's programs below
    the tree of tools, which come with their libraries into bin/; `files` path -> path of this machine."""
    archive = base(pieces, ["read-counter", "vmcore-report"])
    archive.program("job", SCRIPTS / "capture")
    _add_with_libraries(archive, pieces, _programs(pieces, tools))
    for path, source in (files or {}).items():
        archive.copy(path, source)
    return compressed(archive)


def first(pieces, kernel, job, files, tools=()):
    """The RAM disk of the kernel that is going to crash, not yet written. `job` is the shell script it runs, `files` path -> bytes or path, `tools` as
    those of the capture kernel."""
    archive = base(
        pieces,
        ["compare-core", "fill-memory", "graphics-mode", "intercept", "mark-memory", "measure", "panic-in-streaming-mode", "read-counter",
         "read-physical", "vmcore-report", "watch-image"])
    _add_with_libraries(archive, pieces, {"sbin/kexec": pieces.program("usr/sbin/kexec"), **_programs(pieces, tools)})
    archive.copy("vmlinuz", pieces.vmlinuz(kernel))
    for path, contents in files.items():
        if isinstance(contents, bytes):
            archive.file(path, contents)
        else:
            archive.copy(path, contents)
    archive.program("job", job.encode())
    return archive


class Packed:
    """The same archive, compressed as it is written: where it goes from kernel to kernel, every byte of it is read and hashed."""
    def __init__(self, archive):
        self._archive = archive

    def write(self, file):
        with gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=file, mtime=0) as packed:
            self._archive.write(packed)


def compressed(archive):
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=packed, mtime=0) as file:
        archive.write(file)
    return packed.getvalue()


def base(pieces, helper_names):
    """What every guest has: busybox, the init and the functions of jobs, and the named helpers."""
    archive = Archive()
    for folder in ("bin", "sbin", "dev", "proc", "sys", "tmp", "lib64", "etc"):
        archive.folder(folder)
    archive.program("init", SCRIPTS / "init")
    archive.file("machine", f"MACHINE={pieces.machine.name}\nREPORT_PORT=/dev/{pieces.machine.report_port}\n".encode())
    archive.file("functions", SCRIPTS / "functions")
    archive.file("etc/passwd", b"root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    busybox = next(p for p in map(pieces.program, ("usr/bin/busybox", "bin/busybox")) if p.exists())
    archive.program("bin/busybox", busybox)
    built = helpers.build(pieces)
    for name in helper_names:
        archive.program(f"bin/{name}", built[name])
    return archive


def _programs(pieces, tools):
    return {f"bin/{Path(tool).name}": pieces.program(tool) for tool in tools}


def _add_with_libraries(archive, pieces, programs):
    """Dynamic programs of Debian (path in the archive -> path) with their dynamic loader and the libraries that they need, which lie below
    the same folder usr."""
    multiarch = pieces.machine.multiarch
    libraries = {}  # name -> path
    for path, program in programs.items():
        archive.copy(path, program)
        folder = next(parent for parent in program.parents if parent.name == "usr") / "lib" / multiarch
        interpreter = Path(Program(program).interpreter)
        libraries[interpreter.name] = folder / interpreter.name
        archive.program(str(interpreter.relative_to("/")), libraries[interpreter.name])
        found = [program]
        for user in found:
            for name in Program(user).needed:
                if name not in libraries:
                    libraries[name] = folder / name
                    found.append(libraries[name])
    for name, library in sorted(libraries.items()):
        archive.program(f"lib/{multiarch}/{name}", library)
