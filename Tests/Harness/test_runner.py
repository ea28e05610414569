"""What Scripts/test tells of a test process: its counts, whole what fails, and its end when it dies. `swift` is a script made for it."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import setting
import scratch
import steps
import swift_tests
from vmtest import cache, progress

OUTPUT = """[1/2] Compiling A a.swift
◇ Test run started.
✔ Test good() passed after 0.001 seconds.
✘ Test bad() recorded an issue at a.swift:4:54: Expectation failed: 1 == 2
↳ not the same
↳ at all
✔ Test another() passed after 0.001 seconds.
✘ Suite S failed after 0.021 seconds with 1 issue.
"""
SYMBOLS = {"passed": "pass", "failed": "fail", "skipped": "skip"}


def test(name):
    return {"kind": "test", "payload": {"kind": "function", "id": f"ATests.S/{name}()/a.swift:1:1", "name": name}}


def event(kind, name=None, symbol="default", text=""):
    payload = {"kind": kind, "messages": [{"symbol": symbol, "text": text}], "instant": {"absolute": 1}}
    return {"kind": "event", "payload": payload | ({"testID": test(name)["payload"]["id"]} if name else {})}


def ran(name, result):
    if result == "skipped":
        return [event("testSkipped", name, "skip", f'Test {name}() skipped: "no {name} here"')]
    return [event("testStarted", name), event("testEnded", name, SYMBOLS[result])]


class SwiftTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.enterContext(mock.patch.object(steps, "LOGS", self.folder / "logs"))
        self.enterContext(mock.patch.dict(os.environ, PATH=f"{folder.name}:{os.environ['PATH']}"))
        self.said = []

    def run_with(self, events, output="", end="exit 0"):
        """The count of a run of a `swift` that leaves these events, prints this and ends so."""
        (self.folder / "written").write_text("".join(json.dumps(record) + "\n" for record in events))
        (self.folder / "printed").write_text(output)
        swift = self.folder / "swift"
        swift.write_text(f'#!/bin/bash\n[ "$3" = --event-stream-output-path ] || exit 9\n'
                         f'cp {self.folder}/written "$4"\ncat {self.folder}/printed\n{end}\n')
        swift.chmod(0o755)
        run = steps.Run(verbose=False)
        run.logs.mkdir(parents=True)
        run.console = self.said.append
        with run.step("unit tests") as step:
            swift_tests.run(step)
        self.log = step.log.read_text() if step.log.exists() else ""
        return str(run.count)

    def text(self):
        return "\n".join(self.said)

    def test_counts(self):
        events = [test("good"), test("off"), *ran("off", "skipped"), *ran("good", "passed"), event("runEnded")]
        self.assertEqual(self.run_with(events, "◇ Test run started.\n"), "1 passed, 0 failed, 1 skipped")
        self.assertEqual(len(self.said), 2, "a line the module and a line the step")
        self.assertIn('PASS ATests: 1 passed, 0 failed, 1 skipped ("no off here")', self.said[0])

    def test_a_failure_is_shown_whole_and_nothing_else(self):
        names = ("good", "bad", "another")
        events = [*map(test, names), *ran("good", "passed"), *ran("bad", "failed"), *ran("another", "passed"), event("runEnded")]
        self.assertEqual(self.run_with(events, OUTPUT, "exit 1"), "2 passed, 1 failed")
        self.assertIn("recorded an issue at a.swift:4:54: Expectation failed: 1 == 2\n↳ not the same\n↳ at all\n", self.text())
        self.assertNotIn("passed after", self.text())
        self.assertNotIn("Compiling", self.text())
        self.assertEqual(self.log, OUTPUT)

    def test_a_process_that_dies(self):
        events = [test("good"), test("dies"), test("never"), *ran("good", "passed"), event("testStarted", "dies")]
        count = self.run_with(events, OUTPUT + "Fatal error: Index out of range\n", "kill -ILL $$")
        self.assertEqual(count, "1 passed, 1 failed")
        self.assertIn("Fatal error: Index out of range", self.text())
        self.assertIn("signal SIGILL); then ran ATests.S/dies()/a.swift:1:1; 1 more never began", self.text())

    def test_a_build_that_fails(self):
        self.assertEqual(self.run_with([], "[1/2] Compiling A a.swift\na.swift:1:1: error: no\n", "exit 1"), "0 passed, 1 failed")
        self.assertIn("a.swift:1:1: error: no", self.text())

    def test_a_status_without_a_failed_test(self):
        self.assertEqual(self.run_with([test("good"), *ran("good", "passed"), event("runEnded")], end="exit 3"), "1 passed, 1 failed")
        self.assertIn("no test failed, but exit status 3", self.text())

    def test_no_test_at_all(self):
        self.assertEqual(self.run_with([event("runEnded")]), "0 passed, 1 failed")

    def test_an_issue_of_no_test(self):
        self.assertEqual(
            self.run_with([test("good"), *ran("good", "passed"), event("issueRecorded", None, "fail"), event("runEnded")], end="exit 1"),
            "1 passed, 1 failed")


class Failures(unittest.TestCase):
    def test_they_are_told_again_with_the_end_of_a_guests_console(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "console.log").write_text("".join(f"line {number}\n" for number in range(40)))
            run = steps.Run(verbose=False)
            run.console = mock.Mock()
            run.say("[1/3] PASS a: FAIL is only a word here (1 s)")
            run.say(f"[2/3] FAIL b: why (3 s; logs in {folder}; about 1 min left)\nFAIL guest tests: 1 passed, 1 failed (9 s)")
            lines = run.failures()
        self.assertEqual(lines[:2], ["What failed:", f"  FAIL b: why (3 s; logs in {folder}; about 1 min left)"])
        self.assertEqual(lines[2:-1], [f"    | line {number}" for number in range(25, 40)])
        self.assertEqual(lines[-1], "  FAIL guest tests: 1 passed, 1 failed (9 s)")

    def test_a_run_without_any(self):
        run = steps.Run(verbose=False)
        run.console = mock.Mock()
        run.say("PASS unit tests: 3 passed, 0 failed (1 s)")
        self.assertEqual(run.failures(), [])


class GuestProgress(unittest.TestCase):
    def test_what_is_left(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(cache, "all_results", lambda: Path(folder)):
            (Path(folder) / "seconds.json").write_text('{"a": 60, "b": 600}')
            told = progress.Progress(verbose=False)
            told._console = said = mock.Mock()
            told.expect(["a", "b", "c"], jobs=2)
            told.began("a")
            told.ended("PASS", "a", "seen")
            said.assert_called_with("[1/3] PASS a: seen (0 s; about 8 min left)")  # 600 s, the mean of 600 s and 0 s, by two
            for name in ("b", "c"):
                told.began(name)
                told.ended("FAIL", name, "why", "; logs in x")
            said.assert_called_with("[3/3] FAIL c: why (0 s; logs in x)")
            told.keep_seconds()
            self.assertEqual(json.loads((Path(folder) / "seconds.json").read_text()), {"a": 0, "b": 600})


INTERRUPTED = """
import subprocess, sys, threading
sys.path.insert(0, {path!r})
from vmtest import processes
processes.end_all_at_interrupt()
threading.Thread(target=lambda: subprocess.run(["sleep", "1000"])).start()
try:
    subprocess.run(["bash", "-c", "sleep 1000 & echo $!; wait"])
except KeyboardInterrupt:
    print("cleared up")
"""


def runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Interrupt(unittest.TestCase):
    def test_nothing_goes_on(self):
        program = INTERRUPTED.format(path=str(setting.ROOT / "Tests/VM"))
        with subprocess.Popen([sys.executable, "-B", "-c", program], stdout=subprocess.PIPE, text=True) as process:
            grandchild = int(process.stdout.readline())
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.stdout.read(), "cleared up\n")
        self.assertEqual(process.returncode, 0)
        self.assertLess(time.monotonic() - began, 100, "its own thread's process was ended, too")
        while runs(grandchild) and time.monotonic() - began < 100:
            time.sleep(0.1)
        self.assertFalse(runs(grandchild))


class Scratch(unittest.TestCase):
    def test_what_a_killed_process_left_goes_with_the_next_run(self):
        with tempfile.TemporaryDirectory() as parent:
            with subprocess.Popen(["true"]) as ended:
                pass
            left = Path(parent) / f"tmp-{ended.pid}-x"
            others = Path(parent) / f"tmp-{os.getppid()}-x"
            for folder in (left, others):
                (folder / "below").mkdir(parents=True)
            with scratch.folder(parent, "tmp") as folder:
                self.assertEqual({path.name for path in Path(parent).iterdir()}, {Path(folder).name, others.name})
            self.assertEqual(list(Path(parent).iterdir()), [others])


if __name__ == "__main__":
    unittest.main()
