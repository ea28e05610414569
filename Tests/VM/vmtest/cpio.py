"""The archive format of an initramfs ("newc"), written directly so that the result depends on its contents alone."""
import os
import stat
from pathlib import Path


class Archive:
    def __init__(self):
        self._bytes = bytearray()
        self._folders = set()
        self._count = 0

    def folder(self, path):
        """Makes the folder and those above it."""
        parts = Path(path).parts
        for depth in range(1, len(parts) + 1):
            name = "/".join(parts[:depth])
            if name not in self._folders:
                self._folders.add(name)
                self._entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, path, contents, mode=0o644):
        self.folder(os.path.dirname(path))
        self._entry(path, stat.S_IFREG | mode, contents)

    def program(self, path, contents):
        self.file(path, contents, 0o755)

    def copy(self, path, source):
        """A file of this machine, with its execute permission."""
        self.file(path, Path(source).read_bytes(), 0o755 if os.access(source, os.X_OK) else 0o644)

    def bytes(self):
        finished = Archive()
        finished._bytes, finished._count = bytearray(self._bytes), self._count
        finished._entry("TRAILER!!!", 0, b"")
        return bytes(finished._bytes)

    def _entry(self, name, mode, contents):
        self._count += 1
        encoded = name.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        # inode, mode, uid, gid, links, mtime, size, device (major, minor), rdev (major, minor), name size, checksum
        fields = (self._count, mode, 0, 0, links, 0, len(contents), 0, 0, 0, 0, len(encoded), 0)
        self._bytes += b"070701" + b"".join(b"%08x" % f for f in fields) + encoded
        self._align()
        self._bytes += contents
        self._align()

    def _align(self):
        self._bytes += b"\0" * (-len(self._bytes) % 4)
