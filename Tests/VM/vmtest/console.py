"""Lines that tell a watching person how a long run goes on."""
import threading
import time

SILENCE = 30  # seconds


class Console:
    """Prints lines, from any thread; after half a minute without one, what is being done at that moment."""

    def __init__(self, what_is_done):
        """`what_is_done` is called without arguments and returns a line, or nothing where there is nothing to tell."""
        self._what_is_done = what_is_done
        self._lock, self._last = threading.Lock(), time.monotonic()
        threading.Thread(target=self._break_silences, daemon=True).start()

    def __call__(self, text):
        with self._lock:
            print(text, flush=True)
            self._last = time.monotonic()

    def _break_silences(self):
        while True:
            time.sleep(1)
            if time.monotonic() - self._last >= SILENCE:
                line = self._what_is_done()
                if line:
                    self(line)
