"""What a network and a mirror that is out of step do to a run: the next candidate is taken, with one line that says so."""
import time
import unittest
from unittest import mock

from setting import ATTEMPTS, FetchingTest, piece
from vmtest import mirror
from vmtest.packages import Unavailable


class Candidates(FetchingTest):
    def setUp(self):
        super().setUp()
        for suite, version in (("stable", "1.0"), ("stable", "1.10"), ("stable-security", "1.9"), ("sid", "2.0")):
            self.archive.add(suite, "thing", version)
        self.archive.publish()

    def test_the_newest_of_the_first_source_is_taken(self):
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 1.10"])
        self.assertEqual(self.said, [])

    def test_a_hole_in_the_pool(self):
        self.fault("hole", "thing_1.10")
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 1.9"])
        self.assertEqual(self.said, ["box thing: passed over thing_1.10_amd64.deb of stable: HTTP 404"])
        self.assertEqual(self.times_asked("thing_1.10"), 1)

    def test_a_file_that_is_not_what_the_index_says(self):
        for kind in ("truncated", "garbled"):
            with self.subTest(kind):
                self.server.faults, self.said = [("thing_1.10", kind)], []
                self.assertEqual(self.contents(self.fetcher(newest=True).tree(piece("thing"))), ["thing 1.9"])
                self.assertEqual(self.said, ["box thing: passed over thing_1.10_amd64.deb of stable: its SHA-256 is not the one of the index"])

    def test_a_connection_that_is_cut(self):
        self.fault("cut", "thing_1.10")
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 1.9"])
        self.assertRegex(self.said[0], r"^box thing: passed over thing_1.10_amd64.deb of stable: the connection was cut after \d+ of \d+ bytes$")
        self.assertEqual(len(self.said), 1)
        self.assertEqual(self.times_asked("thing_1.10"), ATTEMPTS)

    def test_another_source_when_the_first_has_nothing_left(self):
        self.fault("hole", r"thing_1\.")
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 2.0"])
        self.assertEqual(len(self.said), 3)

    def test_every_candidate_gone(self):
        self.fault("hole", "thing_")
        fetcher = self.fetcher()
        for _ in range(2):
            with self.assertRaises(Unavailable) as raised:
                fetcher.tree(piece("thing"))
            self.assertRegex(str(raised.exception), r"^no box thing: thing_1.10_amd64.deb of stable: HTTP 404; .*thing_2.0_amd64.deb of sid: HTTP 404$")
        self.assertEqual(self.times_asked("thing_"), 4)

    def test_more_candidates_than_fit_into_a_line(self):
        for number in range(5):
            self.archive.add("sid", "thing", f"0.{number}")
        self.archive.publish()
        self.fault("hole", "thing_")
        with self.assertRaisesRegex(Unavailable, "^no box thing: thing_1.10_.*; thing_1.9_.*; thing_1.0_.*; thing_2.0_.*: HTTP 404; and 5 more$"):
            self.fetcher().tree(piece("thing"))

    def test_no_such_package(self):
        with self.assertRaisesRegex(Unavailable, "^no box thing: no package other in stable, stable-security; no package other in sid$"):
            self.fetcher().tree(piece("other"))


class Indexes(FetchingTest):
    def setUp(self):
        super().setUp()
        self.archive.add("stable", "thing", "1.0")
        self.archive.add("stable-security", "thing", "1.1")

    def test_an_index_that_does_not_match_the_release_file(self):
        self.archive.publish(by_hash=False)
        self.fault("garbled", "stable-security.*Packages")
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 1.0"])
        self.assertEqual(self.said, ["passed over the suite stable-security, amd64: the package index does not match the release file"])

    def test_the_index_by_its_digest(self):
        self.archive.publish()
        self.fault("garbled", "Packages.xz")
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 1.1"])
        self.assertEqual(self.said, [])

    def test_no_suite_is_left(self):
        self.archive.publish()
        self.fault("hole", "InRelease")
        with self.assertRaisesRegex(Unavailable, "the suite stable, amd64: InRelease: HTTP 404; the suite stable-security, amd64: InRelease: HTTP 404"):
            self.fetcher().tree(piece("thing"))

    def test_a_wrong_signature(self):
        self.archive.publish()
        release = self.archive.folder / "debian-security/dists/stable-security/InRelease"
        for text, why in ((release.read_text().replace("Suite: ", "Sweet: "), "the signature of the release file is wrong"),
                          (release.read_text().split("\n\n", 1)[1].split("-----BEGIN", 1)[0], "the release file is not signed")):
            with self.subTest(why):
                self.said = []
                release.write_text(text)
                self.assertEqual(self.contents(self.fetcher(newest=True).tree(piece("thing"))), ["thing 1.0"])
                self.assertEqual(self.said, [f"passed over the suite stable-security, amd64: {why}"])

    def test_the_index_of_an_earlier_run(self):
        self.archive.publish()
        self.fetcher().tree(piece("thing"))
        self.fault("hole", "security.*InRelease")
        self.assertEqual(self.contents(self.fetcher(newest=True).tree(piece("thing"))), ["thing 1.1"])
        self.assertEqual(self.said, ["stable-security, amd64: the index of an earlier run is used: InRelease: HTTP 404"])

    def test_an_index_that_is_as_it_was_is_not_fetched_again(self):
        self.archive.publish()
        for _ in range(2):
            self.fetcher(newest=True).tree(piece("thing"))
        self.assertEqual((self.times_asked("stable/InRelease"), self.times_asked("stable/main")), (2, 1))


class Dependencies(FetchingTest):
    def fetched(self, *packages):
        self.archive.publish()
        wanted = piece(*packages, complete=packages, leave_out=("base",))
        return self.contents(self.fetcher().tree(wanted))

    def test_they_come_along(self):
        self.archive.add("stable", "thing", "1.0", depends="left (>= 1) | right, virtual, base")
        self.archive.add("stable", "right", "1")
        self.archive.add("stable", "real", "1", provides="other, virtual (= 3)", depends="thing")
        self.assertEqual(self.fetched("thing"), ["real 1", "right 1", "thing 1.0"])
        self.assertEqual(self.said, [])

    def test_an_older_library_where_the_newest_cannot_be_had(self):
        self.archive.add("stable", "thing", "1.0", depends="library (>= 1)")
        self.archive.add("stable", "library", "1.0")
        self.archive.add("stable", "library", "2.0")
        self.fault("hole", "library_2")
        self.assertEqual(self.fetched("thing"), ["library 1.0", "thing 1.0"])
        self.assertEqual(self.said, ["box thing: passed over library_2.0_amd64.deb of stable: HTTP 404"])

    def test_an_older_program_where_the_newest_needs_what_cannot_be_had(self):
        for version in ("1.0", "2.0"):
            self.archive.add("stable", "thing", version, depends=f"library (>= {version})")
            self.archive.add("stable", "library", version)
        self.fault("hole", "library_2")
        self.assertEqual(self.fetched("thing"), ["library 1.0", "thing 1.0"])
        self.assertEqual(self.said[1], "box thing: passed over thing_2.0_amd64.deb of stable: needs library (>= 2.0), which cannot be had")

    def test_nothing_is_left_out_in_silence(self):
        self.archive.add("stable", "thing", "1.0", depends="library")
        with self.assertRaisesRegex(Unavailable, "thing_1.0_amd64.deb of stable: needs library, which cannot be had"):
            self.fetched("thing")


class NoMirror(FetchingTest):
    def test_nothing_listens(self):
        self.server.__exit__()
        began = time.monotonic()
        fetcher = self.fetcher()
        why = f"{self.server.address.removeprefix('http://')} does not answer: Connection refused"
        for name in ("thing", "another"):
            with self.assertRaisesRegex(Unavailable, f"^no box thing: {why}$"):
                fetcher.tree(piece(name))
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.said, [why])

    def test_nothing_answers(self):
        self.fault("silent", "")
        with mock.patch.object(mirror, "SILENCE", 0.1), self.assertRaisesRegex(Unavailable, "does not answer: not a word in 0.1 s$"):
            self.fetcher().tree(piece("thing"))
        self.assertEqual(len(self.server.asked), ATTEMPTS, "a server that is silent was asked again")

    def test_it_goes_away_in_the_middle(self):
        for version in ("1.0", "1.1"):
            self.archive.add("stable", "thing", version)
        self.archive.publish()
        self.fault("closed", "pool")
        with self.assertRaisesRegex(Unavailable, "^no box thing: 127.0.0.1:[0-9]* does not answer: Remote end closed connection without response$"):
            self.fetcher().tree(piece("thing"))
        self.assertEqual((len(self.said), self.times_asked("thing_")), (1, ATTEMPTS))

    def test_what_is_there_needs_none(self):
        self.archive.add("stable", "thing", "1.0")
        self.archive.publish()
        self.fetcher().tree(piece("thing"))
        self.server.__exit__()
        self.assertEqual(self.contents(self.fetcher().tree(piece("thing"))), ["thing 1.0"])
        with self.assertRaises(Unavailable):
            self.fetcher().tree(piece("another"))


if __name__ == "__main__":
    unittest.main()
