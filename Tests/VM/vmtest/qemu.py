"""One QEMU process: the machine every guest test runs on."""
import os
import shutil
import socket
import subprocess

# Two CPUs, so that one can go; room for DIMMs; 256 MiB for the capture kernel.
MACHINE = ["-machine", "q35", "-cpu", "max", "-smp", "2", "-m", "2G,slots=2,maxmem=8G", "-nodefaults", "-display", "none"]
COMMAND_LINE = "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1 crashkernel=256M"


class Qemu:
    """Starts QEMU. `console`, `report` and `monitor` are connected sockets; QEMU's end of each is handed to it at birth."""

    def __init__(self, pieces, *, vmlinuz, initrd, folder, efi=False, accelerator="tcg", command_line=COMMAND_LINE, devices=()):
        self.sent_file = folder / "from-guest.tar"
        tree = pieces.qemu
        self.console, console = socket.socketpair()
        self.report, report = socket.socketpair()
        self.monitor, monitor = socket.socketpair()
        command = [
            tree / "usr/bin/qemu-system-x86_64", "-L", tree / "usr/share/qemu", "-L", tree / "usr/share/seabios",
            *MACHINE, "-accel", accelerator,
            "-no-reboot",  # a reset ends QEMU, and its SHUTDOWN event says that it was one
            "-kernel", vmlinuz, "-initrd", initrd, "-append", command_line,
            "-chardev", f"socket,id=console,fd={console.fileno()}", "-serial", "chardev:console",
            "-chardev", f"socket,id=report,fd={report.fileno()}", "-serial", "chardev:report",
            "-chardev", f"socket,id=monitor,fd={monitor.fileno()}", "-mon", "chardev=monitor,mode=control",
            "-device", "virtio-serial-pci", "-chardev", f"file,id=sent,path={self.sent_file}",
            "-device", "virtserialport,chardev=sent,nr=1",
            *(self._firmware(pieces, folder) if efi else []),
            *(word for device in devices for word in ("-device", device)),
        ]
        libraries = ":".join(str(tree / d) for d in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"))
        with open(folder / "qemu.err", "wb") as errors:
            self.process = subprocess.Popen(
                [str(word) for word in command], env={**os.environ, "LD_LIBRARY_PATH": libraries},
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                pass_fds=[console.fileno(), report.fileno(), monitor.fileno()])
        for theirs in (console, report, monitor):
            theirs.close()

    @staticmethod
    def _firmware(pieces, folder):
        """OVMF; the guest writes its own copy of the variables."""
        ovmf = pieces.firmware / "usr/share/OVMF"
        shutil.copy(ovmf / "OVMF_VARS_4M.fd", folder / "efi-variables")
        return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={ovmf / 'OVMF_CODE_4M.fd'}",
                "-drive", f"if=pflash,format=raw,unit=1,file={folder / 'efi-variables'}"]

    def end(self):
        """Ends the process if it still runs, and returns its exit status: negative after a signal."""
        if self.process.poll() is None:
            self.process.kill()
        status = self.process.wait()
        for ours in (self.console, self.report, self.monitor):
            ours.close()
        return status
