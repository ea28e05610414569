"""The events: how each is written, what it does, when it can be drawn. Each waits until the kernel has carried it out, or is Refused."""
import re
import time

from .boards import GIB, MIB
from .running import NEEDS, Refused

HOT_LIMIT = 1280 * MIB  # what storms add at most: all of it is filled at the end, until the memory that came last is reached
CPUS_AT_ONCE = 2  # that came, and are there
SETTLES = 5  # seconds after which virtio-mem's driver has done what it could
SIZES = {"M": MIB, "G": GIB}


class Unknown(Exception):
    """A word that is no event, or one that this machine does not know."""


def size_of(text):
    return int(text[:-1]) * SIZES[text[-1]]


def text_of(size):
    return f"{size // GIB}G" if size % GIB == 0 else f"{size // MIB}M"


class Event:
    """`word` is how it is written, `argument` what of it is free, None where it was left to the bench."""
    kind, pattern, explanation = "", r"", ""
    changes_memory, brings_memory = True, False
    removes_memory = False

    def __init__(self, argument=None):
        self.argument = argument

    @property
    def word(self):
        return self.spelling.format("" if self.argument is None else self.argument)

    def carry_out(self, on):
        raise NotImplementedError

    @classmethod
    def drawn(cls, on, random):
        """One that is possible now, or None."""
        raise NotImplementedError


class MemoryComes(Event):
    kind, spelling, pattern = "memory", "memory+{}", r"memory\+(\d+[MG])"
    explanation = "memory+SIZE: a DIMM comes (device_add), by ACPI or on POWER by its dynamic reconfiguration connectors (DRC), and all of its " \
                  "blocks are brought online as movable memory"
    brings_memory = True

    def carry_out(self, on):
        number = on.next_dimm()
        on.ask("object-add", **{"qom-type": "memory-backend-ram", "id": f"memory-{number}", "size": size_of(self.argument)})
        on.ask("device_add", driver="pc-dimm", id=f"dimm-{number}", memdev=f"memory-{number}")
        span = on.dimms[number] = on.dimm_span(f"dimm-{number}")
        yield from on.until(lambda seen: seen.has(span), "it is not in use")

    @classmethod
    def drawn(cls, on, random):
        size = on.board.granule * random.choice((1, 2, 3))
        possible = len(on.dimms) < on.board.dimms and on.hot_size + size <= HOT_LIMIT
        return cls(text_of(size)) if possible else None


class MemoryGoes(Event):
    kind, spelling, pattern = "memory", "memory-{}", r"memory-(\d+)?"
    explanation = "memory-, memory-N: the DIMM that came last, or the N-th that came, is asked for (device_del), and the guest ejects it"
    removes_memory = True

    def carry_out(self, on):
        if not on.dimms:
            raise Refused("no DIMM came that could go")
        number = int(self.argument or list(on.dimms)[-1])
        if number not in on.dimms:
            raise Refused(f"DIMM {number} is not there")
        span, device = on.dimms[number], f"dimm-{number}"
        on.ask("device_del", id=device)
        yield from on.until(lambda seen: seen.lacks(span) and on.was_deleted(device), "it is still there", device)
        del on.dimms[number]
        on.ask("object-del", id=f"memory-{number}")

    @classmethod
    def drawn(cls, on, random):
        return cls(random.choice(list(on.dimms))) if on.dimms else None


class Block(Event):
    kind = "block"

    def _chosen(self, on, choose, possible):
        if self.argument is not None:
            return int(self.argument)
        if not possible:
            raise Refused("no such block of memory that came")
        return choose(possible)


class BlockGoesOffline(Block):
    spelling, pattern = "block{}-", r"block(\d+)?-"
    explanation = "block-, blockN-: the last block of memory that came, or block N, goes offline; it stays RAM that is not in use"

    def carry_out(self, on):
        block = self._chosen(on, max, [b for b in on.hot_blocks() if b not in on.seen.offline])
        yield from on.put(f"/sys/devices/system/memory/memory{block}/state", "offline")
        yield from on.until(lambda seen: block in seen.offline, f"block {block} is still online")

    @classmethod
    def drawn(cls, on, random):
        possible = [block for block in on.hot_blocks() if block not in on.seen.offline]
        return cls(random.choice(possible)) if possible else None


class BlockComesOnline(Block):
    spelling, pattern = "block{}+", r"block(\d+)?\+"
    explanation = "block+, blockN+: the first block that is offline, or block N, comes online again"

    def carry_out(self, on):
        block = self._chosen(on, min, sorted(on.seen.offline))
        yield from on.put(f"/sys/devices/system/memory/memory{block}/state", "online_movable")
        yield from on.until(lambda seen: block not in seen.offline, f"block {block} is still offline")

    @classmethod
    def drawn(cls, on, random):
        possible = sorted(on.seen.offline & set(on.hot_blocks()))
        return cls(random.choice(possible)) if possible else None


class Virtio(Event):
    kind = "virtio"

    def _resized(self, on, size):
        """The driver first tells the device, then adds and removes blocks of memory. Of a block that it cannot empty a part stays RAM that the
        kernel does not use."""
        if not 0 <= size <= on.virtio["max-size"]:
            raise Refused(f"virtio-mem cannot become {size // MIB} MiB large")
        span, since = on.virtio_span, []

        def is_done(seen):
            if on.virtio["size"] != size or seen.offline & set(seen.blocks(span)):
                return False
            since.append(time.monotonic())
            return seen.inside(span) == size or since[-1] - since[0] > SETTLES

        on.ask_virtio(size)
        yield from on.until(is_done, f"virtio-mem has not become {size // MIB} MiB large")


class VirtioGrows(Virtio):
    spelling, pattern = "virtio+{}", r"virtio\+(\d+[MG])"
    explanation = "virtio+SIZE: virtio-mem grows by so much"
    brings_memory = True

    def carry_out(self, on):
        yield from self._resized(on, on.virtio["requested-size"] + size_of(self.argument))

    @classmethod
    def drawn(cls, on, random):
        size = on.board.granule * random.choice((1, 2))
        possible = on.virtio["requested-size"] + size <= on.virtio["max-size"] and on.hot_size + size <= HOT_LIMIT
        return cls(text_of(size)) if possible else None


class VirtioShrinks(Virtio):
    spelling, pattern = "virtio-{}", r"virtio-(\d+[MG])"
    explanation = "virtio-SIZE: virtio-mem gives back so much"
    removes_memory = True

    def carry_out(self, on):
        yield from self._resized(on, on.virtio["requested-size"] - size_of(self.argument))

    @classmethod
    def drawn(cls, on, random):
        size = on.board.granule * random.choice((1, 2))
        return cls(text_of(size)) if on.virtio["requested-size"] >= size else None


class CPU(Event):
    kind, changes_memory = "cpu", False


class CPUGoesOffline(CPU):
    spelling, pattern = "cpu{}-", r"cpu(\d+)-"
    explanation = "cpuN-: CPU N is switched off"

    def carry_out(self, on):
        cpu = int(self.argument)
        yield from on.put(f"/sys/devices/system/cpu/cpu{cpu}/online", "0")
        yield from on.until(lambda seen: cpu not in seen.online, f"CPU {cpu} is still online")

    @classmethod
    def drawn(cls, on, random):
        possible = sorted(on.seen.online - {0})
        return cls(random.choice(possible)) if possible else None


class CPUComesOnline(CPU):
    spelling, pattern = "cpu{}+", r"cpu(\d+)\+"
    explanation = "cpuN+: CPU N is switched on again"

    def carry_out(self, on):
        cpu = int(self.argument)
        yield from on.put(f"/sys/devices/system/cpu/cpu{cpu}/online", "1")
        yield from on.until(lambda seen: cpu in seen.online, f"CPU {cpu} is still offline")

    @classmethod
    def drawn(cls, on, random):
        possible = sorted(on.seen.present - on.seen.online)
        return cls(random.choice(possible)) if possible else None


class CPUDeviceComes(CPU):
    spelling, pattern = "cpu+{}", r"cpu\+()"
    explanation = "cpu+: a CPU that was not there, on POWER a core, comes (device_add) and is brought online"

    def carry_out(self, on):
        free = on.free_cpu()
        if free is None:
            raise Refused(f"no CPU can come any more: {on.board.cpus_to_come} may in one boot, or all are there")
        device, before = on.next_cpu_device(), on.seen.present
        on.ask("device_add", driver=free[0], id=device, **free[1])
        on.cpu_devices[device] = frozenset()
        yield from on.until(lambda seen: seen.present > before, "it has not come")
        new = on.cpu_devices[device] = on.seen.present - before
        for cpu in sorted(new - on.seen.online):
            yield from on.put(f"/sys/devices/system/cpu/cpu{cpu}/online", "1")
        yield from on.until(lambda seen: new <= seen.online, "it is not online")

    @classmethod
    def drawn(cls, on, random):
        return cls() if len(on.cpu_devices) < CPUS_AT_ONCE and on.free_cpu() else None


class CPUDeviceGoes(CPU):
    spelling, pattern = "cpu-{}", r"cpu-()"
    explanation = "cpu-: the CPU, or core, that came last goes again (device_del)"

    def carry_out(self, on):
        if not on.cpu_devices:
            raise Refused("no CPU came that could go")
        device = list(on.cpu_devices)[-1]
        gone = on.cpu_devices[device]
        on.ask("device_del", id=device)
        yield from on.until(lambda seen: not gone & seen.present and not on.has_cpu(device), "it is still there", device)
        del on.cpu_devices[device]

    @classmethod
    def drawn(cls, on, random):
        return cls() if on.cpu_devices else None


KINDS = (MemoryComes, MemoryGoes, BlockGoesOffline, BlockComesOnline, VirtioGrows, VirtioShrinks,
         CPUGoesOffline, CPUComesOnline, CPUDeviceComes, CPUDeviceGoes)


def event(word, board):
    """The event that is written so; Unknown says what is wrong with it."""
    for kind in KINDS:
        found = re.fullmatch(kind.pattern, word)
        if found and kind.kind in board.lacks:
            raise Unknown(f"{word}: {board.lacks[kind.kind]}")
        if found:
            return kind(found[1] or None)
    raise Unknown(f"{word} is no event; --list shows them all")


def drawn(on, random):
    """One of those that are possible in the state that the machine is in: each kind is as probable as the others."""
    known = [kind for kind in KINDS if kind.kind not in on.board.lacks and (kind.kind not in NEEDS or on.has_feature(kind.kind))]
    possible = [found for kind in known if (found := kind.drawn(on, random))]
    return random.choice(possible)
