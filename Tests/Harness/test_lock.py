"""Tests/VM/versions.lock: what it names is taken while it is to be had."""
import unittest

from setting import FetchingTest, piece
from vmtest import lock


class Locking(FetchingTest):
    def setUp(self):
        super().setUp()
        for suite, version in (("stable", "1.0"), ("stable", "1.1"), ("sid", "2.0")):
            self.archive.add(suite, "thing", version)
        self.archive.publish()
        self.file = self.folder / "versions.lock"

    def locked(self, version, suite="stable"):
        return {"box/thing": [lock.Locked("box/thing", "thing", version, "amd64", suite)]}

    def test_the_locked_version_is_taken(self):
        for version, suite in (("1.0", "stable"), ("2.0", "sid")):
            with self.subTest(version):
                fetcher = self.fetcher(locked=self.locked(version, suite))
                self.assertEqual(self.contents(fetcher.tree(piece("thing"))), [f"thing {version}"])
        self.assertEqual(self.said, [])

    def test_other_suites_do_not_matter_then(self):
        self.fault("hole", "stable-security|sid")
        self.fetcher(locked=self.locked("1.0")).tree(piece("thing"))
        self.assertEqual((self.said, self.times_asked("security") + self.times_asked("sid")), ([], 0))

    def test_a_locked_version_that_moved_to_another_suite(self):
        self.assertEqual(self.contents(self.fetcher(locked=self.locked("1.0", "stable-security")).tree(piece("thing"))), ["thing 1.0"])
        self.assertEqual(self.said, [])

    def test_a_locked_version_that_is_gone(self):
        for _ in range(2):  # the second run takes it from the cache, and says the same
            self.said.clear()
            fetcher = self.fetcher(locked=self.locked("0.9"))
            self.assertEqual(self.contents(fetcher.tree(piece("thing"))), ["thing 1.1"])
            self.assertEqual(self.said, ["box thing: thing 0.9 is locked and cannot be had; thing 1.1 is taken"])

    def test_a_locked_version_whose_file_is_gone(self):
        self.fault("hole", "thing_1.0")
        fetcher = self.fetcher(locked=self.locked("1.0"))
        self.assertEqual(self.contents(fetcher.tree(piece("thing"))), ["thing 1.1"])
        self.assertEqual(len(self.said), 2)

    def test_the_newest(self):
        fetcher = self.fetcher(locked=self.locked("1.0"), newest=True)
        self.assertEqual(self.contents(fetcher.tree(piece("thing"))), ["thing 1.1"])

    def test_the_file(self):
        other = lock.Locked("other/piece", "something", "3:1.2~rc1-1+b2", "all", "sid")
        lock.write({"other/piece": [other]}, self.file)
        fetcher = self.fetcher()
        fetcher.tree(piece("thing"))
        lock.write(fetcher.used, self.file)
        self.assertEqual(lock.read(self.file), {"other/piece": [other], **self.locked("1.1")})
        lines = self.file.read_text().splitlines()
        self.assertEqual(lines[-2:], ["box/thing    thing      1.1             amd64  stable", "other/piece  something  3:1.2~rc1-1+b2  all    sid"])

    def test_a_piece_that_no_lock_names(self):
        fetcher = self.fetcher()
        fetcher.tree(piece("thing", is_locked=False))
        self.assertEqual(fetcher.used, {})


if __name__ == "__main__":
    unittest.main()
