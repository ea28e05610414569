"""A run of the bench: one guest, a load, events, a crash."""
import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Callable, Optional, Union

from .. import guest
from ..machines.x86_64 import VIRTIO_MEM
from . import events, judgement, service
from .boards import Board
from .defects import Stale
from .running import Running

SILENCE = 180  # seconds without a word, after which a guest hangs
MARKED_PAGES = 4096  # of 4 KiB, in the memory that came last
SELDOM = 10  # events: reading an image back takes 10 seconds where swkexec is emulated within an emulated machine
REFUSALS_ALLOWED = 10  # percent of a storm's events: a kernel need not give memory back that is in use


# What the job is under systemd.
SERVED = """
export INSPECTOR="{inspector}"
>/run/gaps
watch-image /run/gaps &
serve
"""


class NotRun(Exception):
    """The run did not get to its first event; says why."""


@dataclass(frozen=True)
class Task:
    """What is wanted of a run."""
    board: Board
    kernel: Union[str, Path]  # a name of the machine's kernels, or a file
    words: tuple = ()  # events; those of a storm are drawn
    random: int = 0  # how many
    seed: int = 0
    options: str = "--hotplug"  # of the load
    call: str = "-c"
    efi: bool = False
    append: str = ""  # to the first kernel's command line
    wrapper: str = ""  # what the loader is run by
    capture_options: str = ""  # for the job of the capture kernel, and programs of Debian's that it has need of
    capture_tools: tuple = ()
    inspect_every: int = 0  # events; between them the header alone is read. 0: each time, or, where swkexec is emulated, each tenth
    mended: tuple = ()  # known defects that this kernel does not have
    under_service: bool = False  # the units of Systemd/ load, and reload where that is needed
    within: float = service.WITHIN  # seconds from an event to the end of the reload
    drop_ins: dict = field(default_factory=dict)  # the name of one of these units -> what is put beside it

    @property
    def is_storm(self):
        return self.random > 0


@dataclass
class Step:
    """An event, or the load that precedes all, and what was found after it."""
    number: int
    word: str
    seconds: float = 0.0
    ranges: Optional[int] = None  # of memory, in the header
    refused: str = ""
    is_lacking: bool = False  # refused since the kernel was not built for it
    is_inspected: bool = False  # or the header alone was read
    reload: str = ""  # what a service's reload came to
    verdict: judgement.Verdict = field(default_factory=judgement.Verdict)


@dataclass
class Result:
    steps: list = field(default_factory=list)
    crash: Optional[judgement.Verdict] = None
    kernel: str = ""  # as it names itself
    loader: str = ""
    last_words: str = ""  # of the dump
    is_storm: bool = False
    is_usual: bool = False  # nobody asked for these very events: those that the kernel was not built for are left out
    outcome: Optional[guest.Outcome] = None

    @property
    def wrong(self):
        """Everything that is, a line each."""
        found = [f"{step.word}: {what}" for step in self.steps for what in step.verdict.wrong]
        refused = [step for step in self.steps if step.refused and not (step.is_lacking and self.is_usual)]
        if not self.is_storm or len(refused) * 100 > len(self.steps) * REFUSALS_ALLOWED:
            found += [f"{step.word}: refused: {step.refused}" for step in refused]
        return found + ([f"crash: {what}" for what in self.crash.wrong] if self.crash else ["it did not come to the crash"])

    @property
    def known(self):
        return sorted({name for verdict in [*(s.verdict for s in self.steps), self.crash] if verdict for name in verdict.known})

    @property
    def passes(self):
        return not self.wrong

    @property
    def first_failure(self):
        """The number of the first event after which something was wrong; the count of all, where only the crash went wrong; None."""
        if self.passes:
            return None
        return next((step.number for step in self.steps if step.verdict.wrong), self.steps[-1].number if self.steps else 0)


def run(lab, task, say: Callable = lambda step: None):
    """Runs it to its end. `say` gets each Step when it is judged. NotRun where nothing could be loaded."""
    return _Run(lab, task, say).result()


class _Run:
    def __init__(self, lab, task, say):
        self._lab, self._task, self._say, self._inspector = lab, task, say, lab.inspector or lab.loader
        self._header_at = "0x0"
        self._result = Result(is_storm=task.is_storm, is_usual=tuple(task.words) == tuple(task.board.every_event.split()))
        self._marker = f"marker-{secrets.token_hex(8)}"  # of this run: what an earlier guest left cannot be taken for it
        self._crashed, self._marked, self._why_not = False, None, "the guest did not get to its first command"

    def result(self):
        task, loader = self._task, self._lab.loader
        files = {} if self._inspector is loader else dict(self._inspector.files)
        inspector = self._inspector.planner
        before = f"""
            export INSPECTOR="{inspector}" WRAPPER="{task.wrapper}"
            {"" if "virtio" in task.board.lacks else self._virtio_mem(files)}
        """
        how = {
            "efi": task.efi, "files": files, "conversation": self._conversation,
            "limits": guest.Limits(loader.halts_after, whole_run=SILENCE),
            "capture_tools": task.capture_tools,
            "capture_options": f"{task.capture_options} vmtest.marker={self._marker} vmtest.from={task.board.machine.dimms_at:#x}",
        }
        if task.under_service:
            outcome = service.boot(self._lab, task.kernel, f"{task.call} {task.options}", SERVED.format(inspector=inspector), before=before,
                                   drop_ins=task.drop_ins, **how)
        else:
            outcome = self._lab.boot(task.kernel, f"{before}\nserve", **how)
        self._result.kernel, self._result.outcome = outcome.value("kernel"), outcome
        if not self._result.steps:
            raise NotRun(f"{self._why_not} ({outcome.end})")
        if self._crashed:
            self._result.crash = judgement.crash(self._running, outcome, self._stale, loader.banner, self._marked)
            self._result.last_words = judgement.dumped(outcome, self._marked)
        return self._result

    def _virtio_mem(self, files):
        """What makes its driver run. A kernel that a user has built has it built in, or does without."""
        if isinstance(self._task.kernel, Path):
            return ""
        files["virtio_mem.ko"] = self._lab.pieces.module(self._task.kernel, VIRTIO_MEM)
        return "insmod /virtio_mem.ko"

    # The conversation with the guest

    def _conversation(self, monitor, outcome):
        self._result.steps, self._crashed = [], False  # QEMU may have died, and the guest been started again
        self._outcome = outcome
        task, self._random = self._task, Random(self._task.seed)
        running = self._running = Running(task.board, monitor, outcome)
        self._stale = Stale(task.board, task.mended)
        self._inspect_every = task.inspect_every or (SELDOM if self._inspector.is_emulated else 1)
        yield from running.begin()
        started = time.monotonic()
        if not (yield from self._loaded()):
            return
        yield from self._judged(Step(0, "load", time.monotonic() - started))
        number, self._last_came = 0, None
        last = task.random or len(task.words)
        for event in self._events():
            number += 1
            yield from self._carried_out(Step(number, event.word), event, number == last)
        yield from self._mark()
        self._crashed = True
        yield f"crash {self._crash_on()}"

    def _loaded(self):
        value = self._outcome.value
        if self._task.under_service:
            yield "report_loaded"
            yield "loads loads-so-far"
            self._why_not = f"kexec_crash_loaded is {value('crash-loaded')} though swkexec-kdump.service is {value('service')}"
            return value("crash-loaded") == "1"
        yield f"load {self._task.call} {self._task.options}"
        if value("load-status") == "0" and value("crash-loaded") == "1":
            return True
        said = "; ".join(self._outcome.values("load-said")) or "nothing"
        self._why_not = f"the load ended with status {value('load-status')}, and said: {said}"
        return False

    def _events(self):
        for word in self._task.words:
            yield events.event(word, self._task.board)
        for _ in range(self._task.random):
            yield events.drawn(self._running, self._random)

    def _carried_out(self, step, event, is_last):
        started = time.monotonic()
        happened = yield from self._running.carry_out(event)
        step.seconds, step.refused, step.is_lacking = time.monotonic() - started, happened.refused, happened.is_lacking
        self._stale.happened(happened)
        if self._task.under_service:
            yield from self._reloaded(step, event, happened)
        if event.brings_memory and happened.came:
            self._last_came = happened.came[-1]
        yield from self._judged(step, is_last)

    def _reloaded(self, step, event, happened):
        """Waits for what the service does, and looks whether it was what it had to be, and in time."""
        so_far, gaps = int(self._outcome.value("loads-so-far")), len(self._outcome.values("gap"))
        yield "reloaded"
        count = int(self._outcome.value("loads-so-far")) - so_far
        expected = service.reloads_expected(event, happened, self._outcome, self._running.board)
        if count != expected and not step.refused:
            step.verdict.wrong.append(f"{count} reloads, {expected} expected")
        if not count:
            return
        self._stale.reloaded()
        after = float(self._outcome.value("loaded-at")) - happened.after.uptime
        without_image = ", ".join(f"{float(gap.split()[2]):.0f} ms" for gap in self._outcome.values("gap")[gaps:])
        step.reload = f"reloaded {after:.1f} s after the event, without an image for {without_image or 'less than a millisecond'}"
        if after > self._task.within:
            step.verdict.wrong.append(f"the image was stale for {after:.1f} s, {self._task.within:g} are allowed")

    def _judged(self, step, is_last=False):
        if is_last or step.number % self._inspect_every == 0:
            found = yield from self._inspected(step)
        else:
            found = yield from self._header_read(step)
        step.verdict = judgement.Verdict(step.verdict.wrong + found.wrong, found.known)
        if not step.refused:
            step.verdict.wrong += judgement.machine_itself(self._running)
        self._result.steps.append(step)
        self._say(step)

    def _inspected(self, step):
        yield "read_back"
        step.is_inspected = True
        status, said = self._outcome.value("inspect-status"), self._outcome.value("inspected")
        inspected = json.loads(said) if said else None
        if inspected and inspected["elfcorehdr"]:
            step.ranges = len(inspected["elfcorehdr"]["memory"])
            self._header_at = inspected["elfcorehdr"]["start"]
        must_be_intact = self._lab.loader.is_swkexec and self._task.call == "-c"
        return judgement.image(inspected, status, self._running, self._outcome, self._stale, must_be_intact)

    def _header_read(self, step):
        """Where it is known to lie, by a program of the guest's own."""
        before = len(self._outcome.values("header"))
        yield f"read_header {self._header_at}"
        said = [line.split() for line in self._outcome.values("header")[before:]]
        described = judgement.joined((int(line[1], 16), int(line[2], 16)) for line in said if line[0] == "range")
        count = next((int(line[1]) for line in said if line[0] == "header"), 0)
        step.ranges = sum(line[0] == "range" for line in said)
        return judgement.header(described, count - step.ranges, self._running, self._outcome, self._stale)

    def _mark(self):
        """Marks pages of the memory that came last, if it is there and in use."""
        span = self._last_came
        if span is None or not self._running.seen.has(span):
            return
        yield f"mark {span[0]:#x} {span[1]:#x} {self._marker} {MARKED_PAGES}"
        said = (self._outcome.value("marked") or "").split()
        self._marked = span, int(said[1]) if said[:1] == ["marked"] else 0

    def _crash_on(self):
        """A CPU that the loader did not know, where one came: the capture kernel starts on it. In storms any."""
        online = sorted(self._running.seen.online)
        if self._task.is_storm:
            return self._random.choice(online)
        came = [cpu for cpus in self._running.cpu_devices.values() for cpu in cpus if cpu in self._running.seen.online]
        return came[-1] if came else ""
