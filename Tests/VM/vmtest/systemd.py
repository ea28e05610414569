"""systemd and udev in a guest: the programs of Debian 12 and the libraries they need, without the units that come with them."""
from pathlib import Path

from .debian import OLDSTABLE
from .elf import Program
from .pieces import Piece

# Dependencies of maintainer scripts: nothing is configured in a guest.
NOT_NEEDED = ("adduser", "debconf", "dpkg", "init-system-helpers", "mount", "passwd", "perl-base")
PACKAGES = ("systemd", "udev")
# Path in the guest -> names of the file in the packages; udevd is udevadm under another name.
PROGRAMS = {
    "lib/systemd/systemd": ("lib/systemd/systemd", "usr/lib/systemd/systemd"),
    "lib/systemd/systemd-udevd": ("bin/udevadm", "usr/bin/udevadm"),
    "bin/udevadm": ("bin/udevadm", "usr/bin/udevadm"),
    "bin/systemctl": ("bin/systemctl", "usr/bin/systemctl"),
}
# The journal, for who reads it.
JOURNAL = {
    "lib/systemd/systemd-journald": ("lib/systemd/systemd-journald", "usr/lib/systemd/systemd-journald"),
    "bin/journalctl": ("bin/journalctl", "usr/bin/journalctl"),
}
JOURNAL_UNITS = {
    "systemd-journald.socket": "[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/systemd/journal/stdout\n"
                               "ListenDatagram=/run/systemd/journal/socket\nPassCredentials=yes\nService=systemd-journald.service\n",
    "systemd-journald.service": "[Unit]\nDefaultDependencies=no\nRequires=systemd-journald.socket\nAfter=systemd-journald.socket\n[Service]\n"
                                "Type=notify\nExecStart=/lib/systemd/systemd-journald\nStandardOutput=null\nSockets=systemd-journald.socket\n",
}
# What a unit takes for granted of a machine that boots, and udev.
UNITS = {
    "sysinit.target": "[Unit]\nDefaultDependencies=no\n",
    "basic.target": "[Unit]\nDefaultDependencies=no\n",
    "shutdown.target": "[Unit]\nDefaultDependencies=no\n",
    "systemd-udevd.service": "[Unit]\nDefaultDependencies=no\n[Service]\nType=notify\nExecStart=/lib/systemd/systemd-udevd\n",
}


def piece(machine):
    return Piece(machine.name, "systemd", machine.debian, PACKAGES, (OLDSTABLE,), PACKAGES, NOT_NEEDED)


def files(pieces, journal=False):
    """Path in the guest -> bytes or a file's path, for Lab.boot."""
    programs, units = ({**PROGRAMS, **JOURNAL}, {**UNITS, **JOURNAL_UNITS}) if journal else (PROGRAMS, UNITS)
    machine = pieces.machine
    tree = pieces.fetcher.tree(piece(machine))
    folders = [tree / top / machine.multiarch / below for below in ("", "systemd") for top in ("lib", "usr/lib")]
    found = {path: _first([tree / name for name in names]) for path, names in programs.items()}
    wanted = list(found.values())
    for user in wanted:
        if Program(user).interpreter:
            loader = Path(Program(user).interpreter)
            found[str(loader.relative_to("/"))] = _first([folder / loader.name for folder in folders])
        for name in Program(user).needed:
            path = f"lib/{machine.multiarch}/{name}"
            if path not in found:
                found[path] = _first([folder / name for folder in folders])
                wanted.append(found[path])
    found.update({f"lib/systemd/system/{name}": text.encode() for name, text in units.items()})
    return {**found, "etc/machine-id": b"0123456789abcdef0123456789abcdef\n"}


def _first(paths):
    return next(path for path in paths if path.exists())
