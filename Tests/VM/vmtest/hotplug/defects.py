"""What kernels are known to do wrong. Each is expected where it is known: it is no failure, and its absence is one."""
from ..spans import joined, text, without

STAYS = "memory-stays-described"
EXPLANATION = {
    STAYS: "x86_64: memory that was removed stays in the elfcorehdr until the next block of memory comes or goes: the header is made anew "
           "while the range still is among the kernel's resources (kernel/crash_core.c, arch/x86/kernel/crash.c). Seen in 6.12 and 7.3",
}


class Stale:
    """Which memory that went an elfcorehdr still describes, by what is known of the kernel."""

    def __init__(self, board, mended=()):
        self._expected = board.keeps_what_went and STAYS not in mended
        self.left, self.must = [], False

    def happened(self, event, happened):
        """A block that goes offline or comes has the header made anew, without what went before that; of several that go one after the other,
        the last is left."""
        if self._expected and event.changes_memory and (happened.came or happened.went or happened.before.offline != happened.after.offline):
            self.left, self.must = joined(happened.went), bool(happened.went)

    def reloaded(self):
        """The image was loaded anew."""
        self.left, self.must = [], False

    def described(self, more):
        """Of memory that is described and is not there: (the names of the known defects that it shows, what is wrong)."""
        if self.must and not more:
            return [], [f"the known defect {STAYS} did not show: where the kernel is mended, say --mended={STAYS}"]
        unknown = without(more, self.left) if self.left else more
        return [STAYS] if unknown != more else [], [f"{text(span)} is gone and in the elfcorehdr" for span in unknown]
