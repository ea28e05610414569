"""A small Debian for guests, with systemd, udev, dpkg and what Debian's kdump-tools depends on: packages unpacked into one archive, and
known to dpkg as installed. A guest unpacks it into memory and goes on in it."""
import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

from . import cache
from .debian import STABLE
from .pieces import Piece

# What is essential in Debian, and what kdump-tools and the jobs of guests call.
PACKAGES = (
    "base-files", "base-passwd", "bash", "bsdextrautils", "bsdutils", "busybox-static", "coreutils", "dash", "debconf", "debianutils",
    "diffutils", "dpkg", "file", "findutils", "grep", "gzip", "hostname", "init-system-helpers", "libc-bin", "linux-base",
    "mawk", "perl-base", "sed", "sensible-utils", "systemd", "systemd-sysv", "sysvinit-utils", "tar", "ucf", "udev",
    "util-linux")
# Of these what they depend on: a test installs them itself.
WITHOUT = ("kexec-tools",)
NOT_NEEDED = ("adduser", "debconf-2.0", "gawk", "libpam-modules", "libpam-runtime", "mount", "passwd", "perl", "readline-common")
KDUMP_TOOLS = ("kdump-tools", "kexec-tools")

# Nobody reads these in a guest.
LEFT_OUT = ("usr/lib/udev/hwdb.d/", "usr/lib/x86_64-linux-gnu/gconv/", *(f"usr/share/{name}/" for name in (
    "bash-completion", "doc", "info", "lintian", "locale", "man", "zoneinfo")))
MERGED = ("bin", "lib", "lib64", "sbin")  # of /, each a link to the folder of that name in /usr
# What maintainer scripts make of a system, as far as it is needed.
LINKS = {"usr/bin/awk": "mawk", "etc/mtab": "/proc/self/mounts"}
FOLDERS = ("boot", "dev", "proc", "run", "sys", "tmp", "var/cache/debconf", "var/lib/dpkg/info", "var/lib/dpkg/updates",
           "var/lib/dpkg/triggers", "var/lib/systemd/timers", "var/lib/ucf/cache", "var/log")
FILES = {
    "etc/group": "root:x:0:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nkmem:x:15:\nnogroup:x:65534:\n",
    "etc/hostname": "guest\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/sh\n",
    "var/lib/dpkg/arch": "",  # filled in
    "var/lib/dpkg/available": "",
    "var/lib/dpkg/info/format": "1\n",
    "var/lib/ucf/hashfile": "",
    "var/lib/ucf/registry": "",
}
# A boot without what a machine needs that keeps anything: units of /etc come before those of packages.
UNITS = {
    "sysinit.target": "[Unit]\nDefaultDependencies=no\nWants=systemd-journald.service\n",
    "basic.target": "[Unit]\nDefaultDependencies=no\n",
    "shutdown.target": "[Unit]\nDefaultDependencies=no\n",
    "guest.target": "[Unit]\nDefaultDependencies=no\nWants=sysinit.target systemd-udevd.service script.service\n",
    "script.service": "[Unit]\nDefaultDependencies=no\nAfter=systemd-journald.service systemd-udevd.service\n"
                      "[Service]\nType=oneshot\nExecStart=/bin/sh /script\nStandardOutput=tty\nStandardError=tty\nTTYPath=/dev/console\n",
    "systemd-udevd.service": "[Unit]\nDefaultDependencies=no\n[Service]\nType=notify\nExecStart=/usr/lib/systemd/systemd-udevd\n",
}

# For a job: makes /debian of what is in the RAM disk. What lies in /more goes on top of it.
UNPACK = """
mkdir -p /debian
mount -t tmpfs -o size=70%,mode=755 debian /debian
tar -x -f /debian.tar -C /debian || { report debian "cannot be unpacked"; return; }
rm /debian.tar
[ ! -e /more ] || cp -a /more/. /debian/
cp /machine /functions /debian/
cp /bin/fill-memory /debian/usr/bin/
cp /vmlinuz "/debian/boot/vmlinuz-$(uname -r)"
"""
# /script by Debian's shell in it, with the functions of jobs.
ENTER = """
for folder in dev proc sys; do mount --move /$folder /debian/$folder; done
chroot /debian /bin/sh -c 'export PATH=/usr/sbin:/usr/bin; . /functions; . /script'
for folder in dev proc sys; do mount --move /debian/$folder /$folder; done
"""

# The same as a service, under systemd and with udev; BEGIN has to stand in front of the script, END behind it.
UNDER_SYSTEMD = """
for folder in dev proc sys; do mount --move /$folder /debian/$folder; done
exec 3>&-
exec switch_root /debian /usr/lib/systemd/systemd --unit=guest.target --log-target=console
"""
BEGIN = """
export PATH=/usr/sbin:/usr/bin STAGE=first DEBIAN_FRONTEND=noninteractive
. /machine
exec 3<>$REPORT_PORT
. /functions
"""
END = """
report end
sync
busybox poweroff -f
"""


def piece(machine):
    return Piece(machine.name, "debian", machine.debian, PACKAGES + WITHOUT, (STABLE,), PACKAGES + WITHOUT, NOT_NEEDED, whole=True, is_locked=False)


def kdump_tools(machine):
    """Debian's kdump-tools and what it loads crash images with, as packages."""
    return Piece(machine.name, "kdump-tools", machine.debian, KDUMP_TOOLS, (STABLE,), whole=True)


def files(pieces):
    """What Lab.boot has to put into the RAM disk for UNPACK."""
    return {"debian.tar": archive(pieces)}


def archive(pieces):
    """The path of the system as one archive."""
    tree = pieces.fetcher.tree(piece(pieces.machine))
    packages = sorted(package for package in tree.glob("*.deb") if not package.name.startswith(tuple(f"{name}_" for name in WITHOUT)))
    digest = hashlib.sha256(Path(__file__).read_bytes() + " ".join(package.name for package in packages).encode()).hexdigest()[:16]
    with cache.locked(cache.folder() / "systems"):
        path = cache.folder("systems", pieces.machine.name) / f"debian-{digest}.tar"
        if not path.exists():
            for old in path.parent.iterdir():
                old.unlink()
            partial = path.with_suffix(".partial")
            with tarfile.open(partial, "w", format=tarfile.GNU_FORMAT) as tar:
                _System(tar, pieces.machine.debian).add(packages)
            partial.rename(path)
    return path


class _System:
    def __init__(self, tar, architecture):
        self._tar, self._architecture, self._had = tar, architecture, set()

    def add(self, packages):
        for name in MERGED:
            self._folder(f"usr/{name}")
            self._link(name, f"usr/{name}")
        for name in FOLDERS:
            self._folder(name)
        for name, target in LINKS.items():
            self._link(name, target)
        status = "".join(self._package(package) for package in packages)
        units = {f"etc/systemd/system/{name}": text for name, text in UNITS.items()}
        told = {"var/lib/dpkg/status": status, "var/lib/dpkg/arch": f"{self._architecture}\n"}
        for name, text in {**FILES, **units, **told}.items():
            self._file(name, text)

    def _package(self, path):
        """Adds the package's files; returns what dpkg has to know of it."""
        control = subprocess.run(["dpkg-deb", "-f", path], capture_output=True, text=True, check=True).stdout
        listed = ["/."]
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as unpacked:
            with tarfile.open(fileobj=unpacked.stdout, mode="r|") as tar:
                for member in tar:
                    listed += self._member(tar, member)
        if unpacked.returncode != 0:
            raise OSError(f"{path.name} cannot be unpacked")
        fields = dict(line.split(": ", 1) for line in control.splitlines() if ": " in line and not line.startswith(" "))
        suffix = f":{fields['Architecture']}" if fields.get("Multi-Arch") == "same" else ""
        self._file(f"var/lib/dpkg/info/{fields['Package']}{suffix}.list", "\n".join(listed) + "\n")
        templates = subprocess.run(["dpkg-deb", "-I", path, "templates"], capture_output=True)  # some have questions for debconf
        if templates.returncode == 0:
            self._file(f"var/lib/dpkg/info/{fields['Package']}.templates", templates.stdout.decode())
        return control.replace("\n", "\nStatus: install ok installed\n", 1) + "\n"

    def _member(self, tar, member):
        """[its path as dpkg lists it], or nothing for one that is left out."""
        name = member.name.removeprefix("./").rstrip("/")
        if name in ("", ".") or name in MERGED or f"{name}/".startswith(LEFT_OUT):
            return []
        top, slash, below = name.partition("/")
        member.name = f"usr/{name}" if slash and top in MERGED else name
        if member.islnk():
            member.linkname = member.linkname.removeprefix("./")
        if member.name not in self._had:
            self._parents(member.name)
            self._had.add(member.name)
            self._tar.addfile(member, tar.extractfile(member) if member.isreg() else None)
        return [f"/{name}"]

    def _parents(self, name):
        parent = name.rpartition("/")[0]
        if parent:
            self._folder(parent)

    def _folder(self, name):
        if name not in self._had:
            self._parents(name)
            self._add(name, type=tarfile.DIRTYPE, mode=0o1777 if name == "tmp" else 0o755)

    def _link(self, name, target):
        self._parents(name)
        self._add(name, type=tarfile.SYMTYPE, linkname=target)

    def _file(self, name, text):
        self._parents(name)
        self._add(name, text.encode())

    def _add(self, name, contents=b"", **more):
        self._had.add(name)
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(contents), 0o644
        for field, value in more.items():
            setattr(member, field, value)
        self._tar.addfile(member, io.BytesIO(contents))
