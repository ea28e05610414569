"""Kernels of the two multiboot specifications: loaded with modules, started without a shutdown, asked what they were given."""
import secrets

from vmtest import helpers
from vmtest.case import case, expect

ARGUMENTS = "console=ttyS0 a=b"
MODULES = {"module-1": "first one", "module-2": ""}
PAGE = 4096
# Types of both specifications' memory maps, by the kernel's names.
TYPES = {"System RAM": 1, "Reserved": 2, "ACPI Tables": 3, "ACPI Non-volatile Storage": 4}


def fnv(data):
    """FNV-1a, as guest/multiboot/kernel.c computes it."""
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def job():
    modules = " ".join(f'--module="/{name} {arguments}"' if arguments else f"--module=/{name}" for name, arguments in MODULES.items())
    return f"""
        for entry in /sys/firmware/memmap/*; do
            report memmap "$(cat $entry/start) $(cat $entry/end) $(cat $entry/type)"
        done
        run load $LOADER -l -c {modules} --append="{ARGUMENTS}" /multiboot-kernel
        report_file loaded /sys/kernel/kexec_loaded
        report executing
        sleep 0.2 # the report leaves the port first
        $LOADER -e
    """


def facts(outcome):
    """Key -> values of the lines that the kernel wrote."""
    found = {}
    for _, line in outcome.console:
        words = line.split(" ", 2)
        if words[0] == "multiboot" and len(words) > 1:
            found.setdefault(words[1], []).append(words[2] if len(words) > 2 else "")
    return found


def interval(text):
    start, last = (int(number, 16) for number in text.split("-"))
    return start, last + 1


def map_given(outcome):
    """The firmware's memory map as the first kernel had it."""
    entries = set()
    for value in outcome.values("memmap"):
        start, last, name = value.split(" ", 2)
        entries.add((int(start, 16), int(last, 16) + 1, TYPES.get(name, 2)))
    return entries


@case("multiboot-6.12", needs_swkexec=True, kernel="6.12", version=1, magic="0x2badb002")
@case("multiboot2-6.12", needs_swkexec=True, kernel="6.12", version=2, magic="0x36d76289")
@case("efi-multiboot2-6.12", needs_swkexec=True, kernel="6.12", version=2, magic="0x36d76289", efi=True)
def multiboot(lab, kernel, version, magic, efi=False):
    contents = {"module-1": secrets.token_bytes(5000), "module-2": b"\x7fELF" + secrets.token_bytes(4092)}
    outcome = lab.boot(kernel, job(), files={"multiboot-kernel": helpers.multiboot_kernel(version), **contents}, efi=efi)
    said = "; ".join(outcome.values("load-said"))
    expect(outcome.value("load-status") == "0", f"the load ended with status {outcome.value('load-status')}: {said}")
    expect(outcome.value("loaded") == "1", f"kexec_loaded is {outcome.value('loaded')} after the load")
    told = facts(outcome)
    expect("magic" in told, f"the kernel said nothing ({outcome.end}; {outcome.registers})")
    expect(told["magic"][0].split()[0] == magic, f"EAX was {told['magic'][0]}, {magic} expected")
    expect(told["state"] == ["cr0.pg 0 cr0.pe 1 eflags.if 0 cs 0x10 data good bss zero"], f"entered with {told['state']}")
    expect("end" in told, f"the kernel did not come to its end ({outcome.end})")
    expect(outcome.was_reset, f"the kernel did not reset the machine ({outcome.end})")

    expect(told["command-line"] == [f"/multiboot-kernel {ARGUMENTS}"], f"the command line is {told['command-line']}")
    expect(told["loader"] == ["swkexec"], f"the boot loader is {told['loader']}")
    seen = {(*interval(span), int(kind, 16)) for span, kind in (entry.split() for entry in told["map"])}
    expect(seen == map_given(outcome), f"the memory map is {sorted(seen)}, the firmware's {sorted(map_given(outcome))}")
    lower, upper = (int(size, 16) << 10 for size in told["memory"][0].split())
    expect((0, lower, 1) in {(s, e // 1024 * 1024, k) for s, e, k in seen}, f"mem_lower is {lower:#x}")
    expect((1 << 20, (1 << 20) + upper, 1) in seen, f"mem_upper is {upper:#x}")

    expect(len(told["module"]) == len(MODULES), f"{len(told['module'])} modules, {len(MODULES)} expected")
    places = []
    for line, (name, arguments) in zip(told["module"], MODULES.items()):
        span, _, digest, text = line.split(" ", 3)
        start, end = interval(span)
        expect(start % PAGE == 0 and end - start == len(contents[name]), f"{name} is at {span}, of {len(contents[name])} bytes")
        expect(int(digest, 16) == fnv(contents[name]), f"{name} has changed on its way: {digest}, not {fnv(contents[name]):#x}")
        expect(text == f"/{name} {arguments}".rstrip(), f"{name} comes with the text '{text}'")
        places.append((start, end))
    expect(places[0][1] <= places[1][0] or places[1][1] <= places[0][0], f"the modules overlap: {places}")

    start = int(told["start"][0], 16)
    if version == 1:
        expect(told["low"] == ["in low memory"], f"the part in low memory holds {told['low']}")
        where = "linked at 1 MiB with a part at 0x8000"
    else:
        base = int(told["base"][0], 16)
        expect(base == 32 << 20 and base < start < base + PAGE, f"loaded at {base:#x} and entered at {start:#x}, 32 MiB expected")
        # This kernel shows ACPI's memory in /dev/mem only below 1 MiB, where a BIOS has it.
        acpi = [] if efi else ["0xe RSDT"]
        expect(told.get("acpi", []) == acpi, f"of ACPI it was told {told.get('acpi')}")
        expect(("ACPI's root pointer" in said) == efi, f"the loader said: {said}")
        where = f"relocated to {base:#x}"
    return f"EAX {magic}, {where}, {len(seen)} ranges, {len(MODULES)} modules intact"
