"""Static programs of another architecture: Swift's own clang, which compiles for all of them, and Debian's musl for that one."""
import json
import subprocess
from pathlib import Path

from .machine import Extract

EXTRACTS = {
    "musl": Extract("musl-dev", ("usr/include/*", "usr/lib/*/*.[oa]")),
    # Where `long double` is not in hardware, printf(3) needs its arithmetic.
    "libgcc": Extract(r"libgcc-\d+-dev", ("usr/lib/gcc/*/libgcc.a",)),
}


def compiler(target):
    """What Machine.compiler has to be for a target such as powerpc64le-linux-musl."""
    def command(pieces):
        musl = pieces.tree("musl")
        libraries, libgcc = musl / "usr/lib" / target, next(pieces.tree("libgcc").rglob("libgcc.a"))
        return [_clang(), "--no-default-config", f"--target={target}", "-static", "-fuse-ld=lld", "-nostdlib", "-nostdlibinc", "-s",
                "-isystem", musl / "usr/include" / target,
                *(libraries / name for name in ("crt1.o", "crti.o", "crtn.o", "libc.a")), libgcc]
    return command


def _clang():
    told = json.loads(subprocess.run(["swift", "-print-target-info"], capture_output=True, check=True).stdout)
    return Path(told["paths"]["runtimeResourcePath"]).parents[1] / "bin/clang"
