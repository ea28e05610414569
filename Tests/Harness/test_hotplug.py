"""The hotplug bench without a guest: events, judgement, storms, reports, on a machine that is simulated."""
import contextlib
import io
import json
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from xml.etree import ElementTree

import setting  # noqa: F401
import hotplug_test
from simulated import BLOCK, GIB, HOT_START, MIB, Machine

from vmtest.expectations import text
from vmtest.hotplug import bench, defects, events, judgement, reports, shrink
from vmtest.hotplug.boards import PPC64LE_BOARD, X86_64_BOARD
from vmtest.hotplug.running import Happened, Seen

EVERY_EVENT = tuple(X86_64_BOARD.every_event.split())


class Lab:
    """Boots the simulated machine; the crash is not simulated."""
    inspector = None
    loader = SimpleNamespace(files={}, planner="swkexec", halts_after=(), banner=(), is_swkexec=True, is_emulated=False)
    folder = Path("/nonexistent")
    pieces = SimpleNamespace(module=lambda kernel, name: b"")

    def __init__(self, machine):
        self.machine = machine

    def discard_results(self):
        pass

    def boot(self, kernel, job, conversation, **how):
        for command in conversation(self.machine, self.machine.outcome):
            self.machine.obey(command)
        return self.machine.outcome


def run(machine, words=(), **how):
    result = bench.run(Lab(machine), bench.Task(machine.board, "7.x", tuple(words), **how))
    result.crash = result.crash and bench.judgement.Verdict()
    return result


class Events(unittest.TestCase):
    def test_each_word_is_that_of_its_event(self):
        for word in (*EVERY_EVENT, "memory-3", "block33-", "block33+"):
            self.assertEqual(events.event(word, X86_64_BOARD).word, word)

    def test_what_a_machine_cannot_do_is_said(self):
        for word, board, why in (("virtio+128M", PPC64LE_BOARD, "virtio-mem"), ("memory", X86_64_BOARD, "no event")):
            with self.assertRaisesRegex(events.Unknown, why):
                events.event(word, board)

    def test_every_event_is_in_the_usual_list_or_lacking(self):
        for board in (X86_64_BOARD, PPC64LE_BOARD):
            kinds = {type(events.event(word, board)) for word in board.every_event.split()}
            self.assertEqual(kinds, {kind for kind in events.KINDS if kind.kind not in board.lacks})

    def test_every_event_passes_where_the_kernel_is_as_it_is_known(self):
        result = run(Machine(X86_64_BOARD), EVERY_EVENT)
        self.assertEqual(result.wrong, [])
        self.assertEqual(result.known, [defects.STAYS])
        self.assertEqual([step.word for step in result.steps], ["load", *EVERY_EVENT])

    def test_what_qemu_refuses_is_said(self):
        result = run(Machine(X86_64_BOARD, refuses={"device_add"}), ["memory+1G"])
        self.assertEqual(result.wrong, ["memory+1G: refused: QEMU: device_add: not today"])


    def test_what_the_kernel_was_not_built_for_is_said_and_fails_only_who_asked_for_it(self):
        usual = run(Machine(X86_64_BOARD, has=("memory",)), EVERY_EVENT)
        self.assertEqual({step.word for step in usual.steps if "CONFIG_VIRTIO_MEM" in step.refused}, {"virtio+512M", "virtio-256M"})
        self.assertEqual(usual.wrong, [])
        self.assertFalse(run(Machine(X86_64_BOARD, has=("memory",)), ["virtio+512M"]).passes)
        drawn = run(Machine(X86_64_BOARD, has=("memory",)), random=100, seed=1)
        self.assertFalse([step for step in drawn.steps if step.word.startswith("virtio")])


class Judgement(unittest.TestCase):
    def test_memory_that_is_missing_is_named(self):
        result = run(Machine(X86_64_BOARD, keeps=False), ["cpu1-", "memory+256M", "cpu1+"])
        span = text((HOT_START + GIB, HOT_START + GIB + 256 * MIB))
        self.assertEqual(result.wrong, [f"{word}: {span} is missing from the elfcorehdr" for word in ("memory+256M", "cpu1+")])
        self.assertEqual(result.first_failure, 2)

    def test_a_known_defect_that_does_not_show_is_a_failure_unless_it_is_mended(self):
        words = ["memory+256M", "memory-"]
        self.assertIn("did not show", run(Machine(X86_64_BOARD, keeps_what_went=False), words).wrong[0])
        self.assertTrue(run(Machine(X86_64_BOARD, keeps_what_went=False), words, mended=(defects.STAYS,)).passes)

    def test_memory_that_went_and_stays_is_a_failure_where_that_is_not_known(self):
        for board, mended in ((X86_64_BOARD, (defects.STAYS,)), (PPC64LE_BOARD, ())):
            result = run(Machine(board), ["memory+256M", "memory-"], mended=mended)
            self.assertEqual([what.split(" ", 2)[2] for what in result.wrong], ["is gone and in the elfcorehdr"])

    def test_on_x86_what_was_offline_before_it_goes_stays_with_what_went_before(self):
        """Nothing goes offline, so nothing has the header made anew; the simulated machine plays that."""
        machine = Machine(X86_64_BOARD)
        words = ["memory+128M", "memory+256M", "block40-", "memory-2", "memory-1"]
        self.assertEqual(run(machine, words).wrong, [])

    def test_what_power_leaves(self):
        """Blocks of 256 MiB from 2 GiB on. A byte too much where a block goes amid others, and a block that was offline before."""
        block = lambda number: (number << 28, number + 1 << 28)  # noqa: E731
        seen = lambda last, *without, offline=(): Seen(  # noqa: E731
            judgement.without([(0, last << 28)], [block(number) for number in without]), *[frozenset()] * 3, frozenset(offline), 1 << 28, 0.0)
        for before, after, left, names in (
            (seen(13), seen(13, 8), [(0xD000_0000, 0xD000_0001)], [defects.BYTE]),
            (seen(13), seen(12), [], []),
            (seen(11, 8, offline={10}), seen(8), [block(10)], [defects.OFFLINE_STAYS]),
            (seen(11, offline={10}), seen(9), [(0xA000_0000, 0xB000_0001)], [defects.OFFLINE_STAYS, defects.BYTE]),
            (seen(12), seen(12, offline={9}), [(0xC000_0000, 0xC000_0001)], [defects.BYTE]),
        ):
            stale = defects.Stale(PPC64LE_BOARD)
            stale.happened(Happened("", before, after, ""))
            self.assertEqual(stale.described(left), (names, []))
            if names:
                self.assertIn("did not show", stale.described([])[1][0])
            self.assertIn("is gone and in the elfcorehdr", stale.described([*left, (1 << 40, 2 << 40)])[1][0])

    def test_memory_that_is_neither_in_a_dimm_nor_known_is_a_failure(self):
        machine = Machine(X86_64_BOARD)
        machine.dimms["unknown"] = HOT_START + 3 * GIB, HOT_START + 3 * GIB + BLOCK
        machine.described = machine.ram()
        result = run(machine, ["cpu1-"])
        self.assertEqual(result.wrong, [])  # there before the first look
        del machine.dimms["unknown"]
        later = Machine(X86_64_BOARD)
        later.cpu_changed = lambda: later.dimms.update(unknown=(HOT_START + 3 * GIB, HOT_START + 3 * GIB + BLOCK)) or later.memory_changed()
        self.assertIn("is RAM and in no DIMM", run(later, ["cpu+"]).wrong[0])

    def test_between_two_inspections_the_header_is_judged(self):
        result = run(Machine(X86_64_BOARD, keeps=False), ["cpu1-", "memory+256M", "cpu1+"], inspect_every=100)
        self.assertEqual([step.is_inspected for step in result.steps], [True, False, False, True])
        self.assertEqual(result.first_failure, 2)
        self.assertTrue(run(Machine(X86_64_BOARD), EVERY_EVENT, inspect_every=100).passes)

    def test_an_image_that_cannot_be_inspected_is_a_failure(self):
        machine = Machine(X86_64_BOARD)
        machine.read_back = lambda: (machine.report("inspect-status", "2"), machine.report("inspected", ""), machine.report("inspect-said", "several"))
        self.assertEqual(run(machine).wrong[0], "load: the image cannot be inspected: several")


class Storms(unittest.TestCase):
    def test_a_seed_draws_the_same_events_again(self):
        drawn = [[step.word for step in run(Machine(X86_64_BOARD), random=300, seed=7).steps] for _ in range(2)]
        self.assertEqual(*drawn)
        self.assertEqual(len(drawn[0]), 301)
        other = [step.word for step in run(Machine(X86_64_BOARD), random=300, seed=8).steps]
        self.assertNotEqual(drawn[0], other)

    def test_the_drawn_events_are_possible_and_can_be_given_as_a_list(self):
        drawn = run(Machine(X86_64_BOARD), random=300, seed=7)
        self.assertEqual(drawn.wrong, [])
        self.assertFalse([step for step in drawn.steps if step.refused])
        again = run(Machine(X86_64_BOARD), [step.word for step in drawn.steps[1:]])
        self.assertEqual([step.word for step in again.steps], [step.word for step in drawn.steps])
        self.assertEqual(again.wrong, [])

    def test_all_kinds_are_drawn(self):
        words = [step.word for step in run(Machine(X86_64_BOARD), random=300, seed=7).steps[1:]]
        kinds = {type(events.event(word, X86_64_BOARD)) for word in words}
        self.assertEqual(kinds, {kind for kind in events.KINDS if kind.kind not in X86_64_BOARD.lacks})


class Shrinking(unittest.TestCase):
    def test_an_inspection_that_failed_ends_the_shortest_beginning(self):
        result = run(Machine(X86_64_BOARD, keeps=False), ["cpu1-", "memory+256M", "cpu1+"])
        asked = []
        self.assertEqual(shrink.shortest(result, lambda count: asked.append(count) or True), 2)
        self.assertEqual(asked, [2])

    def test_a_crash_that_failed_is_sought_by_halves(self):
        result = bench.Result([bench.Step(number, "cpu1-") for number in range(101)], bench.judgement.Verdict(["purgatory said"]))
        self.assertEqual(shrink.shortest(result, lambda count: count >= 37), 37)

    def test_what_does_not_fail_again_is_said(self):
        result = bench.Result([bench.Step(0, "load")], bench.judgement.Verdict(["purgatory said"]))
        self.assertIsNone(shrink.shortest(result, lambda count: False))


class Reports(unittest.TestCase):
    def setUp(self):
        self.result = run(Machine(X86_64_BOARD, keeps=False), ["cpu1-", "memory+256M"])
        self.task = bench.Task(X86_64_BOARD, "7.x", ("cpu1-", "memory+256M"))

    def test_json(self):
        document = json.loads(reports.as_json(self.task, self.result))
        self.assertEqual([(event["number"], event["event"], event["passes"]) for event in document["events"]],
                         [(0, "load", True), (1, "cpu1-", True), (2, "memory+256M", False)])
        self.assertFalse(document["passes"])

    def test_junit(self):
        suite = ElementTree.fromstring(reports.as_junit(self.task, self.result))
        failed = [case.get("name") for case in suite if case.find("failure") is not None]
        self.assertEqual((suite.get("tests"), suite.get("failures"), failed[0]), ("4", str(len(failed)), "0002 memory+256M"))

    def test_a_line_names_number_event_ranges_and_what_is_wrong(self):
        self.assertRegex(reports.line(self.result.steps[2]), r"^ +2  memory\+256M +\d+\.\d s +\d+ ranges  FAIL 0x.* is missing from the elfcorehdr$")


class ExitStatus(unittest.TestCase):
    """0 all right, 1 something not, 2 it could not be run."""

    def status(self, *arguments, machine=None):
        lab = Lab(machine) if machine else None
        results = mock.patch.object(bench.judgement, "crash", lambda *_: bench.judgement.Verdict())
        words = mock.patch.object(bench.judgement, "dumped", lambda *_: "")
        booted = mock.patch.object(hotplug_test, "lab_of", lambda task, options: lab)
        with results, words, booted, mock.patch.object(sys, "argv", ["hotplug-test", *arguments]), \
                contextlib.redirect_stdout(io.StringIO()) as self.said, contextlib.redirect_stderr(io.StringIO()) as self.errors, \
                mock.patch.object(hotplug_test.processes, "end_all_at_interrupt"):
            return hotplug_test.main()

    def test_all_right(self):
        self.assertEqual(self.status("--events=memory+256M cpu1-", machine=Machine(X86_64_BOARD)), 0)
        self.assertIn("PASS: 2 events, 0 wrong", self.said.getvalue())

    def test_something_wrong(self):
        self.assertEqual(self.status("--events=memory+256M cpu1-", machine=Machine(X86_64_BOARD, keeps=False)), 1)
        self.assertIn("FAIL: 2 events, 2 wrong", self.said.getvalue())

    def test_shrunk(self):
        class Fresh(Lab):
            def boot(self, *arguments, **how):
                self.machine = Machine(X86_64_BOARD, keeps=False)
                return super().boot(*arguments, **how)

        with mock.patch(f"{__name__}.Lab", Fresh):
            self.assertEqual(self.status("--events=cpu1- memory+256M cpu1+", "--shrink", machine=Machine(X86_64_BOARD)), 1)
        self.assertIn("has 2 events: --events='cpu1- memory+256M'", self.said.getvalue())

    def test_not_run(self):
        for arguments, why in ((["--events=memory"], "no event"), (["--kernel=/nowhere"], "--kernel=/nowhere"),
                               (["--random=3", "--events=cpu1-"], "cannot be given together"), (["--machine=ppc64le", "--efi"], "no EFI")):
            self.assertEqual(self.status(*arguments), 2)
            self.assertIn(why, self.errors.getvalue())

    def test_a_load_that_fails(self):
        machine = Machine(X86_64_BOARD)
        machine.load = lambda *_: (machine.report("load-status", "1"), machine.report("load-said", "no place"))
        self.assertEqual(self.status(machine=machine), 2)
        self.assertIn("the load ended with status 1, and said: no place", self.errors.getvalue())


if __name__ == "__main__":
    unittest.main()
