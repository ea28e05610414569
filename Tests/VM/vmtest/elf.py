"""What a dynamic program says it needs, read from its ELF headers: it may be of another architecture and cannot be asked."""
import struct
from collections import namedtuple

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NEEDED, DT_STRTAB = 1, 5

Segment = namedtuple("Segment", "type flags offset vaddr paddr filesz memsz align")  # Elf64_Phdr


class Program:
    """A little-endian ELF64 program or shared library."""

    def __init__(self, path):
        self._bytes = path.read_bytes()
        offset, = struct.unpack_from("<Q", self._bytes, 32)
        size, count = struct.unpack_from("<HH", self._bytes, 54)
        self._segments = [Segment(*struct.unpack_from("<IIQQQQQQ", self._bytes, offset + i * size)) for i in range(count)]

    @property
    def machine(self):
        """e_machine of the machine that it runs on."""
        return struct.unpack_from("<H", self._bytes, 18)[0]

    def _contents(self, kind):
        segment = next((s for s in self._segments if s.type == kind), None)
        return self._bytes[segment.offset:segment.offset + segment.filesz] if segment else b""

    def _string(self, offset):
        return self._bytes[offset:self._bytes.index(b"\0", offset)].decode()

    @property
    def interpreter(self):
        """The path of its dynamic loader, or "" of a library."""
        return self._contents(PT_INTERP).rstrip(b"\0").decode()

    @property
    def needed(self):
        """The names of the libraries it is linked with."""
        entries = list(struct.iter_unpack("<QQ", self._contents(PT_DYNAMIC)))
        table = next((value for tag, value in entries if tag == DT_STRTAB), None)
        if table is None:
            return []
        home = next(s for s in self._segments if s.type == PT_LOAD and s.vaddr <= table < s.vaddr + s.filesz)
        return [self._string(table - home.vaddr + home.offset + value) for tag, value in entries if tag == DT_NEEDED]
