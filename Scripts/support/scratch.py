"""Folders for temporary files, which go when they are left, or with the next run where a process was killed."""
import os
import shutil
import tempfile
from pathlib import Path


def folder(parent, name):
    """A context whose value is the path of a new folder."""
    for old in Path(parent).glob(f"{name}-*-*"):
        owner = old.name.removeprefix(f"{name}-").partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{name}-{os.getpid()}-", dir=parent, ignore_cleanup_errors=True)
