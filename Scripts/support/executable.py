"""A static program without what tells where, or by what command, it was built: the same source gives the same bytes everywhere."""
import hashlib
import struct

# Hashes of the compiler's inputs, paths among them, for the next build; nothing reads them in a program.
MODULE_HASHES = ".swift_modhash"
# The linker's hash of all it read, debugging information among it. Behind its header, of three words and the name "GNU", it is a SHA-1.
BUILD_ID, BUILD_ID_HEADER = ".note.gnu.build-id", 16

HEADER_OF_SECTION = struct.Struct("<IIQQQQ")  # Elf64_Shdr: sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size


def without_traces(program):
    """The bytes of a little-endian ELF64 program with empty hashes of modules, and a build id that is the hash of the program itself."""
    data = bytearray(program)
    sections = _sections(data)
    for name, header in ((MODULE_HASHES, 0), (BUILD_ID, BUILD_ID_HEADER)):
        start, size = sections.get(name, (0, 0))
        data[start + min(header, size):start + size] = bytes(max(0, size - header))
    start, size = sections.get(BUILD_ID, (0, 0))
    if size > BUILD_ID_HEADER:
        data[start + BUILD_ID_HEADER:start + size] = hashlib.sha1(data).digest()[:size - BUILD_ID_HEADER]
    return bytes(data)


def _sections(data):
    """Name -> (offset, size)."""
    table, = struct.unpack_from("<Q", data, 40)  # e_shoff
    size, count, names = struct.unpack_from("<HHH", data, 58)  # e_shentsize, e_shnum, e_shstrndx
    headers = [HEADER_OF_SECTION.unpack_from(data, table + i * size) for i in range(count)]
    strings = headers[names][4]
    return {data[strings + h[0]:data.index(b"\0", strings + h[0])].decode(): (h[4], h[5]) for h in headers}
