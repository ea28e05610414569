"""What several tests expect of a crash."""
from .case import expect

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
    said = [line for line in outcome.between_kernels if line not in loader.banner and not by_decompressor(line)]
    expect(not said, f"not silent between the kernels: {' | '.join(said)[:300]}")
    expect(outcome.capture_kernel is not None, f"the capture kernel did not start ({outcome.end}; {outcome.registers})")
    expect(outcome.value("end", "capture") is not None, f"the capture kernel did not finish its job ({outcome.end})")
    expect(ranges(outcome), "/proc/vmcore has no memory ranges")
    expect(any(v.startswith("vmcoreinfo OSRELEASE=") for v in outcome.values("vmcore", "capture")), "/proc/vmcore has no VMCOREINFO")


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


def new_ram(outcome):
    """The range that the DIMM brought, end not included. /proc/iomem prints inclusive ends."""
    words = (outcome.value("new-ram") or "").split()
    expect(len(words) == 1, f"the DIMM brought the ranges {words or 'none'}, one was expected")
    start, last = (int(x, 16) for x in words[0].split("-"))
    return start, last + 1


def covers(found, wanted):
    return any(start <= wanted[0] and wanted[1] <= end for start, end in found)


def text(interval):
    return f"{interval[0]:#x}-{interval[1] - 1:#x}"
