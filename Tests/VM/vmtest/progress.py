"""What a run of guest tests tells: a line a test, with what is left. Everything goes to a log."""
import json
import statistics
import threading
import time

from . import cache
from .console import Console


class Progress:
    """Called with a line, it writes that to the log, with the seconds since the start. Tests run in threads."""

    def __init__(self, verbose):
        self._log, self._verbose = open(cache.all_results() / "log", "w"), verbose
        self._start, self._lock = time.monotonic(), threading.Lock()
        self._total, self._done, self._jobs = 0, 0, 1
        self._waiting, self._running = [], {}  # names; name -> when it began
        self._known, self._measured = _seconds_of_earlier_runs(), {}
        self._console = Console(self._state)

    def __call__(self, line):
        with self._lock:
            self._write(line)
        if self._verbose:
            self._console(self._stamped(line))

    def say(self, line):
        """For the log and for whoever watches, whom the time does not interest."""
        with self._lock:
            self._write(line)
        self._console(line)

    def expect(self, names, jobs):
        """These tests will run, so many at a time."""
        self._waiting, self._total, self._jobs = list(names), len(names), jobs

    def began(self, name):
        with self._lock:
            self._waiting.remove(name)
            self._running[name] = time.monotonic()
        self(f"started {name}")

    def ended(self, verdict, name, what, hint=""):
        """A test's one line: PASS, FAIL or SKIP, its name and what was seen, or why not."""
        with self._lock:
            seconds = time.monotonic() - self._running.pop(name)
            self._done += 1
            if verdict == "PASS":
                self._measured[name] = seconds
            left = self._left()
        self.say(f"[{self._done}/{self._total}] {verdict} {name}: {what} ({seconds:.0f} s{hint}{left})")

    def keep_seconds(self):
        """For the estimates of later runs."""
        self._known.update({name: round(seconds, 1) for name, seconds in self._measured.items()})
        _seconds_file().write_text(json.dumps(self._known, indent=0, sort_keys=True) + "\n")

    def _state(self):
        with self._lock:
            running = ", ".join(f"{name} {time.monotonic() - began:.0f} s" for name, began in self._running.items())
            return running and f"[{self._done}/{self._total}] running: {running}{self._left()}"

    def _left(self):
        """How long the rest takes: known from earlier runs, else as the tests so far."""
        if not self._waiting and not self._running:
            return ""
        known = {**self._known, **self._measured}
        usual = statistics.mean(known.values()) if known else None
        if usual is None:
            return ""
        now = time.monotonic()
        seconds = sum(known.get(name, usual) for name in self._waiting)
        seconds += sum(max(0, known.get(name, usual) - (now - began)) for name, began in self._running.items())
        minutes = seconds / self._jobs / 60
        return f"; {'less than a minute' if minutes < 1 else f'about {minutes:.0f} min'} left"

    def _stamped(self, line):
        return f"{time.monotonic() - self._start:5.0f} s  {line}"

    def _write(self, line):
        self._log.write(self._stamped(line) + "\n")
        self._log.flush()


def _seconds_file():
    return cache.all_results() / "seconds.json"


def _seconds_of_earlier_runs():
    try:
        return json.loads(_seconds_file().read_text())
    except (OSError, ValueError):
        return {}
