"""The versions with which the last full run passed: a file in the tree, so that a run next month tests the change and not Debian's."""
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "versions.lock"
HEADER = """\
# The packages with which the last full run of Scripts/test passed; `Scripts/test --newest --update-lock` writes this file.
# piece, package, version, architecture, suite
"""


@dataclass(frozen=True)
class Locked:
    piece: str
    package: str
    version: str
    architecture: str
    suite: str

    def __str__(self):
        return f"{self.package} {self.version}"


def read(path=FILE):
    """Name of a piece -> its locked packages."""
    pieces = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        if line and not line.startswith("#"):
            locked = Locked(*line.split())
            pieces.setdefault(locked.piece, []).append(locked)
    return pieces


def write(used, path=FILE):
    """Pieces that were not used keep their lines."""
    lines = [locked for _, piece in sorted({**read(path), **used}.items()) for locked in piece]
    columns = [[getattr(locked, field) for locked in lines] for field in Locked.__dataclass_fields__]
    widths = [max(map(len, column), default=0) for column in columns]
    text = "".join("  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip() + "\n" for row in zip(*columns))
    path.write_text(HEADER + text)
