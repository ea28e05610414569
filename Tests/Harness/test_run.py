"""A run of tests of which some need what cannot be had: those fail, each with the reason, and all others run."""
import contextlib
import dataclasses
import importlib.machinery
import importlib.util
import io
import os
import re
from unittest import mock

from setting import ROOT, STABLE, FetchingTest
from vmtest import cache
from vmtest.case import CASES, case
from vmtest.machine import Emulator, Kernel
from vmtest.machines.x86_64 import X86_64

BOX = dataclasses.replace(
    X86_64, emulator=Emulator("emulator", ("emulator",), (STABLE,)), firmware=None, flavour="box",
    kernels={"old": Kernel("1", (STABLE,)), "new": Kernel("2", (STABLE,))})


def run_module():
    """Tests/VM/run, which is a program."""
    loader = importlib.machinery.SourceFileLoader("run", str(ROOT / "Tests/VM/run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
    loader.exec_module(module)
    return module


class Run(FetchingTest):
    def setUp(self):
        super().setUp()
        self.archive.add("stable", "emulator", "1")
        for name in ("kexec-tools", "busybox-static", "makedumpfile"):
            self.archive.add("sid", name, "1")
        for number in "1", "2":
            self.archive.add("stable", f"linux-image-{number}-box", number, path=f"boot/vmlinuz-{number}")
        self.archive.publish()
        apt = self.folder / "apt"
        apt.mkdir()
        (apt / "sources.list").write_text(f"deb {self.server.address}/debian stable main\n")
        self.enterContext(mock.patch.dict(os.environ, SWKEXEC_APT=str(apt)))

        module = run_module()  # which registers the real tests
        self.enterContext(mock.patch.dict(CASES, clear=True))
        self.enterContext(mock.patch.object(cache, "all_results", self.results))
        for kernel in ("old", "new"):
            case(f"boots-{kernel}", machine=BOX, kernel=kernel)(lambda lab, kernel: lab.pieces.vmlinuz(kernel).read_text().strip())
        case("dumps", machine=BOX, kernel="old")(lambda lab, kernel: lab.pieces.program("usr/share/makedumpfile").read_text().strip())
        self.main = module.main

    def results(self):
        folder = self.folder / "results"
        folder.mkdir(exist_ok=True)
        return folder

    def run_all(self):
        """The lines of a run, without the numbers that are of no interest here."""
        output = io.StringIO()
        arguments = ["run", "--loader=kexec-tools", "--newest", "--accel=tcg", "-j1"]
        with mock.patch("sys.argv", arguments), contextlib.redirect_stdout(output):
            self.main()
        return [re.sub(r" \(\d+ s.*\)$|^\[\d/\d\] ", "", line) for line in output.getvalue().splitlines()]

    def test_all_is_there(self):
        lines = self.run_all()
        for line in ("PASS boots-old: linux-image-1-box 1", "PASS boots-new: linux-image-2-box 2", "PASS dumps: makedumpfile 1"):
            self.assertIn(line, lines)
        self.assertEqual(lines[-1], "3 passed, 0 failed")

    def test_a_kernel_is_missing(self):
        self.fault("hole", "linux-image-2")
        lines = self.run_all()
        why = "no x86_64 kernel new: linux-image-2-box_2_amd64.deb of stable: HTTP 404"
        for line in ("PASS boots-old: linux-image-1-box 1", f"FAIL boots-new: {why}", "PASS dumps: makedumpfile 1"):
            self.assertIn(line, lines)
        self.assertEqual(lines[-1], "2 passed, 1 failed")
        self.assertFalse([line for line in lines if "Traceback" in line])

    def test_a_tool_is_missing(self):
        self.fault("cut", "makedumpfile")
        lines = self.run_all()
        self.assertTrue([line for line in lines if line.startswith("FAIL dumps: no x86_64 makedumpfile: makedumpfile_1_amd64.deb of sid: the connection was cut")])
        self.assertEqual(lines[-1], "2 passed, 1 failed")

    def test_nothing_is_there(self):
        self.server.__exit__()
        lines = self.run_all()
        self.assertEqual(lines[-1], "0 passed, 3 failed")
        self.assertFalse([line for line in lines if "Traceback" in line])
