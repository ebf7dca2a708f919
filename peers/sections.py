"""The parts of the peers' page, line by line; what varies from run to run without a verdict that changes is in none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from conformance.judge.expectations import Expectation, fits
from conformance.records import Cell, Judgement, Plan, Verdict
from conformance.report.counts import count_verdicts
from conformance.report.groups import group_cells
from conformance.report.words import counted, some

_EXPLAINED = frozenset({Verdict.DIVERGENT, Verdict.FLAKY})
_NAMES = 5
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")


def counts(plan: Plan, peer: str, judgements: Sequence[Judgement]) -> Iterator[str]:
    """The table of a peer's verdicts, a row for each cell: what is conformant, of all tests."""
    tallies = count_verdicts(judgements)
    others = [
        verdict
        for verdict in Verdict
        if verdict is not Verdict.CONFORMANT and any(tally[verdict] for tally in tallies.values())
    ]
    yield _row(["suite", "python", "loop", "conformant", *others])
    yield _row(["---"] * 3 + ["---:"] * (1 + len(others)))
    for group in group_cells(plan):
        for cell in group.cells if group.implementation == peer else ():
            tally = tallies[cell.name]
            share = f"{tally[Verdict.CONFORMANT]:,} of {sum(tally.values()):,}"
            where = [group.suite, cell.interpreter.version, cell.loop.name]
            yield _row(
                [*where, share, *(f"{tally[verdict]:,}" if tally[verdict] else "–" for verdict in others)]
            )


def explanations(plan: Plan, judgements: Sequence[Judgement], facts: Sequence[Expectation]) -> Iterator[str]:
    """An entry for each fact that explains a divergence, in the order of the facts."""
    explained: dict[tuple[str, str], list[Judgement]] = {(fact.reason, fact.link): [] for fact in facts}
    for found in judgements:
        if found.verdict in _EXPLAINED:
            fact = _fact(plan.cell(found.cell), found, facts)
            explained[fact.reason, fact.link].append(found)
    if not any(explained.values()):
        yield "It diverges nowhere."
        return
    yield "Where it diverges, and why:"
    for (reason, link), found_so in explained.items():
        if found_so:
            told = f" ([discussion]({link}))" if link else ""
            tests = sorted({found.test.partition(".")[2] for found in found_so})
            cells = {found.cell for found in found_so}
            yield ""
            yield f"- {reason[:1].upper()}{reason[1:]}{told}."
            yield (
                f"  - {counted(len(found_so), 'divergence')}, of {counted(len(tests), 'test')} "
                f"in {counted(len(cells), 'cell')}: {_places(plan, cells)}."
            )
            yield f"  - {some([f'`{test}`' for test in tests], _NAMES, 'tests')}."


def _fact(cell: Cell, found: Judgement, facts: Sequence[Expectation]) -> Expectation:
    """The fact by which it was judged: the last one that names the test, as the judge step has it."""
    return next(fact for fact in reversed(facts) if fits(fact, cell) and fnmatchcase(found.test, fact.test))


def _places(plan: Plan, names: Collection[str]) -> str:
    """The cells in few words: the interpreters of each suite and loop."""
    places: dict[tuple[str, str], list[str]] = {}
    for group in group_cells(plan):
        for cell in group.cells:
            if cell.name in names:
                places.setdefault((group.suite, cell.loop.name), []).append(cell.interpreter.series)
    return "; ".join(f"{suite} on {loop} {', '.join(found)}" for (suite, loop), found in places.items())


def inapplicable(plan: Plan, judgements: Iterable[Judgement]) -> Iterator[str]:
    """The table of what native itself did with the tests that say nothing, the most frequent first."""
    reasons = Counter(
        # An address is another one in each process.
        (plan.cell(found.cell).loop.name, _ADDRESS.sub("0x…", found.reason))
        for found in judgements
        if found.verdict is Verdict.INAPPLICABLE
    )
    if not reasons:
        return
    yield from ("## Why inapplicable", "")
    yield _row(["verdicts", "loop", "what native did"])
    yield _row(["---:", "---", "---"])
    for (loop, reason), times in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        told = reason.removeprefix("baseline ").replace("|", "\\|").replace("\n", " ")
        yield _row([f"{times:,}", loop, told])
    yield ""


def made_with(plan: Plan) -> Iterator[str]:
    """What was judged, on what, and by which tests."""
    judged = [cell for group in group_cells(plan) for cell in group.cells]
    baselines = [cell for cell in plan.cells if cell.baseline is None]
    yield from ("## Made with", "")
    yield f"- Judged: {_listed(one for cell in judged for one in cell.implementation.requires)}"
    loops = (one for cell in judged for one in cell.loop.requires or (f"{cell.loop.name} itself",))
    yield f"- Loops: {_listed(loops)}"
    yield f"- Upstream's tests: {_listed(f'{cell.suite} of {cell.tag}' for cell in judged)}"
    yield f"- Interpreters: {_interpreters(judged)}"
    yield f"- Baselines: native on {_interpreters(baselines)}; that of a Runner below 3.11 is native 3.11's"


def _interpreters(cells: Iterable[Cell]) -> str:
    found = {cell.interpreter for cell in cells}
    return ", ".join(one.version for one in sorted(found, key=lambda one: one.release))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _row(entries: Sequence[str]) -> str:
    return f"| {' | '.join(entries)} |"
