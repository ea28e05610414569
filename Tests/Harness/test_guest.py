"""What the harness takes for a kernel that hangs before it has left, from the lines of a console."""
import io
import tempfile
import unittest
from pathlib import Path

import setting  # noqa: F401 (finds the modules)
from vmtest import guest
from vmtest.machines.ppc64le import PPC64LE


class Switchover(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.guest = guest._Guest(PPC64LE, Path(folder), guest.Limits(), lambda stage, key, value: None, conversation=None)
        self.guest._console_log = io.StringIO()
        self.limit = self.guest._deadline

    def stops(self, registers):
        self.guest.outcome.registers = registers
        try:
            self.guest._stop_at_failed_switchover()
        except guest.SwitchoverFailure:
            return True
        return False

    def test_it_has_less_time_and_gets_it_back(self):
        self.guest._console_line("[    3.3] kexec_core: Starting new kernel")
        self.assertEqual(self.guest._deadline, self.limit)
        self.guest._console_line("[    3.4] kexec: Starting switchover sequence.")
        self.assertLess(self.guest._deadline, self.limit)
        self.guest._console_line("[    0.0] Linux version 6.12")
        self.assertEqual(self.guest._deadline, self.limit)

    def test_a_cpu_in_the_old_kernel(self):
        self.guest._console_line("[    3.4] kexec: Starting switchover sequence.")
        self.assertTrue(self.stops("NIP c000000020008e3c NIP c00000002002ada0"))

    def test_a_cpu_in_purgatory(self):
        self.guest._console_line("[    3.4] kexec: Starting switchover sequence.")
        self.assertFalse(self.stops("NIP 000000004ffe0120 NIP 0000000000000064"))

    def test_a_hang_anywhere_else(self):
        self.guest._console_line("[    3.4] kexec: Starting switchover sequence.")
        self.guest._console_line("[    0.0] Linux version 6.12")
        self.assertFalse(self.stops("NIP c000000020008e3c NIP c00000002002ada0"))
