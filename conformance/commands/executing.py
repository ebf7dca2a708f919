"""Execute a plan and judge it, with the second look at what diverged: the middle of ``run``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from rich.console import Console

from conformance.commands.known import Known
from conformance.commands.unloadable import refuse_unloadable, results_of_unloadable
from conformance.errors import UsageError
from conformance.execute import Course, Order, execute
from conformance.judge import Expectation, judge, to_retry
from conformance.records import NATIVE, Cell, Environment, Judgement, Plan, Result, Verdict
from conformance.report import DocumentWriter, Hello
from conformance.report.progress import Progress
from conformance.store import Unexercised
from conformance.suites import DEFINITIONS
from conformance.sync import Lock


@frozen
class Prepared:
    """What the steps before have brought."""

    plan: Plan
    lock: Lock
    trees: Mapping[str, Path]
    pythons: Mapping[Environment, Path]
    declared: Sequence[Expectation]
    known: Known
    unexercised: Unexercised


@frozen
class How:
    """How to run it."""

    pattern: str | None
    """A part of a test's id or a glob; None for all tests."""
    jobs: int
    seconds: float
    """The time limit of each test."""
    memory: int
    """How much address space a worker may take, in bytes; 0 for no limit."""
    shuffle: int | None
    """The seed of the tests' order; None for the suites' own."""
    repeat: int
    """How often each test runs."""
    shard: bool
    """Whether the plan is only a part."""
    coverage: Path | None
    """The folder for coverage's data files; None where nothing is measured."""

    def wants(self, test: str) -> bool:
        return self.pattern is None or self.pattern in test or fnmatchcase(test, self.pattern)


def execute_and_judge(
    prepared: Prepared,
    how: How,
    document: DocumentWriter,
    console: Console,
    interrupted: Callable[[], bool],
) -> tuple[list[Judgement], list[Result]]:
    """Execute the plan and judge it; what diverged runs again in fresh workers, and is judged again.

    Returns the judgements and all results. What is known is not run. All that comes in is kept, and written to ``document``. Raises UsageError when
    no test is wanted, ExecuteError when a baseline cannot be loaded, since nothing can be judged against it,
    and KeyboardInterrupt soon after ``interrupted`` says so.
    """
    return _Run(prepared, how, document, console, interrupted).go()


class _Witness(Progress):
    """Shows the progress; keeps each result as it comes, and writes it to the document."""

    def __init__(self, console: Console, cells: int, prepared: Prepared, document: DocumentWriter) -> None:
        super().__init__(console, cells)
        self._prepared = prepared
        self._document = document

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        self._prepared.known.keep_listing(cell, tests, hello)

    def test_finished(self, result: Result) -> None:
        self._prepared.known.keep(result)
        self._document.result(result)
        super().test_finished(result)


class _Run:
    def __init__(
        self,
        prepared: Prepared,
        how: How,
        document: DocumentWriter,
        console: Console,
        interrupted: Callable[[], bool],
    ) -> None:
        self._prepared = prepared
        self._how = how
        self._document = document
        self._console = console
        self._interrupted = interrupted
        self._courses: dict[tuple[str, int], Course] = {}

    def go(self) -> tuple[list[Judgement], list[Result]]:
        plan = self._prepared.plan
        attempts = range(1, self._how.repeat + 1)
        self._see_through([(cell, attempt, self._how.wants) for attempt in attempts for cell in plan.cells])
        results = [result for course in self._courses.values() for result in course.results]
        # Another shard may have what this one lacks.
        if not self._how.shard:
            refuse_unloadable(plan, self._courses)
        results += results_of_unloadable(plan, self._courses)
        if not results and not self._how.shard:
            raise UsageError(
                f"No test matches '{self._how.pattern}'.", "Give a part of a test's id, or a glob."
            )
        judgements = self._judge(results)
        again = [
            (plan.cell(name), 2, frozenset(tests).__contains__)
            for name, tests in to_retry(judgements).items()
            if not self._courses[name, 1].broken
        ]
        if again and self._how.repeat == 1:
            self._console.print(f"{len(again)} cells diverge; what did is looked at twice, in fresh workers")
            self._see_through(again)
            for cell, attempt, _only in again:
                results += self._courses[cell.name, attempt].results
            judgements = self._judge(results)
        self._learn(judgements)
        for judgement in judgements:
            self._document.judgement(judgement)
        return judgements, results

    def _see_through(self, wanted: Sequence[tuple[Cell, int, Callable[[str], bool]]]) -> None:
        """Find out all that is wanted: from what is known where that is so, and from workers."""
        orders = []
        taken = 0
        for cell, attempt, only in wanted:
            course, order = self._begin(cell, attempt, only)
            self._courses[cell.name, attempt] = course
            for result in course.results:
                if not self._prepared.known.is_done(result):
                    self._document.result(result)
            taken += len(course.results)
            if order is not None:
                orders.append(order)
            elif attempt == 1:
                self._document.hello(Hello(cell=cell.name, worker=course.hello))
        with _Witness(self._console, len(orders), self._prepared, self._document) as witness:
            witness.taken(taken, len(wanted) - len(orders))
            execute(orders, self._how.jobs, witness, self._note, self._interrupted)

    def _begin(self, cell: Cell, attempt: int, only: Callable[[str], bool]) -> tuple[Course, Order | None]:
        """Return what is known of a cell, and the order for what is not, unless nothing is left."""
        found = self._prepared.known.results(cell, attempt)
        first = self._courses.get((cell.name, 1))
        known = {test: result for test, result in found.items() if only(test)}
        if self._how.repeat == 1 and first is not None:
            # A second look at what has just been found, and not at what was found another time.
            old = {result.test for result in first.results if result.cached}
            known = {test: result for test, result in known.items() if test in old}
        left_out = self._left_out(cell) if first is None or self._how.repeat > 1 else ()
        listing = self._prepared.known.listing(cell)
        course = Course(results=list(known.values()))
        if listing is not None:
            wanted = [test for test in listing.tests if only(test) and test not in known]
            if all(test in left_out for test in wanted):
                course.hello, course.tests, course.left_out = listing.hello, listing.tests, tuple(wanted)
                return course, None
        return course, self._order(
            cell, attempt, lambda test: only(test) and test not in known, left_out=left_out
        )

    def _order(
        self, cell: Cell, attempt: int, only: Callable[[str], bool], *, left_out: Collection[str]
    ) -> Order:
        how = self._how
        coverage = None
        if how.coverage is not None and cell.implementation.name != NATIVE:
            coverage = how.coverage.resolve() / f".coverage.{cell.name.replace('/', '-')}-{attempt}"
        return Order(
            cell=cell,
            python=self._prepared.pythons[cell.environment],
            tree=self._prepared.trees[cell.tag],
            only=only,
            leave_out=left_out,
            attempt=attempt,
            seconds=how.seconds,
            coverage=coverage,
            shuffle=how.shuffle,
            memory=how.memory,
        )

    def _note(self, order: Order, course: Course) -> None:
        """Add what a worker has found to what was known before."""
        where = order.cell.name, order.attempt
        self._courses[where] = evolve(course, results=[*self._courses[where].results, *course.results])
        if course.hello and order.attempt == 1:
            self._document.hello(Hello(cell=order.cell.name, worker=course.hello))

    def _judge(self, results: Sequence[Result]) -> list[Judgement]:
        left_out = {
            name: course.left_out for (name, attempt), course in self._courses.items() if attempt == 1
        }
        return judge(self._prepared.plan, results, self._prepared.declared, left_out, repeat=self._how.repeat)

    def _learn(self, judgements: Sequence[Judgement]) -> None:
        """Keep which tests are unexercised, and forget what differs from attempt to attempt."""
        for judgement in judgements:
            if judgement.verdict is Verdict.FLAKY:
                for cell in (judgement.cell, judgement.baseline.cell):
                    self._prepared.known.forget(cell, [judgement.test])
        if self._how.pattern is None:
            for judged in self._prepared.plan.cells:
                course = self._courses[judged.name, 1]
                if judged.baseline is not None and not course.broken:
                    blobs = _blobs(self._prepared.lock, judged)
                    self._prepared.unexercised.learn(judged, blobs, course.results, course.left_out)

    def _left_out(self, cell: Cell) -> Collection[str]:
        """The tests that say nothing about the cell's implementation, which the baseline alone runs."""
        if cell.baseline is None:
            return ()
        return self._prepared.unexercised.known(cell, _blobs(self._prepared.lock, cell))


def _blobs(lock: Lock, cell: Cell) -> str:
    """The ids of the upstream files that are the cell's suite."""
    return lock.entry(cell.tag).blobs(DEFINITIONS[cell.suite].files)
