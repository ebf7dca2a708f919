"""A verdict that nobody expected, with the subject's traceback next to the baseline's, for the report step to print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import frozen
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.records import NOT_LOADED, Judgement, Outcome, Plan, Rate, Result, Verdict
from conformance.report.legible import legible
from conformance.report.rates import common_reason, said
from conformance.report.words import shortened, some

WIDE = 120
"""From this many columns on, tracebacks stand side by side."""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")


@frozen
class _Side:
    title: str
    body: Text
    """Empty where there is nothing to show."""


def alike(judgements: Iterable[Judgement]) -> list[list[Judgement]]:
    """Return the judgements, those together that tell the same of one test in several cells, or of a whole suite."""
    groups: dict[tuple[object, ...], list[Judgement]] = {}
    for found in judgements:
        told = (_told(result) for result in (found.baseline, found.subject, found.retried))
        test = None if _is_not_loaded(found) else found.test
        groups.setdefault((test, found.verdict, common_reason(found), *told), []).append(found)
    return list(groups.values())


def _is_not_loaded(judgement: Judgement) -> bool:
    return judgement.subject is not None and judgement.subject.detail.startswith(NOT_LOADED)


def print_unexpected(console: Console, plan: Plan, judgements: Sequence[Judgement], place: str) -> None:
    """Print a divergent or flaky test, given its judgements that are alike, with the results of the first.

    ``place`` is its place in the list, such as ``2 of 7``.
    """
    judgement, *others = judgements
    title = legible(console, f"{judgement.verdict} ", "bold red")
    tests = list(dict.fromkeys(found.test for found in judgements))
    title.append_text(legible(console, some(tests, 1, "tests"), "bold")).append_text(
        legible(console, f"  {place}", "dim")
    )
    console.print()
    console.print(title)
    console.print(legible(console, f"in {judgement.cell}"))
    cells = list(dict.fromkeys(_rated(found) for found in others if found.cell != judgement.cell))
    if cells:
        console.print(legible(console, f"and alike in {some(cells, 3, 'cells')}"))
    console.print(legible(console, f"against {judgement.baseline.cell}"))
    if judgement.reason:
        console.print(legible(console, judgement.reason, "yellow"))
    sides = _sides(console, plan, judgement)
    if console.width >= WIDE:
        _print_beside(console, sides)
    else:
        for side in sides:
            console.print(legible(console, side.title, "bold"))
            if side.body:
                console.print(Padding(side.body, (0, 0, 0, 4), expand=False))


def _sides(console: Console, plan: Plan, judgement: Judgement) -> list[_Side]:
    baseline, subject, retried = judgement.baseline, judgement.subject, judgement.retried
    name, rate = plan.cell(judgement.cell).implementation.name, judgement.rate
    steady = judgement.verdict is not Verdict.FLAKY or baseline.outcome is Outcome.PASSED
    title = "baseline" if steady else f"baseline, {_attempt(baseline, rate)}"
    sides = [_Side(f"{title}: {baseline.outcome}", _body(console, baseline))]
    if subject is None:
        return sides
    if rate is not None and (judgement.verdict is Verdict.DIVERGENT or rate.passed == rate.runs):
        return [*sides, _Side(f"{name}: {subject.outcome}, {rate.runs:,} times", _body(console, subject))]
    if rate is None and retried is None:
        return [*sides, _Side(f"{name}: {subject.outcome}", _body(console, subject))]
    if _told(subject) == _told(retried):
        return [*sides, _Side(f"{name}: {subject.outcome}, twice", _body(console, subject))]
    for result in (subject, retried):
        if result is not None:
            title = f"{name}, {_attempt(result, rate)}: {result.outcome}"
            sides.append(_Side(title, _body(console, result)))
    return sides


def _attempt(result: Result, rate: Rate | None) -> str:
    if rate is not None:
        return f"attempt {result.attempt:,} of {rate.runs:,}"
    return {1: "first attempt", 2: "second attempt"}.get(result.attempt, f"attempt {result.attempt:,}")


def _rated(judgement: Judgement) -> str:
    return judgement.cell if judgement.rate is None else f"{judgement.cell} ({said(judgement.rate)})"


def _print_beside(console: Console, sides: Sequence[_Side]) -> None:
    table = Table(box=box.MINIMAL, show_edge=False, pad_edge=False, expand=True, header_style="bold")
    for side in sides:
        # An empty side takes no more room than its title, so that a traceback has the rest.
        table.add_column(legible(console, side.title), ratio=1 if side.body else None, overflow="fold")
    table.add_row(*(side.body for side in sides))
    console.print(table)


def _told(result: Result | None) -> tuple[Outcome, str] | None:
    """Return what a result tells, but for the addresses in it, which are others in each process."""
    return None if result is None else (result.outcome, _ADDRESS.sub("", result.detail))


def _body(console: Console, result: Result) -> Text:
    parts = [legible(console, shortened(result.detail, 15, 60))] if result.detail.strip() else []
    for subtest in result.subtests:
        if subtest.outcome is not Outcome.PASSED:
            parts.append(legible(console, f"subtest {subtest.parameters}: {subtest.outcome}", "bold"))
            if subtest.detail.strip() and subtest.detail not in result.detail:
                parts.append(legible(console, shortened(subtest.detail, 15, 60)))
    if result.output.strip():
        parts.append(legible(console, "captured output:", "bold"))
        parts.append(legible(console, shortened(result.output, 5, 25)))
    return Text("\n").join(parts)
