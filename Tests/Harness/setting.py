"""What these tests share: where the tested modules are, and for those of fetching a cache, an archive and its server, all their own."""
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "Tests/VM"), str(ROOT / "Scripts/support")]

from faulty_server import FaultyServer  # noqa: E402
from small_archive import Key, SmallArchive  # noqa: E402
from vmtest import fetch, mirror  # noqa: E402
from vmtest.machine import Source  # noqa: E402
from vmtest.pieces import Piece  # noqa: E402

ATTEMPTS = len(mirror.PAUSES)
STABLE, UNSTABLE = Source(("stable", "stable-security")), Source(("sid",))


def piece(*packages, sources=(STABLE, UNSTABLE), **more):
    return Piece("box", "thing", "amd64", packages, sources, **more)


class FetchingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._key_folder = tempfile.TemporaryDirectory(dir="/tmp")  # gpg's agent has a socket in it, whose path must be short
        cls.addClassCleanup(cls._key_folder.cleanup)
        cls.key = Key(cls._key_folder.name)
        cls.addClassCleanup(cls.key.forget)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.enterContext(mock.patch.dict(os.environ, SWKEXEC_CACHE=f"{self.folder}/cache"))
        self.archive = SmallArchive(self.folder / "archive", self.key)
        self.server = self.enterContext(FaultyServer(self.archive.find))
        self.said, self.logged = [], []

    def fault(self, kind, pattern):
        self.server.faults.append((pattern, kind))

    def fetcher(self, **more):
        """A new run's."""
        newest = more.get("newest", False)
        addresses = [f"{self.server.address}/debian{end}" for end in ("", "-security")]
        archive = fetch.Archive(self.logged.append, self.said.append, newest, addresses, self.key.keyring, mirror.Downloads(self.said.append, pauses=[0] * ATTEMPTS))
        return fetch.Fetcher(self.logged.append, self.said.append, archive=archive, **{"locked": {}, **more})

    def contents(self, tree):
        """The lines of all files below usr/share, each of which names its package and version."""
        return sorted(path.read_text().strip() for path in (tree / "usr/share").iterdir())

    def times_asked(self, name):
        return sum(name in path for path in self.server.asked)
