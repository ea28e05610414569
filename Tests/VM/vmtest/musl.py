"""Static programs of another architecture: Swift's own clang, which compiles for all of them, and Debian's musl for that one."""
import json
import subprocess
from pathlib import Path

EXTRACTS = {"musl-dev": ("usr/include/*", "usr/lib/*/*.[oa]")}


def compiler(target):
    """What Machine.compiler has to be for a target such as powerpc64le-linux-musl."""
    def command(pieces):
        tree = pieces.extract("musl-dev")
        libraries = tree / "usr/lib" / target
        return [_clang(), "--no-default-config", f"--target={target}", "-static", "-fuse-ld=lld", "-nostdlib", "-nostdlibinc", "-s",
                "-isystem", tree / "usr/include" / target,
                *(libraries / name for name in ("crt1.o", "crti.o", "crtn.o", "libc.a"))]
    return command


def _clang():
    told = json.loads(subprocess.run(["swift", "-print-target-info"], capture_output=True, check=True).stdout)
    return Path(told["paths"]["runtimeResourcePath"]).parents[1] / "bin/clang"
