"""A package of Debian, as its stanza in an index has it."""
import functools
import re
import subprocess
from dataclasses import dataclass

NEEDED = ("Pre-Depends", "Depends")
# Of a stanza's lines those that begin so are kept.
FIELDS = tuple(f"{field}: " for field in (
    "Package", "Version", "Architecture", "Filename", "SHA256", "Installed-Size", "Provides", *NEEDED))
RELATIONS = {"<<": "lt", "<=": "le", "=": "eq", ">=": "ge", ">>": "gt"}  # of Debian's policy -> dpkg's words


@functools.lru_cache(maxsize=None)
def holds(version, relation, other):
    return subprocess.run(["dpkg", "--compare-versions", version, relation, other]).returncode == 0


@dataclass(frozen=True)
class Need:
    """One of the alternatives of a dependency."""
    name: str
    relation: str  # "" for any version
    version: str

    def __str__(self):
        return f"{self.name} ({self.relation} {self.version})" if self.relation else self.name

    def met_by(self, package):
        """A package of another name provides it, which says nothing of versions."""
        return package.name != self.name or not self.relation or holds(package.version, RELATIONS[self.relation], self.version)


class Package:
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

    def provides(self):
        return {re.split(r"[ (]", name.strip())[0] for name in self["Provides"].split(",")} - {""}

    def dependencies(self):
        """Each dependency as the list of needs that satisfy it."""
        for field in NEEDED:
            for alternatives in filter(None, self[field].split(",")):
                yield [_need(text.strip()) for text in alternatives.split("|")]


def _need(text):
    name, relation, version = re.match(r"([^\s:(]+)[^\s(]*\s*(?:\(\s*([<>=]+)\s*([^\s)]+)\s*\))?", text).groups()
    return Need(name, relation or "", version or "")


def newest_first(packages):
    """Of equal versions the first of `packages` stays first."""
    def order(one, other):
        return -1 if holds(one.version, "gt", other.version) else int(one.version != other.version)
    return sorted(packages, key=functools.cmp_to_key(order))
