"""An archive of Debian in small, signed with a key that is made for it."""
import functools
import hashlib
import lzma
import subprocess
import tempfile
from pathlib import Path


class Key:
    """A throw-away key; `keyring` is its public half."""

    def __init__(self, folder):
        self._home = Path(folder) / "gnupg"
        self._home.mkdir(mode=0o700)
        self.keyring = Path(folder) / "keyring.gpg"
        self._gpg("--quick-generate-key", "--passphrase", "", "tests@example.org", "ed25519", "sign", "never")
        self._gpg("--output", self.keyring, "--export")

    def _gpg(self, *arguments, text=None):
        command = ["gpg", "--homedir", self._home, "--batch", "--quiet", "--yes", *arguments]
        return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout

    def signed(self, text):
        return self._gpg("--clearsign", "--output", "-", text=text)

    def forget(self):
        """The agent that gpg started."""
        subprocess.run(["gpgconf", "--homedir", self._home, "--kill", "all"], check=True)


@functools.cache
def _deb(name, version, architecture, path):
    """The bytes of a package with one file in it, which says what it is."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: none\nDescription: test\n")
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{name} {version}\n")
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, f"{folder}/deb"], check=True, capture_output=True)
        return Path(folder, "deb").read_bytes()


class SmallArchive:
    """Suites below /debian (those named -security below /debian-security), all of one architecture."""

    def __init__(self, folder, key, architecture="amd64"):
        self.folder, self._key, self._architecture = Path(folder), key, architecture
        self._suites = {"stable": [], "stable-security": [], "sid": []}  # name -> stanzas

    def add(self, suite, name, version, depends="", path=None, provides=""):
        """A package with one file, usr/share/NAME unless `path` says another. Returns the end of its address."""
        file = f"pool/{name}_{version.replace(':', '.')}_{self._architecture}.deb"
        contents = _deb(name, version, self._architecture, path or f"usr/share/{name}")
        self._write(suite, file, contents)
        fields = {
            "Package": name, "Version": version, "Architecture": self._architecture, "Installed-Size": "20000", "Depends": depends,
            "Provides": provides, "Filename": file, "Size": len(contents), "SHA256": hashlib.sha256(contents).hexdigest(),
            "Description": "test"}
        self._suites.setdefault(suite, []).append("".join(f"{field}: {value}\n" for field, value in fields.items() if value))
        return file

    def publish(self, by_hash=True):
        """Index and release file of each suite."""
        for suite, stanzas in self._suites.items():
            packed = lzma.compress("\n".join(stanzas).encode())
            digest = hashlib.sha256(packed).hexdigest()
            index = f"main/binary-{self._architecture}"
            self._write(suite, f"dists/{suite}/{index}/Packages.xz", packed)
            if by_hash:
                self._write(suite, f"dists/{suite}/{index}/by-hash/SHA256/{digest}", packed)
            release = f"Suite: {suite}\nSHA256:\n {digest} {len(packed)} {index}/Packages.xz\n"
            self._write(suite, f"dists/{suite}/InRelease", self._key.signed(release).encode())

    def _write(self, suite, name, contents):
        path = self.folder / ("debian-security" if suite.endswith("-security") else "debian") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)

    def find(self, path):
        """For a FaultyServer."""
        file = self.folder / path.lstrip("/")
        if not file.is_file():
            raise FileNotFoundError(path)
        return open(file, "rb"), file.stat().st_size
