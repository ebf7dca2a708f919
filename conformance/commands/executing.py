"""Execute a plan and judge it, with the second look at what diverged: the middle of ``run``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import frozen
from rich.console import Console

from conformance.errors import ExecuteError, SyncError, UsageError
from conformance.execute import Course, Order, Unexercised, execute
from conformance.judge import Expectation, judge, to_retry
from conformance.places import UNEXERCISED
from conformance.records import NATIVE, Cell, Environment, Judgement, Outcome, Plan, Result
from conformance.report import DocumentWriter, Hello
from conformance.report.progress import Progress
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


@frozen
class How:
    """How to run it."""

    pattern: str | None
    """A part of a test's id or a glob; None for all tests."""
    jobs: int
    seconds: float
    """The time limit of each test."""
    coverage: Path | None
    """The folder for coverage's data files; None where nothing is measured."""

    def wants(self, test: str) -> bool:
        return self.pattern is None or self.pattern in test or fnmatchcase(test, self.pattern)


class _Witness(Progress):
    """Shows the progress, and writes each result to the document as it comes."""

    def __init__(self, console: Console, cells: int, document: DocumentWriter) -> None:
        super().__init__(console, cells)
        self._document = document

    def test_finished(self, result: Result) -> None:
        self._document.result(result)
        super().test_finished(result)


def execute_and_judge(
    prepared: Prepared, how: How, document: DocumentWriter, console: Console
) -> list[Judgement]:
    """Execute the plan and judge it; what diverged runs again in fresh workers, and is judged again.

    All that comes in is written to ``document``. Raises UsageError when no test is wanted, and
    ExecuteError when a baseline cannot be loaded, since nothing can be judged against it.
    """
    plan = prepared.plan
    known = Unexercised(UNEXERCISED)
    orders = [
        _order(prepared, how, cell, how.wants, leave_out=_left_out(prepared, known, cell))
        for cell in plan.cells
    ]
    courses = _execute(orders, how.jobs, document, console)
    results = [result for course in courses.values() for result in course.results]
    _refuse_unloadable(plan, courses)
    results += _of_broken(plan, courses)
    if not results:
        raise UsageError(f"No test matches '{how.pattern}'.", "Give a part of a test's id, or a glob.")
    left_out = {name: course.left_out for name, course in courses.items()}
    judgements = judge(plan, results, prepared.declared, left_out)
    again = [
        _order(prepared, how, plan.cell(name), frozenset(tests).__contains__, attempt=2)
        for name, tests in to_retry(judgements).items()
        if not courses[name].broken
    ]
    if again:
        console.print(f"{len(again)} cells diverge; what did runs again in fresh workers")
        for course in _execute(again, how.jobs, document, console).values():
            results += course.results
        judgements = judge(plan, results, prepared.declared, left_out)
    if how.pattern is None:
        for cell in plan.cells:
            course = courses[cell.name]
            if cell.baseline is not None and not course.broken:
                known.learn(cell, _blobs(prepared.lock, cell), course.results, course.left_out)
    for judgement in judgements:
        document.judgement(judgement)
    return judgements


def _execute(
    orders: Sequence[Order], jobs: int, document: DocumentWriter, console: Console
) -> dict[str, Course]:
    courses: dict[str, Course] = {}

    def note(order: Order, course: Course) -> None:
        courses[order.cell.name] = course
        if course.hello and order.attempt == 1:
            document.hello(Hello(cell=order.cell.name, worker=course.hello))

    with _Witness(console, len(orders), document) as witness:
        execute(orders, jobs, witness, note)
    return courses


def _order(
    prepared: Prepared,
    how: How,
    cell: Cell,
    only: Callable[[str], bool],
    *,
    leave_out: Collection[str] = (),
    attempt: int = 1,
) -> Order:
    coverage = None
    if how.coverage is not None and cell.implementation.name != NATIVE:
        coverage = how.coverage.resolve() / f".coverage.{cell.name.replace('/', '-')}-{attempt}"
    return Order(
        cell=cell,
        python=prepared.pythons[cell.environment],
        tree=prepared.trees[cell.tag],
        only=only,
        leave_out=leave_out,
        attempt=attempt,
        seconds=how.seconds,
        coverage=coverage,
    )


def _left_out(prepared: Prepared, known: Unexercised, cell: Cell) -> Collection[str]:
    """The tests that say nothing about the cell's implementation, which the baseline alone runs."""
    return known.known(cell, _blobs(prepared.lock, cell)) if cell.baseline is not None else ()


def _blobs(lock: Lock, cell: Cell) -> str:
    """The ids of the upstream files that are the cell's suite."""
    pinned = lock.entry(cell.tag).files
    files = DEFINITIONS[cell.suite].files
    for path in files:
        if path not in pinned:
            raise SyncError(
                f"The lock pins no {path} for {cell.tag}.",
                f"Run 'python -m conformance sync --update {cell.tag}'.",
            )
    return " ".join(pinned[path] for path in files)


def _refuse_unloadable(plan: Plan, courses: Mapping[str, Course]) -> None:
    """Raise ExecuteError for an implementation that loads nowhere: most likely it is declared wrongly."""
    broken: dict[str, list[str]] = {}
    for cell in plan.cells:
        if cell.baseline is not None:
            broken.setdefault(cell.implementation.name, []).append(courses[cell.name].broken)
    for name, whys in broken.items():
        if all(whys):
            last_words = whys[0].strip().splitlines()[-1]
            raise ExecuteError(
                f"The implementation '{name}' could not be loaded anywhere: {last_words}.",
                "See whether its runner, run, task and requires are right.",
            )


def _of_broken(plan: Plan, courses: Mapping[str, Course]) -> list[Result]:
    """Results for the cells whose suite could not be loaded: each of the baseline's tests is errored."""
    results = []
    for cell in plan.cells:
        broken = courses[cell.name].broken
        if broken and cell.baseline is None:
            raise ExecuteError(
                f"The baseline {cell.name} could not be loaded, and nothing can be judged against it.",
                "See what it says; what the other cells did is in the report document.",
                broken,
            )
        if broken and cell.baseline is not None:
            results += [
                Result(cell=cell.name, test=result.test, outcome=Outcome.ERRORED, detail=broken)
                for result in courses[cell.baseline].results
            ]
    return results
