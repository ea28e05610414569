"""Where everything heavy lives: what was fetched and compiled in a cache folder, results beside the other build products."""
import contextlib
import fcntl
import os
from pathlib import Path


def folder(*parts):
    """The cache folder, or a folder in it, made when it is not there."""
    base = os.environ.get("SWKEXEC_CACHE")
    if base:
        top = Path(base)
    else:
        top = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "swkexec"
    path = top.absolute().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def all_results():
    """Where tests leave their logs: in this checkout, so that runs in other checkouts do not meet it."""
    path = Path(__file__).resolve().parents[3] / ".build/guest-results"
    path.mkdir(parents=True, exist_ok=True)
    return path


def results(name):
    """Where the test `name` leaves its logs."""
    path = all_results() / name
    path.mkdir(exist_ok=True)
    return path


@contextlib.contextmanager
def locked(path):
    """Two runs must not unpack the same package, or write the results of the same test, at the same time."""
    with open(f"{path}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
