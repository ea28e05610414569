"""The Debian mirror this system is configured with, and downloads from it."""
import hashlib
import http.client
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

# A server that says nothing for so long has failed. There is an attempt after each pause, but a file that does not exist is not asked
# for again. All in seconds.
SILENCE, PAUSES = 20, (0, 1, 1)
CHUNK = 1 << 20


class MirrorError(Exception):
    """Why something cannot be had of the mirror, in a line."""


class Unreachable(MirrorError):
    """The server is not asked any more, whatever the file."""


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


def configured_uris(apt):
    """All archive addresses of an apt configuration, in the order apt reads them."""
    found = []
    one_line = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    for path in one_line:
        if path.exists():
            found += _uris_of_one_line_style(path.read_text())
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        found += _uris_of_deb822(path.read_text())
    return [_resolved(uri).rstrip("/") for uri in found]


def archives(apt=None):
    """(main archive, security archive). The second is taken from the configuration or stands beside the first. The configuration is
    the system's, or that of the folder $SWKEXEC_APT."""
    uris = configured_uris(apt or Path(os.environ.get("SWKEXEC_APT") or "/etc/apt"))
    main = next((u for u in uris if u.endswith("/debian")), None)
    if main is None:
        raise MirrorError("apt's configuration names no Debian archive (an address that ends in /debian)")
    security = next((u for u in uris if u.endswith("/debian-security")), main + "-security")
    return main, security


def opener(url):
    """urllib honours http_proxy; a proxy set for apt alone is asked of apt. This machine itself is not asked by a proxy."""
    if urlsplit(url).hostname in ("127.0.0.1", "localhost"):
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))
    if "http_proxy" in os.environ:
        return urllib.request.build_opener()
    answer = subprocess.run(["apt-config", "shell", "proxy", "Acquire::http::Proxy"], capture_output=True, text=True)
    match = re.match(r"proxy='(\S+)'", answer.stdout)
    handlers = [urllib.request.ProxyHandler({"http": match[1]})] if match and match[1] != "DIRECT" else []
    return urllib.request.build_opener(*handlers)


def _in_words(error):
    """What the network did: urllib and http.client have many ways to say it, some of them empty."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"not a word in {SILENCE} s"
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__


class Downloads:
    """Downloads from a few servers. One that does not answer is given up for the rest of the run, and `say` is told."""

    def __init__(self, say, pauses=PAUSES):
        self._say, self._pauses = say, pauses
        self._openers = {}
        self._unanswered = {}  # server -> attempts in a row
        self._given_up = {}  # server -> why

    def fetch(self, url, path):
        """Puts the file at `url` to `path` and returns its SHA-256; of a file that does not come whole, nothing stays."""
        server, why = urlsplit(url).netloc, ""
        for pause in self._pauses:
            if server in self._given_up:
                break
            time.sleep(pause)
            try:
                digest = self._attempt(url, path)
                self._unanswered[server] = 0
                return digest
            except urllib.error.HTTPError as error:
                self._unanswered[server], why = 0, f"HTTP {error.code}"
                if error.code < 500:
                    break
            except MirrorError as error:  # it answered, but not to the end
                self._unanswered[server], why = 0, str(error)
            except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: an address that is none
                self._no_answer(server, _in_words(error))
        if server in self._given_up:
            raise Unreachable(self._given_up[server])
        raise MirrorError(why)

    def _no_answer(self, server, why):
        self._unanswered[server] = self._unanswered.get(server, 0) + 1
        if self._unanswered[server] >= len(self._pauses):
            self._given_up[server] = f"{server} does not answer: {why}"
            self._say(self._given_up[server])

    def _attempt(self, url, path):
        server = urlsplit(url).netloc
        if server not in self._openers:
            self._openers[server] = opener(url)
        digest, size = hashlib.sha256(), 0
        partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
        try:
            with self._openers[server].open(url, timeout=SILENCE) as answer, open(partial, "wb") as file:
                promised = answer.headers.get("Content-Length")
                try:
                    while chunk := answer.read(CHUNK):
                        file.write(chunk)
                        digest.update(chunk)
                        size += len(chunk)
                except (ConnectionError, http.client.HTTPException):
                    pass  # the count tells
            if promised is not None and size != int(promised):
                raise MirrorError(f"the connection was cut after {size} of {promised} bytes")
            os.rename(partial, path)
        finally:
            partial.unlink(missing_ok=True)
        return digest.hexdigest()
