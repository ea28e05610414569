"""The archive format of an initramfs ("newc"), written directly so that the result depends on its contents alone."""
import io
import os
import shutil
import stat
from pathlib import Path


class Archive:
    """Files are not read before the archive is written: kernels are large, and several guests start at a time."""

    def __init__(self):
        self._parts = []  # bytes, or the path of a file
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
        """`contents` are bytes, or the path of a file of this machine."""
        self.folder(os.path.dirname(path))
        self._entry(path, stat.S_IFREG | mode, contents)

    def program(self, path, contents):
        self.file(path, contents, 0o755)

    def copy(self, path, source):
        """A file of this machine, with its execute permission."""
        self.file(path, Path(source), 0o755 if os.access(source, os.X_OK) else 0o644)

    def write(self, file):
        for part in [*self._parts, *self._entry_parts("TRAILER!!!", 0, b"", self._count + 1)]:
            if isinstance(part, Path):
                with open(part, "rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(part)

    def bytes(self):
        file = io.BytesIO()
        self.write(file)
        return file.getvalue()

    def _entry(self, name, mode, contents):
        self._count += 1
        self._parts += self._entry_parts(name, mode, contents, self._count)

    @staticmethod
    def _entry_parts(name, mode, contents, number):
        """The header and the contents, each filled up to a multiple of four bytes."""
        encoded = name.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        # inode, mode, uid, gid, links, mtime, size, device (major, minor), rdev (major, minor), name size, checksum
        fields = (number, mode, 0, 0, links, 0, _size(contents), 0, 0, 0, 0, len(encoded), 0)
        header = b"070701" + b"".join(b"%08x" % f for f in fields) + encoded
        return [header + bytes(-len(header) % 4), contents, bytes(-_size(contents) % 4)]


def _size(part):
    return part.stat().st_size if isinstance(part, Path) else len(part)
