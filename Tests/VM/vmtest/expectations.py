"""What several tests expect of a crash."""
from .case import expect
from .spans import covers, joined, text, without

# How one knows the lines of the capture kernel's decompressor. Under EFI it says that it finds no place for physical KASLR.
DECOMPRESSOR = ("ecompress", "KASLR", "Invalid physical address chosen", "System halted", "Booting the kernel")


def by_decompressor(line):
    return any(words in line for words in DECOMPRESSOR)


def loaded(outcome):
    """The load succeeded and the kernel agrees."""
    said = "; ".join(outcome.values("load-said"))
    expect(outcome.value("load-status") == "0", f"the load ended with status {outcome.value('load-status')}: {said}")
    expect(outcome.value("crash-loaded") == "1", f"kexec_crash_loaded is {outcome.value('crash-loaded')} after the load")


def crashed(outcome):
    loaded(outcome)
    expect(outcome.panic is not None, f"no panic was seen ({outcome.end})")


def captured(outcome, loader):
    """The capture kernel came up without a word from purgatory and read a core with memory and VMCOREINFO in it."""
    crashed(outcome)
    said = [line for line in outcome.between_kernels if not line.startswith(loader.banner) and not by_decompressor(line)]
    expect(not said, f"not silent between the kernels: {' | '.join(said)[:300]}")
    expect(outcome.capture_kernel is not None, f"the capture kernel did not start ({outcome.end}; {outcome.registers})")
    core_read(outcome)


def core_read(outcome):
    """The capture kernel did its job on a core with memory and VMCOREINFO in it."""
    expect(outcome.value("end", "capture") is not None, f"the capture kernel did not finish its job ({outcome.end})")
    expect(ranges(outcome), "/proc/vmcore has no memory ranges")
    expect(any(v.startswith("vmcoreinfo OSRELEASE=") for v in outcome.values("vmcore", "capture")), "/proc/vmcore has no VMCOREINFO")
    unreadable = facts(outcome, "vmcore", "capture", "unreadable")
    expect(not unreadable, f"/proc/vmcore cannot be read at {unreadable}")


def efi_handed_over(outcome):
    """The capture kernel found the firmware's tables, SMBIOS among them, and a runtime map that it believes."""
    lines = [line for _, line in outcome.console[outcome.capture_kernel:] if " efi: " in line]
    expect(any("EFI v" in line for line in lines), "the capture kernel did not find the EFI system table")
    wrong = [line for line in lines if "Invalid" in line or "Could not" in line]
    expect(not wrong, f"the capture kernel does not believe the EFI runtime map: {wrong[:1]}")
    model, again = (next((line.split("DMI: ")[1] for _, line in outcome.console[start:] if "DMI: " in line), None)
                    for start in (0, outcome.capture_kernel))
    expect(model is not None and again == model, f"the first kernel finds in SMBIOS: {model}; the capture kernel: {again}")


def not_started(outcome):
    """No capture kernel, not even its decompressor: nothing but purgatory wrote on the console after the panic."""
    crashed(outcome)
    expect(outcome.capture_kernel is None, "the capture kernel was started")
    entered = [line for line in outcome.between_kernels if by_decompressor(line)]
    expect(not entered, f"the capture kernel was entered: {' | '.join(entered)[:200]}")


def facts(outcome, key, stage, first_word):
    """The words after `first_word` of each report line that begins with it."""
    return [v.split()[1:] for v in outcome.values(key, stage) if v.split()[:1] == [first_word]]


def ranges(outcome):
    """The physical ranges of /proc/vmcore, end not included."""
    return [(int(s, 16), int(e, 16)) for s, e in facts(outcome, "vmcore", "capture", "range")]


def reported_ranges(outcome, key):
    """A job's report of ranges as /proc/iomem has them, FIRST-LAST: neighbours joined, end not included."""
    spans = ((int(first, 16), int(last, 16) + 1) for first, last in (word.split("-") for word in (outcome.value(key) or "").split()))
    return joined(spans)


def happened(outcome):
    """The events that the job asked for, each of which took place."""
    for event in outcome.happened:
        expect(not event.refused, f"{event.word}: {event.refused}")
    return outcome.happened


def new_ram(outcome):
    """The range that the first event brought which brings memory, end not included."""
    found = [came for event in happened(outcome) if event.word.startswith("memory+") and (came := event.came)]
    expect(found and len(found[0]) == 1, f"one range was to come: {[text(span) for spans in found for span in spans] or 'none came'}")
    return found[0][0]


def memory_covered(outcome):
    """Every byte of RAM that the machine had when the image was loaded, save the crash kernel's own, is in /proc/vmcore. Returns how
    many MiB that is."""
    regions, ram, found = reported_ranges(outcome, "crash-regions"), reported_ranges(outcome, "ram"), joined(ranges(outcome))
    expect(regions and ram, "the guest reported no crash region or no RAM")
    wanted = without(ram, [*regions, *outcome.machine.never_dumped])
    for span in wanted:
        expect(covers(found, span), f"{text(span)} of RAM is not in /proc/vmcore, which has {', '.join(map(text, found))}")
    return sum(end - start for start, end in wanted) >> 20


def cpu_notes(outcome):
    """How many CPUs' registers /proc/vmcore has."""
    return facts(outcome, "vmcore", "capture", "note").count(["CORE", "1", str(outcome.machine.prstatus_size)])
