"""Packages chosen among candidates, with what they depend on: one that cannot be had is passed over, and the next is taken."""
import re

from .mirror import MirrorError, Unreachable
from .package import newest_first
from .packages import Unavailable, download


REASONS = 4  # in a line; each has been said when it was found


class _NoCandidate(Exception):
    """A source has no package left; the arguments say why, a reason each."""


class _Unusable(Exception):
    """A package whose dependencies cannot be had."""

    def __init__(self, package, why):
        super().__init__(why)
        self.package = package


class Chooser:
    """Finds the packages of a piece (see pieces.py), and passes over those that the mirror does not have."""

    def __init__(self, archive, log, say):
        self._archive, self._log, self._say = archive, log, say
        self._passed_over = {}  # address of a package -> why the mirror does not have it, for all pieces

    def obtain(self, piece, locked, is_there):
        """(the packages that the piece names, all that it needs), downloaded unless they are there. `locked` are those to be preferred."""
        reasons = []
        for source in sorted(piece.sources, key=lambda s: not any(lock.suite in s.suites for lock in locked)):
            unusable = {}  # address -> why it cannot be used with this source's libraries
            while True:
                try:
                    named, needed = self._choose(piece, source, locked, unusable)
                    complete = is_there(named + needed) or self._downloaded(piece, named + needed)
                except _Unusable as error:
                    self._pass_over(piece, error.package, str(error), unusable)
                    continue
                except _NoCandidate as error:
                    reasons += [*error.args, *unusable.values()]
                    break
                if complete:
                    return named, named + needed
        reasons = list(dict.fromkeys(reasons))
        more = f"; and {len(reasons) - REASONS} more" if len(reasons) > REASONS else ""
        raise Unavailable(f"no {piece}: {'; '.join(reasons[:REASONS])}{more}")

    def _pass_over(self, piece, package, why, where):
        where[package.url] = f"{package.file_name} of {package.suite}: {why}"
        self._say(f"{piece}: passed over {where[package.url]}")

    def _downloaded(self, piece, packages):
        """False when one of them cannot be had: then others have to be chosen."""
        for package in packages:
            try:
                download(package, self._archive.downloads, self._log)
            except Unreachable as error:  # that has been said
                self._passed_over[package.url] = str(error)
                return False
            except MirrorError as error:
                self._pass_over(piece, package, str(error), self._passed_over)
                return False
        return True

    def _candidates(self, packages, unusable):
        return [p for p in newest_first(packages) if p.url not in self._passed_over and p.url not in unusable]

    def _choose(self, piece, source, locked, unusable):
        named = [self._locked(piece, source, pattern, locked, unusable) or self._newest(piece, source, pattern, locked, unusable)
                 for pattern in piece.packages]
        users = [package for package in named if package.name in piece.complete]
        if not users:
            return named, []
        suites, errors = self._archive.suites(source.libraries or source.suites, piece.architecture)
        return named, self._needed(piece, named, users, suites, errors, unusable)

    def _locked(self, piece, source, pattern, locked, unusable):
        """The locked package, if it is where it was: then no other suite has to be read."""
        for lock in locked:
            if lock.suite in source.suites and re.fullmatch(pattern, lock.package):
                suites, _ = self._archive.suites([lock.suite], piece.architecture)
                found = [p for suite in suites for p in suite.named(lock.package) if p.version == lock.version]
                return next(iter(self._candidates(found, unusable)), None)
        return None

    def _newest(self, piece, source, pattern, locked, unusable):
        """The newest package, or a locked one that is now in another suite."""
        suites, errors = self._archive.suites(source.suites, piece.architecture)
        found = [p for suite in suites for p in suite.matching(pattern) if piece.accepts(p)]
        candidates = self._candidates(found, unusable)
        if not candidates:
            gone = [self._passed_over[p.url] for p in newest_first(found) if p.url in self._passed_over]
            raise _NoCandidate(*(gone + errors or [f"no package {pattern} in {', '.join(source.suites)}"]))
        wanted = {(lock.package, lock.version) for lock in locked}
        return next((p for p in candidates if (p.name, p.version) in wanted), candidates[0])

    def _needed(self, piece, named, users, suites, errors, unusable):
        """What the users depend on, and what that depends on, each in the newest version that there is and that will do."""
        chosen = {package.name: package for package in named}
        for user in users:  # it grows
            for alternatives in user.dependencies():
                if any(need.name in piece.leave_out or need.name in chosen and need.met_by(chosen[need.name]) for need in alternatives):
                    continue
                # An alternative that nobody has is one of another architecture, or of the system itself.
                offered = [(need, found) for need in alternatives if (found := self._offered(need, suites))]
                package = next((p for need, found in offered for p in self._candidates(found, unusable)
                                if need.met_by(p) and (need.name not in chosen or need.name != p.name)), None)
                if package is None:
                    wanted = " | ".join(map(str, alternatives))
                    raise _Unusable(user, "; ".join([f"needs {wanted}, which cannot be had", *errors]))
                chosen[alternatives[0].name] = chosen[package.name] = package
                users.append(package)
        return list({p.url: p for p in chosen.values() if p not in named}.values())

    def _offered(self, need, suites):
        return [p for s in suites for p in s.named(need.name)] or [p for s in suites for p in s.providing(need.name)]
