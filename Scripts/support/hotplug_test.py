#!/usr/bin/env python3
"""Does a crash image stay right while memory and CPUs come and go? Scripts/hotplug-test [OPTIONS]

Boots a machine in QEMU, loads a crash image, makes one event after the other happen, reads the image back after each, crashes the
machine and compares the dump with it. Without options: every event once, x86_64, the newest kernel, swkexec. Tests/VM/Hotplug.md explains
it. The exit status is 0 when all was right, 1 when something was not, 2 when it could not be run.
"""
import argparse
import dataclasses
import shlex
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests/VM"))

from vmtest import accelerator, fetch, loader, processes, qemu  # noqa: E402
from vmtest.case import Failure, Lab  # noqa: E402
from vmtest.guest import EmulatorFailure  # noqa: E402
from vmtest.hotplug import bench, defects, events, reports, shrink  # noqa: E402
from vmtest.hotplug.boards import BOARDS, X86_64_BOARD  # noqa: E402
from vmtest.pieces import Pieces  # noqa: E402

WRONG, NOT_RUN = 1, 2


class CannotRun(Exception):
    pass


def say(line):
    print(line, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", default=X86_64_BOARD.name, choices=list(BOARDS), help="the guest's architecture (%(default)s)")
    parser.add_argument("--kernel", default="7.x", metavar="NAME|FILE", help="one of Debian's, 6.12 or 7.x, or a bzImage or vmlinux of "
                        "your own (%(default)s); it is the capture kernel, too")
    parser.add_argument("--events", metavar="WORDS", help="these, one after the other; --list shows them all")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="so many events, drawn from those that are possible")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="what they are drawn by (%(default)s)")
    parser.add_argument("--shrink", action="store_true", help="after a failure, find the shortest beginning that still fails")
    parser.add_argument("--loader", default="swkexec", metavar="NAME|FILE", help="swkexec, built from here; kexec-tools, Debian's newest; or "
                        "a static program with the command line of either (%(default)s)")
    parser.add_argument("--call", default="-c", choices=["-c", "-s", "-a"], help="kexec_load, kexec_file_load, or whichever works (%(default)s)")
    parser.add_argument("--options", default="--hotplug", metavar="WORDS", help="of the load (%(default)s)")
    parser.add_argument("--append", default="", metavar="WORDS", help="to the first kernel's command line")
    parser.add_argument("--service", action="store_true", help="the units of Systemd/ load, and load again where that is needed (swkexec alone)")
    parser.add_argument("--efi", action="store_true", help="boot by EFI firmware")
    parser.add_argument("--inspect-every", type=int, default=0, metavar="N", help="inspect the image after each N-th event and the last one, "
                        "and read its header alone after the others (each event; where swkexec is emulated in the guest, each tenth)")
    parser.add_argument("--mended", action="append", default=[], choices=list(defects.EXPLANATION), help="a known defect that your kernel "
                        "does not have any more")
    parser.add_argument("--report", metavar="FILE", help="write the results as JSON")
    parser.add_argument("--junit", metavar="FILE", help="write them as JUnit's XML")
    parser.add_argument("--accel", default="auto", choices=accelerator.CHOICES, help="KVM or emulation (%(default)s: KVM where it can be used)")
    parser.add_argument("--keep", action="store_true", help="keep the logs, also when all was right")
    parser.add_argument("--newest", action="store_true", help="take the newest packages, not those of Tests/VM/versions.lock")
    parser.add_argument("--list", action="store_true", help="explain the events and the known defects, and end")
    return parser


def show_list():
    for kind in events.KINDS:
        say(kind.explanation)
        for board in BOARDS.values():
            if kind.kind in board.lacks:
                say(f"    not on {board.name}: {board.lacks[kind.kind]}")
    say("\nknown defects of kernels, which are expected:")
    for name, text in defects.EXPLANATION.items():
        say(f"    {name}: {text}")


def task_of(options):
    board = BOARDS[options.machine]
    if options.events is not None and options.random:
        raise CannotRun("--events and --random cannot be given together")
    if options.random < 0:
        raise CannotRun(f"--random={options.random}: a number of events is wanted")
    words = [] if options.random else (board.every_event if options.events is None else options.events).split()
    for word in words:
        try:
            events.event(word, board)
        except events.Unknown as error:
            raise CannotRun(str(error)) from error
    if options.service and options.loader == "kexec-tools":
        raise CannotRun("--service: the units of Systemd/ load by swkexec")
    kernel = options.kernel
    if kernel not in board.machine.kernels:
        kernel = Path(options.kernel).absolute()
        if not kernel.is_file():
            raise CannotRun(f"--kernel={options.kernel}: neither a file nor one of {', '.join(board.machine.kernels)}")
    if options.efi and board.machine.firmware is None:
        raise CannotRun(f"--efi: there is no EFI firmware for {board.name}")
    machine = dataclasses.replace(board.machine, command_line=f"{board.machine.command_line} {options.append}".strip())
    return bench.Task(
        dataclasses.replace(board, machine=machine), kernel, tuple(words), options.random, options.seed, options.options, options.call,
        options.efi, options.append, inspect_every=max(0, options.inspect_every), mended=tuple(options.mended), under_service=options.service)


def built():
    """swkexec, static: the loader, and what reads the images of others back."""
    answer = subprocess.run([ROOT / "Scripts/build-static"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if answer.returncode != 0:
        raise CannotRun(answer.stderr + "swkexec could not be built")
    return answer.stdout.strip()


def lab_of(task, options):
    log = (lambda line: None)
    pieces = Pieces(task.board.machine, fetch.Fetcher(log, say, newest=options.newest))
    chosen = None if options.loader == "swkexec" else loader.named(options.loader, pieces)
    inspector = chosen if chosen and chosen.is_swkexec else loader.named(built(), pieces)
    chosen = chosen or inspector
    acceleration = accelerator.chosen(options.accel, lambda: qemu.try_kvm(pieces))
    say(acceleration.summary)
    lab = Lab(f"hotplug-test-{task.board.name}", pieces, chosen, acceleration, log, inspector)
    lab.begin()
    return lab


def run(task, lab, loader_name):
    result = bench.run(lab, task, lambda step: say(reports.line(step)))
    result.loader = loader_name
    say(reports.crash_line(result))
    return result


def find_shortest(task, result, lab, options):
    words = [step.word for step in result.steps if step.number]

    def fails(count):
        say(f"\nonce more, {count} events")
        return not run(shrink.beginning(task, words, count), lab, options.loader).passes

    count = shrink.shortest(result, fails)
    if count is None:
        say("what failed did not fail again")
    else:
        say(f"\nthe shortest beginning that fails has {count} events: --events={shlex.quote(' '.join(words[:count]))}")


def words_of_qemu(lab):
    """Where it did not like the kernel, for instance."""
    said = (lab.folder / "qemu.err") if lab else None
    lines = said.read_text(errors="replace").splitlines() if said and said.exists() else []
    return f"; QEMU says: {lines[-1]}" if lines else f"; logs in {lab.folder}" if lab else ""


def main():
    options = arguments().parse_args()
    if options.list:
        show_list()
        return 0
    processes.end_all_at_interrupt()
    lab = None
    try:
        task = task_of(options)
        drawn = f"{task.random} events by the seed {task.seed}" if task.is_storm else f"{len(task.words)} events"
        say(f"{task.board.name}, kernel {options.kernel}, {options.loader} {task.call} {task.options}: {drawn}")
        for kind in events.KINDS:
            if not task.is_storm and options.events is None and kind.kind in task.board.lacks:
                say(f"not on this machine: {kind.explanation.split(':')[0]}: {task.board.lacks[kind.kind]}")
        started = time.monotonic()
        lab = lab_of(task, options)
        result = run(task, lab, options.loader)
    except (CannotRun, bench.NotRun, Failure, EmulatorFailure, fetch.Unavailable, SystemExit) as why:
        print(f"not run: {why}{words_of_qemu(lab)}", file=sys.stderr)
        return NOT_RUN
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        return processes.INTERRUPTED
    for path, write in ((options.report, reports.as_json), (options.junit, reports.as_junit)):
        if path:
            Path(path).write_text(write(task, result))
    if not result.passes and options.shrink:
        find_shortest(task, result, lab, options)
    say(f"{reports.summary(result)} ({time.monotonic() - started:.0f} s)" + ("" if result.passes else f"; logs in {lab.folder}"))
    if result.passes and not options.keep:
        lab.discard_results()
    return 0 if result.passes else WRONG


if __name__ == "__main__":
    sys.exit(main())
