"""The device tree that QEMU makes of a machine, with more in it (Devicetree Specification, Flattened Devicetree (DTB) Format)."""
import struct
import subprocess

from .qemu import program

MAGIC, BEGIN_NODE, PROPERTY = 0xD00DFEED, 1, 3
HEADER = struct.Struct(">10I")
# Of the header's words: totalsize, off_dt_struct, off_dt_strings, off_mem_rsvmap, version, last_comp_version, boot_cpuid_phys,
# size_dt_strings, size_dt_struct.


def of_machine(pieces, vmlinuz, initrd, file):
    """What firmware would hand to the kernel, written to the file: /chosen tells where QEMU puts that RAM disk."""
    machine = pieces.machine
    name, board, *rest = machine.hardware
    command = [
        *program(pieces.qemu, machine.emulator.program), name, f"{board},dumpdtb={file}", *rest, "-cpu", machine.cpu, "-nodefaults",
        "-display", "none", "-accel", "tcg", "-serial", "null", "-serial", "null",  # as many ports as the guest has
        "-kernel", vmlinuz, "-initrd", initrd, "-append", machine.command_line,
    ]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return file.read_bytes()


def chosen(blob, name):
    """The bytes of a property of /chosen; None where there is none."""
    strings = HEADER.unpack_from(blob)[3]
    at = _behind_chosen(blob)
    while struct.unpack_from(">I", blob, at)[0] == PROPERTY:
        size, offset = struct.unpack_from(">II", blob, at + 4)
        if blob[strings + offset:].split(b"\0", 1)[0] == name.encode():
            return blob[at + 12:at + 12 + size]
        at += 12 + (size + 3 & ~3)
    return None


def with_more(blob, reservations, properties):
    """A tree that also has these memory reservations, (start, size) each, and these properties of /chosen, name -> bytes."""
    _, _, structure, strings, _, version, compatible, cpu, strings_size, structure_size = HEADER.unpack_from(blob)
    names, added = blob[strings:strings + strings_size], b""
    for name, value in properties.items():
        added += struct.pack(">III", PROPERTY, len(value), len(names)) + value + bytes(-len(value) % 4)
        names += name.encode() + b"\0"
    at = _behind_chosen(blob) - structure
    nodes = blob[structure:structure + structure_size]
    nodes = nodes[:at] + added + nodes[at:]
    reserved = _reservations(blob) + [*reservations, (0, 0)]
    table = b"".join(struct.pack(">QQ", *entry) for entry in reserved)
    places = [HEADER.size, HEADER.size + len(table), HEADER.size + len(table) + len(nodes)]
    header = HEADER.pack(MAGIC, places[2] + len(names), places[1], places[2], places[0], version, compatible, cpu, len(names), len(nodes))
    return header + table + nodes + names


def _reservations(blob):
    at = HEADER.unpack_from(blob)[4]
    found = []
    while (entry := struct.unpack_from(">QQ", blob, at)) != (0, 0):
        found.append(entry)
        at += 16
    return found


def _behind_chosen(blob):
    """Where the first property of /chosen, or what follows its name, begins."""
    node = struct.pack(">I", BEGIN_NODE) + b"chosen\0\0"
    return blob.index(node, HEADER.unpack_from(blob)[2]) + len(node)
