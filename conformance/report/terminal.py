"""The report on the terminal, the last thing that a run prints: table, reasons, tracebacks and one closing line."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.table import Table

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.places import COMMAND
from conformance.records import Judgement, Missing, Plan, Result, Shard, Verdict
from conformance.report.entries import entries, entry
from conformance.report.leaks import print_leaks
from conformance.report.legible import heading, legible
from conformance.report.rates import common_reason, print_rates, steadiness
from conformance.report.summary import summarize
from conformance.report.table import print_inapplicable, print_table
from conformance.report.tracebacks import alike, print_unexpected
from conformance.report.words import some

_FAILING = frozenset({Verdict.DIVERGENT, Verdict.FLAKY})
_UNFINISHED = (None, ExitStatus.INTERRUPTED)
_CELLS = 3
_TESTS = 2


def render(
    console: Console,
    plan: Plan,
    judgements: Sequence[Judgement],
    *,
    results: Sequence[Result],
    unmet: Sequence[Unmet] = (),
    status: ExitStatus | None,
    shards: Sequence[Shard] = (),
    path: Path | None = None,
    renewal: Sequence[str] = (),
    tracebacks: int = 25,
) -> None:
    """Print the report of a run.

    ``results`` are all of the run, more than the judgements have where each test ran several times. ``status``
    is None for a document that lacks its footer, and ``shards`` are those whose documents are missing.
    ``path`` is the document's, to be named where the run can be finished, and ``renewal`` are the arguments
    of ``expectations update`` that take out what the run has shown to be out of date; none where it cannot.
    At most ``tracebacks`` tests that diverged unexpectedly are printed with their tracebacks; the rest are
    counted by cell.
    """
    print_table(console, plan, judgements)
    print_inapplicable(console, plan, judgements)
    unexpected = [found for found in judgements if not found.expected]
    _print_unexpected(console, plan, [found for found in unexpected if found.verdict in _FAILING], tracebacks)
    _print_declared(console, [found for found in judgements if found.expected and found.verdict in _FAILING])
    untrue = [found for found in unexpected if found.verdict not in _FAILING]
    _print_untrue(console, unmet, untrue, renewal)
    print_rates(console, judgements)
    print_leaks(console, plan, results)
    _print_missing(console, plan.missing)
    console.print()
    if steady := steadiness(judgements):
        console.print(legible(console, steady))
    style = "bold green" if status is ExitStatus.AS_EXPECTED else "bold red"
    console.print(legible(console, summarize(plan, judgements, unmet, status, results, shards), style))
    if path is not None and status in _UNFINISHED:
        _print_command(console, "To finish it", ["run", "--resume", str(path)])


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
        table = entries()
        for cell, tests in rest.items():
            text = legible(console, cell)
            text.append("\n").append_text(legible(console, some(tests, 3, "tests"), "dim"))
            table.add_row(legible(console, f"{len(tests):,}", "bold"), text)
        console.print(table)


def _print_declared(console: Console, judgements: Sequence[Judgement]) -> None:
    if not judgements:
        return
    heading(console, "Divergent or flaky as declared")
    table = entries()
    _add_by_reason(console, table, judgements)
    console.print(table)


def _print_untrue(
    console: Console,
    unmet: Sequence[Unmet],
    judgements: Sequence[Judgement],
    renewal: Sequence[str],
) -> None:
    if not unmet and not judgements:
        return
    heading(console, "Not as declared")
    table = entries()
    _add_by_reason(console, table, judgements)
    for stale in unmet:
        declared = f": declared {stale.verdict} in entry {stale.number}: {stale.reason}"
        where = f"no such test in {some(stale.cells, _CELLS, 'cells')}"
        table.add_row(legible(console, "no test", "yellow"), entry(console, stale.test, declared, where))
    console.print(table)
    # A baseline that was lost stands here too, and has no entry.
    if renewal and (unmet or any(map(_was_declared, judgements))):
        _print_command(console, "To take such entries out", ["expectations", "update", *renewal])


def _was_declared(judgement: Judgement) -> bool:
    return judgement.reason.startswith("declared ")


def _add_by_reason(console: Console, table: Table, judgements: Sequence[Judgement]) -> None:
    """Add a row for each verdict and reason, with the tests that have it, and in which cells they do."""
    cells: dict[tuple[Verdict, str, str], list[str]] = {}
    for judgement in judgements:
        reason = common_reason(judgement)
        cells.setdefault((judgement.verdict, reason, judgement.test), []).append(judgement.cell)
    tests: dict[tuple[Verdict, str, tuple[str, ...]], list[str]] = {}
    for (verdict, reason, test), places in cells.items():
        tests.setdefault((verdict, reason, tuple(places)), []).append(test)
    for (verdict, reason, where), same in tests.items():
        tests_of_it, cells_of_it = some(same, _TESTS, "tests"), some(where, _CELLS, "cells")
        text = entry(console, tests_of_it, f": {reason}", f"in {cells_of_it}")
        table.add_row(legible(console, verdict, "yellow"), text)


def _print_command(console: Console, what_for: str, arguments: Sequence[str]) -> None:
    """Print a command in one line: it is to be copied, and not to be broken."""
    text = legible(console, f"{what_for}: {COMMAND} {shlex.join(arguments)}")
    console.print(text, soft_wrap=True)


def _print_missing(console: Console, missing: Sequence[Missing]) -> None:
    if not missing:
        return
    heading(console, "Missing interpreters")
    table = entries()
    for interpreter in missing:
        table.add_row(
            legible(console, interpreter.python, "bold yellow"), legible(console, interpreter.advice)
        )
    console.print(table)
