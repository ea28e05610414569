"""Which suites of Debian have what the guests are made of. Where the first source cannot serve, the next one is asked."""
from .machine import Kernel, Source

OLDSTABLE = Source(("bookworm", "bookworm-security"))
STABLE = Source(("trixie", "trixie-security"))
STABLE_BACKPORTS = Source(("trixie-backports",), STABLE.suites)
OLDSTABLE_BACKPORTS = Source(("bookworm-backports",), OLDSTABLE.suites)
TESTING, UNSTABLE = Source(("testing",)), Source(("sid",))

# Of the packages, the version stands in their names.
LINUX_6_1 = Kernel(r"6\.1\.0-\d+", (OLDSTABLE,))
LINUX_6_12 = Kernel(r"6\.12\.\d+\+deb1[23]", (STABLE, OLDSTABLE_BACKPORTS))
LINUX_7 = Kernel(r"7\.\d+(\.\d+)?\+deb\d+(\.\d+)?", (Source(UNSTABLE.suites + STABLE_BACKPORTS.suites), TESTING))

NEWEST = (UNSTABLE, TESTING, STABLE)
