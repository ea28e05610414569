#!/usr/bin/env python3
"""swkexec at work, in one emulated machine: Scripts/demo [--accel=auto|kvm|tcg] [--newest]

Loads a crash image with --hotplug, adds memory to the running machine, lets its kernel panic, and shows what the capture kernel
finds in /proc/vmcore: the new memory is there, although the image was loaded before it came.
"""
import argparse
import concurrent.futures
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests/VM"))

from vmtest import accelerator, fetch, loader, qemu  # noqa: E402
from vmtest.case import Failure, Lab  # noqa: E402
from vmtest.expectations import captured, covers, facts, new_ram, ranges, text  # noqa: E402
from vmtest.machines.x86_64 import X86_64  # noqa: E402
from vmtest.pieces import Pieces  # noqa: E402

KERNEL, MARKER = "6.12", "swkexec-demo"
STARTED = time.monotonic()

JOB = f"""
    run plan $LOADER -p -c --hotplug --dry-run --format=map /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
    load --hotplug
    event memory+256M
    event cpu1-
    event cpu1+
    fill 64 {MARKER}
    crash
"""

# What a report of the guest means to somebody who watches.
MEANINGS = {
    ("first", "kernel"): "the guest runs Linux {}",
    ("first", "load-status"): "swkexec -p -c --hotplug ended with status {}",
    ("first", "memory-crash-hotplug"): "the kernel says crash_hotplug = {}: it will keep the image up to date",
    ("first", "happened"): "event {}",
    ("first", "filled"): "a marker written into it: {} pages",
    ("first", "crashing"): "echo c >/proc/sysrq-trigger",
    ("capture", "kernel"): "the capture kernel is up: Linux {}",
    ("capture", "vmcore-size"): "/proc/vmcore is there, {} bytes",
}


def say(line):
    print(f"{time.monotonic() - STARTED:5.0f} s  {line}\n", end="", flush=True)  # one write: two threads speak at first


def show(stage, key, value):
    meaning = MEANINGS.get((stage, key))
    if meaning:
        say(meaning.format(value.removeprefix("filled ")))
    elif key == "plan-said":
        print(f"         {value}", flush=True)


def build():
    say("building swkexec, static")
    answer = subprocess.run([ROOT / "Scripts/build-static"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr + "swkexec could not be built")
    say("swkexec is built")
    return answer.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accel", default="auto", choices=accelerator.CHOICES, help="KVM or emulation (%(default)s: KVM where it can be used)")
    parser.add_argument("--newest", action="store_true", help="take the newest packages, not those of Tests/VM/versions.lock")
    options = parser.parse_args()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        binary = pool.submit(build)
        say("fetching QEMU, a kernel, tools")
        pieces = Pieces(X86_64, fetch.Fetcher(say, say, newest=options.newest))
        try:
            for bring in (lambda: pieces.qemu, lambda: pieces.vmlinuz(KERNEL), lambda: pieces.program("usr/sbin/kexec")):
                bring()
            acceleration = accelerator.chosen(options.accel, lambda: qemu.try_kvm(pieces))
        except fetch.Unavailable as error:
            sys.exit(str(error))
        say("everything is fetched")
        lab = Lab("demo", pieces, loader.named(binary.result(), pieces), acceleration, say)
    lab.begin()
    say(acceleration.summary)
    say("booting a guest; the plan, as it will print it:")
    try:
        outcome = lab.boot(KERNEL, JOB, capture_options=f"vmtest.marker={MARKER} vmtest.from=0x100000000", on_report=show)
        captured(outcome, lab.loader)
    except Failure as failure:
        sys.exit(f"the demo failed: {failure}; logs in {lab.folder}")
    wanted = new_ram(outcome)
    say("what /proc/vmcore describes:")
    for found in sorted(ranges(outcome)):
        print(f"         {text(found)}{'   <- plugged in after the load' if covers([found], wanted) else ''}")
    (pages, first), = facts(outcome, "vmcore", "capture", "marker")
    say(f"{pages} marked pages read back, the first at {first}")
    lab.discard_results()
    return 0 if covers(ranges(outcome), wanted) and int(pages) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
