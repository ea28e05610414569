"""The service and the udev rules of Systemd/ in a guest that systemd runs: a burst of hotplug events ends in one reload, or in none, and
what comes or goes is known to the image afterwards."""
from pathlib import Path

from vmtest import systemd
from tests.maps import exactly_dumped, text_of_size
from vmtest.case import case, expect
from vmtest.expectations import new_ram, ranges, text
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.x86_64 import X86_64

OURS = Path(__file__).resolve().parents[3] / "Systemd"
EVENTS = 20

# Where systemd takes over; what is left of the job is a unit of its own.
JOB = "mkdir -p /run; exec /lib/systemd/systemd --unit=burst.target --log-target=console"

UNITS = {
    "burst.target": "[Unit]\nDefaultDependencies=no\nWants=systemd-udevd.service swkexec-kdump.service burst.service\n",
    "burst.service": "[Unit]\nAfter=systemd-udevd.service swkexec-kdump.service\n[Service]\nType=oneshot\nExecStart=/bin/sh /burst\n",
}

# Counts what the service asks of it. What is only for the journal is left out where it takes an emulated program's time.
PROGRAM = """#!/bin/sh
echo "$*" >>/run/calls
export PATH=/bin:/sbin PLANNER="{planner}"
case $1 in -p) exec {command} "$@" ;; check) [ "{command}" = "{planner}" ] || exit 0 ;; esac
exec {planner} "$@"
"""

# What each job of burst.service begins with.
BEGIN = """
export PATH=/bin:/sbin STAGE=first
. /machine
exec 3<>$REPORT_PORT
. /functions

# loads KEY: how often something was loaded so far
loads() { report "$1" "$(grep -c '^-p .*vmlinuz' /run/calls)"; }

# Waits until udev has nothing to do and the throttle has ended, and the reload that it may have asked for.
quiet() {
    udevadm settle
    sleep 1
    while systemctl --quiet is-active swkexec-kdump-throttle.service || [ "$(systemctl is-active swkexec-kdump-throttle.service)" = activating ]; do sleep 0.5; done
    sleep 1
    while [ "$(systemctl is-active swkexec-kdump.service)" = reloading ]; do sleep 0.5; done
    sleep 1
}

report service "$(systemctl is-active swkexec-kdump.service)"
loads at-boot
"""

BURST = f"""
burst() {{
    for event in $(seq {EVENTS // 2}); do
        echo add >/sys/devices/system/cpu/cpu1/uevent
        echo online >/sys/devices/system/memory/memory0/uevent
    done
    quiet
    loads "$1"
    report_file crash-loaded /sys/kernel/kexec_crash_loaded
}}

burst after-first
burst after-second
echo 'SWKEXEC_LOAD="-c /vmlinuz --initrd=/capture.img"' >>/etc/default/swkexec-kdump
systemctl reload swkexec-kdump.service
loads kept-right
report_file hotplug /sys/devices/system/cpu/crash_hotplug
burst after-third
report_lines call /run/calls
systemctl stop swkexec-kdump.service
report_file unloaded /sys/kernel/kexec_crash_loaded
report end
sync
poweroff -f
"""


# A DIMM goes that came after the load. The kernel says that it keeps the image right, and leaves the range in the elfcorehdr.
UNPLUG = """
add_dimm 256
quiet
loads after-added
report_file hotplug /sys/devices/system/memory/crash_hotplug
remove_dimm
quiet
loads after-removed
report crash-regions $(crash_regions)
report ram $(system_ram)
report crash-loaded "$(cat /sys/kernel/kexec_crash_loaded)"
crash
"""

# A core comes that no image knows which was loaded before: crashing on it the capture kernel would not find its boot CPU.
CORE = """
add_cpu
quiet
loads after-added
report crash-loaded "$(cat /sys/kernel/kexec_crash_loaded)"
crash 2
"""


def boot(lab, kernel, options, script):
    """The guest under systemd, with the image that the service loads at boot."""
    settings = f'SWKEXEC_LOAD="-c {options} /vmlinuz --initrd=/capture.img"\nSWKEXEC_APPEND="{lab.machine.capture_command_line}"\n'
    program = PROGRAM.format(planner=lab.loader.planner, command=lab.loader.command)
    files = {
        **systemd.files(lab.pieces),
        **{f"lib/systemd/system/{unit.name}": unit for unit in OURS.glob("*.service")},
        **{f"lib/systemd/system/{name}": text.encode() for name, text in UNITS.items()},
        # What counts writes to /run, and an emulator writes the code that it runs.
        "lib/systemd/system/swkexec-kdump.service.d/counted.conf": b"[Service]\nReadWritePaths=/run\nMemoryDenyWriteExecute=no\nSystemCallFilter=\n",
        "lib/udev/rules.d/98-swkexec-kdump.rules": OURS / "98-swkexec-kdump.rules",
        "usr/libexec/swkexec-kdump-settle": OURS / "swkexec-kdump-settle",
        "etc/default/swkexec-kdump": settings.encode(),
        "burst": (BEGIN + script).encode(),
        "swkexec-counted": program.encode(),
    }
    install = "mkdir -p /usr/sbin; cp /swkexec-counted /usr/sbin/swkexec; chmod +x /usr/sbin/swkexec /usr/libexec/swkexec-kdump-settle"
    outcome = lab.boot(kernel, f"{install}; {JOB}", files=files)
    expect(outcome.value("service") == "active", f"swkexec-kdump.service is {outcome.value('service')} ({outcome.end})")
    return outcome


def loads(outcome, *steps):
    return [outcome.value(key) for key in ("at-boot", *steps)]


@case("burst-6.12", needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
def burst(lab, kernel):
    outcome = boot(lab, kernel, "--no-hotplug", BURST)
    expect("end" in [key for _, _, key, _ in outcome.reports], f"the guest did not get to its end ({outcome.end})")
    seen = loads(outcome, "after-first", "after-second", "kept-right", "after-third")
    expect(outcome.value("hotplug") == "1", f"crash_hotplug is {outcome.value('hotplug')} after a load that nothing was said of")
    expect(seen == ["1", "2", "3", "4", "4"], f"loads so far, after each step: {seen}; calls: {outcome.values('call')}")
    expect(outcome.values("crash-loaded") == ["1"] * 3 and outcome.value("unloaded") == "0",
           f"kexec_crash_loaded was {outcome.values('crash-loaded')}, and {outcome.value('unloaded')} after the service stopped")
    return f"{EVENTS} events, one reload; {EVENTS} more, one more; none where the kernel keeps the image up to date"


@case("unplug-6.12", needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
def unplug(lab, kernel):
    outcome = boot(lab, kernel, "", UNPLUG)
    gone = new_ram(outcome)
    expect(outcome.value("hotplug") == "1", f"crash_hotplug is {outcome.value('hotplug')}")
    seen = loads(outcome, "after-added", "after-removed")
    expect(seen == ["1", "1", "2"], f"loads so far, after each step: {seen}")
    expect(outcome.capture_kernel is not None, f"the capture kernel did not start ({outcome.end}; {outcome.registers})")
    expect(not any(start < gone[1] and gone[0] < end for start, end in ranges(outcome)), f"{text(gone)} is in /proc/vmcore, and gone")
    dumped = exactly_dumped(outcome)
    return f"{text(gone)} came, no reload; it went, one; {text_of_size(dumped)} in /proc/vmcore, exactly what was left"


@case("ppc64le-core-6.12", machine=PPC64LE, needs_swkexec=True, pieces=(systemd.piece(PPC64LE),), kernel="6.12")
def core(lab, kernel):
    outcome = boot(lab, kernel, "-i --no-hotplug", CORE)
    expect(outcome.value("cpus-online") == "0-2", f"CPUs {outcome.value('cpus-online')} are online")
    seen = loads(outcome, "after-added")
    expect(seen == ["1", "2"], f"loads so far, before the core came and after: {seen}")
    expect(outcome.capture_kernel is not None, f"the capture kernel did not start ({outcome.end}; {outcome.registers})")
    expect(outcome.value("end", "capture") is not None, f"the capture kernel did not finish its job ({outcome.end})")
    return f"a core came, one reload; crashed on it, {len(ranges(outcome))} ranges in /proc/vmcore"
