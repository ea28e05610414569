"""The end of a run before its time: whatever it started ends with it, and whatever stands in `finally` is done."""
import ctypes
import os
import signal
import threading
import time
from pathlib import Path

GRACE = 10  # seconds
INTERRUPTED = 130  # exit status
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def end_all_at_interrupt():
    """An interrupt, or a request to end, raises KeyboardInterrupt and ends all processes below this one, those too that its threads
    still start. A second one ends this process at once."""
    def interrupt(number, frame):
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
        threading.Thread(target=_end_descendants, daemon=True).start()
        raise KeyboardInterrupt
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what loses its parent stays below this one
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def _end_descendants():
    seen = {}  # process -> when it was asked to end
    while True:
        for process in _descendants(os.getpid()):
            late = time.monotonic() - seen.setdefault(process, time.monotonic()) > GRACE
            try:
                os.kill(process, signal.SIGKILL if late else signal.SIGTERM)
            except ProcessLookupError:
                pass
        time.sleep(0.5)


def _descendants(process):
    found = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = listed.read_text()
        except OSError:  # it has just ended
            continue
        for child in map(int, children.split()):
            found += [child, *_descendants(child)]
    return found
