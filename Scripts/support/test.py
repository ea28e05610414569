#!/usr/bin/env python3
"""Everything that must hold: Scripts/test [--quick | --unit | --fuzz | --guests [NAME...]] [-j N] [-v]
    [--accel=auto|kvm|tcg] [--newest [--update-lock]]

Builds, runs the unit tests, each Tests/*.sh, ten seconds of each fuzz target, and every guest test. --quick is the unit tests and five
guests, --unit the unit tests and Tests/*.sh alone, --fuzz the fuzz targets, --guests the guests (with names, as Tests/VM/run takes them,
only those). A line a step is printed, and whole what fails; all the rest is in a folder of logs, which is named at the end, after the lines
of what failed, once more. The last line is "N passed, N failed", and ", N skipped" where some were.
"""
import argparse
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import fuzz  # noqa: E402
import steps  # noqa: E402
import swift_tests  # noqa: E402
from steps import Count, side_by_side  # noqa: E402

from vmtest import accelerator, processes  # noqa: E402

FUZZ_SECONDS = 10
QUICK_GUESTS = ["hotplug-6.12", "corrupt-6.12", "reboot-6.12", "ppc64le-hotplug-6.12", "arm64-plain-6.12"]
ZSTD_SCRATCH = steps.ROOT / ".build/zstd-tests"


def build(run):
    with run.step("build") as step:
        return step.ended_command(step.run("swift", "build", "--build-tests"))


def unit_tests(run):
    with run.step("unit tests") as step:
        swift_tests.run(step, "--skip-build")


def zstd_tests(run):
    with run.step("decompression with the package trait Zstd") as step:
        fuzz.look_for_new_sources(ZSTD_SCRATCH)
        swift_tests.run(step, "--package-path", "Tests/Zstd", "--scratch-path", ZSTD_SCRATCH)


def shell_tests(run):
    for script in sorted((steps.ROOT / "Tests").glob("*.sh")):
        with run.step(script.stem) as step:
            failed = step.run("bash", script) != 0
            if failed:
                step.show_log()
            step.ended(Count(failed=1) if failed else Count(passed=1))


def build_fuzzer(run):
    with run.step("build of the fuzz targets") as step:
        program = fuzz.build(step.run)
        step.ended_command(0 if program else 1)
    return program


def fuzz_tests(run, program):
    count = Count()
    with run.step("fuzz targets") as step, fuzz.memory_folder() as folder:
        def report(target, passed, line):
            count.add(Count(passed=1) if passed else Count(failed=1))
            step.say(f"{'PASS' if passed else 'FAIL'} fuzz {target}: {line}")

        fuzz.fuzz_all(fuzz.Fuzzer(program, Path(folder), step.say), FUZZ_SECONDS, report)
        step.ended(count)


def build_static(run):
    with run.step("static program for the guests") as step:
        return step.ended_command(step.run("Scripts/build-static"))


def run_guests(run, step, *arguments):
    """The exit status of Tests/VM/run and its last line. What has no time in front is for whoever watches."""
    last = ""

    def each(line):
        nonlocal last
        last = line
        if not run.verbose and not re.match(r" *\d+ s  |\d+ passed, ", line):
            step.say(line.rstrip("\n"))
            step.last = ""  # it speaks for itself

    return step.run("Tests/VM/run", "-v", *arguments, each=each), last


def fetch(run, names, options):
    """What guests are made of; what could not be fetched is the guest tests' own affair."""
    with run.step("fetch") as step:
        status, _ = run_guests(run, step, *names, "--fetch-only", *(["--newest"] if options.newest else []))
        step.say(f"fetch: {'done' if status == 0 else 'not all is there'} ({step.seconds():.0f} s)")


def guest_tests(run, names, options):
    arguments = [*names, f"--accel={options.accel}"]
    if options.jobs:
        arguments.append(f"-j{options.jobs}")
    if options.newest:
        arguments.append("--newest")
    if options.update_lock and not run.count.failed:
        arguments.append("--update-lock")
    with run.step("guest tests") as step:
        _, last = run_guests(run, step, *arguments)
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\n", last)
        if counts:
            step.ended(Count(*(int(number or 0) for number in counts.groups())))
        else:
            step.ended(Count(failed=1), "they did not run to their end")


def run_parts(run, parts, guests, options):
    """Builds, and tests that need no clock, side by side: a build keeps two CPUs busy only half of its time. Fuzz targets and guests come
    after, alone: both go by the clock."""
    program, has_static = None, False

    def units():
        if "unit" in parts and build(run):
            unit_tests(run)
            if "checks" in parts:
                shell_tests(run)

    def others():
        nonlocal program, has_static
        if "guests" in parts:
            has_static = build_static(run)
        if "fuzz" in parts:
            program = build_fuzzer(run)
        if "checks" in parts:
            zstd_tests(run)

    def fetches():
        if "guests" in parts:
            fetch(run, guests, options)

    side_by_side(units, others, fetches)
    if program:
        fuzz_tests(run, program)
    if has_static:
        guest_tests(run, guests, options)


def parts_of(options):
    if options.quick:
        return {"unit", "guests"}
    if options.unit:
        return {"unit", "checks"}
    if options.fuzz:
        return {"fuzz"}
    if options.guests is not None:
        return {"guests"}
    return {"unit", "checks", "fuzz", "guests"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--quick", action="store_true", help="unit tests and five guests, one of each kind")
    only.add_argument("--unit", action="store_true", help="unit tests and Tests/*.sh only")
    only.add_argument("--fuzz", action="store_true", help="fuzz targets only")
    only.add_argument("--guests", nargs="*", metavar="NAME", help="guest tests only")
    parser.add_argument("-j", dest="jobs", type=int, metavar="N", help="guests at a time")
    parser.add_argument("--accel", default="auto", choices=accelerator.CHOICES, help="KVM or emulation (%(default)s: KVM where it can be used)")
    parser.add_argument("--newest", action="store_true", help="take the newest packages, not those of Tests/VM/versions.lock")
    parser.add_argument("--update-lock", action="store_true", help="when all passed, write the versions that were used to that file")
    parser.add_argument("-v", "--verbose", action="store_true", help="print all that goes to the logs")
    options = parser.parse_args()

    guests = QUICK_GUESTS if options.quick else options.guests or []
    processes.end_all_at_interrupt()
    run = steps.Run(options.verbose)
    try:
        with run.files():
            run_parts(run, parts_of(options), guests, options)
    except KeyboardInterrupt:
        print(f"interrupted; logs in {run.logs}", flush=True)
        return processes.INTERRUPTED
    for line in run.failures():
        print(line)
    print(f"{run.minutes()}; logs in {run.logs.relative_to(steps.ROOT)}")
    print(run.count, flush=True)
    return 1 if run.count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
