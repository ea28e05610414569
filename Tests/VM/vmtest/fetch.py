"""Pieces are fetched from Debian's mirror, each when it is first asked for, and unpacked under the cache folder. One that cannot be had is
`Unavailable` to every test that asks for it, and to no other."""
import dataclasses
import functools
import hashlib
import json
import os
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from . import cache, lock, packages
from .chooser import Chooser
from .mirror import Downloads, MirrorError, Unreachable, archives
from .packages import Unavailable
from .pieces import pieces_of
from .suite import Suite

# In seconds. What was found to be the newest is taken as that for a week; --newest looks again earlier. What was taken in place of a
# locked version is taken for a day. Versions that no run uses are kept for a month.
NEWEST_FOR, IN_PLACE_FOR, UNUSED_FOR = (days * 24 * 3600 for days in (7, 1, 30))


class Archive:
    """The suites of the mirror, each read when it is first asked for."""

    def __init__(self, log, say, look=False, addresses=None, keyring=None, downloads=None):
        self.main, self.security = addresses or archives()
        self.downloads = downloads or Downloads(say)
        self._log, self._say, self._look, self._keyring = log, say, look, keyring

    @functools.cache
    def _suite(self, name, architecture):
        """The suite, or why it cannot be had, which is said once."""
        address = self.security if name.endswith("-security") else self.main
        try:
            return Suite(name, architecture, address, self.downloads, self._log, self._say, self._look, self._keyring)
        except Unreachable as error:
            return str(error)
        except MirrorError as error:
            self._say(f"passed over {error}")
            return str(error)

    def suites(self, names, architecture):
        """(those that can be had, why the others cannot)."""
        found = [self._suite(name, architecture) for name in names]
        return [s for s in found if isinstance(s, Suite)], [s for s in found if not isinstance(s, Suite)]


@dataclass(frozen=True)
class Record:
    """What was chosen for a piece."""
    named: list  # the packages that the piece names, as versions.lock has them
    tree: Path
    looked: float  # when

    def holds(self, locked):
        return {(p.package, p.version) for p in locked} <= {(p.package, p.version) for p in self.named}


class Fetcher:
    """Brings pieces: in the versions of the lock where there is one and the mirror has them, else the newest. Serves several threads."""

    def __init__(self, log, say, *, newest=False, locked=None, archive=None):
        """`log` gets a line per thing done, `say` what a watching person has to know. `newest`: no lock, and what was found to be the
        newest a while ago does not count. `locked` is what lock.read() gives, unless another is given."""
        self._say, self._newest = say, newest
        self._locked = {} if newest else lock.read() if locked is None else locked
        self._chooser = functools.cache(lambda: Chooser(archive or Archive(log, say, newest), log, say))
        self._mutex = threading.Lock()
        self._had = {}  # name of a piece -> Record, or why there is none
        self.used = {}  # name of a piece -> what versions.lock has of it

    def tree(self, piece):
        """The folder of the piece. Two pieces of the same packages and files have the same path, others have not."""
        if piece.name not in self._had:
            with self._mutex:
                self._bring(piece)
        had = self._had[piece.name]
        if not isinstance(had, Record):
            raise Unavailable(had)
        if piece.is_locked:
            self.used[piece.name] = had.named
        return had.tree

    def _bring(self, piece):
        if piece.name not in self._had:  # another thread may have brought it meanwhile
            try:
                self._had[piece.name] = self._record(piece)
            except (Unavailable, MirrorError) as error:
                self._had[piece.name] = str(error)

    def _record(self, piece):
        locked = self._locked.get(piece.name, [])
        folder = cache.folder("pieces", *piece.name.split("/"))
        note = folder / f"{_digest(repr((locked, dataclasses.replace(piece, accepts=None))))}.json"
        with cache.locked(cache.folder() / "fetch"):
            record = _noted(note)
            if not record or not self._is_good(record, locked):
                record = self._fetched(piece, locked, folder)
                partial = note.with_suffix(".partial")
                partial.write_text(json.dumps(dataclasses.asdict(record), default=str))
                os.rename(partial, note)
            for used in (note, record.tree):
                os.utime(used)
            _forget_old(folder)
        if not record.holds(locked):
            self._say(f"{piece}: {', '.join(map(str, locked))} is locked and cannot be had; {', '.join(map(str, record.named))} is taken")
        return record

    def _is_good(self, record, locked):
        if locked and record.holds(locked):
            return True
        return not self._newest and time.time() - record.looked < (IN_PLACE_FOR if locked else NEWEST_FOR)

    def _fetched(self, piece, locked, folder):
        def tree(contents):
            return folder / _digest("\n".join([*sorted(p["SHA256"] for p in contents), *(piece.files or ()), *(["whole"] if piece.whole else [])]))
        named, contents = self._chooser().obtain(piece, locked, is_there=lambda contents: tree(contents).exists())
        if not tree(contents).exists():
            packages.unpack(contents, tree(contents), piece.files, piece.whole)
        return Record([lock.Locked(piece.name, p.name, p.version, p["Architecture"], p.suite) for p in named], tree(contents), time.time())


def prefetch(fetcher, cases, say):
    """What the tests need, so that it does not come in the middle of them."""
    pieces = {piece.name: piece for case in cases for piece in _needed(case)}
    for piece in pieces.values():
        try:
            fetcher.tree(piece)
        except Unavailable as error:
            say(str(error))


def _needed(case):
    not_needed = {f"kernel-{name}" for name in case.machine.kernels if name != case.kernel} | (set() if case.efi else {"firmware"})
    return [*(piece for name, piece in pieces_of(case.machine).items() if name not in not_needed), *case.pieces]


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _noted(note):
    """The record of an earlier run, if what it tells of is still there."""
    if not note.exists():
        return None
    noted = json.loads(note.read_text())
    record = Record([lock.Locked(**package) for package in noted["named"]], Path(noted["tree"]), noted["looked"])
    return record if record.tree.exists() else None


def _forget_old(folder):
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > UNUSED_FOR:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
