"""The service and the udev rules of Systemd/ in a guest that systemd runs: a burst of hotplug events ends in one reload, or in none."""
from pathlib import Path

from vmtest import systemd
from vmtest.case import case, expect
from vmtest.machines.x86_64 import X86_64

OURS = Path(__file__).resolve().parents[3] / "Systemd"
EVENTS = 20

# Where systemd takes over; what is left of the job is a unit of its own.
JOB = "mkdir -p /run; exec /lib/systemd/systemd --unit=burst.target --log-target=console"

UNITS = {
    "burst.target": "[Unit]\nDefaultDependencies=no\nWants=systemd-udevd.service swkexec-kdump.service burst.service\n",
    "burst.service": "[Unit]\nAfter=systemd-udevd.service swkexec-kdump.service\n[Service]\nType=oneshot\nExecStart=/bin/sh /burst\n",
}

# Counts what the service asks of it.
PROGRAM = """#!/bin/sh
echo "$*" >>/run/calls
exec /bin/swkexec "$@"
"""

BURST = f"""
export PATH=/bin:/sbin STAGE=first
. /machine
exec 3<>$REPORT_PORT
. /functions

# loads KEY: how often something was loaded so far
loads() {{ report "$1" "$(grep -c '^-p .*vmlinuz' /run/calls)"; }}

# Waits until udev has nothing to do and the throttle has ended, and the reload that it may have asked for.
quiet() {{
    udevadm settle
    sleep 1
    while systemctl --quiet is-active swkexec-kdump-throttle.service || [ "$(systemctl is-active swkexec-kdump-throttle.service)" = activating ]; do sleep 0.5; done
    sleep 1
    while [ "$(systemctl is-active swkexec-kdump.service)" = reloading ]; do sleep 0.5; done
    sleep 1
}}

burst() {{
    for event in $(seq {EVENTS // 2}); do
        echo add >/sys/devices/system/cpu/cpu1/uevent
        echo online >/sys/devices/system/memory/memory0/uevent
    done
    quiet
    loads "$1"
    report_file crash-loaded /sys/kernel/kexec_crash_loaded
}}

report service "$(systemctl is-active swkexec-kdump.service)"
loads at-boot
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


@case("burst-6.12", needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
def burst(lab, kernel):
    settings = f'SWKEXEC_LOAD="-c --no-hotplug /vmlinuz --initrd=/capture.img"\nSWKEXEC_APPEND="{lab.machine.capture_command_line}"\n'
    files = {
        **systemd.files(lab.pieces),
        **{f"lib/systemd/system/{unit.name}": unit for unit in OURS.glob("*.service")},
        **{f"lib/systemd/system/{name}": text.encode() for name, text in UNITS.items()},
        "lib/udev/rules.d/98-swkexec-kdump.rules": OURS / "98-swkexec-kdump.rules",
        "etc/default/swkexec-kdump": settings.encode(),
        "burst": BURST.encode(),
        "swkexec-counted": PROGRAM.encode(),
    }
    outcome = lab.boot(kernel, f"mkdir -p /usr/sbin; cp /swkexec-counted /usr/sbin/swkexec; chmod +x /usr/sbin/swkexec; {JOB}", files=files)
    expect("end" in [key for _, _, key, _ in outcome.reports], f"the guest did not get to its end ({outcome.end})")
    expect(outcome.value("service") == "active", f"swkexec-kdump.service is {outcome.value('service')}")
    loads = [outcome.value(key) for key in ("at-boot", "after-first", "after-second", "kept-right", "after-third")]
    expect(outcome.value("hotplug") == "1", f"crash_hotplug is {outcome.value('hotplug')} after a load that nothing was said of")
    expect(loads == ["1", "2", "3", "4", "4"], f"loads so far, after each step: {loads}; calls: {outcome.values('call')}")
    expect(outcome.values("crash-loaded") == ["1"] * 3 and outcome.value("unloaded") == "0",
           f"kexec_crash_loaded was {outcome.values('crash-loaded')}, and {outcome.value('unloaded')} after the service stopped")
    return f"{EVENTS} events, one reload; {EVENTS} more, one more; none where the kernel keeps the image up to date"
