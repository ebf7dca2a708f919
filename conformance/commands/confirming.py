"""Ask baselines that failed a second time, so that the store can believe them; ``run`` does it behind judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.console import Console

from conformance.commands.known import ASKED_AGAIN, Known, is_doubtful
from conformance.commands.looking_up import Look, look_up
from conformance.commands.prepared import How, Prepared
from conformance.execute import Course, Order, execute, is_of_fixture
from conformance.records import Cell, Result
from conformance.report.progress import Progress
from conformance.report.words import counted


def ask_again(
    prepared: Prepared,
    how: How,
    results: Iterable[Result],
    console: Console,
    interrupted: Callable[[], bool],
) -> None:
    """Run what has just failed for a baseline once more, in fresh workers, and keep that beside the first answer.

    No verdict of this run depends on it, and its document does not have it. A test that answers otherwise is
    forgotten, and so asked anew by the next run, as is one whose class or module had trouble.
    Raises ExecuteError, and KeyboardInterrupt soon after ``interrupted`` says so.
    """
    failed: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.attempt == 1 and not result.cached and is_doubtful(result):
            failed.setdefault(result.cell, {})[result.test] = result
    orders = []
    for cell in prepared.plan.cells:
        first = failed.get(cell.name, {})
        if cell.baseline is None and first and not any(map(is_of_fixture, first)):
            orders += _orders(prepared, how, cell, first)
    if not orders:
        return
    cells = counted(len(orders), "cell")
    console.print(
        f"Tests of {cells} fail for the baseline itself: they are asked once more, to be believed next time"
    )
    with _Witness(console, len(orders), prepared.known, failed) as witness:
        execute(orders, how.jobs, witness, lambda _order, _course: None, interrupted)


def _orders(prepared: Prepared, how: How, cell: Cell, first: dict[str, Result]) -> list[Order]:
    look = Look(cell, ASKED_AGAIN, first.__contains__, first=Course(results=list(first.values())))
    _course, order = look_up(prepared, how, look)
    return [order] if order else []


class _Witness(Progress):
    """Shows the progress, and keeps what comes."""

    def __init__(
        self, console: Console, cells: int, known: Known, failed: dict[str, dict[str, Result]]
    ) -> None:
        super().__init__(console, cells)
        self._known = known
        self._failed = failed

    def suite_listed(self, cell: str, tests: object, hello: object) -> None:
        """Heard of before."""

    def test_finished(self, result: Result) -> None:
        first = self._failed[result.cell].get(result.test)
        if first is not None and first.outcome is result.outcome:
            self._known.keep(result)
        elif first is not None:
            self._known.forget(result.cell, [result.test])
        super().test_finished(result)
