"""Packages chosen among candidates, with what they depend on; downloaded into the cache and unpacked there. Nothing is installed."""
import fnmatch
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile

from . import cache
from .mirror import MirrorError, Unreachable
from .package import newest_first


class Unavailable(Exception):
    """No candidate for a piece is left; the line says why."""


class _NoCandidate(Exception):
    """A source has no package left; the arguments say why, a reason each."""


class _Unusable(Exception):
    """A package whose dependencies cannot be had."""

    def __init__(self, package, why):
        super().__init__(why)
        self.package = package


class Chooser:
    """Finds the packages of a piece (see pieces.py), and passes over those that the mirror does not have."""

    def __init__(self, archive, log, say):
        self._archive, self._log, self._say = archive, log, say
        self._passed_over = {}  # address of a package -> why the mirror does not have it, for all pieces

    def obtain(self, piece, locked, is_there):
        """(the packages that the piece names, all that it needs), downloaded unless they are there. `locked` are those to be preferred."""
        reasons = []
        for source in sorted(piece.sources, key=lambda s: not any(lock.suite in s.suites for lock in locked)):
            unusable = {}  # address -> why it cannot be used with this source's libraries
            while True:
                try:
                    named, needed = self._choose(piece, source, locked, unusable)
                    complete = is_there(named + needed) or self._downloaded(piece, named + needed)
                except _Unusable as error:
                    self._pass_over(piece, error.package, str(error), unusable)
                    continue
                except _NoCandidate as error:
                    reasons += [*error.args, *unusable.values()]
                    break
                if complete:
                    return named, named + needed
        raise Unavailable(f"no {piece}: {'; '.join(dict.fromkeys(reasons))}")

    def _pass_over(self, piece, package, why, where):
        where[package.url] = f"{package.file_name} of {package.suite}: {why}"
        self._say(f"{piece}: passed over {where[package.url]}")

    def _downloaded(self, piece, packages):
        """False when one of them cannot be had: then others have to be chosen."""
        for package in packages:
            try:
                download(package, self._archive.downloads, self._log)
            except Unreachable as error:  # that has been said
                self._passed_over[package.url] = str(error)
                return False
            except MirrorError as error:
                self._pass_over(piece, package, str(error), self._passed_over)
                return False
        return True

    def _candidates(self, packages, unusable):
        return [p for p in newest_first(packages) if p.url not in self._passed_over and p.url not in unusable]

    def _choose(self, piece, source, locked, unusable):
        suites, errors = self._archive.suites(source.suites, piece.architecture)
        named = []
        for pattern in piece.packages:
            found = [p for suite in suites for p in suite.matching(pattern) if piece.accepts(p)]
            candidates = self._candidates(found, unusable)
            if not candidates:
                gone = [self._passed_over[p.url] for p in newest_first(found) if p.url in self._passed_over]
                raise _NoCandidate(*(gone + errors or [f"no package {pattern} in {', '.join(source.suites)}"]))
            named.append(next((p for p in candidates if (p.name, p.version) in {(lock.package, lock.version) for lock in locked}), candidates[0]))
        users = [package for package in named if package.name in piece.complete]
        if not users:
            return named, []
        suites, errors = self._archive.suites(source.libraries or source.suites, piece.architecture)
        return named, self._needed(piece, named, users, suites, errors, unusable)

    def _needed(self, piece, named, users, suites, errors, unusable):
        """What the users depend on, and what that depends on, each in the newest version that there is and that will do."""
        chosen = {package.name: package for package in named}
        for user in users:  # it grows
            for alternatives in user.dependencies():
                if any(need.name in piece.leave_out or need.name in chosen and need.met_by(chosen[need.name]) for need in alternatives):
                    continue
                # An alternative that nobody has is one of another architecture, or of the system itself.
                offered = [(need, found) for need in alternatives if (found := self._offered(need, suites))]
                package = next((p for need, found in offered for p in self._candidates(found, unusable)
                                if need.met_by(p) and (need.name not in chosen or need.name != p.name)), None)
                if package is None:
                    wanted = " | ".join(map(str, alternatives))
                    raise _Unusable(user, "; ".join([f"needs {wanted}, which cannot be had", *errors]))
                chosen[alternatives[0].name] = chosen[package.name] = package
                users.append(package)
        return list({p.url: p for p in chosen.values() if p not in named}.values())

    def _offered(self, need, suites):
        return [p for s in suites for p in s.named(need.name)] or [p for s in suites for p in s.providing(need.name)]


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


def unpack(packages, tree, files):
    """Makes the folder `tree` of these packages, or of those of their files that match one of the patterns `files`; such packages are big
    and serve no other piece, so they go. The folder is there whole or not at all."""
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as work:
        new = os.path.join(work, "tree")
        os.mkdir(new)
        for package in packages:
            if files is None:
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
