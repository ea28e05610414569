"""QEMU's gdbstub, as much of it as the tests need: a byte of physical memory is written from outside."""
import socket


def write_byte(monitor, folder, address, byte):
    """Writes it while the machine stands still, and lets it go on."""
    path = folder / "gdb"
    path.unlink(missing_ok=True)
    monitor("human-monitor-command", **{"command-line": f"gdbserver unix:{path},server=on,wait=off"})
    with socket.socket(socket.AF_UNIX) as stub:
        stub.settimeout(30)
        stub.connect(str(path))
        for packet in ("?", "Qqemu.PhyMemMode:1", f"M{address:x},1:{byte:02x}", "D"):
            answer = _exchange(stub, packet)
            if packet != "?" and answer != "OK":
                raise RuntimeError(f"gdbstub: {packet}: {answer or 'not known'}")
    monitor("human-monitor-command", **{"command-line": "gdbserver none"})


def _exchange(stub, packet):
    """Sends a packet and returns what is answered, after the acknowledgement."""
    stub.sendall(f"${packet}#{sum(packet.encode()) & 0xff:02x}".encode())
    received = b""
    while received.count(b"#") < 1 or len(received.split(b"#")[-1]) < 2:
        received += stub.recv(4096)
    stub.sendall(b"+")
    return received.split(b"$", 1)[1].split(b"#")[0].decode()
