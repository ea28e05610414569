"""What kernels are known to do wrong. Each is expected where it is known: it is no failure, and its absence is one."""
from ..spans import joined, text, without

STAYS = "memory-stays-described"
OFFLINE_STAYS = "offline-memory-stays-described"
BYTE = "a-byte-too-much-described"
EXPLANATION = {
    STAYS: "x86_64: memory that was removed stays in the elfcorehdr until the next block of memory comes or goes: the header is made anew "
           "while the range still is among the kernel's resources (kernel/crash_core.c, arch/x86/kernel/crash.c). Seen in 6.12.118 and 7.3.4",
    OFFLINE_STAYS: "ppc64le: a block that was offline before it is removed with its DIMM stays in the elfcorehdr until the next block comes or "
                   "goes: the header is made anew at offline, and that was earlier (arch/powerpc/kexec/crash.c). Seen in 7.2.13",
    BYTE: "ppc64le: when a block goes that has memory on both sides, the range above it is described with a byte too much (remove_mem_range of "
          "arch/powerpc/kexec/ranges.c). Seen in 7.2.13",
}
PAGE = 0x10000  # to which /proc/vmcore rounds a range


class Stale:
    """Which memory that went an elfcorehdr still describes, by what is known of the machine's kernels."""

    def __init__(self, board, mended=()):
        self._defects = [defect(board.name) for defect in (MemoryStays, OfflineMemoryStays, ByteTooMuch)
                         if board.name == defect.machine and defect.name not in mended]

    def happened(self, happened):
        for defect in self._defects:
            defect.happened(happened)

    def reloaded(self):
        """The image was loaded anew."""
        for defect in self._defects:
            defect.left, defect.must = [], False

    def described(self, more):
        """Of memory that is described and is not there: (the names of the known defects that it shows, what is wrong)."""
        known, wrong = [], []
        for defect in self._defects:
            shown = without(more, without(more, defect.left)) if defect.left else []
            if shown:
                known.append(defect.name)
            elif defect.must:
                wrong.append(f"the known defect {defect.name} did not show: where the kernel is mended, say --mended={defect.name}")
        unknown = without(more, joined(span for defect in self._defects for span in defect.left))
        return known, wrong + [f"{text(span)} is gone and in the elfcorehdr" for span in unknown]


class Defect:
    """`left` may be described, and where `must` is true a part of it is."""
    name = machine = ""

    def __init__(self, _):
        self.left, self.must = [], False

    @staticmethod
    def rewritten_for(happened):
        """(whether the event had the header made anew, the blocks that went offline by it, in order)."""
        before, after = happened.before, happened.after
        gone = {block for span in happened.went for block in before.blocks(span)}
        offline = sorted((gone | after.offline) - before.offline)
        back = before.offline - after.offline - gone
        return bool(offline or back or happened.came), offline


class MemoryStays(Defect):
    """At offline the range still stands among the resources. Where nothing went offline, the header has all that was there before, too. Of
    several blocks that go one after the other, the last stays."""
    name, machine = STAYS, "x86_64"

    def happened(self, happened):
        is_rewritten, _ = self.rewritten_for(happened)
        if is_rewritten or happened.went:
            self.left = joined([*happened.went, *([] if is_rewritten else self.left)])
            self.must = bool(self.left)


class OfflineMemoryStays(Defect):
    name, machine = OFFLINE_STAYS, "ppc64le"

    def happened(self, happened):
        is_rewritten, offline = self.rewritten_for(happened)
        if not (is_rewritten or happened.went):
            return
        size = happened.before.block_size
        gone = sorted(block for span in happened.went for block in happened.before.blocks(span))
        before = [block for block in gone if block in happened.before.offline]
        self.left = joined([*((block * size, (block + 1) * size) for block in before), *([] if is_rewritten else self.left)])
        self.must = bool(self.left) and (not offline or gone[-1] in before)  # one that went later had the header made without it


class ByteTooMuch(Defect):
    name, machine = BYTE, "ppc64le"

    def happened(self, happened):
        is_rewritten, offline = self.rewritten_for(happened)
        if not is_rewritten:
            return
        self.left, self.must = [], False
        if offline:
            size = happened.before.block_size
            start, end = offline[-1] * size, (offline[-1] + 1) * size
            below = any(first < start <= last for first, last in happened.after.ram)
            above = next((last for first, last in happened.before.ram if first <= end < last), None)
            if below and above:
                self.left, self.must = [(above, above + PAGE)], True
