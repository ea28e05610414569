"""The service and the udev rules of Systemd/ in a guest that systemd runs: a burst of events ends in one reload, or in none. Those of real
events are in hotplug.py."""
from vmtest import systemd
from vmtest.case import case, expect
from vmtest.hotplug import service
from vmtest.machines.x86_64 import X86_64

EVENTS = 20

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


def loads(outcome, *steps):
    return [outcome.value(key) for key in ("at-boot", *steps)]


@case("burst-6.12", needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
def burst(lab, kernel):
    outcome = service.boot(lab, kernel, "-c --no-hotplug", BURST)
    expect("end" in [key for _, _, key, _ in outcome.reports], f"the guest did not get to its end ({outcome.end})")
    seen = loads(outcome, "after-first", "after-second", "kept-right", "after-third")
    expect(outcome.value("hotplug") == "1", f"crash_hotplug is {outcome.value('hotplug')} after a load that nothing was said of")
    expect(seen == ["1", "2", "3", "4", "4"], f"loads so far, after each step: {seen}; calls: {outcome.values('call')}")
    expect(outcome.values("crash-loaded") == ["1"] * 3 and outcome.value("unloaded") == "0",
           f"kexec_crash_loaded was {outcome.values('crash-loaded')}, and {outcome.value('unloaded')} after the service stopped")
    return f"{EVENTS} events, one reload; {EVENTS} more, one more; none where the kernel keeps the image up to date"
