"""Runs one guest from its start to its end and writes down what it said."""
import re
import select
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import gdb
from .hotplug import events
from .hotplug.boards import bare
from .hotplug.running import Running
from .machine import Machine
from .qemu import Qemu
from .qmp import Monitor
from .spans import text

# Generous: only a guest that hangs waits so long, and this machine may be busy with other things.
WHOLE_RUN = 300
PANIC_TO_CAPTURE_KERNEL = 120

# The last that ppc64's kernel prints before it copies an image to its place (default_machine_kexec()). Rarely, and more often on a busy
# machine, 6.12 takes an interrupt from here on, when what its handlers need is poisoned already, and faults in a circle for ever: seen in a
# guest's memory, with nothing of the image at its place yet. No loader can help that.
SWITCHOVER = "kexec: Starting switchover sequence."
SWITCHOVER_TO_NEXT_LINE = 120
OWN_CODE = "NIP c0"  # ppc64's kernel runs with its MMU on, purgatory without

AS_ASKED = "stopped at the capture kernel, as asked"


@dataclass
class Outcome:
    machine: Machine
    console: list = field(default_factory=list)  # (seconds since QEMU's start, line) of the first serial port
    reports: list = field(default_factory=list)  # (seconds, stage, key, value) of the second
    events: list = field(default_factory=list)  # (name, data) of QEMU
    happened: list = field(default_factory=list)  # hotplug.running.Happened: what the job asked for, one event after the other
    end: str = ""  # "exit", or why the guest was ended
    registers: str = ""  # of a guest that had to be ended
    work: dict = field(default_factory=dict)  # "panic", "left", "capture kernel" -> seconds of processor time that QEMU had used by then
    sent_file: Path = None

    def values(self, key, stage="first"):
        return [v for _, s, k, v in self.reports if (s, k) == (stage, key)]

    def value(self, key, stage="first"):
        """The last value reported under a key, or None."""
        return next(reversed(self.values(key, stage)), None)

    def _index(self, text, start=0):
        return next((i for i in range(start, len(self.console)) if text in self.console[i][1]), None)

    @property
    def panic(self):
        """Where on the console the panic begins, or None."""
        return self._index("Kernel panic - not syncing")

    @property
    def left(self):
        """Where the crashed kernel says good bye, or None."""
        words = self.machine.good_bye
        return None if self.panic is None or not words else self._index(words, self.panic)

    @property
    def capture_kernel(self):
        """Where the capture kernel's first line stands, or None."""
        return None if self.panic is None else self._index("Linux version", self.panic)

    @property
    def between_kernels(self):
        """What stands on the console after the panic and is no kernel's line: what purgatory and the decompressor said."""
        if self.panic is None:
            return []
        return [line for _, line in self.console[self.panic:self.capture_kernel] if line.strip() and not line.startswith("[")]

    @property
    def panic_to_capture_kernel(self):
        return self.console[self.capture_kernel][0] - self.console[self.panic][0]

    @property
    def left_to_capture_kernel(self):
        return self.console[self.capture_kernel][0] - self.console[self.left][0]

    @property
    def was_reset(self):
        return ("SHUTDOWN", "guest-reset") in [(name, data.get("reason")) for name, data in self.events]


class EmulatorFailure(Exception):
    """QEMU itself died. The guest is not to blame."""


class SwitchoverFailure(Exception):
    """The kernel that was to be left never left its own code."""

    def __init__(self, outcome):
        super().__init__(f"the kernel stands still in its own code after '{SWITCHOVER}' ({outcome.registers})")
        self.outcome = outcome


@dataclass(frozen=True)
class Limits:
    """When a guest is ended that would not end by itself, or need not."""
    stop_after: tuple = ()  # texts on the console after which the machine stands still
    at_capture_kernel: bool = False  # end as soon as the capture kernel's first line is there
    whole_run: float = WHOLE_RUN


def no_conversation(monitor, outcome):
    """Has nothing to say to a guest that serves (guest/functions)."""
    return iter(())


def run(pieces, folder, *, vmlinuz, initrd, limits=Limits(), efi=False, devices=(), accelerator="tcg", cpu=None, tree=None, log=print,
        on_report=lambda stage, key, value: None, conversation=no_conversation):
    """Boots a guest. When the emulator itself dies by a signal before the guest's end, or the kernel that is left hangs before it has
    left, the guest gets one more try, and the log says so; a guest that fails gets none. `initrd` is an archive of cpio.py. `on_report` is
    called for each report as it comes, and with "happened" for an event that the job asked for, `tree` for a device tree in place of the
    machine's own: with the pieces, kernel, RAM disk and a file to write it to. `conversation` is called with QEMU's monitor and the
    outcome so far when the guest asks what to do, and generates the commands: when it goes on, what the guest reported on the last one
    is there. Each may take as long as the whole run of other guests."""
    folder.mkdir(parents=True, exist_ok=True)
    image = folder / "initrd"
    with open(image, "wb") as file:
        initrd.write(file)
    try:
        if tree:
            tree(pieces, vmlinuz, image, folder / "tree.dtb")
        for attempt in (1, 2):
            qemu = Qemu(pieces, vmlinuz=vmlinuz, initrd=image, folder=folder, efi=efi, devices=devices, accelerator=accelerator, cpu=cpu,
                        tree=tree and folder / "tree.dtb")
            try:
                return _Guest(pieces.machine, folder, limits, on_report, conversation).run(qemu)
            except (EmulatorFailure, SwitchoverFailure) as failure:
                if attempt == 2:
                    if isinstance(failure, SwitchoverFailure):
                        return failure.outcome
                    raise
                log(f"{failure}; the guest is started once more")
                for path in folder.glob("*.log"):
                    path.rename(path.with_suffix(".first-attempt"))
            finally:
                qemu.end()
    finally:
        image.unlink()


class _Guest:
    def __init__(self, machine, folder, limits, on_report, conversation):
        self.outcome = Outcome(machine)
        self._conversation, self._commands, self._running = conversation, None, None
        self._machine, self._folder, self._limits, self._on_report = machine, folder, limits, on_report
        self._started = time.monotonic()
        self._deadline, self._deadline_means = limits.whole_run, f"no end after {limits.whole_run} s"
        self._switchover = None  # the deadline from before, while the kernel is being left
        self._partial = {"console": b"", "report": b""}

    def run(self, qemu):
        with open(self._folder / "console.log", "w") as self._console_log, open(self._folder / "report.log", "w") as self._report_log:
            try:
                self._monitor = Monitor(qemu.monitor)
                self._loop(qemu)
            except (ConnectionError, BrokenPipeError):
                pass  # QEMU is gone; its exit status tells the rest
            if not self.outcome.end:
                status = qemu.process.wait()
                self._console_log.write(f"{self._now():9.3f} (QEMU exited with status {status})\n")
                if status < 0 and not self.outcome.was_reset and "end" not in [k for _, _, k, _ in self.outcome.reports]:
                    raise EmulatorFailure(f"QEMU died of signal {-status}")
                self.outcome.end = "exit" if status == 0 else f"QEMU exited with status {status}"
            else:
                self._console_log.write(f"{self._now():9.3f} (ended: {self.outcome.end})\n")
            self._report_log.writelines(f"          (QEMU: {name} {data})\n" for name, data in self.outcome.events)
        self.outcome.sent_file = qemu.sent_file
        return self.outcome

    def _now(self):
        return time.monotonic() - self._started

    def _work(self):
        """Processor time of all threads of QEMU (the first field of schedstat, nanoseconds)."""
        return sum(int(t.read_text().split()[0]) for t in Path(f"/proc/{self._process}/task").glob("*/schedstat")) / 1e9

    def _loop(self, qemu):
        ports = {qemu.console: "console", qemu.report: "report"}
        watched = [*ports, self._monitor]
        self.outcome.events = self._monitor.events
        self._process = qemu.process.pid
        while watched:
            if self._now() > self._deadline:
                self.outcome.end = self._deadline_means
                if self.outcome.end == AS_ASKED:
                    return
                self.outcome.registers = self._where_the_cpus_are()
                self._look_at_screen("last")
                self._stop_at_failed_switchover()
                return
            for ready in select.select(watched, [], [], 0.2)[0]:
                if ready is self._monitor:
                    alive = self._monitor.read_events()
                else:
                    data = ready.recv(65536)
                    alive = bool(data)
                    self._received(ports[ready], data, qemu)
                if not alive:
                    watched.remove(ready)

    def _received(self, port, data, qemu):
        *lines, self._partial[port] = (self._partial[port] + data).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").strip("\r")
            if port == "console":
                self._console_line(text)
            else:
                self._report_line(text, qemu)

    def _console_line(self, line):
        now = self._now()
        self.outcome.console.append((now, line))
        self._console_log.write(f"{now:9.3f} {line}\n")
        self._console_log.flush()
        if self._switchover:  # it was left
            (self._deadline, self._deadline_means), self._switchover = self._switchover, None
        if "Kernel panic - not syncing" in line:
            self.outcome.work["panic"] = self._work()
            self._expect_within(PANIC_TO_CAPTURE_KERNEL, f"no capture kernel {PANIC_TO_CAPTURE_KERNEL} s after the panic")
        elif self._machine.good_bye and self._machine.good_bye in line and self.outcome.panic is not None:
            self.outcome.work["left"] = self._work()
        elif "Linux version" in line and self.outcome.panic is not None:
            self.outcome.work["capture kernel"] = self._work()
            if self._limits.at_capture_kernel:
                self._expect_within(0, AS_ASKED)
            else:
                self._expect_within(self._limits.whole_run, "the capture kernel did not end")
        if SWITCHOVER in line:
            self._switchover = self._deadline, self._deadline_means
            self._expect_within(SWITCHOVER_TO_NEXT_LINE, f"nothing {SWITCHOVER_TO_NEXT_LINE} s after: {SWITCHOVER}")
        if any(text in line for text in self._limits.stop_after):
            self._expect_within(2, f"halted after: {line}")  # two seconds more: it must really stand still

    def _stop_at_failed_switchover(self):
        if self._switchover and OWN_CODE in self.outcome.registers:
            self._console_log.write(f"{self._now():9.3f} (ended: {self.outcome.end})\n")
            raise SwitchoverFailure(self.outcome)

    def _expect_within(self, seconds, otherwise):
        self._deadline, self._deadline_means = self._now() + seconds, otherwise

    def _report_line(self, line, qemu):
        now = self._now()
        stage, key, value = (line.split(" ", 2) + ["", ""])[:3]
        self.outcome.reports.append((now, stage, key, value))
        self._report_log.write(f"{now:9.3f} {line}\n")
        self._report_log.flush()
        self._on_report(stage, key, value)
        if key == "ask":
            qemu.report.sendall(self._answer(*value.split()).encode() + b"\n")

    def _answer(self, request, *arguments):
        if request == "event":
            self._commands = self._event(*arguments)
        if request in ("event", "next"):
            return self._next_command()
        return "done" if self._is_done(request, *arguments) else "failed"

    def _next_command(self):
        """"end" when there is no more. A guest that crashes is to have its own time for it."""
        if self._commands is None:
            self._commands = self._conversation(self._monitor, self.outcome)
        self._expect_within(self._limits.whole_run, f"no word from the guest for {self._limits.whole_run} s")
        return next(self._commands, "end")

    def _event(self, word):
        board = bare(self._machine)
        if self._running is None:
            self._running = Running(board, self._monitor, self.outcome)
            yield from self._running.begin()
        happened = yield from self._running.carry_out(events.event(word, board))
        self.outcome.happened.append(happened)
        self._on_report("first", "happened", f"{word} {' '.join(map(text, happened.came or happened.went))}")

    def _is_done(self, request, *arguments):
        try:
            if request == "look-at-screen":
                self._look_at_screen(arguments[0])
                return True
            if request == "write-byte":
                gdb.write_byte(self._monitor, self._folder, int(arguments[0], 0), int(arguments[1], 0))
                return True
        except RuntimeError as error:
            self._report_log.write(f"          (host: {error})\n")
        return False

    def _look_at_screen(self, name):
        """Writes NAME.ppm, what the screen shows, and NAME.text, the memory of the VGA's text screen, where there is a VGA."""
        try:
            self._monitor("screendump", filename=str(self._folder / f"{name}.ppm"))
            self._monitor("pmemsave", val=0xB8000, size=0x8000, filename=str(self._folder / f"{name}.text"))
        except (RuntimeError, OSError):
            pass  # a machine without a screen

    def _where_the_cpus_are(self):
        try:
            text = self._monitor("human-monitor-command", **{"command-line": "info registers -a"})
        except (RuntimeError, OSError):
            return ""
        return " ".join(re.findall(self._machine.position, text))
