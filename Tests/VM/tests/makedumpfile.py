"""Debian's makedumpfile, the program that writes dumps in production, on the core of the hotplug case."""
from vmtest.case import case, expect
from vmtest.hotplug.boards import X86_64_BOARD

from .hotplug import MEMORY_AND_CPUS, passed, run

WITHOUT_ZERO_CACHE_USER_FREE_PAGES = 31


@case("makedumpfile-6.12", machine=X86_64_BOARD.machine, kernel="6.12")
def makedumpfile(lab, kernel):
    result = run(lab, kernel, MEMORY_AND_CPUS, capture_tools=("usr/bin/makedumpfile",),
                 capture_options=f"vmtest.makedumpfile={WITHOUT_ZERO_CACHE_USER_FREE_PAGES}")
    passed(result)
    return dumped(result.outcome)


def dumped(outcome):
    """makedumpfile wrote a dump, in which the kernel's log was found again. Returns what is to be said of it."""
    for step in ("makedumpfile", "dump-dmesg"):
        status = outcome.value(f"{step}-status", "capture")
        expect(status == "0", f"{step} ended with status {status}: {' | '.join(outcome.values(f'{step}-said', 'capture'))[-300:]}")
    size = int(outcome.value("dump-size", "capture"))
    expect(size > 1 << 20, f"the dump has {size} bytes only")
    panic = outcome.value("dump-panic", "capture") or ""
    expect("sysrq triggered crash" in panic, f"the dumped kernel log has no panic: {panic!r}")
    return f"compressed dump of {size >> 20} MiB, its kernel log has \"{panic.split('] ')[-1]}\""
