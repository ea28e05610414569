"""A machine that plays the guest and QEMU of the hotplug bench, and obeys at once. Its loaded image is as right as it is told to be."""
import json
import re

from vmtest.expectations import joined, without
from vmtest.guest import Outcome
from vmtest.hotplug.boards import VIRTIO_MEM_ID

MIB, GIB = 1 << 20, 1 << 30
BLOCK = 128 * MIB
RAM, REGION = (1 * MIB, 2 * GIB), (1 * GIB, 1 * GIB + 256 * MIB)
HOT_START = 4 * GIB


class Machine:
    """`keeps`: the kernel rewrites the header at events. `keeps_what_went`: and leaves in it what an event removed, as x86 does. `refuses`
    an event's QEMU command. `has` what the kernel was built with."""

    def __init__(self, board, keeps=True, keeps_what_went=True, refuses=(), has=("virtio", "memory")):
        self.has = has
        self.board, self.keeps, self.keeps_what_went, self.refuses = board, keeps, keeps_what_went, refuses
        self.outcome, self.events = Outcome(board.machine), []
        self.sizes, self.dimms = {}, {}
        self.offline, self.cpus, self.online = set(), {0, 1}, {0, 1}
        self.cpu_devices = {0: "boot", 1: "boot"}
        self.virtio = 0
        self.described = self.ram()
        self.commands = []

    # QEMU

    def __call__(self, command, **arguments):
        if command in self.refuses:
            raise RuntimeError(f"{command}: not today")
        return getattr(self, command.replace("-", "_"))(**{name.replace("-", "_"): value for name, value in arguments.items()})

    def object_add(self, qom_type, id, size):
        self.sizes[id] = size

    def object_del(self, id):
        del self.sizes[id]

    def device_add(self, driver, id, memdev=None, **properties):
        if driver != "pc-dimm":
            self.cpus.add(properties["core_id"])
            self.cpu_devices[properties["core_id"]] = id
            return self.cpu_changed()
        size = self.sizes[memdev]
        start = HOT_START + GIB  # virtio-mem comes first
        while any(first < start + size and start < last for first, last in self.dimms.values()):
            start += BLOCK
        self.dimms[id] = start, start + size
        return self.memory_changed()

    def device_del(self, id):
        self.events.append(("DEVICE_DELETED", {"device": id}))
        if id in self.dimms:
            first, last = self.dimms.pop(id)
            blocks = set(range(first // BLOCK, last // BLOCK))
            goes_offline, self.offline = blocks - self.offline, self.offline - blocks
            return self.memory_changed([(first, last)]) if goes_offline else None
        self.cpus = {cpu for cpu in self.cpus if self.cpu_devices[cpu] != id}
        self.online &= self.cpus
        return None

    def query_memory_devices(self):
        found = [{"data": {"id": id, "addr": first, "size": last - first}} for id, (first, last) in self.dimms.items()]
        return [*found, {"data": {"id": VIRTIO_MEM_ID, "memaddr": HOT_START, "size": self.virtio, "requested-size": self.virtio,
                                  "max-size": GIB}}]

    def query_hotpluggable_cpus(self):
        return [{"type": "cpu", "props": {"core_id": cpu}, **({"qom-path": f"/machine/peripheral/{self.cpu_devices[cpu]}"}
                if cpu in self.cpus else {})} for cpu in (3, 2, 1, 0)]

    def qom_set(self, path, property, value):
        gone = [(HOT_START + value, HOT_START + self.virtio)] if value < self.virtio else []
        self.virtio = value
        self.memory_changed(gone)

    # The kernel

    def ram(self):
        virtio = [(HOT_START, HOT_START + self.virtio)] if self.virtio else []
        return joined([RAM, *virtio, *self.dimms.values()])

    def memory_changed(self, gone=()):
        if self.keeps:
            self.described = joined([*self.ram(), *(gone if self.keeps_what_went else ())])

    def cpu_changed(self):
        pass

    def obey(self, command):
        self.commands.append(command)
        word, *rest = command.split(" ", 2)
        getattr(self, word)(*rest)

    def report(self, key, value):
        self.outcome.reports.append((0, "first", key, value))

    def echo(self, *words):
        pass

    def features(self):
        for feature in self.has:
            self.report("feature", feature)

    def load(self, *options):
        for key, value in {"load-status": "0", "crash-loaded": "1", "memory-crash-hotplug": "1", "cpu-crash-hotplug": "1"}.items():
            self.report(key, value)
        self.report("crash-regions", f"{REGION[0]:x}-{REGION[1] - 1:x}")

    def state(self):
        self.report("state-ram", " ".join(f"{first:x}-{last - 1:x}" for first, last in self.ram()))
        for key, cpus in (("online", self.online), ("present", self.cpus), ("possible", {0, 1, 2, 3})):
            self.report(f"state-{key}", ",".join(map(str, sorted(cpus))))
        self.report("state-offline", " ".join(f"/sys/devices/system/memory/memory{block}/state" for block in sorted(self.offline)))
        self.report("state-block-size", f"{BLOCK:x}")
        self.report("state-uptime", "1.0")

    def put(self, path, value):
        number, value = int(re.search(r"(\d+)/", path)[1]), value.strip("'")
        if path.endswith("online"):
            (self.online.add if value == "1" else self.online.discard)(number)
        else:
            (self.offline.add if value == "offline" else self.offline.discard)(number)
            self.memory_changed()

    def read_back(self):
        wanted = without(self.ram(), [REGION])
        missing, gone = without(wanted, self.described), without(self.described, [*self.ram(), REGION])
        spans = lambda found: [{"start": hex(first), "memorySize": last - first} for first, last in found]  # noqa: E731
        findings = [{"id": "memory-missing", "text": "missing", **span} for span in spans(missing)]
        findings += [{"id": "memory-gone", "text": "gone", **span} for span in spans(gone)]
        self.report("inspect-status", "1" if findings else "0")
        self.report("inspected", json.dumps({
            "intact": True, "findings": findings,
            "elfcorehdr": {"start": "0x7000", "memory": spans(without(self.described, [REGION])), "notes": 5}}))

    def read_header(self, start):
        self.report("header", f"header {5 + len(self.described)}")
        for first, last in without(self.described, [REGION]):
            self.report("header", f"range {first:#x} {last:#x}")

    def mark(self, *arguments):
        self.report("marked", "marked 4096")

    def sleep(self, seconds):
        raise AssertionError("this machine obeys at once")

    def crash(self, *cpu):
        pass
