"""What is known before anything runs: results in the store, and in the document that is resumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from conformance.execute import Course, is_of_fixture, is_within, scope_of
from conformance.judge import NO_RESULT
from conformance.records import Cell, Outcome, Result
from conformance.report import Document
from conformance.store import Listing, Store

_LOST = frozenset({Outcome.CRASHED, Outcome.TIMED_OUT})
_SOUND = frozenset({Outcome.PASSED, Outcome.SKIPPED})
ASKED_AGAIN = 2
"""The attempt as which it is kept what a baseline that failed did when it was asked a second time."""


class Known:
    """The results that need not be run again, by cell and attempt; and where those that come are kept.

    ``keys`` are the cells' keys in the store. Without ``reuse`` nothing is taken from the store, though it
    keeps what comes. Of the ``resumed`` document everything is taken that was found under the same key.
    """

    def __init__(
        self, store: Store, keys: Mapping[str, str], *, reuse: bool, resumed: Document | None = None
    ) -> None:
        self._store = store
        self._keys = keys
        self._reuse = reuse
        self._done_by_cell: dict[str, dict[int, dict[str, Result]]] = {}
        for result in resumed.results if resumed else ():
            same = resumed is not None and resumed.keys.get(result.cell) == keys.get(result.cell, "")
            # What the judge wrote for want of a result is none.
            if same and result.detail != NO_RESULT:
                attempts = self._done_by_cell.setdefault(result.cell, {})
                attempts.setdefault(result.attempt, {})[result.test] = evolve(result, cached=True)

    def results(self, cell: Cell, attempt: int) -> Mapping[str, Result]:
        """Return the known results of a cell, by test."""
        return {**self._stored(cell, attempt), **self._done_by_cell.get(cell.name, {}).get(attempt, {})}

    def done(self, attempt: int) -> list[Result]:
        """Return all results of an attempt that the resumed document has."""
        return [
            result
            for attempts in self._done_by_cell.values()
            for result in attempts.get(attempt, {}).values()
        ]

    def is_done(self, result: Result) -> bool:
        """Whether it is of the resumed document."""
        return result.test in self._done_by_cell.get(result.cell, {}).get(result.attempt, {})

    def listing(self, cell: Cell) -> Listing | None:
        """Return which tests the cell's suite has, where a worker has said so before."""
        return self._store.listing(self._keys[cell.name])

    def durations(self, cell: str) -> Mapping[str, float]:
        """Return how many seconds the tests of a cell took, as far as the store has it, reused or not."""
        return {test: result.seconds for test, result in self._of_attempt(cell, 1).items()}

    def keep(self, result: Result) -> None:
        """Keep what has just been found; may be called from any thread."""
        self._store.keep(self._keys[result.cell], result)

    def keep_listing(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        """Keep which tests a cell's suite has, and what its worker said of itself."""
        self._store.keep_listing(self._keys[cell], Listing(tuple(tests), hello))

    def forget(self, cell: str, tests: Iterable[str]) -> None:
        """Let tests run again next time: what differs from attempt to attempt is not known."""
        self._store.forget(self._keys[cell], list(tests))

    def forget_fixtures(self, cell: str, course: Course, attempt: int) -> None:
        """Let go of troubles of fixtures that a course had none of, though all the tests that they are for ran."""
        ran = {result.test for result in course.results}
        unseen = set(course.tests) - set(course.left_out) - ran
        stale = [
            test
            for test in self._store.tests(self._keys[cell], attempt)
            if is_of_fixture(test)
            and test not in ran
            and not any(is_within(one, scope_of(test)) for one in unseen)
        ]
        self._store.forget(self._keys[cell], stale)

    def _stored(self, cell: Cell, attempt: int) -> dict[str, Result]:
        listing = self.listing(cell) if self._reuse else None
        if listing is None:
            return {}
        stored = self._of_attempt(cell.name, attempt)
        again = self._of_attempt(cell.name, ASKED_AGAIN) if cell.baseline is None and attempt == 1 else {}
        taken = {
            test: result for test, result in stored.items() if _is_settled(cell, result, again.get(test))
        }
        if stored.keys() - taken.keys() - set(listing.tests):
            # The fixture of a class or module: it only runs again with the tests that it is there for.
            return {}
        return taken

    def _of_attempt(self, cell: str, attempt: int) -> dict[str, Result]:
        found = self._store.results(self._keys[cell], cell, attempt)
        return {test: result for (test, _attempt), result in found.items()}


def is_doubtful(result: Result) -> bool:
    """Whether a baseline's result makes its test inapplicable and says so for sure only when it comes again."""
    return result.outcome not in _SOUND | _LOST


def _is_settled(cell: Cell, result: Result, again: Result | None) -> bool:
    """Whether to believe it again: a machine that was too busy is no finding, and native is asked a second time.

    A baseline that fails makes its test inapplicable: that must not be so for good because of one bad moment.
    """
    if cell.baseline is None and is_doubtful(result):
        return again is not None and again.outcome is result.outcome
    return result.outcome not in _LOST
