"""A guest test: a function that returns what was seen, or raises Failure."""
import shutil
from dataclasses import dataclass
from typing import Callable, Optional

from . import cache, guest, initramfs
from .accelerator import Accelerator
from .loader import Loader
from .machine import Machine
from .machines.x86_64 import X86_64
from .pieces import Pieces

CASES = {}  # name -> Case, in the order of definition


class Failure(Exception):
    """What was expected and not seen."""


def expect(condition, why):
    if not condition:
        raise Failure(why)


@dataclass(frozen=True)
class Case:
    name: str
    check: Callable
    machine: Machine
    needs_swkexec: bool  # its subject is something that kexec-tools does not have
    only_by_name: bool  # it needs a kernel that is built first, which takes long: no part of a run of all tests
    kernel: Optional[str]  # that of Debian which it boots, if any
    efi: bool  # whether the machine's firmware is part of it
    pieces: tuple  # what it needs besides what every test of its machine does


def case(name, machine=X86_64, needs_swkexec=False, only_by_name=False, pieces=(), **arguments):
    """Registers a function as the test `name`; `arguments` are passed to it, so that one function serves several kernels."""
    def register(function):
        CASES[name] = Case(name, lambda lab: function(lab, **arguments), machine, needs_swkexec, only_by_name,
                           arguments.get("kernel"), arguments.get("efi", False), pieces)
        return function
    return register


@dataclass
class Lab:
    """What a test is given: a way to boot guests with its loader in them."""
    name: str
    pieces: Pieces
    loader: Loader
    accelerator: Accelerator
    log: Callable
    inspector: Optional[Loader] = None  # the swkexec that reads images back, where the loader is none

    @property
    def machine(self):
        return self.pieces.machine

    @property
    def folder(self):
        return cache.results(self.name)

    def boot(self, kernel, job, *, capture_options="", efi=False, capture_tools=(), capture_files=None, tools=(), files=None, packed=False,
             **how):
        """Runs a job in a fresh guest; see guest/functions for what a job can call, initramfs.capture for what else the capture
        kernel can be given, guest.run for `how`. `packed`: the RAM disk is compressed."""
        settings = (f'export LOADER="{self.loader.command}" PLANNER="{self.loader.planner}" NO_HOTPLUG="{self.loader.no_hotplug}"\n'
                    f'export CAPTURE_COMMAND_LINE="{self.machine.capture_command_line} {capture_options}"\n')
        contents = {"capture.img": initramfs.capture(self.pieces, capture_tools, capture_files), **self.loader.files, **(files or {})}
        initrd = initramfs.first(self.pieces, kernel, settings + job, contents, tools)
        outcome = guest.run(
            self.pieces, self.folder, vmlinuz=self.pieces.vmlinuz(kernel), initrd=initramfs.Packed(initrd) if packed else initrd,
            efi=efi, accelerator=self.accelerator.of(self.machine, how.get("cpu")), log=lambda line: self.log(f"{self.name}: {line}"),
            **{"limits": guest.Limits(stop_after=self.loader.halts_after), **how})
        expect(outcome.value("kernel"), f"the guest did not start its job ({outcome.end})")
        return outcome

    def screen_size(self, name):
        """Width and height of what the screen showed, as the host wrote it down (see guest._look_at_screen)."""
        kind, width, height = (self.folder / f"{name}.ppm").read_bytes()[:20].split()[:3]
        expect(kind == b"P6", f"{name}.ppm is of the kind {kind}")
        return int(width), int(height)

    def text_screen(self, name):
        """All characters in the memory of the VGA's text screen; their colours stand between them."""
        return (self.folder / f"{name}.text").read_bytes()[::2].decode("latin1")

    def begin(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def discard_results(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def capture_image(self):
        """The capture kernel's RAM disk as a file of this machine."""
        path = self.folder / "capture.img"
        path.write_bytes(initramfs.capture(self.pieces))
        return path
