"""Execute a plan and judge it, with the second look at what diverged: the middle of ``run``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen
from rich.console import Console

from conformance.commands.looking_up import Look, blobs_of, look_up
from conformance.commands.prepared import How, Prepared
from conformance.commands.unloadable import refuse_unloadable, results_of_unloadable
from conformance.errors import UsageError
from conformance.execute import Course, Order, execute
from conformance.judge import judge, to_retry
from conformance.records import Cell, Judgement, Plan, Result, Verdict
from conformance.report import DocumentWriter, Hello
from conformance.report.progress import Progress
from conformance.report.words import counted


@frozen
class Begun:
    """What of a plan is known before anything runs, and the orders for the rest."""

    courses: Mapping[tuple[str, int], Course]
    """By cell and attempt."""
    orders: Sequence[Order]
    done: Sequence[Result]
    """The known results, also those of a second look in a document that is resumed."""


def begin(prepared: Prepared, how: How) -> Begun:
    """Look all cells of the plan up."""
    courses = {}
    orders = []
    for attempt in range(1, how.repeat + 1):
        for cell in prepared.plan.cells:
            course, order = look_up(prepared, how, Look(cell, attempt, how.wants))
            courses[cell.name, attempt] = course
            orders += [order] if order else []
    done = [result for course in courses.values() for result in course.results]
    if how.repeat == 1:
        first = {(result.cell, result.test) for result in done}
        again = prepared.known.done(2)
        done += [result for result in again if (result.cell, result.test) in first]
    return Begun(courses, orders, done)


def execute_and_judge(
    prepared: Prepared,
    how: How,
    begun: Begun,
    document: DocumentWriter,
    console: Console,
    interrupted: Callable[[], bool],
) -> tuple[list[Judgement], list[Result]]:
    """Execute the plan and judge it; what diverged runs again in fresh workers, and is judged again.

    Returns the judgements and all results. What has ``begun`` stands in the ``document`` already; all that
    comes in is kept, and written to it. Raises UsageError when no test is wanted, ExecuteError when a baseline
    cannot be loaded, since nothing can be judged against it, and KeyboardInterrupt soon after
    ``interrupted`` says so.
    """
    return _Run(prepared, how, begun, document, console, interrupted).go()


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
        begun: Begun,
        document: DocumentWriter,
        console: Console,
        interrupted: Callable[[], bool],
    ) -> None:
        self._prepared = prepared
        self._how = how
        self._document = document
        self._console = console
        self._interrupted = interrupted
        self._courses = dict(begun.courses)
        self._orders = begun.orders
        self._witness = _Witness(console, len(begun.orders), prepared, document)
        self._unfinished = {order.cell.name for order in begun.orders}

    def go(self) -> tuple[list[Judgement], list[Result]]:
        plan, courses = self._prepared.plan, self._courses
        for (name, attempt), course in courses.items():
            if course.hello and attempt == 1:
                self._document.hello(Hello(cell=name, worker=course.hello))
        self._execute()
        # Another shard may have what this one lacks.
        if not self._how.shard:
            refuse_unloadable(plan, courses)
        results = [result for course in courses.values() for result in course.results]
        results += results_of_unloadable(plan, courses)
        if not results and not self._how.shard:
            raise UsageError(
                f"No test matches '{self._how.pattern}'.", "Give a part of a test's id, or a glob."
            )
        judgements = self._judge(plan, results)
        self._learn(judgements)
        for judgement in judgements:
            self._document.judgement(judgement)
        return judgements, results

    def _execute(self) -> None:
        known = list(self._courses.values())
        with self._witness as witness:
            witness.taken(sum(len(course.results) for course in known), len(known) - len(self._orders))
            again = [order for cell in self._prepared.plan.cells for order in self._look_again(cell)]
            execute([*self._orders, *again], self._how.jobs, witness, self._note, self._interrupted)

    def _note(self, order: Order, course: Course) -> list[Order]:
        """Add what workers have found to what was known before; returns the second looks that it calls for."""
        cell = order.cell
        self._prepared.known.forget_fixtures(cell.name, course, order.attempt)
        where = cell.name, order.attempt
        self._courses[where] = evolve(course, results=[*self._courses[where].results, *course.results])
        if order.attempt > 1:
            return []
        if course.hello:
            self._document.hello(Hello(cell=cell.name, worker=course.hello))
        self._unfinished.discard(cell.name)
        concerned = (each for each in self._prepared.plan.cells if cell.name in (each.name, each.baseline))
        return [again for each in concerned for again in self._look_again(each)]

    def _look_again(self, cell: Cell) -> list[Order]:
        """Look at what diverges in a cell once more, as soon as that and its baseline are done; returns the orders.

        It is one of the cells that run then: at the end there would not be enough for all processors.
        """
        if cell.baseline is None or self._how.repeat > 1 or self._unfinished & {cell.name, cell.baseline}:
            return []
        first, baseline = self._courses[cell.name, 1], self._courses[cell.baseline, 1]
        if first.broken or baseline.broken:
            return []
        judgements = self._judge(
            evolve(self._prepared.plan, cells=(cell,)), [*baseline.results, *first.results]
        )
        diverging = to_retry(judgements).get(cell.name)
        if not diverging:
            return []
        look = Look(cell, 2, frozenset(diverging).__contains__, first=first)
        course, order = look_up(self._prepared, self._how, look)
        self._courses[cell.name, 2] = course
        for result in course.results:
            if not self._prepared.known.is_done(result):
                self._document.result(result)
        if course.results:
            self._witness.taken(len(course.results), 0 if order else 1)
        if order is None:
            return []
        self._witness.announced(1)
        tests = counted(len(diverging), "test")
        self._console.print(f"{cell.name}: divergent in {tests}, looked at once more, in a fresh worker")
        return [order]

    def _judge(self, plan: Plan, results: Sequence[Result]) -> list[Judgement]:
        left_out = {
            name: course.left_out for (name, attempt), course in self._courses.items() if attempt == 1
        }
        return judge(plan, results, self._prepared.declared, left_out, repeat=self._how.repeat)

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
                    blobs = blobs_of(self._prepared, judged)
                    self._prepared.unexercised.learn(judged, blobs, course.results, course.left_out)
