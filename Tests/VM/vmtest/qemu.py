"""One QEMU process: the machine every guest test runs on."""
import shutil
import socket
import subprocess

KVM_TRIAL = 10  # seconds


class Qemu:
    """Starts QEMU. `console`, `report` and `monitor` are connected sockets; QEMU's end of each is handed to it at birth."""

    def __init__(self, pieces, *, vmlinuz, initrd, folder, efi=False, accelerator="tcg", cpu=None, devices=(), tree=None):
        machine, programs = pieces.machine, pieces.qemu
        self.sent_file = folder / "from-guest.tar"
        self.console, console = socket.socketpair()
        self.report, report = socket.socketpair()
        self.monitor, monitor = socket.socketpair()
        command = [
            *program(programs, machine.emulator.program), "-L", programs / "usr/share/qemu", "-L", programs / "usr/share/seabios",
            *machine.hardware, "-cpu", cpu or machine.cpu, "-nodefaults", "-display", "none", "-accel", accelerator,
            "-action", f"reboot={machine.on_reset}",
            "-kernel", vmlinuz, "-initrd", initrd, "-append", machine.command_line,
            "-chardev", f"socket,id=console,fd={console.fileno()}", "-serial", "chardev:console",
            "-chardev", f"socket,id=report,fd={report.fileno()}", *machine.second_port,
            "-chardev", f"socket,id=monitor,fd={monitor.fileno()}", "-mon", "chardev=monitor,mode=control",
            "-device", "virtio-serial-pci", "-chardev", f"file,id=sent,path={self.sent_file}",
            "-device", "virtserialport,chardev=sent,nr=1",
            *(self._firmware(pieces, folder) if efi else []),
            *(["-dtb", tree] if tree else []),
            *(word for device in devices for word in ("-device", device)),
        ]
        with open(folder / "qemu.err", "wb") as errors:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                pass_fds=[console.fileno(), report.fileno(), monitor.fileno()])
        for theirs in (console, report, monitor):
            theirs.close()

    @staticmethod
    def _firmware(pieces, folder):
        """The guest writes its own copy of the variables."""
        firmware = pieces.machine.firmware
        shutil.copy(pieces.firmware / firmware.variables, folder / "efi-variables")
        return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={pieces.firmware / firmware.code}",
                "-drive", f"if=pflash,format=raw,unit=1,file={folder / 'efi-variables'}"]

    def end(self):
        """Ends the process if it still runs, and returns its exit status: negative after a signal."""
        if self.process.poll() is None:
            self.process.kill()
        status = self.process.wait()
        for ours in (self.console, self.report, self.monitor):
            ours.close()
        return status


def try_kvm(pieces):
    """Starts a PC by KVM, and returns why its BIOS does not get to its first words, or None."""
    command = [
        *program(pieces.qemu, pieces.machine.emulator.program), "-L", pieces.qemu / "usr/share/qemu", "-L", pieces.qemu / "usr/share/seabios",
        *pieces.machine.hardware, "-cpu", pieces.machine.cpu, "-nodefaults", "-display", "none", "-accel", "kvm",
        "-chardev", "stdio,id=words", "-device", "isa-debugcon,iobase=0x402,chardev=words",
    ]
    with subprocess.Popen(
        ["timeout", str(KVM_TRIAL), *map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        started = b"SeaBIOS" in process.stdout.readline()
        process.terminate()
        said = process.stderr.read().decode(errors="replace").strip().splitlines()
    return None if started else f"/dev/kvm does not work: {said[0] if said else f'no word of the BIOS in {KVM_TRIAL} s'}"


def program(tree, name):
    """The command that runs a program of the tree with the tree's own dynamic loader and libraries: this system's are of another
    release."""
    libraries = [tree / folder for folder in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")]
    loader = next(path for folder in libraries for path in folder.glob("ld-linux-x86-64.so.2"))
    return [loader, "--library-path", ":".join(map(str, libraries)), tree / "usr/bin" / name]
