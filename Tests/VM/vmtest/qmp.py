"""QEMU's machine protocol, as much of it as the tests need."""
import json
import select


class Monitor:
    def __init__(self, connection):
        self._connection = connection
        # While QEMU waits for us to read the guest's console, it answers nothing.
        self._connection.settimeout(30)
        self._buffer = b""
        self.events = []  # (name, data) in the order they came
        self._message()  # the greeting
        self("qmp_capabilities")

    def fileno(self):
        return self._connection.fileno()

    def __call__(self, command, **arguments):
        """Runs a command. Events that come before its answer are kept."""
        request = json.dumps({"execute": command, "arguments": arguments})
        self._connection.sendall(request.encode() + b"\n")
        while True:
            message = self._message()
            if "event" in message:
                self._keep(message)
            elif "error" in message:
                raise RuntimeError(f"{command}: {message['error']['desc']}")
            else:
                return message["return"]

    def read_events(self):
        """Called when there was something to read, which the answer to a command may have come before. False: QEMU has closed the connection."""
        try:
            if not self._buffer and not select.select([self._connection], [], [], 0)[0]:
                return True
            self._keep(self._message())
            while b"\n" in self._buffer:
                self._keep(self._message())
            return True
        except ConnectionError:
            return False

    def _keep(self, message):
        if "event" in message:
            self.events.append((message["event"], message.get("data", {})))

    def _message(self):
        while b"\n" not in self._buffer:
            data = self._connection.recv(65536)
            if not data:
                raise ConnectionError("QEMU closed its monitor")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)
