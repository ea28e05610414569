"""The service and the udev rules of Systemd/ in a guest that systemd runs."""
from pathlib import Path

from .. import systemd
from ..case import expect

OURS = Path(__file__).resolve().parents[4] / "Systemd"
THROTTLE = "swkexec-kdump-throttle.service"
WITHIN = 30  # seconds, those of a busy machine

# Where systemd takes over; what is left of the job is a unit of its own.
START = "mkdir -p /run; exec /lib/systemd/systemd --unit=job.target --log-target=console"

UNITS = {
    "job.target": "[Unit]\nDefaultDependencies=no\nWants=systemd-udevd.service swkexec-kdump.service job.service\n",
    "job.service": "[Unit]\nAfter=systemd-udevd.service swkexec-kdump.service\n[Service]\nType=oneshot\nExecStart=/bin/sh /under-systemd\n",
}

# Counts what the service asks of it, and tells when a load was done. What is only for the journal is left out where it takes an emulated
# program's time.
PROGRAM = """#!/bin/sh
echo "$*" >>/run/calls
export PATH=/bin:/sbin PLANNER="{planner}"
case $1 in
-p) {command} "$@"; status=$?; read -r at rest </proc/uptime; echo "$at" >/run/loaded-at; exit $status ;;
check) [ "{command}" = "{planner}" ] || exit 0 ;;
esac
exec {planner} "$@"
"""

# What each job begins with.
BEGIN = """
export PATH=/bin:/sbin STAGE=first
. /machine
exec 3<>$REPORT_PORT
stty raw -echo <&3
. /functions

# loads KEY: how often something was loaded so far
loads() { report "$1" "$(grep -c '^-p .*vmlinuz' /run/calls)"; }

# Waits until udev has nothing to do and the throttle has ended, and the reload that it may have asked for; two minutes at most.
quiet() {
    udevadm settle --timeout=60
    sleep 1
    for try in $(seq 240); do
        case $(systemctl is-active swkexec-kdump-throttle.service) in active | activating) sleep 0.5 ;; *) break ;; esac
    done
    sleep 1
    while [ "$(systemctl is-active swkexec-kdump.service)" = reloading ]; do sleep 0.5; done
    sleep 1
}

# What the bench asks after an event.
reloaded() {
    quiet
    loads loads-so-far
    read -r at </run/loaded-at; report loaded-at "$at"
    report_lines gap /run/gaps
    >/run/gaps
}

report service "$(systemctl is-active swkexec-kdump.service)"
loads at-boot
"""


def boot(lab, kernel, options, script, *, before="", drop_ins=None, files=None, **how):
    """The guest under systemd, with the image that the service loads at boot. `before` runs before systemd does; `drop_ins`: the name of a unit
    -> what is put beside it."""
    settings = f'SWKEXEC_LOAD="{options} /vmlinuz --initrd=/capture.img"\nSWKEXEC_APPEND="$CAPTURE_COMMAND_LINE"\n'
    program = PROGRAM.format(planner=lab.loader.planner, command=lab.loader.command)
    contents = {
        **systemd.files(lab.pieces),
        **{f"lib/systemd/system/{unit.name}": unit for unit in OURS.glob("*.service")},
        **{f"lib/systemd/system/{name}": text.encode() for name, text in UNITS.items()},
        **{f"lib/systemd/system/{unit}.d/bench.conf": text.encode() for unit, text in (drop_ins or {}).items()},
        # What counts writes to /run, and an emulator writes the code that it runs.
        "lib/systemd/system/swkexec-kdump.service.d/counted.conf": b"[Service]\nReadWritePaths=/run\nMemoryDenyWriteExecute=no\nSystemCallFilter=\n",
        "lib/udev/rules.d/98-swkexec-kdump.rules": OURS / "98-swkexec-kdump.rules",
        "usr/libexec/swkexec-kdump-settle": OURS / "swkexec-kdump-settle",
        "under-systemd": (BEGIN + script).encode(),
        "swkexec-counted": program.encode(),
        **(files or {}),
    }
    job = f"""
        mkdir -p /usr/sbin /etc/default
        cp /swkexec-counted /usr/sbin/swkexec
        chmod +x /usr/sbin/swkexec /usr/libexec/swkexec-kdump-settle
        cat >/etc/default/swkexec-kdump <<END
{settings}END
        {before}
        {START}
    """
    outcome = lab.boot(kernel, job, files=contents, **how)
    expect(outcome.value("service") == "active", f"swkexec-kdump.service is {outcome.value('service')} ({outcome.end})")
    return outcome


def reloads_expected(event, happened, outcome, board):
    """How many reloads an event is to have, one or none: what the kernel keeps right is left alone."""
    before, after = happened.before, happened.after
    kept = outcome.value(f"{'memory' if event.changes_memory else 'cpu'}-crash-hotplug") == "1"
    if kept:
        return 1 if board.keeps_what_went and happened.went else 0
    if event.changes_memory:
        return 1 if (before.ranges, before.offline) != (after.ranges, after.offline) else 0
    # On POWER all possible CPUs are registered, and one that comes is only set online; elsewhere one that is only switched is the same.
    if board.name == "ppc64le":
        return 1 if after.online - before.online else 0
    return 1 if before.present != after.present else 0
