"""The small C programs that run inside guests, compiled statically on this machine."""
import hashlib
import subprocess
from pathlib import Path

from . import cache

SOURCES = Path(__file__).parent.parent / "guest"


def build():
    """Name -> path of each helper. A helper is compiled again when its source changed."""
    built = {}
    with cache.locked(cache.folder() / "helpers"):
        for source in sorted(SOURCES.glob("*.c")):
            digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
            program = cache.folder("helpers") / f"{source.stem}-{digest}"
            if not program.exists():
                command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-o", program, source]
                subprocess.run(command, check=True)
            built[source.stem] = program
    return built
