"""The ELF core header itself, read out of the crash region of a running kernel through /proc/kcore."""
import base64
import struct
from collections import namedtuple

from vmtest.case import case, expect
from vmtest.expectations import facts, happened, loaded, not_started

PT_LOAD, PT_NOTE = 1, 4
ProgramHeader = namedtuple("ProgramHeader", "type flags offset vaddr paddr filesz memsz align")
PADDING_BYTE = 9  # of e_ident: the first one without a meaning

READ_BEFORE_AND_AFTER = f"""
    export WRAPPER="intercept --log /tmp/intercepted --set elf:{PADDING_BYTE}:5a --"
    load --hotplug
    start=$(grep '^segment .* elf$' /tmp/intercepted | cut -d' ' -f3)
    look() {{ report "$1" "$(read-physical $start 4096 | base64 -w 0)"; }}
    look before
    event cpu1-
    event cpu1+
    look after
"""


def program_headers(header):
    offset, = struct.unpack_from("<Q", header, 32)
    size, count = struct.unpack_from("<HH", header, 54)
    expect(offset + size * count <= len(header), f"e_phoff {offset}, e_phnum {count} go beyond what was read")
    fields = [struct.unpack_from("<IIQQQQQQ", header, offset + i * size) for i in range(count)]
    return [ProgramHeader(*f) for f in fields]


def described(headers, kind):
    """What a header says about memory, without where it stands in the core file."""
    return sorted((h.vaddr, h.paddr, h.filesz, h.memsz) for h in headers if h.type == kind)


def memory(entries):
    """Physical ranges, sorted, as text."""
    return ", ".join(f"{paddr:#x}+{size:#x}" for _, paddr, _, size in sorted(entries, key=lambda e: e[1]))


@case("header-rewrite-6.12", needs_swkexec=True, kernel="6.12")
@case("header-rewrite-7.x", needs_swkexec=True, kernel="7.x")
def rewritten_header_says_the_same(lab, kernel):
    """A byte that nobody reads is changed on its way in. When it is gone after an event, the kernel wrote the header anew."""
    outcome = lab.boot(kernel, READ_BEFORE_AND_AFTER)
    loaded(outcome)
    expect([sorted(event.after.online) for event in happened(outcome)] == [[0], [0, 1]], "CPU 1 did not go and come")
    before, after = (base64.b64decode(outcome.value(name) or "") for name in ("before", "after"))
    expect(before[:4] == after[:4] == b"\x7fELF", "no ELF header could be read from the crash region")
    expect(before[PADDING_BYTE] == 0x5A, "the changed byte did not reach the crash region")
    expect(after[PADDING_BYTE] == 0, "the kernel did not rewrite the header")
    old, new = program_headers(before), program_headers(after)
    ours, theirs = described(old, PT_LOAD), described(new, PT_LOAD)
    only_ours, only_theirs = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
    expect(ours == theirs, f"the PT_LOADs differ: only the loader has {memory(only_ours) or 'none'}, "
                           f"only the kernel has {memory(only_theirs) or 'none'}")
    notes = [h.filesz for h in old if h.type == PT_NOTE], [h.filesz for h in new if h.type == PT_NOTE]
    same_notes = described(old, PT_NOTE) == described(new, PT_NOTE)
    expect(same_notes, f"the PT_NOTEs differ: {described(old, PT_NOTE)} by the loader, {described(new, PT_NOTE)} by the kernel")
    differing = [f for f in ProgramHeader._fields
                 if sorted(getattr(h, f) for h in old) != sorted(getattr(h, f) for h in new)]
    also = f"; fields that differ all the same: {', '.join('p_' + f for f in differing)}" if differing else ""
    return f"{outcome.value('kernel')}: rewritten, the same {len(ours)} PT_LOADs and {len(notes[0])} PT_NOTEs{also}"


@case("scribbled-elfcorehdr-6.12", needs_swkexec=True, kernel="6.12")
def scribbled_header(lab, kernel):
    """The header is outside of the digest; a count of program headers that cannot be must still be noticed before the capture
    kernel runs into it."""
    e_phnum = 56
    outcome = lab.boot(kernel, f"""
        export WRAPPER="intercept --log /tmp/intercepted --set elf:{e_phnum}:ff --set elf:{e_phnum + 1}:ff --"
        load --hotplug
        crash
    """)
    not_started(outcome)
    start = next(s for _, s, _, _, kind in facts(outcome, "intercepted", "first", "segment") if kind == "elf")
    said = [line for line in outcome.between_kernels if line.startswith(f"swkexec purgatory: elfcorehdr at {start}: ")]
    expect(said, f"purgatory said nothing about the elfcorehdr at {start}: {outcome.between_kernels}")
    expect(said[0].endswith(" kernel is not started"), f"unexpected message: {said[0]}")
    return said[0]
