"""A suite's package index: downloaded, checked against its signed release file, searched."""
import glob
import hashlib
import lzma
import re
import shutil
import subprocess
import time

from . import cache, mirror

MAXIMUM_AGE = 24 * 3600


class Package:
    """One stanza of an index; fields are looked up in its text on demand, since an index has 60,000 of them."""

    def __init__(self, stanza, archive, suite):
        self._stanza, self.archive, self.suite = stanza, archive, suite
        self.name = self["Package"]
        self.version = self["Version"]

    def __getitem__(self, field):
        match = re.search(rf"^{re.escape(field)}: (.*)$", self._stanza, re.MULTILINE)
        return match[1] if match else ""

    @property
    def url(self):
        return f"{self.archive}/{self['Filename']}"

    @property
    def file_name(self):
        return self["Filename"].rsplit("/", 1)[-1]

    def newer_than(self, other):
        return subprocess.run(["dpkg", "--compare-versions", self.version, "gt", other.version]).returncode == 0

    def dependencies(self):
        """Each dependency as the list of names that satisfy it; versions are left to the suite, which is consistent in itself."""
        for field in ("Pre-Depends", "Depends"):
            for alternatives in filter(None, self[field].split(",")):
                yield [re.split(r"[ (:]", name.strip())[0] for name in alternatives.split("|")]


def newest(packages):
    best = None
    for package in packages:
        if best is None or package.newer_than(best):
            best = package
    return best


class Suite:
    def __init__(self, name, architecture, archive, log):
        self.name, self.architecture, self.archive = name, architecture, archive
        text = self._index(log)
        self._stanzas = {}
        for stanza in text.split("\n\n"):
            stanza = stanza.lstrip("\n")
            if stanza.startswith("Package: "):
                self._stanzas.setdefault(stanza[9:].split("\n", 1)[0], []).append(stanza)

    def _index(self, log):
        path = cache.folder("indexes") / f"{self.name}-{self.architecture}"
        index = f"main/binary-{self.architecture}/Packages.xz"
        if path.exists() and time.time() - path.stat().st_mtime < MAXIMUM_AGE:
            return path.read_text()
        try:
            release = mirror.get(f"{self.archive}/dists/{self.name}/InRelease")
            packed = mirror.get(f"{self.archive}/dists/{self.name}/{index}")
        except mirror.MirrorError as error:
            if not path.exists():
                raise
            log(f"{self.name}, {self.architecture}: the index of an earlier run is used ({error})")
            return path.read_text()
        listed = re.search(rf"^ ([0-9a-f]{{64}}) +\d+ {re.escape(index)}$", release.decode(errors="replace"), re.MULTILINE)
        if not listed or hashlib.sha256(packed).hexdigest() != listed[1]:
            raise mirror.MirrorError(f"{self.name}, {self.architecture}: the package index does not match its release file")
        log(f"{self.name}, {self.architecture}: signature {check_signature(self.name, release)}")
        text = lzma.decompress(packed).decode()
        path.write_text(text)
        return text

    def named(self, name):
        return [Package(s, self.archive, self.name) for s in self._stanzas.get(name, [])]

    def matching(self, pattern):
        return [p for name in self._stanzas if re.fullmatch(pattern, name) for p in self.named(name)]

    def providing(self, virtual):
        word = re.compile(rf"^Provides:.*(?<![\w.+-]){re.escape(virtual)}(?![\w.+-])", re.MULTILINE)
        return [Package(s, self.archive, self.name) for group in self._stanzas.values() for s in group if word.search(s)]


def check_signature(suite, release):
    """'good', or why nothing could be said. A signature that is there and wrong is an error."""
    keyrings = glob.glob("/usr/share/keyrings/debian-archive-keyring.*")
    if not keyrings or not shutil.which("gpgv"):
        return "not checked (no gpgv, or no Debian keyring)"
    answer = subprocess.run(["gpgv", "--status-fd", "1", "--keyring", keyrings[0], "-"], input=release, capture_output=True)
    if b"[GNUPG:] BADSIG" in answer.stdout:
        raise mirror.MirrorError(f"{suite}: the signature of the release file is wrong")
    return "good" if b"[GNUPG:] VALIDSIG" in answer.stdout else "not checked (the keyring has none of its keys)"
