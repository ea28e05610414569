"""The Debian mirror this system is configured with, and downloads from it."""
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ATTEMPTS = 5


class MirrorError(Exception):
    pass


def _uris_of_deb822(text):
    for line in text.splitlines():
        if line.lower().startswith("uris:"):
            yield from line.split(":", 1)[1].split()


def _uris_of_one_line_style(text):
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)", line.strip())
        if match:
            yield match[1]


def _resolved(uri):
    """`mirror+file:/list` names a file whose lines are mirrors; cloud images are configured that way."""
    match = re.match(r"mirror\+file:/*(/.*)", uri)
    if match:
        return Path(match[1]).read_text().split()[0]
    return uri


def configured_uris(apt=Path("/etc/apt")):
    """All archive addresses of the system's apt configuration, in the order apt reads them."""
    found = []
    one_line = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    for path in one_line:
        if path.exists():
            found += _uris_of_one_line_style(path.read_text())
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        found += _uris_of_deb822(path.read_text())
    return [_resolved(uri).rstrip("/") for uri in found]


def archives():
    """(main archive, security archive). The second is taken from the configuration or stands beside the first."""
    uris = configured_uris()
    main = next((u for u in uris if u.endswith("/debian")), None)
    if main is None:
        raise MirrorError("apt's configuration names no Debian archive (an address that ends in /debian)")
    security = next((u for u in uris if u.endswith("/debian-security")), main + "-security")
    return main, security


def _opener():
    """urllib honours http_proxy; a proxy set for apt alone is asked of apt."""
    if "http_proxy" in os.environ:
        return urllib.request.build_opener()
    answer = subprocess.run(["apt-config", "shell", "proxy", "Acquire::http::Proxy"], capture_output=True, text=True)
    match = re.match(r"proxy='(\S+)'", answer.stdout)
    handlers = [urllib.request.ProxyHandler({"http": match[1]})] if match and match[1] != "DIRECT" else []
    return urllib.request.build_opener(*handlers)


def get(url):
    """The bytes at `url`. Hiccups of the network are waited out; a file that does not exist is an error at once."""
    opener = _opener()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with opener.open(url, timeout=120) as answer:
                return answer.read()
        except OSError as error:  # URLError, timeouts and resets are all OSErrors
            missing = isinstance(error, urllib.error.HTTPError) and error.code in (403, 404)
            if missing or attempt == ATTEMPTS:
                raise MirrorError(f"cannot download {url.split('/', 3)[-1]}: {error}") from error
            time.sleep(2 * attempt)
