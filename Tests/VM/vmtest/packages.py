"""Packages downloaded into the cache and unpacked there. Nothing is installed."""
import fnmatch
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile

from . import cache
from .mirror import MirrorError


class Unavailable(Exception):
    """No candidate for a piece is left; the line says why."""


def download(package, downloads, log):
    """The package's file in the cache, whose SHA-256 is the one its index gives."""
    path = path_of(package)
    if path.exists() and _digest(path) == package["SHA256"]:
        return
    digest = downloads.fetch(package.url, path)
    if digest != package["SHA256"]:
        path.unlink()
        raise MirrorError("its SHA-256 is not the one of the index")
    log(f"{package.file_name}: {path.stat().st_size >> 10} KiB")


def path_of(package):
    return cache.folder("packages") / package.file_name


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(packages, tree, files, whole=False):
    """Makes the folder `tree` of these packages, or of those of their files that match one of the patterns `files`; such packages are big
    and serve no other piece, so they go. `whole`: of the packages as they are. The folder is there whole or not at all."""
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as work:
        new = os.path.join(work, "tree")
        os.mkdir(new)
        for package in packages:
            if whole:
                shutil.copy(path_of(package), new)
            elif files is None:
                if subprocess.run(["dpkg-deb", "-x", path_of(package), new]).returncode != 0:
                    raise Unavailable(f"{package.file_name} cannot be unpacked")
            else:
                _extract(path_of(package), new, files)
                path_of(package).unlink()
        os.rename(new, tree)


def _extract(path, tree, patterns):
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as unpacked:
        with tarfile.open(fileobj=unpacked.stdout, mode="r|") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if member.isfile() and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                    target = os.path.join(tree, name)
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    with archive.extractfile(member) as source, open(target, "wb") as copy:
                        shutil.copyfileobj(source, copy)
                    os.chmod(target, member.mode)
    if unpacked.returncode != 0:
        raise Unavailable(f"{path.name} cannot be unpacked")
