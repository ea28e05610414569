"""Which guests run by KVM. The device is a file made for it: no machine that this is tested on has KVM."""
import tempfile
import unittest
from pathlib import Path

import setting  # noqa: F401  (finds vmtest)
from vmtest import accelerator
from vmtest.machines.arm64 import ARM64, ARM64_MAX_EL2
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64
from vmtest.machines.x86_64 import X86_64


def works():
    """A trial that succeeds."""


class Choice(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.device, self.missing = Path(folder.name) / "kvm", Path(folder.name) / "none"
        self.device.touch()

    def chosen(self, asked="auto", device=None, host="x86_64", trial=works):
        return accelerator.chosen(asked, trial, device or self.device, host)

    def test_auto_with_a_device(self):
        chosen = self.chosen()
        self.assertEqual(chosen.of(X86_64), "kvm")
        self.assertEqual([chosen.of(machine) for machine in (ARM64, ARM64_MAX_EL2, PPC64LE, RISCV64)], ["tcg"] * 4, "of another architecture")
        self.assertEqual(chosen.of(X86_64, "max,la57=on"), "tcg", "a test that names a model of CPU")
        self.assertEqual(chosen.summary, "accelerator: kvm for x86_64 guests with this machine's own CPU, tcg for all others")

    def test_a_host_of_another_architecture(self):
        chosen = self.chosen(host="aarch64")
        self.assertEqual([chosen.of(machine) for machine in (X86_64, ARM64, ARM64_MAX_EL2)], ["tcg"] * 3)

    def test_auto_without_a_device(self):
        chosen = self.chosen(device=self.missing, trial=self.fail)
        self.assertEqual(chosen.of(X86_64), "tcg")
        self.assertEqual(chosen.summary, f"accelerator: tcg ({self.missing}: No such file or directory)")

    def test_a_device_that_cannot_be_opened_for_writing(self):
        folder = self.device.parent  # of which this is true for root, too
        self.assertEqual(self.chosen(device=folder, trial=self.fail).summary, f"accelerator: tcg ({folder}: Is a directory)")

    def test_a_device_that_does_not_work(self):
        chosen = self.chosen(trial=lambda: "no word of the BIOS")
        self.assertEqual((chosen.of(X86_64), chosen.summary), ("tcg", "accelerator: tcg (no word of the BIOS)"))

    def test_tcg(self):
        self.assertEqual(self.chosen("tcg", trial=self.fail).of(X86_64), "tcg")

    def test_kvm(self):
        self.assertEqual(self.chosen("kvm").of(X86_64), "kvm")
        with self.assertRaisesRegex(SystemExit, "^--accel=kvm: .*No such file"):
            self.chosen("kvm", self.missing)
        with self.assertRaisesRegex(SystemExit, "^--accel=kvm: no word of the BIOS$"):
            self.chosen("kvm", trial=lambda: "no word of the BIOS")


if __name__ == "__main__":
    unittest.main()
