"""The loader under test: swkexec, or Debian's kexec-tools, which shows that the tests themselves work."""
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Loader:
    command: str  # what a job writes in place of $LOADER
    is_swkexec: bool
    mismatch: str  # what its purgatory's message begins with when the digest does not fit
    halts_after: tuple  # lines after which the machine stands still
    banner: tuple  # lines its purgatory prints when all is well
    files: dict  # what has to be put into the guest for it


def swkexec(command, files):
    return Loader(command, True, "swkexec purgatory: SHA-256 mismatch, ", ("swkexec purgatory: halted",), (), files)


def kexec_tools(peer):
    return Loader(f"kexec {peer.options}", False, peer.mismatch, (peer.mismatch,), peer.banner, {})


def named(name, pieces):
    """The loader that `--loader=` means: "kexec-tools", or the path of a static swkexec."""
    if name == "kexec-tools":
        return kexec_tools(pieces.machine.peer)
    path = Path(name)
    if not path.is_file():
        raise SystemExit(f"no loader at {name}: build it with Scripts/build-static, or take --loader=kexec-tools")
    return swkexec("swkexec", {"bin/swkexec": path})
