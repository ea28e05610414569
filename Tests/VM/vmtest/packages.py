"""Packages with what they depend on, downloaded into the cache and unpacked there; nothing is installed."""
import fnmatch
import hashlib
import os
import shutil
import subprocess
import tarfile

from . import cache, mirror
from .suite import newest


def with_dependencies(names, suites, leave_out):
    """The named packages and their dependencies, each in the newest version that `suites` have."""
    chosen, wanted = {}, list(names)
    while wanted:
        name = wanted.pop(0)
        if name in chosen or name in leave_out:
            continue
        package = _find(name, suites)
        if package is None:
            continue  # a name of another architecture, or one that only the system itself provides
        chosen[name] = package
        for alternatives in package.dependencies():
            if not any(a in chosen or a in leave_out for a in alternatives):
                wanted.append(alternatives[0])
    return list({p["Filename"]: p for p in chosen.values()}.values())


def _find(name, suites):
    return newest(p for s in suites for p in s.named(name)) or newest(p for s in suites for p in s.providing(name))


def download(package, log):
    """The path of the package file, whose SHA-256 is the one its index gives."""
    path = cache.folder("packages") / package.file_name
    wanted = package["SHA256"]
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
        data = mirror.get(package.url)
        if hashlib.sha256(data).hexdigest() != wanted:
            raise mirror.MirrorError(f"{package.file_name}: its SHA-256 is not the one of the index")
        partial = path.with_suffix(".partial")
        partial.write_bytes(data)
        os.rename(partial, path)
        log(f"{package.file_name}: {len(data) >> 10} KiB")
    return path


def unpack(packages, tree, log, files=None):
    """Makes `tree` hold exactly these packages, or of them only the files that match one of the patterns `files`. What it held is
    written down in it, so a second run has nothing to do."""
    contents = "".join(sorted(f"{p.name} {p.version} {p.suite} {p['SHA256']}\n" for p in packages))
    contents += "".join(f"only {pattern}\n" for pattern in files or ())
    stamp = tree / ".packages"
    if stamp.exists() and stamp.read_text() == contents:
        return
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for package in packages:
        path = download(package, log)
        if files is None:
            subprocess.run(["dpkg-deb", "-x", path, tree], check=True)
        else:
            _extract(path, tree, files)
    stamp.write_text(contents)


def _extract(path, tree, patterns):
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as unpacked:
        with tarfile.open(fileobj=unpacked.stdout, mode="r|") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if member.isfile() and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                    target = tree / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.extractfile(member) as source, open(target, "wb") as copy:
                        shutil.copyfileobj(source, copy)
                    target.chmod(member.mode)
    if unpacked.returncode != 0:
        raise mirror.MirrorError(f"{path.name} cannot be unpacked")
