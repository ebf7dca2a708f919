"""What the head of the page says of a whole run: its verdict, the counts with their denominator, and what is lacking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import frozen

from conformance.errors import ExitStatus
from conformance.records import Judgement, Verdict
from conformance.report.merging import Merged
from conformance.report.pages.letters import LETTERS, MEANINGS
from conformance.report.rates import steadiness
from conformance.report.status import unjudged
from conformance.report.summary import summarize
from conformance.report.words import counted, shards_in_words, some

_CELLS = 6
_DIFFERING = (Verdict.DIVERGENT, Verdict.FLAKY)


@frozen
class Figure:
    """A number of the head, with its words."""

    letter: str
    word: str
    count: int
    meaning: str
    declared: str = ""
    """How many of them are declared, of verdicts that say of a difference; in words."""


@frozen
class Overview:
    """The head of the page."""

    verdict: str
    """One of ``good``, ``bad`` and ``incomplete``."""
    sentence: str
    """The line that the run ends with on a terminal."""
    figures: tuple[Figure, ...]
    total: int
    """The denominator of all of them: every test of every judged cell."""
    unexpected: int
    cells: int
    """How many cells were judged."""
    proofs: int
    """How many of the total say something of the implementation at all."""
    results: int
    cached: int
    """How many of the results were taken from the store."""
    lacking: tuple[str, ...]
    """What the whole lacks, a sentence each."""
    steadiness: str


def look_over(merged: Merged) -> Overview:
    """Return what is to be said first of what was merged."""
    document = merged.document
    judgements = document.judgements
    counts = Counter(judgement.verdict for judgement in judgements)
    silent = counts[Verdict.INAPPLICABLE] + counts[Verdict.UNEXERCISED]
    return Overview(
        verdict=_verdict(merged),
        sentence=summarize(
            document.header.plan,
            judgements,
            document.footer.unmet if document.footer else (),
            merged.status,
            document.results,
            merged.missing,
        ),
        figures=tuple(
            Figure(
                LETTERS[verdict], verdict, counts[verdict], MEANINGS[verdict], _declared(verdict, judgements)
            )
            for verdict in Verdict
        ),
        total=len(judgements),
        unexpected=sum(not judgement.expected for judgement in judgements),
        cells=len({judgement.cell for judgement in judgements}),
        proofs=len(judgements) - silent,
        results=len(document.results),
        cached=sum(result.cached for result in document.results),
        lacking=tuple(_lacking(merged)),
        steadiness=steadiness(judgements),
    )


def _declared(verdict: Verdict, judgements: Iterable[Judgement]) -> str:
    found = [judgement.expected for judgement in judgements if judgement.verdict is verdict]
    if not found or verdict not in _DIFFERING:
        return ""
    return f"{found.count(False):,} not declared" if False in found else "all declared"


def _verdict(merged: Merged) -> str:
    match merged.status:
        case ExitStatus.AS_EXPECTED:
            return "good"
        case ExitStatus.UNEXPECTED_VERDICT:
            return "bad"
    return "incomplete"


def _lacking(merged: Merged) -> list[str]:
    document = merged.document
    header, footer = document.header, document.footer
    said = list(merged.lacking)
    if footer is None and not said:
        said.append("The document has no footer: its run was killed, or still goes on.")
    if footer is not None and footer.interrupted:
        said.append("The run was interrupted: what it had finished is here.")
    if merged.missing and not any("shard" in sentence for sentence in said):
        said.append(f"Without {shards_in_words(merged.missing)}.")
    said += [f"No interpreter {missing.python}: {missing.advice}" for missing in header.plan.missing]
    if cells := unjudged(header.plan, document.judgements, filtered=header.filtered):
        said.append(f"Nothing was proved in {counted(len(cells), 'cell')}: {some(cells, _CELLS, 'cells')}.")
    there = {cell.name for cell in header.plan.cells}
    if elsewhere := [name for name in header.whole if name not in there]:
        said.append(
            f"Of the whole plan {counted(len(elsewhere), 'cell')} {'is' if len(elsewhere) == 1 else 'are'} not here: {some(elsewhere, _CELLS, 'cells')}."
        )
    if header.pattern is not None:
        said.append(f"Only tests were asked for that match {header.pattern}: the counts are of these alone.")
    return said
