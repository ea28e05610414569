"""Debian's own kdump-tools, unchanged, with swkexec for the program that it calls: what its users get."""
import secrets

from tests.hotplug import DIMM_MEBIBYTES, MARKED_MEBIBYTES, PAGES_EXPECTED
from vmtest import debian_system
from vmtest.case import case, expect
from vmtest.expectations import captured, covers, facts, memory_covered, new_ram, ranges, text
from vmtest.machines.x86_64 import X86_64

PIECES = debian_system.piece(X86_64), debian_system.kdump_tools(X86_64)

# What kdump-tools has for the capture kernel when nothing is configured, what a machine with DIMMs has to add, and the test's own words.
APPENDED = "reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb acpi_no_memhotplug"

# kdump-tools as it is after its installation, with a RAM disk made for it, and swkexec in the place of kexec.
SET_UP = """
for package in /packages/*.deb; do dpkg-deb -x $package /; done
cp /usr/share/kdump-tools/kdump-tools.conf /etc/default/kdump-tools
echo 'KDUMP_CMDLINE_APPEND="{appended}"' >>/etc/default/kdump-tools
mkdir -p /var/lib/kdump
mv /capture.img /var/lib/kdump/initrd.img-$(uname -r)
cp /etc/kdump/sysctl.conf /var/lib/kdump/latest_sysctls-$(uname -r)
[ ! -e /swkexec ] || mv /swkexec /usr/sbin/kexec
report kexec "$(/sbin/kexec --version)"
"""

# By the kernel's own loader first, as it comes; then by kexec_load(2), where keeping the image right is up to the loader.
JOB = """
run before kdump-config status
run first-load kdump-config load
report first-called "$(cat /var/crash/kexec_cmd)"
run first-status kdump-config status
run unload kdump-config unload
run unloaded kdump-config status
echo 'KDUMP_KEXEC_ARGS="-c"' >>/etc/default/kdump-tools
run load kdump-config load
report called "$(cat /var/crash/kexec_cmd)"
run status kdump-config status
report_file crash-loaded /sys/kernel/kexec_crash_loaded
report_file memory-crash-hotplug /sys/devices/system/memory/crash_hotplug
report crash-regions $(crash_regions)
report ram $(system_ram)
event memory+{dimm}M
fill {marked} {marker}
run after kdump-config status
crash
"""


def packages(lab):
    tree = lab.pieces.fetcher.tree(debian_system.kdump_tools(lab.machine))
    return {f"more/packages/{package.name}": package for package in tree.glob("*.deb")}


def said(outcome, name, words):
    lines = outcome.values(f"{name}-said")
    expect(outcome.value(f"{name}-status") == "0" and any(words in line for line in lines),
           f"kdump-config, {name}: status {outcome.value(f'{name}-status')}, no \"{words}\": {' | '.join(lines)[:600]}")


@case("kdump-tools-6.12", needs_swkexec=True, kernel="6.12", pieces=PIECES)
def kdump_tools(lab, kernel):
    marker = f"marker-{secrets.token_hex(8)}"
    words = f"{APPENDED} panic=-1 vmtest.marker={marker} vmtest.from={lab.machine.dimms_at:#x}"
    script = SET_UP.format(appended=words) + JOB.format(dimm=DIMM_MEBIBYTES, marked=MARKED_MEBIBYTES, marker=marker)
    outcome = lab.boot(kernel, f"{debian_system.UNPACK} mv /capture.img /debian/; {debian_system.ENTER}", files={
        **debian_system.files(lab.pieces), **packages(lab),
        "more/swkexec": lab.loader.files["bin/swkexec"], "more/script": script.encode(),
    })
    expect((outcome.value("kexec") or "").startswith("swkexec"), f"/sbin/kexec is {outcome.value('kexec')} ({outcome.end})")
    said(outcome, "before", "Not ready to kdump")
    said(outcome, "unload", "unloaded kdump kernel")
    said(outcome, "unloaded", "Not ready to kdump")
    for name, options in (("first-", ""), ("", "-c ")):
        said(outcome, f"{name}load", "loaded kdump kernel")
        said(outcome, f"{name}status", "current state   : ready to kdump")
        called = outcome.value(f"{name}called") or ""
        expect(called.startswith(f"/sbin/kexec -p {options}--command-line=") and "--hotplug" not in called,
               f"kdump-config called: {called}")
    said(outcome, "after", "current state   : ready to kdump")
    captured(outcome, lab.loader)
    expect(outcome.value("memory-crash-hotplug") == "1", f"memory/crash_hotplug is {outcome.value('memory-crash-hotplug')}")
    memory_covered(outcome)
    wanted = new_ram(outcome)
    expect(covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is not in /proc/vmcore")
    (pages, _), = facts(outcome, "vmcore", "capture", "marker")
    expect(int(pages) >= PAGES_EXPECTED, f"{pages} marked pages read back, {PAGES_EXPECTED} expected")
    return (f"kdump-config load, by -a and by -c, without --hotplug: hot-added {text(wanted)} in /proc/vmcore, {pages} marked pages read back, "
            "purgatory silent")
