"""An HTTP server of this machine that does to files what networks and mirrors do."""
import contextlib
import http.server
import re
import shutil
import threading
import time
from dataclasses import dataclass, field

FAULTS = ("hole", "cut", "truncated", "garbled", "silent", "closed")


@dataclass
class FaultyServer:
    """Serves what `find` gives for a path: (a file that can be read, its size), or FileNotFoundError."""
    find: object
    faults: list = field(default_factory=list)  # (a regular expression for paths, one of FAULTS); the first that matches
    port: int = 0
    asked: list = field(default_factory=list)  # the paths
    report: object = lambda line: None  # called with a line for each fault

    def __post_init__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer._answer(self)

            def log_message(self, *arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()

    def serve(self):
        self._server.serve_forever()

    def _answer(self, request):
        path = request.path
        self.asked.append(path)
        fault = next((kind for pattern, kind in self.faults if re.search(pattern, path)), None)
        if fault:
            self.report(f"{fault}: {path}")
        request.close_connection = True
        if fault == "closed":
            return
        if fault == "silent":
            time.sleep(2)
            return
        try:
            if fault == "hole":
                raise FileNotFoundError
            file, size = self.find(path)
        except FileNotFoundError:
            request.send_error(404)
            return
        with file:
            sent = size // 2 if fault in ("cut", "truncated") else size
            request.send_response(200)
            request.send_header("Content-Length", str(sent if fault == "truncated" else size))
            request.send_header("Connection", "close")
            request.end_headers()
            with contextlib.suppress(ConnectionError):
                if fault == "garbled":
                    request.wfile.write(bytes(byte ^ 1 for byte in file.read(16)))
                    sent -= 16
                shutil.copyfileobj(_Head(file, sent), request.wfile)


class _Head:
    """The first bytes of a file, as a file."""

    def __init__(self, file, size):
        self._file, self._left = file, size

    def read(self, size):
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data
