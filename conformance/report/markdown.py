"""The report as Markdown, as GitHub shows it in a step's summary: a form of the report step.

It is made of parts, the most telling ones first, and ends with a sentence that says so where GitHub would take no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Cell, Judgement, Plan, Verdict
from conformance.report.accounts import account, account_of_difference, command
from conformance.report.counts import count_verdicts
from conformance.report.gathering import Gathered
from conformance.report.groups import group_cells, sort_loops
from conformance.report.markup import code, details, escaped, table
from conformance.report.merging import Merged
from conformance.report.programs_records import Programs
from conformance.report.programs_summary import sentences_of, summarize_programs
from conformance.report.rates import common_reason
from conformance.report.summary import summarize
from conformance.report.tracebacks import alike
from conformance.report.words import counted, some

LIMIT_BYTES = 1 << 20
"""GitHub shows no more of a step's summary, and shows nothing of one that is longer."""
_FAILING = frozenset({Verdict.DIVERGENT, Verdict.FLAKY})
_MOST_CELLS = 3
_MOST_TESTS = 3
_ROOM_FOR_ITS_END = 400


def markdown(gathered: Gathered, limit: int = LIMIT_BYTES) -> str:
    """Return the report's text, of at most ``limit`` bytes in UTF-8: whole parts, and how many were left out."""
    parts = list(_parts(gathered))
    kept: list[str] = []
    room = limit - _ROOM_FOR_ITS_END
    for part in parts:
        room -= len(part.encode()) + 2
        if room < 0:
            left_out = counted(len(parts) - len(kept), "part")
            kept.append(
                f"**Cut off here:** {left_out} of this report would go beyond the {limit:,} bytes that "
                "GitHub shows of a summary. The report document has everything."
            )
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def _parts(gathered: Gathered) -> Iterator[str]:
    yield "## Conformance"
    merged = gathered.merged
    if merged is not None:
        unmet = merged.document.footer.unmet if merged.document.footer else ()
        document = merged.document
        said = summarize(
            document.header.plan, document.judgements, unmet, merged.status, document.results, merged.missing
        )
        yield f"{_mark(None if merged.lacking else merged.status)} **{escaped(said)}**"
    for programs in gathered.programs:
        yield f"{_mark(programs.said.status)} **{escaped(summarize_programs(programs.said))}**"
    yield from (f"⚠️ {escaped(sentence)}" for sentence in gathered.lacking)
    if merged is not None:
        yield from _of_runs(merged, unmet)
    for programs in gathered.programs:
        yield from _of_programs(programs.said)


def _mark(status: ExitStatus | None) -> str:
    marks = {ExitStatus.AS_EXPECTED: "✅", ExitStatus.UNEXPECTED_VERDICT: "❌"}
    return "⚠️" if status is None else marks.get(status, "⚠️")


def _of_runs(merged: Merged, unmet: Sequence[Unmet]) -> Iterator[str]:
    document = merged.document
    plan, judgements = document.header.plan, document.judgements
    if missing := plan.missing:
        yield _list(f"Python {each.python} was not found. {each.advice}" for each in missing)
    yield from _matrix(plan, judgements, document.header.whole)
    unexpected = [judgement for judgement in judgements if not judgement.expected]
    failing = alike(judgement for judgement in unexpected if judgement.verdict in _FAILING)
    if failing:
        count = sum(map(len, failing))
        yield f"### Unexpected: {counted(count, 'divergent or flaky verdict')}, those together that are alike"
    cells = {cell.name: cell for cell in plan.cells}
    for group in failing:
        first = group[0]
        tests = some(
            [code(test) for test in dict.fromkeys(each.test for each in group)], _MOST_TESTS, "tests"
        )
        where = some(
            [code(cell) for cell in dict.fromkeys(each.cell for each in group)], _MOST_CELLS, "cells"
        )
        again = command(document.header, cells[first.cell], first.test)
        yield details(
            f"{escaped(first.verdict)} {tests} in {where}", f"{account(first)}\n\nTo run it again: {again}"
        )
    untrue = [judgement for judgement in unexpected if judgement.verdict not in _FAILING]
    if untrue or unmet:
        yield "### Not as declared"
        entries = list(_by_reason(untrue))
        entries += [
            f"no test {code(entry.test)}: declared {escaped(entry.verdict)} in entry {entry.number}: "
            f"{escaped(entry.reason)}, in {some([code(cell) for cell in entry.cells], _MOST_CELLS, 'cells')}"
            for entry in unmet
        ]
        yield "\n".join(f"- {entry}" for entry in entries)
    if declared := [
        judgement for judgement in judgements if judgement.expected and judgement.verdict in _FAILING
    ]:
        yield "### Divergent or flaky as declared"
        yield "\n".join(f"- {entry}" for entry in _by_reason(declared))


def _matrix(plan: Plan, judgements: Sequence[Judgement], whole: Collection[str]) -> Iterator[str]:
    """A table for each implementation: suites and interpreters by loops. ``whole`` are the names of all cells."""
    counts = count_verdicts(judgements)
    unexpected = {judgement.cell for judgement in judgements if not judgement.expected}
    by_implementation: dict[str, list[tuple[str, Sequence[Cell]]]] = {}
    for group in group_cells(plan):
        by_implementation.setdefault(group.implementation, []).append((group.suite, group.cells))
    for implementation, groups in by_implementation.items():
        loops = sort_loops(cell.loop.name for _suite, cells in groups for cell in cells)
        rows = []
        for suite, cells in groups:
            for version in dict.fromkeys(cell.interpreter.version for cell in cells):
                of_loop = {cell.loop.name: cell for cell in cells if cell.interpreter.version == version}
                said = [
                    "⚠️ not here"
                    if loop not in of_loop and f"{suite}/{implementation}/{version}/{loop}" in whole
                    else _cell(of_loop.get(loop), counts, unexpected)
                    for loop in loops
                ]
                rows.append([escaped(suite), escaped(version), *said])
        yield f"### {escaped(implementation)}"
        yield table(["suite", "Python", *map(escaped, loops)], rows)
    there = {cell.name for cell in plan.cells}
    if elsewhere := [name for name in whole if name not in there]:
        yield (
            f"⚠️ Of the whole plan {counted(len(elsewhere), 'cell')} {'is' if len(elsewhere) == 1 else 'are'} not here: "
            f"{some([code(name) for name in elsewhere], _MOST_CELLS, 'cells')}."
        )
    if counts:
        yield (
            "Each cell says how many of its tests are conformant. ✅: all as expected, declared divergences among it. "
            "*Inapplicable*: native does not pass it there either. *Unexercised*: the test makes no Runner or Task "
            "of the implementation."
        )


def _cell(cell: Cell | None, counts: Mapping[str, Mapping[Verdict, int]], unexpected: set[str]) -> str:
    if cell is None:
        return "–"
    tally = counts.get(cell.name)
    if tally is None:
        return "⚠️ not run"
    mark = "❌" if cell.name in unexpected else "✅"
    said = [f"{mark} {tally[Verdict.CONFORMANT]:,} of {sum(tally.values()):,}"]
    said += [
        f"{tally[verdict]:,} {verdict}"
        for verdict in Verdict
        if verdict is not Verdict.CONFORMANT and tally[verdict]
    ]
    return "<br>".join(said)


def _by_reason(judgements: Iterable[Judgement]) -> Iterator[str]:
    found: dict[tuple[str, str], list[Judgement]] = {}
    for judgement in judgements:
        found.setdefault((judgement.verdict, common_reason(judgement)), []).append(judgement)
    for (verdict, reason), same in found.items():
        tests = some([code(test) for test in dict.fromkeys(each.test for each in same)], _MOST_TESTS, "tests")
        cells = some([code(cell) for cell in dict.fromkeys(each.cell for each in same)], _MOST_CELLS, "cells")
        yield f"{escaped(verdict)}: {escaped(reason)}: {tests} in {cells}"


def _of_programs(said: Programs) -> Iterator[str]:
    yield f"### Generated programs, seed {said.seed}"
    yield (
        f"{counted(said.programs, 'program')} on {counted(len(said.judged), 'cell')}, drawn by Hypothesis "
        f"{escaped(said.hypothesis)}."
    )
    for difference in said.differences:
        cells = some([code(cell) for cell in difference.cells], _MOST_CELLS, "cells")
        title = f"{escaped(difference.difference)} in {cells}: {counted(difference.programs, 'program')}"
        yield details(title, account_of_difference(difference, said.arguments))
    entries = [
        f"saved program {code(name)} in {code(cell)}: {escaped(kind)}"
        for name, saved in said.saved.items()
        for cell, kind in saved.differs.items()
    ]
    entries += [
        f"{code(broken.cell)} broke a promise of asyncio's documentation: {escaped(broken.says)}, "
        f"{counted(broken.times, 'time')}, first in {code(broken.first)}"
        for broken in said.broken
    ]
    entries += map(escaped, sentences_of(said))
    if entries:
        yield "\n".join(f"- {entry}" for entry in entries)
    if said.declared:
        yield "Declared divergences, and how many changes each has taken:"
        yield table(
            ["divergence", "changes"], [[code(name), f"{count:,}"] for name, count in said.declared.items()]
        )


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences)
