"""How steady the tests were where each ran several times: the report step's section on it, and its closing line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console

from conformance.records import Judgement, Rate, Verdict
from conformance.report.entries import entries, entry
from conformance.report.legible import heading, legible
from conformance.report.words import counted, some

_MOST = 25
_CELLS = 3


def print_rates(console: Console, judgements: Iterable[Judgement]) -> None:
    """Print how often each test passed that was not steady, the worst first, and in which cells."""
    cells: dict[tuple[Rate | None, str, str], list[str]] = {}
    for judgement in judgements:
        if _unsteady(judgement):
            cells.setdefault((judgement.rate, judgement.test, _remark(judgement)), []).append(judgement.cell)
    if not cells:
        return
    heading(console, "Not steady")
    table = entries(marks="right")
    ranked = sorted(cells.items(), key=lambda item: (_share(item[0][0]), item[0][1]))
    for (rate, test, remark), where in ranked[:_MOST]:
        mark = legible(console, "not run" if rate is None else said(rate), "yellow")
        table.add_row(mark, entry(console, test, remark, f"in {some(where, _CELLS, 'cells')}"))
    if rest := ranked[_MOST:]:
        table.add_row("", legible(console, f"and {len(rest):,} more, which the document has", "dim"))
    console.print(table)


def steadiness(judgements: Sequence[Judgement]) -> str:
    """Return the line that says how steady a run of several times was; empty where each test ran once."""
    runs = sorted({judgement.rate.runs for judgement in judgements if judgement.rate is not None})
    if not runs:
        return ""
    ran = sum(judgement.rate is not None for judgement in judgements)
    times = f"{runs[0]:,}" if len(runs) == 1 else f"{runs[0]:,} to {runs[-1]:,}"
    tests = f"{counted(ran, 'test')} ran {times} times{' each' if ran > 1 else ''}"
    unsteady = sum(map(_unsteady, judgements))
    return f"{tests}: {f'{unsteady:,} not steady' if unsteady else 'all steady'}."


def said(rate: Rate) -> str:
    """Return a rate in words."""
    return f"{rate.passed:,} of {rate.runs:,}"


def common_reason(judgement: Judgement) -> str:
    """Return the reason as far as cells can have it in common: what was declared, without the cell's own rate."""
    if judgement.rate is None or judgement.verdict is not Verdict.FLAKY:
        return judgement.reason
    # The judge's own words are the last ones, and empty is what nobody declared.
    return judgement.reason.rpartition("; ")[0]


def _unsteady(judgement: Judgement) -> bool:
    """Whether a test that ran several times was not the same in all, also where no verdict depends on it."""
    rate = judgement.rate
    if rate is None:
        # Without a subject that was run, only a baseline that is not steady makes a test flaky.
        return judgement.verdict is Verdict.FLAKY and judgement.subject is None
    return judgement.verdict is Verdict.FLAKY or 0 < rate.passed < rate.runs


def _remark(judgement: Judgement) -> str:
    if judgement.verdict is not Verdict.FLAKY:
        return f": {judgement.verdict}"
    own = judgement.reason.rpartition("; ")[2]
    if judgement.rate is not None:
        own = own.removeprefix(f"passed {said(judgement.rate)}, ")
    return f": {own}, as declared" if judgement.expected else f": {own}"


def _share(rate: Rate | None) -> float:
    return 1.0 if rate is None else rate.passed / rate.runs
