"""A plan written to a file, and applied by the small program that makes the system call where swkexec itself cannot."""
import tarfile

from tests.refusals import refused
from vmtest.case import case, expect
from vmtest.machines.arm64 import ARM64
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64

APPLIER = "[ -e /bin/swkexec-apply ] || swkexec --write-applier=/bin/swkexec-apply\n"

# The plan's own boot takes it and gives it up again; with a byte changed it is refused there, too.
MADE_AND_APPLIED = APPLIER + """
    mkdir /tmp/out
    run plan $PLANNER -p -c $OPTIONS --plan-file=/tmp/out/plan /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
    cp /tmp/out/plan /tmp/damaged
    flip_byte /tmp/damaged 100000
    run damaged swkexec-apply /tmp/damaged
    run apply swkexec-apply /tmp/out/plan
    report_file loaded /sys/kernel/kexec_crash_loaded
    run unload swkexec-apply -u
    report_file loaded /sys/kernel/kexec_crash_loaded
    send_folder /tmp/out
"""

APPLIED_IN_ANOTHER_BOOT = APPLIER + """
    run apply swkexec-apply /plan
    report_file loaded /sys/kernel/kexec_crash_loaded
"""


@case("ppc64le-other-boot-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12", options="--hotplug")
@case("arm64-other-boot-6.12", machine=ARM64, needs_swkexec=True, kernel="6.12")
@case("riscv64-other-boot-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12")
@case("riscv64-other-boot-7.x", machine=RISCV64, needs_swkexec=True, kernel="7.x")
def other_boot(lab, kernel, options=""):
    """Where the kernel's notes and memory lie differs from boot to boot: a plan is good for its own one only."""
    outcome = lab.boot(kernel, f'OPTIONS="{options}"\n{MADE_AND_APPLIED}')
    for step in ("plan", "apply", "unload"):
        status, said = outcome.value(f"{step}-status"), outcome.values(f"{step}-said")
        expect(status == "0", f"{step} ended with status {status}: {said}")
    refused(outcome, "damaged", "SHA-256")
    expect(outcome.values("loaded") == ["1", "0"], f"kexec_crash_loaded was {outcome.values('loaded')} after apply and unload")
    with tarfile.open(outcome.sent_file) as archive:
        plan = archive.extractfile("./plan").read()

    second = lab.boot(kernel, APPLIED_IN_ANOTHER_BOOT, files={"plan": plan})
    said = refused(second, "apply", "boot")
    expect(second.value("loaded") == "0", "the plan of another boot was loaded")
    return f"taken in its own boot; in another: {said}"
