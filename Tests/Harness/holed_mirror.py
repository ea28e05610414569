#!/usr/bin/env python3
"""The configured mirror with faults made on purpose, to see a run of the tests go through them:

    Tests/Harness/holed_mirror.py --hole 'linux-image-6\\.12.*powerpc64le' --cut 'qemu-system-ppc_' &
    SWKEXEC_APT=.build/holed-mirror SWKEXEC_CACHE=/tmp/empty Scripts/test

Each pattern is a regular expression for the path of a file. A line is printed for each file that was kept from its reader.
"""
import argparse
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests/VM"))

from faulty_server import FAULTS, FaultyServer  # noqa: E402
from vmtest.mirror import archives, opener  # noqa: E402

MEANINGS = {
    "hole": "answer 404", "cut": "end the connection in the middle", "truncated": "send the first half as if it were all",
    "garbled": "change the first bytes", "silent": "take the question and say nothing for a while", "closed": "end the connection at once",
}


def from_mirror(path):
    """What the configured mirror has there."""
    main, security = archives(Path("/etc/apt"))
    for prefix, address in (("/debian-security/", security), ("/debian/", main)):
        if path.startswith(prefix):
            url = f"{address}/{path.removeprefix(prefix)}"
            try:
                answer = opener(url).open(url, timeout=60)
            except urllib.error.URLError as error:
                raise FileNotFoundError(path) from error
            return answer, int(answer.headers["Content-Length"])
    raise FileNotFoundError(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for fault in FAULTS:
        parser.add_argument(f"--{fault}", action="append", default=[], metavar="PATTERN", help=MEANINGS[fault])
    parser.add_argument("--port", type=int, default=0, help="any free one unless given")
    parser.add_argument("--apt", type=Path, default=ROOT / ".build/holed-mirror", help="where to write apt's configuration (%(default)s)")
    options = parser.parse_args()
    faults = [(pattern, fault) for fault in FAULTS for pattern in getattr(options, fault)]
    server = FaultyServer(from_mirror, faults, options.port, report=lambda line: print(line, flush=True))
    options.apt.mkdir(parents=True, exist_ok=True)
    (options.apt / "sources.list").write_text(f"deb {server.address}/debian stable main\ndeb {server.address}/debian-security stable main\n")
    print(f"SWKEXEC_APT={options.apt}", flush=True)
    try:
        server.serve()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
