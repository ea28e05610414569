"""swkexec-kdump.service with the default file as it comes, in a guest that systemd runs with its journal: what it loads, what it says of
it and where, what a file with nonsense and a missing initrd lead to, and loads that change nothing."""
import json
import re
from pathlib import Path

from vmtest import systemd
from vmtest.case import case, expect
from vmtest.expectations import core_read, new_ram, ranges, text
from vmtest.machines.x86_64 import X86_64

OURS = Path(__file__).resolve().parents[3] / "Systemd"

# Where systemd takes over; what is left of the job is a unit of its own.
JOB = "mkdir -p /run; exec /lib/systemd/systemd --unit=whole.target --log-target=console"

UNITS = {
    "whole.target": "[Unit]\nDefaultDependencies=no\nWants=systemd-journald.service swkexec-kdump.service whole.service\n",
    "whole.service": "[Unit]\nAfter=systemd-journald.service swkexec-kdump.service\n[Service]\nType=oneshot\n"
                     "StandardOutput=file:/dev/console\nStandardError=file:/dev/console\nExecStart=/bin/sh /whole\n",
}

SERVICE = "swkexec-kdump.service"

SCRIPT = f"""
export PATH=/bin:/sbin:/usr/sbin STAGE=first
. /machine
exec 3<>$REPORT_PORT
. /functions
release=$(uname -r)

# status NAME: what systemctl shows of the service
status() {{
    run "$1" systemctl --no-pager --lines=0 status {SERVICE}
    report "$1-active" "$(systemctl is-active {SERVICE})"
    report_file "$1-loaded" /sys/kernel/kexec_crash_loaded
}}

# spoken: what the journal has got since the last time, a line a message
spoken() {{
    journalctl --sync
    journalctl --no-pager -t swkexec -o json --output-fields=MESSAGE,PRIORITY --cursor-file=/run/cursor >/tmp/spoken
    report_lines "$1-journal" /tmp/spoken
}}

# needed NAME OPTION...: with the words of the default file, and how long that takes
needed() {{
    name=$1
    shift
    start=$(cut -d' ' -f1 /proc/uptime)
    run "$name" swkexec -p --if-needed --installed --reuse-cmdline --append="nr_cpus=1 reset_devices acpi_no_memhotplug" "$@"
    report "$name-seconds" "$start $(cut -d' ' -f1 /proc/uptime)"
}}

status booted
spoken booted
needed again
needed once-more
systemctl reload {SERVICE}
spoken reloaded
needed after-reload

cp /etc/default/swkexec-kdump /tmp/default
printf '%%%%%% no shell at all\\nSWKEXEC_LOAD="--frobnicate /boot/vmlinuz"\\n\\001\\002=\\n' >>/etc/default/swkexec-kdump
run nonsense systemctl reload {SERVICE}
status after-nonsense
spoken nonsense
cp /tmp/default /etc/default/swkexec-kdump

mv /var/lib/kdump/initrd.img-$release /tmp/kept
run missing systemctl reload {SERVICE}
status after-missing
spoken missing
run missing-named swkexec -p --if-needed --installed
mv /tmp/kept /var/lib/kdump/initrd.img-$release

mv /boot/vmlinuz-$release /boot/vmlinuz-9.9.9-newer
run newer systemctl reload {SERVICE}
status after-newer
spoken newer
mv /boot/vmlinuz-9.9.9-newer /boot/vmlinuz-$release

rm /etc/default/swkexec-kdump
run without-file systemctl reload {SERVICE}
spoken without-file
echo 'SWKEXEC_LOAD="-c --installed --reuse-cmdline"' >/etc/default/swkexec-kdump
run segments systemctl reload {SERVICE}
status segments
spoken segments
run inspected swkexec inspect
needed same -c
needed by-either
printf '\\0\\0\\0\\0' >>/var/lib/kdump/initrd.img-$release
needed changed -c
needed unchanged -c
needed kept-off -c --no-hotplug
needed kept-off-again -c --no-hotplug
add_dimm 256
needed stale -c --no-hotplug
needed fresh -c --no-hotplug
mkdir -p /var/lib/prometheus/node-exporter
run textfile systemctl start swkexec-check.service
report_lines metric /var/lib/prometheus/node-exporter/swkexec.prom
report files $(ls /var/lib/prometheus/node-exporter)
run plugin swkexec check --format=nagios
crash
"""

LOADED = r"loaded the crash image of (\S+) and (\S+) at (0x[0-9a-f]+-0x[0-9a-f]+), {}, in \d+\.\d\d s"
BY_KERNEL, SHA256 = "sealed by the kernel", "sha256 [0-9a-f]{64}"


def spoken(outcome, name):
    """(priority, message) of each line that swkexec left in the journal."""
    return [(entry["PRIORITY"], entry["MESSAGE"]) for entry in map(json.loads, outcome.values(f"{name}-journal"))]


def one(outcome, name, priority, pattern):
    """The one line of that priority; a pattern that matches it."""
    found = [message for level, message in spoken(outcome, name) if level == priority]
    matching = [match for match in (re.fullmatch(pattern, message) for message in found) if match]
    expect(len(matching) == 1, f"{name}: one line '{pattern}' expected, not {spoken(outcome, name)}")
    return matching[0]


def said(outcome, name, status, *beginnings):
    """But for the warning that each load by --reuse-cmdline has."""
    lines = [line for line in outcome.values(f"{name}-said") if "--reuse-cmdline leaves out crashkernel=" not in line]
    expect(outcome.value(f"{name}-status") == status, f"{name}: status {outcome.value(f'{name}-status')}, {status} expected: {lines}")
    expect(len(lines) == len(beginnings) and all(line.startswith(start) for line, start in zip(lines, beginnings)),
           f"{name}: {lines} found, {list(beginnings)} expected")


def stands(outcome, name, *words):
    """The service is active with an image, and systemctl shows the words as its status."""
    shown = " ".join(outcome.values(f"{name}-said"))
    expect(outcome.value(f"{name}-active") == "active" and outcome.value(f"{name}-loaded") == "1",
           f"{name}: the service is {outcome.value(f'{name}-active')}, kexec_crash_loaded {outcome.value(f'{name}-loaded')}")
    expect(all(word in shown for word in words), f"{name}: not {words} in {shown}")
    return shown


@case("service-6.12", needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
def service(lab, kernel):
    files = {
        **systemd.files(lab.pieces, journal=True),
        **{f"lib/systemd/system/{unit.name}": unit for unit in OURS.glob("*.service")},
        **{f"lib/systemd/system/{name}": text.encode() for name, text in UNITS.items()},
        "etc/default/swkexec-kdump": OURS / "swkexec-kdump.default",
        "whole": SCRIPT.encode(),
    }
    install = """mkdir -p /usr/sbin /boot /var/lib/kdump
        ln /bin/swkexec /usr/sbin/swkexec
        ln /vmlinuz /boot/vmlinuz-$(uname -r)
        ln /capture.img /var/lib/kdump/initrd.img-$(uname -r)"""
    outcome = lab.boot(kernel, f"{install}\n{JOB}", files=files)
    release = outcome.value("kernel")
    image = (f"/boot/vmlinuz-{release}", f"/var/lib/kdump/initrd.img-{release}")

    shown = stands(outcome, "booted", f"crash image of {image[0]} and {image[1]}", "on hotplug kept right by the kernel", BY_KERNEL)
    expect(one(outcome, "booted", "6", LOADED.format(BY_KERNEL)).groups()[:2] == image, "another kernel or initrd was loaded")
    nothing = f"not loaded: the crash image of {image[0]} and {image[1]} is loaded, intact and current"
    for name in ("again", "once-more", "after-reload"):
        said(outcome, name, "0", nothing)
    one(outcome, "reloaded", "6", LOADED.format(BY_KERNEL))

    for name, words in (("nonsense", "unknown option --frobnicate"),
                        ("missing", rf"--installed: no capture initrd of the running release {re.escape(release)}: none of .*{re.escape(image[1])}, .*; make it by .*"),
                        ("newer", rf"--installed: no kernel of the running release {re.escape(release)}: none of {re.escape(image[0])}, .*")):
        expect(outcome.value(f"{name}-status") != "0", f"{name}: the reload succeeded")
        one(outcome, name, "3", words + ".*")
        stands(outcome, f"after-{name}", "crash image of")
    expect(outcome.value("missing-named-status") == "1", "a load without an initrd succeeded")
    expect(outcome.value("without-file-status") == "0", f"without a default file: {outcome.values('without-file-said')}")
    one(outcome, "without-file", "6", LOADED.format(BY_KERNEL))

    line = one(outcome, "segments", "6", LOADED.format(SHA256)).group(0)
    stands(outcome, "segments", "on hotplug kept right by the kernel", re.search(SHA256, line).group(0))
    expect(any(re.search(SHA256, line).group(0) in said for said in outcome.values("inspected-said")), "inspect reads another digest")
    for name in ("same", "by-either", "unchanged", "kept-off-again", "fresh"):
        said(outcome, name, "0", nothing)
    said(outcome, "changed", "0", "loaded: not as loaded: initrd")
    said(outcome, "kept-off", "0", "loaded: not as loaded: hotplug")
    dimm = new_ram(outcome)
    said(outcome, "stale", "0", f"loaded: memory {text(dimm)} is missing from the elfcorehdr")

    expect(outcome.value("textfile-status") == "0", f"swkexec-check.service: {outcome.values('textfile-said')}")
    expect(outcome.value("files") == "swkexec.prom", f"beside the metrics: {outcome.value('files')}")
    for metric in ("swkexec_check_ready 1", 'swkexec_check_item{item="image-current",state="ok"} 1',
                   'swkexec_check_item{item="memory-hotplug",state="warning"} 1'):
        expect(metric in outcome.values("metric"), f"no metric {metric}: {outcome.values('metric')}")
    said(outcome, "plugin", "1", "SWKEXEC WARNING: ")

    crashed_and_captured(outcome, dimm)
    start, end = map(float, outcome.value("same-seconds").split())
    return f"{shown.split('Status: ')[1].split(chr(34))[1][:90]}…; loads that change nothing take {end - start:.1f} s; {text(dimm)} in /proc/vmcore"


def crashed_and_captured(outcome, dimm):
    expect(outcome.panic is not None and outcome.capture_kernel is not None, f"the capture kernel did not start ({outcome.end})")
    core_read(outcome)
    expect(any(start <= dimm[0] and dimm[1] <= end for start, end in ranges(outcome)), f"{text(dimm)} is not in /proc/vmcore")
