#!/usr/bin/env python3
"""Everything that must hold: Scripts/test [--unit | --fuzz | --guests [NAME...]] [-j N]

Builds, runs the unit tests, each Tests/*.sh, ten seconds of each fuzz target, and every guest test. --unit is the unit tests and
Tests/*.sh alone, --fuzz the fuzz targets, --guests the guests (with names, as Tests/VM/run takes them, only those). The last line is
"N passed, N failed".
"""
import argparse
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from pathlib import Path

sys.dont_write_bytecode = True
import fuzz  # noqa: E402

FUZZ_SECONDS = 10
ROOT = Path(__file__).resolve().parent.parent.parent
ZSTD_SCRATCH = ROOT / ".build/zstd-tests"


class Count:
    def __init__(self, passed=0, failed=0):
        self.passed, self.failed = passed, failed

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed


def step(title):
    print(f"== {title}", flush=True)


def run(*command):
    return subprocess.run([str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL).returncode


def unit_tests(title, *options):
    """Counts come from the result files: one of XCTest, one of Swift Testing beside it."""
    step(title)
    with tempfile.TemporaryDirectory() as folder:
        status = run("swift", "test", *options, "--xunit-output", Path(folder) / "results.xml")
        count = Count()
        for path in Path(folder).glob("*.xml"):
            cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
            failed = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
            count.add(Count(len(cases) - failed, failed))
    if status != 0 and count.failed == 0:
        print("swift test failed without naming a test")
        count.failed = 1
    return count


def shell_tests():
    count = Count()
    for script in sorted((ROOT / "Tests").glob("*.sh")):
        step(script.name)
        count.add(Count(passed=1) if run("bash", script) == 0 else Count(failed=1))
    return count


def fuzz_tests():
    step("fuzz targets")
    program = fuzz.build()
    if program is None:
        return Count(failed=1)
    count = Count()

    def report(target, passed, line):
        print(f"{'PASS' if passed else 'FAIL'} fuzz {target}: {line}", flush=True)
        count.add(Count(passed=1) if passed else Count(failed=1))

    with fuzz.memory_folder() as folder:
        fuzz.fuzz_all(fuzz.Fuzzer(program, Path(folder)), FUZZ_SECONDS, report)
    return count


def guest_tests(names, jobs):
    step("static program for the guests")
    if run("Scripts/build-static") != 0:
        return Count(failed=1)
    step("guest tests")
    command = [ROOT / "Tests/VM/run", *names, *([f"-j{jobs}"] if jobs else [])]
    last = ""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        for last in process.stdout:
            print(last, end="", flush=True)
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed\n", last)
    if not counts:
        print("the guest tests did not run to their end")
        return Count(failed=1)
    return Count(int(counts[1]), int(counts[2]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--unit", action="store_true", help="unit tests and Tests/*.sh only")
    only.add_argument("--fuzz", action="store_true", help="fuzz targets only")
    only.add_argument("--guests", nargs="*", metavar="NAME", help="guest tests only")
    parser.add_argument("-j", type=int, metavar="N", help="guests at a time")
    options = parser.parse_args()

    everything = not options.unit and not options.fuzz and options.guests is None
    count = Count()
    if everything or options.unit:
        step("build")
        if run("swift", "build") != 0:
            count.failed += 1
        count.add(unit_tests("unit tests"))
        fuzz.look_for_new_sources(ZSTD_SCRATCH)
        count.add(unit_tests("decompression with the package trait Zstd", "--package-path", "Tests/Zstd", "--scratch-path", ZSTD_SCRATCH))
        count.add(shell_tests())
    if everything or options.fuzz:
        count.add(fuzz_tests())
    if everything or options.guests is not None:
        count.add(guest_tests(options.guests or [], options.j))
    print(f"{count.passed} passed, {count.failed} failed", flush=True)
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
