"""Whether a guest runs by KVM or is emulated."""
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from .machines.x86_64 import X86_64

KVM = Path("/dev/kvm")
CHOICES = ("auto", "kvm", "tcg")


@dataclass(frozen=True)
class Accelerator:
    has_kvm: bool
    summary: str  # a line for the run's beginning

    def of(self, machine, cpu=None):
        """QEMU's -accel for a guest. KVM has no CPUs but the host's: a guest of another architecture is emulated, and so is one whose
        test names a model of CPU."""
        return "kvm" if self.has_kvm and machine.name == X86_64.name and cpu is None else "tcg"


EMULATED = Accelerator(False, "accelerator: tcg, as asked")


def chosen(asked, trial, device=KVM, host=platform.machine()):
    """The accelerator that --accel= means; SystemExit where it is KVM and cannot be had. `trial` starts a machine by KVM and returns why
    that failed, or None: on hosts that are guests themselves the device may be there and not work."""
    if asked == "tcg":
        return EMULATED
    reason = f"no guest is of this machine's architecture, {host}" if host != X86_64.name else _cannot_open(device) or trial()
    if reason is None:
        return Accelerator(True, f"accelerator: kvm for {host} guests with this machine's own CPU, tcg for all others")
    if asked == "kvm":
        raise SystemExit(f"--accel=kvm: {reason}")
    return Accelerator(False, f"accelerator: tcg ({reason})")


def _cannot_open(device):
    try:
        os.close(os.open(device, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        return f"{device}: {error.strerror}"
    return None
