#!/usr/bin/env python3
"""Builds for arm64 on another machine, with this machine's Swift and the libraries of Debian's Swift for arm64.

Modules of the standard library are only read by the compiler that made them, but their interfaces, which are text, by any newer one.
What is fetched, half a gigabyte, goes to the cache folder of the guest tests.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests/VM"))

from vmtest import cache, debian, fetch  # noqa: E402
from vmtest.pieces import Piece  # noqa: E402

TRIPLE, DEBIAN, MULTIARCH = "aarch64-unknown-linux-gnu", "arm64", "aarch64-linux-gnu"
RUNTIME = "usr/libexec/swift/lib/swift_static"
RUNTIME_FILES = tuple(f"{RUNTIME}/{pattern}" for pattern in (
    "linux/*.a", "linux/*.lnk", f"linux/*.swiftmodule/{TRIPLE}.swiftinterface", "linux/aarch64/*", "shims/*"))
LIBRARIES = ("libc6-dev", "linux-libc-dev", r"libgcc-\d+-dev", r"libstdc\+\+-\d+-dev", "zlib1g-dev", "liblzma-dev")
PROGRAMS = ("swkexec", "vmcore-dmesg")


def log(line):
    print(f"-- {line}", file=sys.stderr, flush=True)


def fetched():
    """The folders of Swift's static libraries and of the system's headers and libraries."""
    fetcher = fetch.Fetcher(log, log)

    def tree(what, packages, files=None):
        return fetcher.tree(Piece("aarch64-swift", what, DEBIAN, packages, (debian.UNSTABLE,), files=files))

    return tree("runtime", ("swiftlang",), RUNTIME_FILES) / RUNTIME, tree("system", LIBRARIES)


def link(path, target):
    """A symbolic link, made anew where it leads elsewhere."""
    if not path.is_symlink() or os.readlink(path) != str(target):
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def swift_sdk(runtime, system):
    """The folder of a Swift SDK made of both; the compiler's own headers are this machine's."""
    compiler = Path(json.loads(subprocess.run(["swiftc", "-print-target-info"], capture_output=True, check=True).stdout)
                    ["paths"]["runtimeResourcePath"])
    link(runtime / "clang", (compiler / "clang").resolve())
    link(system / "lib", "usr/lib")
    link(system / "usr/lib/swift_static", runtime)  # where the driver looks for swiftrt.o
    folder = cache.folder("trees", "aarch64-swift", "sdks")
    variant = folder / "arm64.artifactbundle/arm64"
    variant.mkdir(parents=True, exist_ok=True)
    description = {"sdkRootPath": str(system), "swiftResourcesPath": str(runtime), "swiftStaticResourcesPath": str(runtime),
                   "toolsetPaths": ["toolset.json"]}
    artifact = {"type": "swiftSDK", "version": "1", "variants": [{"path": "arm64"}]}
    for path, value in ((variant.parent / "info.json", {"schemaVersion": "1.0", "artifacts": {"arm64": artifact}}),
                        (variant / "swift-sdk.json", {"schemaVersion": "4.0", "targetTriples": {TRIPLE: description}}),
                        (variant / "toolset.json", {"schemaVersion": "1.0", "swiftCompiler": {"extraCLIOptions": ["-use-ld=lld"]}})):
        path.write_text(json.dumps(value, indent=2) + "\n")
    return folder


def main():
    try:
        runtime, system = fetched()
    except fetch.Unavailable as error:
        sys.exit(str(error))
    # Without the path of its pkg-config files, this machine's libraries would be linked.
    command = ["swift", "build", "-c", "release", "--scratch-path", ".build/arm64", "--static-swift-stdlib", "-Xswiftc", "-static-executable",
               "--swift-sdks-path", str(swift_sdk(runtime, system)), "--swift-sdk", TRIPLE,
               "--pkg-config-path", str(system / "usr/lib" / MULTIARCH / "pkgconfig")]
    for program in PROGRAMS:
        if subprocess.run([*command, "--product", program], cwd=ROOT, stdout=sys.stderr).returncode != 0:
            return 1
    print(ROOT / ".build/arm64" / TRIPLE / "release" / PROGRAMS[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
