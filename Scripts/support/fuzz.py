#!/usr/bin/env python3
"""Feeds damaged files to what reads files: Scripts/fuzz TARGET SECONDS [OPTION...]

    Scripts/fuzz --list          the targets
    Scripts/fuzz vmcore 600      ten minutes of one; `all` for each in turn, as many at a time as there are CPUs
    Scripts/fuzz vmcore FILE     reads that file once, as a finding is looked at
    Scripts/fuzz vmcore -help=1  what else libFuzzer can do
    Scripts/fuzz vmcore --keep   chooses the inputs of Tests/Fuzz/Corpus anew, out of what was found here

Builds Tests/Fuzz first, and begins with its seeds and with Tests/Fuzz/Corpus. Inputs that reach new code are kept in
.build/fuzz-corpus/TARGET and used again. What ends the program, takes longer than five seconds or more than 2 GiB is a finding: its
input is kept in .build/fuzz-findings/TARGET, the exit status is 1.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import typing
from pathlib import Path

import scratch

ROOT = Path(__file__).resolve().parent.parent.parent
SCRATCH = ROOT / ".build/fuzz"
CORPORA = ROOT / ".build/fuzz-corpus"
FINDINGS = ROOT / ".build/fuzz-findings"
KEPT = ROOT / "Tests/Fuzz/Corpus"

# Of a target, and of one input: a long one reaches little that a short one does not.
MOST_KEPT, LONGEST_KEPT = 16 << 10, 4 << 10

WORDS = ROOT / "Tests/Fuzz/words.dict"

LIMITS = ["-timeout=5", "-rss_limit_mb=2048"]


class Answer(typing.NamedTuple):
    """What the program printed, its exit status, and the seconds of CPU it took."""

    stdout: str
    returncode: int
    cpu: float


class Fuzzer:
    """The built program, and the folder in memory where it and its targets keep their files."""

    def __init__(self, program, folder, say=print):
        self.program, self.folder = program, folder
        self.environment = {
            **os.environ, "TMPDIR": str(folder), "SWIFT_BACKTRACE": "enable=no", "ASAN_SYMBOLIZER_PATH": str(toolchain() / "llvm-symbolizer"),
        }
        # Freed memory is kept back to find its later use; a tenth of the default is plenty for a few kilobytes of input.
        self.sanitizer_options = "quarantine_size_mb=25"
        self.targets = self.run([], "--list", sanitizer="detect_leaks=0").stdout.split()
        seeds = self.run([], "--seeds", folder / "seeds", sanitizer="detect_leaks=0")
        if seeds.returncode != 0:
            raise SystemExit(f"the seeds cannot be made: {seeds.stdout}")
        if self.can_find_leaks():
            return
        say("memory leaks are not looked for: this system keeps a process from tracing itself")
        self.sanitizer_options += ":detect_leaks=0"

    def can_find_leaks(self):
        return "LeakSanitizer has encountered a fatal error" not in self.run(["-runs=1"], target=self.targets[0]).stdout

    def run(self, options, *words, target="", sanitizer=""):
        environment = {**self.environment, "FUZZ_TARGET": target, "ASAN_OPTIONS": f"{self.sanitizer_options}:{sanitizer}"}
        command = [str(word) for word in (self.program, *options, *words)]
        with subprocess.Popen(
                command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace") as process:
            try:
                text = process.stdout.read()
            except BaseException:
                process.kill()
                raise
            # The one way to wait that says what was used.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return Answer(text, process.returncode, usage.ru_utime + usage.ru_stime)

    def beginnings(self, target):
        """The folders of inputs to begin with."""
        return [folder for folder in (self.folder / "seeds" / target, KEPT / target) if folder.is_dir()]

    def keep(self, target):
        """Chooses inputs for the tree that together reach what all reach, the shortest first; a line that says how many."""
        chosen = self.folder / "kept" / target
        chosen.mkdir(parents=True)
        found = [folder for folder in (CORPORA / target,) if folder.is_dir()]
        self.run(["-merge=1", *LIMITS], chosen, *self.beginnings(target), *found, target=target)
        inputs = sorted((path for path in chosen.iterdir() if path.stat().st_size <= LONGEST_KEPT), key=lambda path: path.stat().st_size)
        shutil.rmtree(KEPT / target, ignore_errors=True)
        (KEPT / target).mkdir(parents=True)
        size = 0
        for number, path in enumerate(inputs):
            size += path.stat().st_size
            if size > MOST_KEPT:
                return f"{number} of {len(inputs)} inputs"
            shutil.copyfile(path, KEPT / target / path.name[:12])
        return f"{len(inputs)} inputs"

    def fuzz(self, target, seconds, options=()):
        """Fuzzes one target for that long: whether nothing was found, and a line that says what was done; below it the finding."""
        corpus, findings = CORPORA / target, FINDINGS / target
        corpus.mkdir(parents=True, exist_ok=True)
        findings.mkdir(parents=True, exist_ok=True)
        answer = self.run(
            [f"-max_total_time={seconds}", *LIMITS, f"-dict={WORDS}", f"-artifact_prefix={findings}/", "-print_final_stats=1", *options],
            corpus, *self.beginnings(target), target=target,
            # Where each piece of memory was allocated is not written down, which saves a quarter of the time; a finding is read again.
            sanitizer="malloc_context_size=1")
        log = findings / "log"
        log.write_text(answer.stdout)
        if answer.returncode == 0:
            runs = re.search(r"stat::number_of_executed_units: (\d+)", answer.stdout)
            reached = re.findall(r" cov: (\d+) ", answer.stdout)
            count, places = runs[1] if runs else "?", reached[-1] if reached else "?"
            return True, f"{count} inputs in {answer.cpu:.0f} s of CPU, {places} places in the code reached"
        why = re.search(r"(?:Fatal error: |ERROR: |SUMMARY: )(.*)", answer.stdout)
        files = re.findall(r"Test unit written to (\S+)", answer.stdout)
        whole = answer.stdout[why.start():] if why else answer.stdout
        return False, f"{why[1] if why else f'status {answer.returncode}'} ({' '.join(files) or 'no input was kept'}; {log})\n{whole}"


def toolchain():
    """The folder of Swift's own clang, linker and tools."""
    return Path(shutil.which("swift")).resolve().parent


def look_for_new_sources(folder):
    """SwiftPM does that by itself in a root package alone, and not in one that it depends on: makes it plan anew."""
    for plan in folder.glob("*.yaml"):
        plan.unlink()


def run_command(*command, environment):
    return subprocess.run([str(word) for word in command], env=environment, stdin=subprocess.DEVNULL).returncode


def build(run=run_command):
    """Builds the program of all targets and gives its path; nothing where that fails. `run` gives a command's exit status."""
    look_for_new_sources(SCRATCH)
    command = [
        "swift", "build", "--package-path", ROOT / "Tests/Fuzz", "--scratch-path", SCRATCH, "-c", "release", "--sanitize=address",
        # gold, the toolchain's default, fails with the address sanitizer.
        "-Xswiftc", "-sanitize=fuzzer", "-Xswiftc", "-use-ld=lld",
    ]
    # purgatory-embed runs with the sanitizer, too, and Foundation's Process keeps its memory.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    if run(*command, environment=environment) != 0:
        return None
    return SCRATCH / "release/fuzz"


def memory_folder():
    """A folder for files that are written a thousand times a second."""
    return scratch.folder("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir(), "swkexec-fuzz")


def fuzz_all(fuzzer, seconds, report, options=()):
    """Fuzzes each target; `report` is given its name, whether nothing was found, and a line."""
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count())
    try:
        runs = {target: pool.submit(fuzzer.fuzz, target, seconds, options) for target in fuzzer.targets}
        for target, run in runs.items():
            report(target, *run.result())
    finally:
        pool.shutdown(cancel_futures=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage="%(prog)s TARGET SECONDS|FILE [OPTION...] | --list")
    parser.add_argument("--list", action="store_true", help="print the targets' names")
    parser.add_argument("target", nargs="?", help="one of --list, or `all`")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="a number of seconds and options of libFuzzer, or files")
    options = parser.parse_args()
    if not options.list and (options.target is None or not options.words):
        parser.error("a target, and a number of seconds or a file")

    program = build()
    if program is None:
        return 1
    with memory_folder() as folder:
        fuzzer = Fuzzer(program, Path(folder))
        if options.list:
            print("\n".join(fuzzer.targets))
            return 0
        targets = fuzzer.targets if options.target == "all" else [options.target]
        if not set(targets) <= set(fuzzer.targets):
            parser.error(f"no target {options.target}: {', '.join(fuzzer.targets)}")
        first, *rest = options.words
        if first == "--keep":
            for target in targets:
                print(f"{target}: {fuzzer.keep(target)}", flush=True)
            return 0
        if not first.isdigit():
            words = [word if word.startswith("-") else os.path.abspath(word) for word in options.words]
            answer = fuzzer.run([*LIMITS, *words], target=targets[0])
            print(answer.stdout, end="")
            return 1 if answer.returncode else 0
        fuzzer.targets = targets
        found = []

        def report(target, passed, line):
            print(f"{'PASS' if passed else 'FAIL'} {target}: {line}", flush=True)
            if not passed:
                found.append(target)

        fuzz_all(fuzzer, int(first), report, rest)
        return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
