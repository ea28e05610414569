"""The tests of a Swift package: counted and told module by module, from the event stream of Swift Testing."""
import collections
import json
import os
import re
import signal
import tempfile
from pathlib import Path

from steps import Count

# So many tests at a time: else all have begun before one ends, and nothing can be told for minutes.
ENVIRONMENT = {"SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH": str(os.cpu_count())}

RESULTS = {"fail": "failed", "skip": "skipped"}  # symbols of the message at a test's end; any other means that it passed


def run(step, *options):
    """Runs `swift test` with these options, says a line a module, shows whole what fails, and ends the step."""
    with tempfile.TemporaryDirectory() as folder:
        events, failures = Events(Path(folder) / "events", step), Failures()

        def each(line):
            events.read()
            failures.read(line)
            step.last = events.state() or step.last

        status = step.run(
            "swift", "test", "--disable-xctest", "--event-stream-output-path", events.path, "--event-stream-version", "0", *options,
            environment={**os.environ, **ENVIRONMENT}, each=each)
        events.read()
    count = events.count()
    if not events.whole:
        count.failed += 1
        step.show_log()
        step.say(f"FAIL {step.title}: the tests did not run to their end ({_end(status)}){events.left_behind()}")
    elif count.failed:
        step.say("\n".join(failures.lines))
    elif status != 0 or count.passed == 0:
        count.failed += 1
        step.show_log()
        step.say(f"FAIL {step.title}: no test failed, but {_end(status)}, {count.passed} passed")
    step.ended(count)


def _end(status):
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


class Events:
    """Which tests there are, and how each ended."""

    def __init__(self, path, step):
        self.path, self.whole = path, False
        self._step, self._read_bytes = step, 0
        self._modules = {}  # a test's id -> its module
        self._began, self._results = set(), {}  # ids; id -> passed, failed, skipped
        self._reasons, self._open = collections.defaultdict(set), collections.Counter()

    def read(self):
        """Takes in what has been written since the last time."""
        if not self.path.exists():
            return
        with open(self.path, "rb") as file:
            file.seek(self._read_bytes)
            whole_lines = file.read().rpartition(b"\n")[0]
        if whole_lines:
            self._read_bytes += len(whole_lines) + 1
            for line in whole_lines.splitlines():
                record = json.loads(line)
                getattr(self, f"_{record['kind']}", lambda payload: None)(record["payload"])

    def _test(self, payload):
        if payload["kind"] == "function":
            module = re.match(r"\w+", payload["id"])[0]
            self._modules[payload["id"]] = module
            self._open[module] += 1

    def _event(self, payload):
        kind, test = payload["kind"], payload.get("testID")
        if kind == "runEnded":
            self.whole = True
        elif kind == "issueRecorded" and test not in self._modules and _symbol(payload) == "fail":
            self._results[test] = "failed"  # an issue of a suite, or of nobody
        elif test not in self._modules:
            return
        elif kind == "testStarted":
            self._began.add(test)
        elif kind == "testSkipped" or kind == "testEnded":
            self._ended(test, payload)

    def _ended(self, test, payload):
        module, result = self._modules[test], RESULTS.get(_symbol(payload), "passed")
        if test in self._results:
            return
        self._results[test] = result
        if result == "skipped":
            self._reasons[module].add(payload["messages"][0]["text"].partition(": ")[2] or "without a reason")
        self._open[module] -= 1
        if self._open[module] == 0:
            count = self.count(module)
            reasons = f" ({', '.join(sorted(self._reasons[module]))})" if count.skipped else ""
            # A test's own seconds are mostly those of others, since all begin at once: what is told is when the last one ended.
            self._step.say(f"{'FAIL' if count.failed else 'PASS'} {module}: {count}{reasons} (by {self._step.seconds():.0f} s)")

    def count(self, module=None):
        results = [result for test, result in self._results.items() if module is None or self._modules.get(test) == module]
        return Count(*(results.count(result) for result in ("passed", "failed", "skipped")))

    def state(self):
        return f"{len(self._results)} of {len(self._modules)} tests" if self._modules else ""

    def left_behind(self):
        """The tests that had begun and not ended, and how many never began."""
        running = [test for test in self._began if test not in self._results]
        never = len(self._modules) - len(running) - len(self._results)
        return f"; then ran {', '.join(running)}; {never} more never began" if running else ""


def _symbol(payload):
    return next((message["symbol"] for message in payload["messages"]), "")


class Failures:
    """What the output says of failed tests, each expectation with all its lines."""

    def __init__(self):
        self.lines, self._inside = [], False

    def read(self, line):
        if line.startswith("✘ "):
            self._inside = not re.match("✘ (Suite|Test run) ", line)
        elif re.match("[◇✔➜━]", line):
            self._inside = False
        if self._inside:
            self.lines.append(line.rstrip("\n"))
