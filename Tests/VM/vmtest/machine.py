"""What a test has to know of an architecture. Each is described in a file of machines/; nothing else depends on one."""
from dataclasses import dataclass
from typing import Callable, Optional


@dataclass(frozen=True)
class Source:
    """Suites of Debian that packages can be of."""
    suites: tuple
    libraries: tuple = ()  # and what they depend on, where that is not of the same


@dataclass(frozen=True)
class Emulator:
    """QEMU: a program of the machine that tests, whatever it emulates."""
    program: str
    packages: tuple  # what the first of them depends on comes with them
    sources: tuple  # the first that can serve


@dataclass(frozen=True)
class Kernel:
    """A kernel package of Debian, the newest whose version matches."""
    version: str  # a regular expression
    sources: tuple  # the first that can serve


@dataclass(frozen=True)
class Firmware:
    """EFI firmware: its code, and the variables that each guest gets a copy of."""
    package: str
    sources: tuple
    code: str
    variables: str


@dataclass(frozen=True)
class Extract:
    """A few files of one of the guest's packages, the newest whose name matches."""
    package: str  # a regular expression
    files: tuple  # patterns


@dataclass(frozen=True, eq=False)
class Machine:
    name: str  # as in --arch=
    debian: str  # Debian's name of the architecture
    multiarch: str  # and of the folders of its libraries
    elf_machine: int  # e_machine of its programs

    # The machine itself
    emulator: Emulator
    hardware: tuple  # QEMU's arguments but for the CPU
    cpu: str  # its model, unless a test wants another
    dimms_at: int  # the physical address at which added memory begins
    position: str  # a regular expression: what `info registers` says of where a CPU is
    firmware: Optional[Firmware]

    # What runs on it
    flavour: str  # of the kernel packages
    kernels: dict  # the tests' name of a kernel -> Kernel
    extracts: dict  # the name of a tree -> Extract
    compiler: Callable  # the Pieces -> arguments in front of "-o PROGRAM SOURCE" for a static program of the guest
    kexec_tools_options: str  # besides those that every loader takes

    # How one talks to it
    command_line: str
    capture_command_line: str
    report_port: str  # in /dev: beside the console, a port for reports
    prstatus_size: int  # of a CPU's note in an ELF core
    never_dumped: tuple  # ranges of RAM that Linux leaves out of a dump
    second_port: tuple = ("-serial", "chardev:report")  # QEMU's arguments for the report port; its characters are those of "report"
    good_bye: str = ""  # the last words of the crashed kernel, where it has any
    on_reset: str = "shutdown"  # QEMU's -action: ends, and its SHUTDOWN event says why; or "reset", as a machine does it
    modules: tuple = ()  # names of kernel modules that tests load: files below drivers/ in the kernel packages, without their endings
