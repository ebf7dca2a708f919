"""A cell in parts, which several workers run at once: by whole classes, about as long as each other; in execute."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from threading import Event as Flag
from threading import Lock
from typing import Any, Protocol

from conformance.execute import order as orders_and_courses
from conformance.execute.order import Course, Order, class_of
from conformance.execute.restarts import Restarts
from conformance.execute.supervise import see_through
from conformance.records import Outcome, Result, Suite


class Listener(orders_and_courses.Listener, Protocol):
    """Who wants to know what happens while it happens; called from several threads."""

    def cell_finished(self, cell: str, counts: Mapping[Outcome, int], seconds: float) -> None:
        """All tests of a cell have ended."""


_GUESSED_SECONDS = {Suite.TASKS: 15.0}
"""How long a suite takes of which nothing is recorded, where that is long."""
_OTHERWISE_SECONDS = 2.0
_SHORTEST_SECONDS = 2.0
"""Of a part: a worker's start takes a fifth of a second, of processor time at that."""


class Parts:
    """An order in ``count`` parts: what they tell, the listener hears as of one, and their courses make one."""

    def __init__(self, order: Order, count: int, listener: Listener) -> None:
        self.order = order
        self.count = count
        self._listener = listener
        self._lock = Lock()
        self._began: float | None = None
        self._listed = self._started = False
        self._shares: list[list[str]] | None = None
        self._told: dict[str, Result] = {}
        self._courses: list[Course] = []
        self._course: Course | None = None
        self._restarts = Restarts()

    def see_through(self, number: int, abandoned: Flag) -> None:
        """Run one of the parts, counted from 0, to its end; raises what the supervision of a worker raises."""
        with self._lock:
            self._began = self._began or time.monotonic()
        course = see_through(self.order, self, abandoned, partial(self._share, number), self._restarts)
        with self._lock:
            self._courses.append(course)
            if len(self._courses) < self.count:
                return
            self._course = self._whole()
            counts = Counter(result.outcome for result in self._course.results)
            self._listener.cell_finished(self.order.cell.name, counts, time.monotonic() - self._began)

    def collect(self) -> Course | None:
        """Return how the cell went, once: when its last part is done, and None before and after."""
        with self._lock:
            course, self._course = self._course, None
            return course

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        """Tell of it where the part's worker is the first."""
        with self._lock:
            if not self._listed:
                self._listed = True
                self._listener.suite_listed(cell, tests, hello)

    def cell_started(self, cell: str, total: int) -> None:
        """Tell of it where the part's worker is the first; ``total`` is of the whole cell."""
        with self._lock:
            if not self._started:
                self._started = True
                self._listener.cell_started(cell, total)

    def test_started(self, cell: str, test: str) -> None:
        self._listener.test_started(cell, test)

    def test_finished(self, result: Result) -> None:
        """Tell of it once: each part that comes by the module's fixture has the same trouble there."""
        with self._lock:
            if result.test in self._told:
                return
            self._told[result.test] = result
        self._listener.test_finished(result)

    def _share(self, number: int, tests: Sequence[str]) -> list[str]:
        """The tests of a part: what the first worker that asks has is dealt out, once and for all."""
        with self._lock:
            if self._shares is None:
                self._shares = divide(tests, self.count, self.order.durations)
            return list(self._shares[number])

    def _whole(self) -> Course:
        loaded = next((course for course in self._courses if course.hello), Course())
        places = {test: place for place, test in enumerate(loaded.tests)}
        results = list(self._told.values())
        if self.count > 1:
            # What is shown does not depend on which part was the faster.
            results.sort(key=lambda result: places.get(result.test, len(places)))
        broken = next((course.broken for course in self._courses if course.broken), "")
        return Course(loaded.hello, loaded.tests, results, loaded.left_out, broken)


def expected_seconds(order: Order) -> float:
    """How long the order may take: as long as before, or, where nothing is recorded, as such suites do."""
    if order.durations:
        return sum(order.durations.values())
    return _GUESSED_SECONDS.get(order.cell.suite, _OTHERWISE_SECONDS)


def how_many(order: Order, waiting: float, jobs: int) -> int:
    """Into how many parts to cut an order, where work of ``waiting`` seconds, its own among it, is for ``jobs`` workers.

    While there is much, a whole cell is no longer than what each worker gets; the last ones would have most
    workers wait for them. A shuffled cell is one part: the order that the seed gives is that of all its tests.
    """
    if order.shuffle is not None:
        return 1
    expected = expected_seconds(order)
    most = len({class_of(test) for test in order.durations}) or jobs
    return max(1, min(jobs, most, round(expected / max(waiting / jobs, _SHORTEST_SECONDS))))


def divide(tests: Sequence[str], count: int, durations: Mapping[str, float]) -> list[list[str]]:
    """Deal tests out to ``count`` parts, in their order, a class to one part; ``durations`` are in seconds."""
    recorded = [durations[test] for test in tests if test in durations]
    usual = sum(recorded) / len(recorded) if recorded else 1.0
    classes: defaultdict[str, float] = defaultdict(float)
    for test in tests:
        classes[class_of(test)] += durations.get(test, usual)
    lengths = [0.0] * count
    part_of = {}
    for name in sorted(classes, key=lambda name: (-classes[name], name)):
        shortest = lengths.index(min(lengths))
        part_of[name] = shortest
        lengths[shortest] += classes[name]
    return [[test for test in tests if part_of[class_of(test)] == part] for part in range(count)]
