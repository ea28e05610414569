"""The loader under test: swkexec, or Debian's kexec-tools, which shows that the tests themselves work."""
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Loader:
    command: str  # what a job writes in place of $LOADER
    mismatch: str  # what its purgatory's message begins with when the digest does not fit
    halts_after: tuple  # lines after which the machine stands still
    banner: tuple  # lines its purgatory prints when all is well
    files: dict  # what has to be put into the guest for it

    @property
    def is_swkexec(self):
        return self.command == "swkexec"


def swkexec(binary):
    return Loader("swkexec", "swkexec purgatory: SHA-256 mismatch, ",
                  ("swkexec purgatory: halted",), (), {"bin/swkexec": Path(binary)})


# Its purgatory keeps silent about a mismatch unless it is told of the port.
KEXEC_TOOLS = Loader("kexec --console-serial --serial=0x3f8 --serial-baud=115200", "sha256 digests do not match :(",
                     ("sha256 digests do not match :(",), ("I'm in purgatory",), {})


def named(name):
    """The loader that `--loader=` means: "kexec-tools", or the path of a static swkexec."""
    if name == "kexec-tools":
        return KEXEC_TOOLS
    path = Path(name)
    if not path.is_file():
        raise SystemExit(f"no loader at {name}: build it with Scripts/build-static, or take --loader=kexec-tools")
    return swkexec(path)
