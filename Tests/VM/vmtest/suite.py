"""A suite's package index: downloaded, checked against its signed release file, kept as a table that can be searched."""
import glob
import lzma
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from . import cache
from .mirror import MirrorError, Unreachable
from .package import FIELDS, Package

MAXIMUM_AGE = 24 * 3600
KEYRINGS = "/usr/share/keyrings/debian-archive-keyring.*"


class Suite:
    """A whole index has 60,000 packages and fills half a gigabyte as Python's objects, so it is a file of SQLite in the cache."""

    def __init__(self, name, architecture, archive, downloads, log, say, look=False, keyring=None):
        """`archive` is the address that the suite is below. `look`: also an index that is not old is compared with the mirror's.
        `keyring` is Debian's own when it is None."""
        self.name, self.architecture, self.archive = name, architecture, archive
        self._downloads, self._log, self._keyring = downloads, log, keyring
        path = cache.folder("indexes") / f"{name}-{architecture}.sqlite"
        if look or not path.exists() or time.time() - path.stat().st_mtime > MAXIMUM_AGE:
            try:
                self._renew(path)
            except MirrorError as error:
                if path.exists():
                    say(f"{self}: the index of an earlier run is used: {error}")
                elif isinstance(error, Unreachable):
                    raise
                else:
                    raise MirrorError(f"the suite {self}: {error}") from error
        self._table = sqlite3.connect(path, check_same_thread=False)

    def __str__(self):
        return f"{self.name}, {self.architecture}"

    def _renew(self, path):
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            release = Path(folder) / "InRelease"
            self._download("InRelease", release)
            text = release.read_bytes()
            signature = check_signature(text, self._keyring)
            index = f"main/binary-{self.architecture}/Packages.xz"
            listed = re.search(rf"^ ([0-9a-f]{{64}}) +\d+ {re.escape(index)}$", text.decode(errors="replace"), re.MULTILINE)
            if not listed:
                raise MirrorError("the release file lists no package index")
            if path.exists() and _digest_of_table(path) == listed[1]:
                os.utime(path)
                return
            packed, table = Path(folder) / "Packages.xz", Path(folder) / "table"
            self._download_index(index, listed[1], packed)
            write_table(packed, table, listed[1])
            os.rename(table, path)
        self._log(f"{self}: signature {signature}")

    def _download(self, name, path):
        try:
            return self._downloads.fetch(f"{self.archive}/dists/{self.name}/{name}", path)
        except Unreachable:
            raise
        except MirrorError as error:
            raise MirrorError(f"{name.rsplit('/', 1)[-1]}: {error}") from error

    def _download_index(self, index, digest, path):
        """By the name of its digest it cannot be another version, where the mirror has it so."""
        try:
            if self._download(f"{index.rsplit('/', 1)[0]}/by-hash/SHA256/{digest}", path) == digest:
                return
        except MirrorError:
            pass  # the other name is the one that counts
        if self._download(index, path) != digest:
            raise MirrorError("the package index does not match the release file")

    def named(self, name):
        return self._packages("SELECT stanza FROM package WHERE name = ?", name)

    def matching(self, pattern):
        names = [name for name in self._names if re.fullmatch(pattern, name)]
        return [package for name in names for package in self.named(name)]

    def providing(self, virtual):
        return self._packages("SELECT stanza FROM package JOIN provided ON package.rowid = provided.package WHERE virtual = ?", virtual)

    @property
    def _names(self):
        return (name for name, in self._table.execute("SELECT DISTINCT name FROM package"))

    def _packages(self, query, word):
        return [Package(stanza, self.archive, self.name) for stanza, in self._table.execute(query, (word,))]


def stanzas(packed):
    """The stanzas of a Packages.xz, one at a time and each with no more than FIELDS in it."""
    stanza = []
    try:
        with lzma.open(packed, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line == "\n":
                    yield "".join(stanza)
                    stanza = []
                elif line.startswith(FIELDS):
                    stanza.append(line)
    except (lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise MirrorError(f"the package index cannot be unpacked: {error}") from error
    if stanza:
        yield "".join(stanza)


def write_table(packed, path, digest):
    table = sqlite3.connect(path)
    table.executescript("""
        CREATE TABLE package (name TEXT, stanza TEXT);
        CREATE TABLE provided (virtual TEXT, package INTEGER);
        CREATE TABLE of (digest TEXT);
    """)
    with table:
        for stanza in stanzas(packed):
            package = Package(stanza, "", "")
            row = table.execute("INSERT INTO package VALUES (?, ?)", (package.name, stanza)).lastrowid
            table.executemany("INSERT INTO provided VALUES (?, ?)", [(virtual, row) for virtual in package.provides()])
        table.execute("INSERT INTO of VALUES (?)", (digest,))
    table.executescript("CREATE INDEX by_name ON package (name); CREATE INDEX by_virtual ON provided (virtual);")
    table.close()


def _digest_of_table(path):
    table = sqlite3.connect(path)
    try:
        return table.execute("SELECT digest FROM of").fetchone()[0]
    finally:
        table.close()


def check_signature(release, keyring=None):
    """'good', or why nothing could be said. No signature, and one that is there and wrong, is an error."""
    keyring = keyring or next(iter(glob.glob(KEYRINGS)), None)
    if not keyring or not shutil.which("gpgv"):
        return "not checked (no gpgv, or no Debian keyring)"
    answer = subprocess.run(["gpgv", "--status-fd", "1", "--keyring", keyring, "-"], input=release, capture_output=True)
    if b"[GNUPG:] BADSIG" in answer.stdout:
        raise MirrorError("the signature of the release file is wrong")
    if b"[GNUPG:] NODATA" in answer.stdout:
        raise MirrorError("the release file is not signed")
    return "good" if b"[GNUPG:] VALIDSIG" in answer.stdout else "not checked (the keyring has none of its keys)"
