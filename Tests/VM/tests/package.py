"""The packages of Scripts/package, installed, switched to, interrupted and removed by dpkg under systemd."""
import subprocess
from pathlib import Path

from tests.kdump_tools import APPENDED, PIECES, packages
from vmtest import debian_system
from vmtest.case import case, expect
from vmtest.expectations import captured, covers, memory_covered, new_ram, ranges, text

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "Scripts/support/package.py"
UNITS = [unit for unit in (ROOT / "Systemd").iterdir() if unit.suffix in (".service", ".timer")]

# What Debian has for a capture kernel, from where the service takes it with its settings untouched.
CAPTURE = """
release=$(uname -r)
capture_initrd() {
    mkdir -p /var/lib/kdump
    cp /capture.img /var/lib/kdump/initrd.img-$release
}
capture_initrd

crash_loaded() { report_file "$1" /sys/kernel/kexec_crash_loaded; }
"""

SERVICE = """
run install dpkg -i /packages/swkexec_*.deb
report units "$(systemctl list-unit-files --no-legend 'swkexec*' | wc -l)"
report enabled-by-installing "$(systemctl list-unit-files --no-legend --state=enabled 'swkexec*' | xargs)"
report active-by-installing "$(systemctl list-units --no-legend 'swkexec*' | xargs)"
crash_loaded loaded-by-installing

run enable systemctl enable --now swkexec-kdump.service
run service systemctl --no-pager --full status swkexec-kdump.service
crash_loaded crash-loaded
report load-status 0
report crash-regions $(crash_regions)
report ram $(system_ram)
add_dimm 256

# dpkg ends in the middle of unpacking: a file of a new package has come, and stands beside the old one.
dpkg -i --force-unsafe-io /packages/swkexec_*.deb >/dev/null 2>&1 &
while [ ! -s /usr/sbin/swkexec.dpkg-new ] && kill -0 $!; do :; done
kill -9 -$! 2>/dev/null || kill -9 $!
wait
report halves "$(ls /usr/sbin/*.dpkg-new)"
report interrupted "$(dpkg-query -W -f '${Status}' swkexec)"
run version swkexec --version
run inspect swkexec inspect
report active "$(systemctl is-active swkexec-kdump.service)"
crash_loaded crash-loaded
run repaired dpkg -i /packages/swkexec_*.deb
report repaired "$(dpkg-query -W -f '${Status}' swkexec) $(ls /usr/sbin/*.dpkg-new 2>/dev/null)"
report active "$(systemctl is-active swkexec-kdump.service)"
crash_loaded crash-loaded
crash
"""

SWITCH = f"""
# The initrd was made with the settings that the package brings: kdump-config makes no other one.
made_for_kdump_tools() {{
    capture_initrd
    dpkg-deb --fsys-tarfile /packages/kdump-tools_*.deb | tar -xO ./etc/kdump/sysctl.conf >/var/lib/kdump/latest_sysctls-$release
}}
made_for_kdump_tools

# loads NAME: what kdump-config says with the kexec that there is
loads() {{
    report $1-kexec "$(/sbin/kexec --version | head -n 1)"
    run $1-unload kdump-config unload
    run $1-load kdump-config load
    run $1-status kdump-config status
    crash_loaded $1-loaded
}}
ours() {{ ls /packages/swkexec_*.deb /packages/swkexec-kexec_*.deb; }}

run install dpkg -i /packages/kexec-tools_*.deb /packages/kdump-tools_*.deb
crash_loaded installed-loaded
echo 'KDUMP_CMDLINE_APPEND="{APPENDED}"' >>/etc/default/kdump-tools
loads kexec-tools
run switch dpkg -i $(ours)
loads swkexec
run remove dpkg --force-depends --remove swkexec-kexec
run back dpkg -i /packages/kexec-tools_*.deb
loads back
run purge-kdump dpkg --purge kdump-tools kexec-tools
made_for_kdump_tools # the directory went with kdump-tools
run again dpkg -i /packages/swkexec-kexec_*.deb
run on-swkexec dpkg -i /packages/kdump-tools_*.deb
loads on-swkexec
report state "$(dpkg-query -W -f '${{Package}}:${{db:Status-Abbrev}}' kdump-tools kexec-tools swkexec swkexec-kexec 2>&1 | xargs)"
run purge-all dpkg --purge kdump-tools swkexec-kexec swkexec

all_files() {{ find / -xdev ! -path '/var/lib/dpkg/*' ! -path '/var/log/*' ! -path '/tmp/*' | sort; }}
capture_initrd
mkdir -p /var/lib/prometheus/node-exporter
all_files >/tmp/before
run fresh dpkg -i $(ours)
run enable systemctl enable --now swkexec-kdump.service swkexec-inspect.timer
crash_loaded enabled-loaded
run metrics systemctl start swkexec-check.service
report metrics "$(ls /var/lib/prometheus/node-exporter)"
run removed dpkg --remove swkexec-kexec swkexec
crash_loaded removed-loaded
report units "$(systemctl list-units --all --no-legend 'swkexec*')"
all_files >/tmp/removed
diff /tmp/before /tmp/removed | sed -n 's/^[<>]/&/p' >/tmp/left
report_lines left-by-removal /tmp/left
run purged dpkg --purge swkexec-kexec swkexec
all_files >/tmp/after
diff /tmp/before /tmp/after >/tmp/left
report_lines left-by-purge /tmp/left
report purged-state "$(dpkg-query -W 'swkexec*' 2>&1 | xargs)"
"""


def ours(lab):
    """The packages of this checkout, with the programs under test in them."""
    folder = lab.folder / "packages"
    program = lab.loader.files["bin/swkexec"]
    made = subprocess.run(["python3", PACKAGE, f"--programs={program.parent}", f"--only={lab.machine.debian}", f"--output={folder}"],
                          capture_output=True, text=True)
    expect(made.returncode == 0, f"Scripts/package: {made.stderr.strip()}")
    return {f"more/packages/{path.name}": path for path in folder.glob("*.deb")}


def boot(lab, kernel, script, files):
    script = debian_system.BEGIN + CAPTURE + script + debian_system.END
    return lab.boot(kernel, f"{debian_system.UNPACK} mv /capture.img /debian/; {debian_system.UNDER_SYSTEMD}", files={
        **debian_system.files(lab.pieces), **files, "more/script": script.encode()})


def succeeded(outcome, *names):
    for name in names:
        expect(outcome.value(f"{name}-status") == "0",
               f"{name}: status {outcome.value(f'{name}-status')}: {' | '.join(outcome.values(f'{name}-said'))[-600:]} ({outcome.end})")


@case("package-service-6.12", needs_swkexec=True, kernel="6.12", pieces=PIECES)
def service(lab, kernel):
    outcome = boot(lab, kernel, SERVICE, ours(lab))
    succeeded(outcome, "install", "enable", "service", "version", "inspect", "repaired")
    expect(outcome.value("units") == str(len(UNITS)), f"{outcome.value('units')} units are known to systemd, of {len(UNITS)}")
    expect(not outcome.value("enabled-by-installing") and not outcome.value("active-by-installing")
           and outcome.value("loaded-by-installing") == "0",
           f"by dpkg -i alone enabled: {outcome.value('enabled-by-installing')}; active: {outcome.value('active-by-installing')}; "
           f"kexec_crash_loaded {outcome.value('loaded-by-installing')}")
    expect("swkexec.dpkg-new" in (outcome.value("halves") or "") and not (outcome.value("interrupted") or "").endswith(" installed"),
           f"dpkg was not interrupted half way: {outcome.value('halves')}, {outcome.value('interrupted')}")
    expect(outcome.value("repaired") == "install ok installed ", f"dpkg -i after it: {outcome.value('repaired')}")
    expect(outcome.values("active") == ["active"] * 2 and outcome.values("crash-loaded") == ["1"] * 3,
           f"the service is {outcome.values('active')}, kexec_crash_loaded {outcome.values('crash-loaded')}")
    captured(outcome, lab.loader)
    memory_covered(outcome)
    wanted = new_ram(outcome)
    expect(covers(ranges(outcome), wanted), f"the hot-added range {text(wanted)} is not in /proc/vmcore")
    return f"installed by dpkg, nothing enabled; enabled, dpkg killed half way and run again: {text(wanted)} in /proc/vmcore"


@case("package-switch-6.12", needs_swkexec=True, kernel="6.12", pieces=PIECES)
def switch(lab, kernel):
    outcome = boot(lab, kernel, SWITCH, {**ours(lab), **packages(lab)})
    succeeded(outcome, "install")
    for name, kexec in (("kexec-tools", "kexec-tools"), ("swkexec", "swkexec"), ("back", "kexec-tools"), ("on-swkexec", "swkexec")):
        called = outcome.value(f"{name}-kexec") or ""
        expect(called.startswith(kexec), f"{name}: /sbin/kexec is {called} ({outcome.end})")
        succeeded(outcome, f"{name}-unload", f"{name}-load", f"{name}-status")
        said = outcome.values(f"{name}-status-said")
        expect("current state   : ready to kdump" in said and outcome.value(f"{name}-loaded") == "1",
               f"{name}, kdump-config status: {said}")
    succeeded(outcome, "switch", "remove", "back", "purge-kdump", "again", "on-swkexec", "purge-all", "fresh", "enable", "metrics",
              "removed", "purged")
    expect(outcome.value("state") == "kdump-tools:ii kexec-tools:un swkexec:ii swkexec-kexec:ii", f"packages: {outcome.value('state')}")
    expect(outcome.value("enabled-loaded") == "1" and outcome.value("removed-loaded") == "0" and not outcome.value("units"),
           f"kexec_crash_loaded {outcome.value('enabled-loaded')} when enabled, {outcome.value('removed-loaded')} when removed; "
           f"units: {outcome.value('units')}")
    expect(outcome.value("metrics") == "swkexec.prom", f"metrics of swkexec-check.service: {outcome.value('metrics')}")
    expect(outcome.values("left-by-removal") == ["> /etc/default/swkexec-kdump"], f"left by removal: {outcome.values('left-by-removal')}")
    expect(not outcome.values("left-by-purge"), f"left by purge: {outcome.values('left-by-purge')}")
    return "kexec-tools, swkexec-kexec, back and kdump-tools on swkexec-kexec alone: loaded each time; nothing left by purge"
