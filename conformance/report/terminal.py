"""The report on the terminal, the last thing that a run prints: table, reasons, tracebacks and one closing line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from rich.console import Console
from rich.table import Table

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Judgement, Missing, Plan, Verdict
from conformance.report.legible import heading, legible
from conformance.report.summary import summarize
from conformance.report.table import print_inapplicable, print_table
from conformance.report.tracebacks import alike, print_unexpected
from conformance.report.words import some

_FAILING = frozenset({Verdict.DIVERGENT, Verdict.FLAKY})
_CELLS = 3
_TESTS = 2


def render(
    console: Console,
    plan: Plan,
    judgements: Sequence[Judgement],
    *,
    unmet: Sequence[Unmet] = (),
    status: ExitStatus | None,
    tracebacks: int = 25,
) -> None:
    """Print the report of a run.

    ``status`` is None for a document that lacks its footer. At most ``tracebacks`` tests that diverged
    unexpectedly are printed with their tracebacks; the rest are counted by cell.
    """
    print_table(console, plan, judgements)
    print_inapplicable(console, plan, judgements)
    unexpected = [found for found in judgements if not found.expected]
    _print_unexpected(console, plan, [found for found in unexpected if found.verdict in _FAILING], tracebacks)
    _print_declared(console, [found for found in judgements if found.expected and found.verdict in _FAILING])
    _print_untrue(console, unmet, [found for found in unexpected if found.verdict not in _FAILING])
    _print_missing(console, plan.missing)
    console.print()
    style = "bold green" if status is ExitStatus.AS_EXPECTED else "bold red"
    console.print(legible(console, summarize(plan, judgements, unmet, status), style))


def _print_unexpected(console: Console, plan: Plan, judgements: Sequence[Judgement], limit: int) -> None:
    if not judgements:
        return
    heading(console, "Unexpected: divergent or flaky")
    groups = alike(judgements)
    for place, group in enumerate(groups[:limit], start=1):
        print_unexpected(console, plan, group, f"{place} of {len(groups):,}")
    rest: dict[str, list[str]] = {}
    for judgement in chain.from_iterable(groups[limit:]):
        rest.setdefault(judgement.cell, []).append(judgement.test)
    if rest:
        console.print()
        more = f"and {len(groups) - limit:,} more, whose tracebacks the document has:"
        console.print(legible(console, more, "bold"))
        table = _grid()
        for cell, tests in rest.items():
            text = legible(console, cell)
            text.append("\n").append_text(legible(console, some(tests, 3, "tests"), "dim"))
            table.add_row(legible(console, f"{len(tests):,}", "bold"), text)
        console.print(table)


def _print_declared(console: Console, judgements: Sequence[Judgement]) -> None:
    if not judgements:
        return
    heading(console, "Divergent or flaky as declared")
    table = _grid()
    _add_by_reason(console, table, judgements)
    console.print(table)


def _print_untrue(console: Console, unmet: Sequence[Unmet], judgements: Sequence[Judgement]) -> None:
    if not unmet and not judgements:
        return
    heading(console, "Not as declared")
    table = _grid()
    _add_by_reason(console, table, judgements)
    for entry in unmet:
        text = legible(console, entry.test, "bold")
        text.append_text(
            legible(console, f": declared {entry.verdict} in entry {entry.number}: {entry.reason}\n")
        )
        text.append_text(legible(console, f"no such test in {some(entry.cells, _CELLS, 'cells')}", "dim"))
        table.add_row(legible(console, "no test", "yellow"), text)
    console.print(table)


def _add_by_reason(console: Console, table: Table, judgements: Sequence[Judgement]) -> None:
    """Add a row for each verdict and reason, with the tests that have it, and in which cells they do."""
    cells: dict[tuple[Verdict, str, str], list[str]] = {}
    for judgement in judgements:
        cells.setdefault((judgement.verdict, judgement.reason, judgement.test), []).append(judgement.cell)
    tests: dict[tuple[Verdict, str, tuple[str, ...]], list[str]] = {}
    for (verdict, reason, test), places in cells.items():
        tests.setdefault((verdict, reason, tuple(places)), []).append(test)
    for (verdict, reason, where), same in tests.items():
        text = legible(console, some(same, _TESTS, "tests"), "bold")
        text.append_text(legible(console, f": {reason}\n"))
        text.append_text(legible(console, f"in {some(where, _CELLS, 'cells')}", "dim"))
        table.add_row(legible(console, verdict, "yellow"), text)


def _print_missing(console: Console, missing: Sequence[Missing]) -> None:
    if not missing:
        return
    heading(console, "Missing interpreters")
    table = _grid()
    for interpreter in missing:
        table.add_row(
            legible(console, interpreter.python, "bold yellow"), legible(console, interpreter.advice)
        )
    console.print(table)


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table
