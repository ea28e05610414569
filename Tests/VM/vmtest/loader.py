"""The loader under test: swkexec, or Debian's kexec-tools, which shows that the tests themselves work."""
import dataclasses
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .elf import Program
from .machine import Extract


@dataclass(frozen=True)
class Loader:
    command: str  # what a job writes in place of $LOADER
    planner: str  # and of $PLANNER, which makes plans but need not be able to load
    is_swkexec: bool
    is_emulated: bool  # so that it takes its time
    no_hotplug: str  # $NO_HOTPLUG of a job: loads a crash image that the kernel does not update, though it offers to
    mismatch: str  # what its purgatory's message begins with when the digest does not fit
    halts_after: tuple  # lines after which the machine stands still
    banner: tuple  # how lines begin that its purgatory prints when all is well
    files: dict  # what has to be put into the guest for it
    vmcore_dmesg: dict  # and into the capture kernel's RAM disk for bin/swkexec-vmcore-dmesg, where there is one


def swkexec(command, planner, files, vmcore_dmesg, is_emulated=False):
    return Loader(command, planner, True, is_emulated, "--no-hotplug", "swkexec purgatory: SHA-256 mismatch, ", ("swkexec purgatory: halted",), (), files, vmcore_dmesg)


def kexec_tools(options):
    command, mismatch = f"kexec {options}".rstrip(), "sha256 digests do not match :("
    return Loader(command, command, False, False, "", mismatch, (mismatch,), ("I'm in purgatory", "purgatory: "), {}, {})


def native(pieces, program):
    """The program runs on this machine."""
    return swkexec("swkexec", "swkexec", {"bin/swkexec": program}, {"bin/swkexec-vmcore-dmesg": vmcore_dmesg(program)})


def vmcore_dmesg(program):
    """Scripts/build-static puts it beside swkexec."""
    return program.with_name("vmcore-dmesg")


GUEST = Path(__file__).parent.parent / "guest"


OTHER = "loader-under-test"

BY_PLAN_FILE = {"qemu-user": Extract("qemu-user", ("usr/bin/qemu-x86_64",))}  # Machine.extracts for it


def by_plan_file(pieces, program):
    """Another machine: the x86_64 program makes the plan under QEMU's user emulation, and a small program of the machine's own, which
    swkexec brings along, makes the system call, which the emulation does not know."""
    name = pieces.machine.name
    applier = cache.folder("helpers", name) / f"swkexec-apply-{hashlib.sha256(program.read_bytes()).hexdigest()[:16]}"
    answer = subprocess.run([program, f"--arch={name}", f"--write-applier={applier}"], capture_output=True, text=True)
    if answer.returncode != 0:
        raise SystemExit(f"{program} wrote no program for {name} that applies plans: {answer.stderr.strip()}")
    emulator = {"bin/qemu-x86_64": pieces.tree("qemu-user") / "usr/bin/qemu-x86_64"}
    return swkexec("plan-and-apply", f"qemu-x86_64 /bin/swkexec --arch={name}", {
        **emulator, "bin/swkexec": program, "bin/swkexec-apply": applier, "bin/plan-and-apply": GUEST / "plan-and-apply",
    }, {
        **emulator, "bin/vmcore-dmesg-x86_64": vmcore_dmesg(program), "bin/swkexec-vmcore-dmesg": GUEST / "emulated-vmcore-dmesg",
    }, is_emulated=True)


def named(name, pieces):
    """The loader that `--loader=` means: "kexec-tools", or the path of a static program."""
    if name == "kexec-tools":
        return kexec_tools(pieces.machine.kexec_tools_options)
    program = Path(name).absolute()
    if not program.is_file():
        raise SystemExit(f"no loader at {name}: build it with Scripts/build-static, or take --loader=kexec-tools")
    if b"swkexec" not in program.read_bytes():
        return other(pieces, program)
    return (native if Program(program).machine == pieces.machine.elf_machine else by_plan_file)(pieces, program)


def other(pieces, program):
    """A loader with kexec-tools' command line and purgatory, built by somebody as a static program of the guest's machine."""
    if Program(program).machine != pieces.machine.elf_machine or Program(program).interpreter:
        raise SystemExit(f"{program} is no static program for {pieces.machine.name}")
    debians = kexec_tools(pieces.machine.kexec_tools_options)
    command = debians.command.replace("kexec", f"/bin/{OTHER}", 1)
    return dataclasses.replace(debians, command=command, planner=command, files={f"bin/{OTHER}": program})
