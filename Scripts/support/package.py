#!/usr/bin/env python3
"""Builds the packages of Packaging/: Scripts/package [--only=NAME[,NAME...]] [--output=DIR] [--programs=DIR] [--rpm]

Each is a file of .build/packages, or of DIR; its path is printed. NAME is one of Debian's architectures. With --programs the swkexec and
vmcore-dmesg of that folder, of this machine, are packed and nothing is built. With --rpm there are RPMs, too. The packages of earlier runs stay until all new ones are
complete.
"""
import argparse
import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import debian_package  # noqa: E402
import rpm_package  # noqa: E402

sys.path.insert(0, str(debian_package.ROOT / "Packaging"))
import contents  # noqa: E402
from debian_package import ROOT, Failed  # noqa: E402


def here():
    """Debian's name of this machine."""
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def built(script):
    """The folder of the programs that a script of Scripts builds."""
    answer = subprocess.run([ROOT / script], stdout=subprocess.PIPE, text=True)
    if answer.returncode != 0:
        raise Failed(f"{script} failed")
    return Path(answer.stdout.split()[-1]).parent


def programs_of(architectures, given):
    """Architecture -> the folder of its programs. That of this machine writes swkexec-apply for all."""
    native = here()
    if native not in contents.MACHINES:
        raise Failed(f"packages are built on {', '.join(n for n, m in contents.MACHINES.items() if m.build)}, and this is {native}")
    found = {native: given or built("Scripts/build-static")}
    for name in architectures:
        script = contents.MACHINES[name].build
        if name != native and script:
            if script == "Scripts/build-static":
                raise Failed(f"swkexec for {name} is built on a machine of that kind: leave it out with --only")
            found[name] = built(script)
    return found, found[native] / "swkexec"


def build(architectures, output, given=None, rpm=False):
    """Writes the packages of these architectures into the folder `output`; returns their paths."""
    programs, writer = programs_of(architectures, given)
    source = debian_package.Source(writer)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output, prefix=".partial-") as work:
        made = []
        for architecture in architectures:
            packages = [debian_package.build(source, name, architecture, programs.get(architecture), Path(work))
                        for name in contents.of_machine(contents.MACHINES[architecture])]
            made += packages
            if rpm:
                made += rpm_package.build(source, architecture, packages, Path(work))
        return [path.rename(output / path.name) for path in made]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(contents.MACHINES), metavar="NAME,...", help="these architectures (%(default)s)")
    parser.add_argument("--output", type=Path, default=ROOT / ".build/packages", metavar="DIR", help="where they go")
    parser.add_argument("--programs", type=lambda name: Path(name).absolute(), metavar="DIR", help="pack these programs of this machine")
    parser.add_argument("--rpm", action="store_true", help="RPMs, too, by Debian's rpmbuild")
    options = parser.parse_args()
    architectures = options.only.split(",")
    for name in architectures:
        if name not in contents.MACHINES:
            parser.error(f"--only={name}: one of {', '.join(contents.MACHINES)}")
    os.umask(0o022)
    try:
        for path in build(architectures, options.output.absolute(), options.programs, options.rpm):
            print(path)
    except (Failed, OSError) as error:
        # What was being written has a name that nobody knows.
        why = f"{options.output}: {error.strerror}" if getattr(error, "errno", None) == errno.ENOSPC else error
        print(f"Scripts/package: {why}; earlier packages in {options.output} are as they were", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
