"""What must be true of the loaded image after an event, and of the dump after the crash. Nothing here believes the loader: RAM is what
the kernel's /proc/iomem and QEMU say, and it is held against the ranges that stand in the header."""
from dataclasses import dataclass, field

from ..expectations import by_decompressor, cpu_notes, facts, ranges, reported_ranges
from ..spans import covers, joined, text, without


@dataclass
class Verdict:
    wrong: list = field(default_factory=list)
    known: list = field(default_factory=list)  # names of known defects that were seen, as they had to be

    @property
    def passes(self):
        return not self.wrong


def names(spans):
    return ", ".join(map(text, spans))


def machine_itself(running):
    """The kernel's RAM against QEMU's memory: what came is there, and nothing else is."""
    first, hot = running.first_ram, list(running.dimms.values())
    virtio = [] if "virtio" in running.board.lacks else [running.virtio_span]
    wrong = [f"{text(span)} is in a DIMM and not RAM" for span in without(hot, running.seen.ram)]
    more = without(running.seen.ram, [*first, *hot, *virtio])
    wrong += [f"{text(span)} is RAM and in no DIMM" for span in more]
    if virtio and running.seen.inside(virtio[0]) < running.virtio["size"]:
        wrong.append(f"of virtio-mem's {running.virtio['size'] >> 20} MiB only {running.seen.inside(virtio[0]) >> 20} are RAM")
    return wrong


def memory_described(described, running, regions, stale):
    """The ranges that a header has against the machine. What is offline, the crash kernel's own and what no dump has may stand in it."""
    either = joined([*regions, *running.board.machine.never_dumped, *running.seen.offline_spans])
    missing = without(running.seen.ram, [*described, *either])
    more = without(described, [*running.seen.ram, *either])
    known, wrong = stale.described(more)
    return Verdict([f"{text(span)} is missing from the elfcorehdr" for span in missing] + wrong, known)


def header(described, notes, running, outcome, stale):
    """The header alone."""
    verdict = memory_described(described, running, reported_ranges(outcome, "crash-regions"), stale)
    if notes < len(running.seen.present) + 1:
        verdict.wrong.append(f"{notes} notes, {len(running.seen.present)} CPUs and VMCOREINFO need one each")
    return verdict


def image(inspected, status, running, outcome, stale, must_be_intact):
    """What `swkexec inspect` read back, after an event."""
    if inspected is None:
        said = " ".join(outcome.values("inspect-said")[-1:])
        return Verdict([f"the image cannot be inspected: {said or f'status {status}'}"])
    if inspected["elfcorehdr"] is None:
        return Verdict(texts(inspected["findings"]) or ["no elfcorehdr was found"])
    described, regions = spans(inspected["elfcorehdr"]["memory"]), reported_ranges(outcome, "crash-regions")
    verdict = header(described, inspected["elfcorehdr"]["notes"], running, outcome, stale)
    if inspected["intact"] is not True and (must_be_intact or inspected["intact"] is False):
        verdict.wrong.append("the image is not intact")
    verdict.wrong += texts(finding for finding in inspected["findings"] if not finding["id"].startswith("memory-"))
    # Both look at the same memory: where they do not agree, one of them is wrong.
    verdict.wrong += disagreements(inspected["findings"], described, running, regions)
    return verdict


def disagreements(findings, described, running, regions):
    mine = {
        "memory-missing": without(running.seen.ram, [*described, *regions, *running.board.machine.never_dumped]),
        "memory-gone": without(described, [*running.seen.ram, *regions, (0, 1 << 20)]),
    }
    found = []
    for kind, expected in mine.items():
        said = joined(spans(finding for finding in findings if finding["id"] == kind))
        if said != joined(expected):
            found.append(f"inspect says {kind} of {names(said) or 'nothing'}, the bench finds {names(joined(expected)) or 'nothing'}")
    return found


def texts(findings):
    return [finding["text"] for finding in findings]


def spans(entries):
    return joined((int(e["start"], 16), int(e["start"], 16) + e["memorySize"]) for e in entries)


def dumped(outcome, marked):
    """What the dump was, in words."""
    found = joined(ranges(outcome))
    size = sum(end - start for start, end in found) >> 20
    last = f", {marked[1]} marked pages of {text(marked[0])}" if marked else ", nothing of memory that came"
    return f"purgatory silent; {size} MiB in {len(found)} ranges, registers of {cpu_notes(outcome)} CPUs{last}"


def crash(running, outcome, stale, banner, marked):
    """The dump against the machine at its last moment. `marked`: (range, pages) of the memory that came last, or None."""
    if outcome.panic is None:
        return Verdict([f"no panic was seen ({outcome.end})"])
    said = [line for line in outcome.between_kernels if not line.startswith(banner) and not by_decompressor(line)]
    wrong = [f"purgatory said: {' | '.join(said)[:300]}"] if said else []
    if outcome.capture_kernel is None:
        return Verdict([*wrong, f"the capture kernel did not start ({outcome.end}; {outcome.registers})"])
    if outcome.value("end", "capture") is None or not ranges(outcome):
        return Verdict([*wrong, f"the capture kernel did not read /proc/vmcore to its end ({outcome.end})"])
    verdict = memory_described(joined(ranges(outcome)), running, reported_ranges(outcome, "crash-regions"), stale)
    wrong += [what.replace("the elfcorehdr", "/proc/vmcore") for what in verdict.wrong]
    if not any(v.startswith("vmcoreinfo OSRELEASE=") for v in outcome.values("vmcore", "capture")):
        wrong.append("/proc/vmcore has no VMCOREINFO")
    if cpu_notes(outcome) != len(running.seen.online):
        wrong.append(f"/proc/vmcore has the registers of {cpu_notes(outcome)} CPUs, {len(running.seen.online)} were online")
    if marked:
        span, pages = marked
        found, first = next(iter(facts(outcome, "vmcore", "capture", "marker")), ("0", "0"))
        if int(found) != pages or not covers([span], (int(first, 16), int(first, 16) + 1)):
            wrong.append(f"{pages} pages of {text(span)} were marked, {found} were read back, the first at {first}")
    return Verdict(wrong, verdict.known)
