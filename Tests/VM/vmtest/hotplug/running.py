"""A machine whose memory and CPUs come and go: QEMU's side of it, and what the kernel in it says that it sees."""
import time
from dataclasses import dataclass

from ..spans import joined, size, without
from .boards import VIRTIO_MEM_ID

# Kinds of events -> what a kernel must have been built with for them.
NEEDS = {"virtio": "driver virtio_mem (CONFIG_VIRTIO_MEM)", "memory": "memory hotplug (CONFIG_MEMORY_HOTPLUG)",
         "block": "memory hotplug (CONFIG_MEMORY_HOTPLUG)"}
LONGEST = 60  # seconds that an event may take; with no processor to be had the guest is slow
EJECT_REQUEST = (3, 0x103)  # ACPI's _OST: what a status is the answer to
IN_PROGRESS = (0, 0x84, 0x85)  # and the answers that say nothing bad of it

VIRTIO_MEM = f"/machine/peripheral/{VIRTIO_MEM_ID}"


class Refused(Exception):
    """An event that QEMU or the kernel did not carry out; says why."""


class Lacking(Refused):
    """One that this kernel was not built for."""


@dataclass(frozen=True)
class Seen:
    """The machine as its kernel shows it at a moment."""
    ranges: list  # each "System RAM" of /proc/iomem, end not included
    online: frozenset  # CPUs
    present: frozenset
    possible: frozenset
    offline: frozenset  # blocks of memory
    block_size: int
    uptime: float

    @property
    def ram(self):
        return joined(self.ranges)

    @property
    def offline_spans(self):
        return [(n * self.block_size, (n + 1) * self.block_size) for n in sorted(self.offline)]

    def inside(self, span):
        """How many bytes of it are RAM."""
        return size(self.ram) - size(without(self.ram, [span]))

    def blocks(self, span):
        return range(span[0] // self.block_size, span[1] // self.block_size)

    def has(self, span):
        """All of it is RAM and in use."""
        return any(start <= span[0] and span[1] <= end for start, end in self.ram) and not self.offline & set(self.blocks(span))

    def lacks(self, span):
        """None of it is RAM."""
        return not any(start < span[1] and span[0] < end for start, end in self.ram)


def numbers(text):
    """0-2,5 as the files of /sys have it."""
    found = set()
    for part in filter(None, text.strip().split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


@dataclass(frozen=True)
class Happened:
    """An event, and the machine before and after it."""
    word: str
    before: Seen
    after: Seen
    refused: str  # why it did not, or ""
    is_lacking: bool = False  # because this kernel was not built for it

    @property
    def came(self):
        return without(self.after.ram, self.before.ram)

    @property
    def went(self):
        return without(self.before.ram, self.after.ram)


class Running:
    def __init__(self, board, monitor, outcome):
        self.board, self.monitor, self.outcome = board, monitor, outcome
        self.dimms = {}  # number, in the order in which they came -> (start, end)
        self.cpu_devices = {}  # id -> the CPUs that came with it
        self.seen = self.first_ram = None  # that before any event
        self._dimms_so_far = self._devices_so_far = 0
        self._first_event = 0  # of QEMU's events, which may be about the event that is going on

    def begin(self):
        """New memory goes to the zone of movable memory, so that it can go again; programs get their pages of it first."""
        yield "echo online_movable 2>/dev/null >/sys/devices/system/memory/auto_online_blocks"
        yield "features"
        yield from self.look()

    def carry_out(self, event):
        """Makes an event happen, and waits for it; its Happened is the generator's value."""
        before, refused, is_lacking = self.seen, "", False
        self._first_event = len(self.monitor.events)
        try:
            if event.kind in NEEDS and not self.has_feature(event.kind):
                raise Lacking(f"this kernel has no {NEEDS[event.kind]}")
            yield from event.carry_out(self)
        except Refused as why:
            refused, is_lacking = str(why), isinstance(why, Lacking)
            yield from self.look()
        return Happened(event.word, before, self.seen, refused, is_lacking)

    def has_feature(self, kind):
        return {"block": "memory"}.get(kind, kind) in self.outcome.values("feature")

    # What the kernel says

    def look(self):
        yield "state"
        value = self.outcome.value
        spans = [word.split("-") for word in (value("state-ram") or "").split()]
        offline = (value("state-offline") or "").split()
        self.seen = Seen(
            [(int(first, 16), int(last, 16) + 1) for first, last in spans], numbers(value("state-online")), numbers(value("state-present")),
            numbers(value("state-possible")), frozenset(int(path.split("/")[-2].removeprefix("memory")) for path in offline),
            int(value("state-block-size") or "8000000", 16), float(value("state-uptime")))
        self.first_ram = self.first_ram or self.seen.ram

    def until(self, happened, otherwise, device=None):
        """Looks until it has happened. Refused after a while, or when QEMU has heard from the guest that the device stays."""
        deadline = time.monotonic() + LONGEST
        while True:
            yield from self.look()
            if happened(self.seen):
                return
            if device and (why := self._stays(device)):
                raise Refused(why)
            if time.monotonic() > deadline:
                raise Refused(f"{otherwise} after {LONGEST} s")
            yield "sleep 0.1"

    def put(self, path, text):
        """Writes a file of /sys."""
        refusals = len(self.outcome.values("refused"))
        yield f"put {path} '{text}'"
        said = self.outcome.values("refused")[refusals:]
        if said:
            raise Refused(f"{path}: {said[0].split(': ')[-1]}")

    # What QEMU says

    def ask(self, command, **arguments):
        try:
            return self.monitor(command, **arguments)
        except RuntimeError as error:
            raise Refused(f"QEMU: {error}") from error

    def was_deleted(self, device):
        return any(name == "DEVICE_DELETED" and data.get("device") == device for name, data in self.monitor.events[self._first_event:])

    def _stays(self, device):
        for name, data in self.monitor.events[self._first_event:]:
            if name in ("MEM_UNPLUG_ERROR", "DEVICE_UNPLUG_GUEST_ERROR") and data.get("device") == device:
                return f"the guest did not let go of it: {data.get('msg', name)}"
            info = data.get("info", {})
            if name == "ACPI_DEVICE_OST" and info.get("device") == device and info["source"] in EJECT_REQUEST \
                    and info["status"] not in IN_PROGRESS:
                return f"the guest did not eject it: _OST status {info['status']:#x}"
        return None

    def memory_devices(self):
        """What QEMU has put where: id -> its data."""
        return {entry["data"]["id"]: entry["data"] for entry in self.ask("query-memory-devices")}

    def dimm_span(self, device):
        data = self.memory_devices()[device]
        return data["addr"], data["addr"] + data["size"]

    @property
    def virtio(self):
        """Its data: size, requested-size and max-size among it."""
        return self.memory_devices()[VIRTIO_MEM_ID]

    @property
    def virtio_span(self):
        """All memory that it may take."""
        return self.virtio["memaddr"], self.virtio["memaddr"] + self.virtio["max-size"]

    def ask_virtio(self, size):
        self.ask("qom-set", path=VIRTIO_MEM, property="requested-size", value=size)

    # Numbers for what comes

    def next_dimm(self):
        self._dimms_so_far += 1
        return self._dimms_so_far

    def next_cpu_device(self):
        self._devices_so_far += 1
        return f"cpu-{self._devices_so_far}"

    def has_cpu(self, device):
        return any(cpu.get("qom-path") == f"/machine/peripheral/{device}" for cpu in self.ask("query-hotpluggable-cpus"))

    def free_cpu(self):
        """The first CPU, or core, that could come: (driver, properties), or None."""
        if self._devices_so_far == self.board.cpus_to_come:
            return None
        free = [cpu for cpu in self.ask("query-hotpluggable-cpus") if "qom-path" not in cpu]
        return min(((cpu["type"], cpu["props"]) for cpu in free), key=lambda found: list(found[1].values()), default=None)

    @property
    def hot_size(self):
        """How much memory came and is there, virtio-mem's included."""
        virtio = 0 if "virtio" in self.board.lacks else self.virtio["size"]
        return sum(end - start for start, end in self.dimms.values()) + virtio

    def hot_blocks(self):
        """Blocks of DIMMs, in use or not."""
        return [block for span in self.dimms.values() for block in self.seen.blocks(span)]
