"""The steps of a run of Scripts/test: each has a line at its end, and a log of all that its commands print."""
import concurrent.futures
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests/VM"))

import scratch  # noqa: E402
from vmtest.console import Console  # noqa: E402

LOGS = ROOT / ".build/test-logs"
KEPT = 10  # logs of so many runs
LAST_LINES = 15  # of a failed guest's console

# A line that tells of a test or a step that failed: told again at the end, where it is looked for.
FAILED = re.compile(r"(?:\[\d+/\d+\] )?(FAIL .*)")

# What a build and a test process print while all is well.
ORDINARY = re.compile(r"\[\d+/\d+\] |[◇✔➜━↳] |Building for |Build complete|\s*$")


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


class Run:
    """A run: its steps, some of them side by side, and what they have counted."""

    def __init__(self, verbose):
        self.verbose, self.count = verbose, Count()
        self.logs = LOGS / time.strftime("%Y%m%d-%H%M%S")
        self._began, self._lock, self._running = time.monotonic(), threading.Lock(), []
        self.console = Console(self._state)
        self._failures = []  # lines

    def say(self, text):
        """For whoever watches."""
        self._failures += [match[1] for match in map(FAILED.fullmatch, text.splitlines()) if match]
        self.console(text)

    def failures(self):
        """What failed, once more, and where it was a guest, what its kernels printed last: the logs may go with the machine that ran it."""
        if not self._failures:
            return []
        return ["What failed:", *(line for told in self._failures for line in (f"  {told}", *_last_of_console(told)))]

    @contextlib.contextmanager
    def files(self):
        """Temporary files of all that runs are in one folder, which goes with the run."""
        self.logs.mkdir(parents=True)
        for old in sorted(LOGS.iterdir())[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        with scratch.folder(ROOT / ".build", "tmp") as folder:
            os.environ["TMPDIR"] = tempfile.tempdir = folder
            yield

    @contextlib.contextmanager
    def step(self, title):
        step = Step(self, title)
        self._running.append(step)
        try:
            yield step
        finally:
            self._running.remove(step)

    def add(self, count):
        with self._lock:
            self.count.add(count)

    def minutes(self):
        return f"{(time.monotonic() - self._began) / 60:.1f} minutes"

    def _state(self):
        return "; ".join(f"{step.title}, {step.seconds():.0f} s: {step.last}" for step in self._running if step.last)


class Step:
    def __init__(self, run, title):
        self.title, self.last = title, ""  # its last line, for whoever wonders how far it is
        self.log = run.logs / f"{title.replace(' ', '-')}.log"
        self._run, self._began = run, time.monotonic()

    def seconds(self):
        return time.monotonic() - self._began

    def say(self, text):
        """For whoever watches."""
        self._run.say(text)

    def write(self, line):
        """For the log."""
        with open(self.log, "a") as log:
            log.write(line)
        if self._run.verbose:
            self._run.console(line.rstrip("\n"))

    def run(self, *command, environment=None, each=lambda line: None):
        """The exit status of a command, whose lines go to the log."""
        with subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:
            for line in process.stdout:
                self.write(line)
                self.last = line.strip()[:100] or self.last
                each(line)
        return process.returncode

    def ended(self, count, what=""):
        """The step's one line, and for the run what it counted."""
        self._run.add(count)
        self.say(f"{'FAIL' if count.failed else 'PASS'} {self.title}: {what or count} ({self.seconds():.0f} s)")

    def ended_command(self, status):
        """The same for a step that is one command and no test: only its failure counts."""
        if status != 0:
            self.show_log()
        self.ended(Count(failed=1) if status else Count(), f"exit status {status}" if status else "done")
        return status == 0

    def show_log(self):
        """What a failed command said, without the lines that tell of its progress."""
        if not self._run.verbose and self.log.exists():
            lines = self.log.read_text(errors="replace").splitlines()
            self.say("\n".join(line for line in lines if not ORDINARY.match(line)))


def _last_of_console(told):
    folder = re.search(r"logs in ([^\s;)]+)", told)
    console = ROOT / folder[1] / "console.log" if folder else None
    if not console or not console.is_file():
        return []
    lines = console.read_text(errors="replace").splitlines()[-LAST_LINES:]
    return [f"    | {line.rstrip()[:180]}" for line in lines]


def side_by_side(*lanes):
    """Runs functions at the same time, and raises what one of them raises once all have ended."""
    with concurrent.futures.ThreadPoolExecutor(len(lanes)) as pool:
        runs = [pool.submit(lane) for lane in lanes]
    return [run.result() for run in runs]
