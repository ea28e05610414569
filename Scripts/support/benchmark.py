#!/usr/bin/env python3
"""swkexec and Debian's newest kexec-tools side by side, in the same emulated guests: Scripts/benchmark [--runs=N] [--crashes=N] [--machine=NAME]

Emulation makes everything slower by the same factor: the ratios count, not the milliseconds. Nothing else should run meanwhile.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests/VM"))

import benchmark_crash  # noqa: E402
from figures import Goals, describe, say  # noqa: E402
from vmtest import fetch, loader, synthetic  # noqa: E402
from vmtest.accelerator import EMULATED  # noqa: E402
from vmtest.case import Lab  # noqa: E402
from vmtest.expectations import crashed  # noqa: E402
from vmtest.guest import Limits  # noqa: E402
from vmtest.machines.x86_64 import X86_64  # noqa: E402
from vmtest.pieces import Pieces  # noqa: E402

KERNEL = "6.12"
LOADERS = {"swkexec": "swkexec", "kexec-tools": "kexec"}  # name -> command in the guest
BIG_MEBIBYTES = 32

# One timed load after the other: both loaders in turn, so that what disturbs one disturbs the other.
LOAD_JOB = """
    dd if=/dev/urandom of=/tmp/big.img bs=1M count={big} 2>/dev/null
    timed() {{ # NAME COMMAND...
        name=$1; shift
        measure "$@" 3>/tmp/cost >/tmp/said 2>&1
        [ $? = 0 ] || report_lines failed /tmp/said
        report timed "$name $(cat /tmp/cost)"
    }}
    one_round() {{ # REPORT-PREFIX
        for loader in swkexec kexec; do
            for initrd in capture tmp/big; do
                for check in "" -i; do
                    timed "$1-$loader-${{initrd#tmp/}}$check" $loader -p -c --hotplug $check /vmlinuz --initrd=/$initrd.img --append="$CAPTURE_COMMAND_LINE"
                    kexec -p -u
                done
            done
            timed "$1-$loader-version" $loader --version
        done
    }}
    one_round warm
    for round in $(seq {runs}); do one_round run; done
    for loader in swkexec kexec; do
        for initrd in capture tmp/big; do
            intercept --log /tmp/intercepted -- $loader -p -c --hotplug /vmlinuz --initrd=/$initrd.img --append="$CAPTURE_COMMAND_LINE"
            report private $loader-${{initrd#tmp/}} $(grep rss-anon /tmp/intercepted)
            kexec -p -u
        done
    done
"""


def loads(lab, runs, goals):
    say(f"loading, {runs} runs each after a warm-up, in turn")
    outcome = lab.boot(KERNEL, LOAD_JOB.format(runs=runs, big=BIG_MEBIBYTES), limits=Limits(whole_run=600 + 60 * runs))
    if outcome.values("failed"):
        sys.exit(f"a load failed: {outcome.values('failed')}")
    costs = {}  # "loader-variant" -> figures of each run
    for value in outcome.values("timed"):
        name, *fields = value.split()
        when, _, variant = name.partition("-")
        if when == "run":
            costs.setdefault(variant, []).append({k: float(v) for k, v in (f.split("=") for f in fields)})
    walls = {name: [run["wall_ms"] for run in all_runs] for name, all_runs in costs.items()}
    small = lab.capture_image().stat().st_size / 1e6
    for variant, title, limit in (("capture", f"{small:.1f} MB initrd", 0.25), ("big", f"{BIG_MEBIBYTES} MiB initrd", 0.40),
                                  ("capture-i", f"{small:.1f} MB initrd, -i", 1.0), ("big-i", f"{BIG_MEBIBYTES} MiB initrd, -i", 1.0),
                                  ("version", "--version", None)):
        print(f"  {title}")
        for name, command in LOADERS.items():
            all_runs = costs[f"{command}-{variant}"]
            print(f"    {name:12} {describe(walls[f'{command}-{variant}'])}, user {statistics.median(r['user_ms'] for r in all_runs):.0f}, "
                  f"system {statistics.median(r['sys_ms'] for r in all_runs):.0f}, largest RSS {max(r['maxrss_kb'] for r in all_runs) / 1e3:.1f} MB")
        ratio = statistics.median(walls[f"swkexec-{variant}"]) / statistics.median(walls[f"kexec-{variant}"])
        if limit is None:
            print(f"    ratio {ratio:.3g}")
        else:
            goals.check(f"load time, {title}, swkexec / kexec-tools", ratio, limit)
    private = {v.split()[0]: int(v.split()[2]) * 1024 / 1e6 for v in outcome.values("private")}
    for name, megabytes in private.items():
        print(f"  private memory at kexec_load, {name}: {megabytes:.1f} MB")
    goals.check("RssAnon of swkexec", max(m for name, m in private.items() if name.startswith("swkexec")), 10, " MB")


def crash_paths(lab, cycles, goals):
    say(f"panic to the capture kernel's first line, {cycles} crashes each")
    times, work = {}, {}
    for cycle in range(cycles):
        for command in LOADERS.values():
            for check in ("", "-i"):
                outcome = lab.boot(KERNEL, f"LOADER={command}\n load --hotplug {check}\n crash", limits=Limits(at_capture_kernel=True))
                crashed(outcome)
                if outcome.capture_kernel is None:
                    sys.exit(f"{command} {check}: no capture kernel ({outcome.end})")
                times.setdefault((command, check), []).append(outcome.panic_to_capture_kernel * 1e3)
                work.setdefault((command, check), []).append((outcome.work["capture kernel"] - outcome.work["panic"]) * 1e3)
    cost, cost_in_work = {}, {}
    for name, command in LOADERS.items():
        with_check, without = times[command, ""], times[command, "-i"]
        cost[name] = statistics.median(with_check) - statistics.median(without)
        cost_in_work[name] = statistics.median(work[command, ""]) - statistics.median(work[command, "-i"])
        print(f"  {name}: {describe(with_check)}; with -i {describe(without)}; the check costs {cost[name]:.0f} ms, "
              f"{cost_in_work[name]:.0f} ms of processor time")
    # Other work on this machine disturbs the processor time of QEMU less than the clock.
    print(f"  ratio in processor time {cost_in_work['swkexec'] / cost_in_work['kexec-tools']:.3g}")
    goals.check("cost of the check in the crash path, swkexec / kexec-tools", cost["swkexec"] / cost["kexec-tools"], 0.25)


def planning(binary, lab, runs, goals):
    cpus, few, many = 8192, 3200, 32000
    say(f"planning on this machine for {cpus} CPUs and {few} or {many} memory ranges, {runs} runs each")
    medians = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in (few, many):
            root = Path(folder) / str(count)
            synthetic.write(root, cpus, count)
            command = [binary, f"--sysroot={root}", "-p", "-c", "--dry-run", f"--initrd={lab.capture_image()}",
                       "--append=console=ttyS0", lab.pieces.vmlinuz(KERNEL)]
            walls = []
            for _ in range(runs + 1):
                started = time.monotonic()
                answer = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                walls.append(time.monotonic() - started)
                if answer.returncode != 0:
                    sys.exit(f"planning failed: {answer.stderr.strip()}")
            medians[count] = statistics.median(walls[1:])  # the first one warmed the page cache
            print(f"  {count} ranges: {describe([w * 1e3 for w in walls[1:]])}")
    goals.check(f"planning time, {few} ranges", medians[few], 0.5, " s")
    goals.check(f"planning time, {many} / {few} ranges", medians[many] / medians[few], 12)


def on_x86_64(binary, options, goals):
    pieces = Pieces(X86_64, fetch.Fetcher(say, say))
    lab = Lab("benchmark", pieces, loader.named(binary, pieces), EMULATED, say)
    lab.begin()
    if options.runs:
        planning(binary, lab, options.runs, goals)
        loads(lab, options.runs, goals)
    if options.crashes:
        crash_paths(lab, options.crashes, goals)
    lab.discard_results()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="timed loads and plans; 0 leaves them out (%(default)s)")
    parser.add_argument("--crashes", type=int, default=7, help="crashes for each loader, with and without -i; 0 leaves them out (%(default)s)")
    parser.add_argument("--machine", choices=(X86_64.name, *benchmark_crash.MACHINES), help="measure on this machine alone")
    parser.add_argument("--swkexec", metavar="PATH", help="a static swkexec; built when not given")
    options = parser.parse_args()

    binary = options.swkexec or subprocess.run([ROOT / "Scripts/build-static"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    goals = Goals()
    if os.getloadavg()[0] > 1:
        say(f"this machine is busy (load {os.getloadavg()[0]:.1f}): the figures will scatter")
    if options.machine in (None, X86_64.name):
        on_x86_64(os.path.abspath(binary), options, goals)
    for name in benchmark_crash.MACHINES if options.crashes else ():
        if options.machine in (None, name):
            benchmark_crash.run(name, os.path.abspath(binary), options.crashes, goals)
    print(f"{len(goals.missed)} goals missed" + "".join(f"\n  {what}" for what in goals.missed))
    return 1 if goals.missed else 0


if __name__ == "__main__":
    sys.exit(main())
