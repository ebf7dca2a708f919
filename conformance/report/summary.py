"""The one line that a run ends with, for the terminal, a log or a badge; words only, so it needs no terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Judgement, Plan, Result, Shard, Verdict
from conformance.report.status import unjudged
from conformance.report.words import counted, shards_in_words, some

_OTHERS = (Verdict.DIVERGENT, Verdict.FLAKY, Verdict.INAPPLICABLE, Verdict.UNEXERCISED)


def summarize(
    plan: Plan,
    judgements: Sequence[Judgement],
    unmet: Sequence[Unmet],
    status: ExitStatus | None,
    results: Collection[Result],
    shards: Sequence[Shard] = (),
) -> str:
    """Return how the run ended and what it counted; ``status`` is None for a document that lacks its footer.

    ``results`` are those of the run, of which it says how many were taken from the store, and ``shards`` those
    whose documents are missing.
    """
    counts = _counts(judgements) if plan.cells else "nothing is in this part of the plan"
    return f"{_ending(plan, judgements, unmet, status, shards)}: {counts}{_cached(results)}."


def _ending(
    plan: Plan,
    judgements: Sequence[Judgement],
    unmet: Sequence[Unmet],
    status: ExitStatus | None,
    shards: Sequence[Shard],
) -> str:
    unexpected = [judgement.cell for judgement in judgements if not judgement.expected]
    found = []
    if unexpected:
        found.append(
            f"{counted(len(unexpected), 'unexpected verdict')} in {counted(len(set(unexpected)), 'cell')}"
        )
    if unmet:
        found.append(f"{counted(len(unmet), 'expectation')} without a test")
    match status:
        case ExitStatus.AS_EXPECTED:
            found.append("All as expected")
        case ExitStatus.NOT_COMPLETED:
            found.insert(0, f"Not completed{_lacking(plan, judgements, shards)}")
        case ExitStatus.INTERRUPTED:
            found.insert(0, "Interrupted")
        case None:
            found.insert(0, "Incomplete: the document has no footer, its run was killed or still goes on")
    return ", ".join(found)


def _counts(judgements: Sequence[Judgement]) -> str:
    if not judgements:
        return "nothing was judged"
    tally = Counter(judgement.verdict for judgement in judgements)
    cells = counted(len({judgement.cell for judgement in judgements}), "cell")
    share = f"conformant {tally[Verdict.CONFORMANT]:,} of {len(judgements):,}"
    return ", ".join([cells, share, *(f"{tally[other]:,} {other}" for other in _OTHERS if tally[other])])


def _cached(results: Collection[Result]) -> str:
    taken = sum(result.cached for result in results)
    return f", {taken:,} of {counted(len(results), 'result')} from the store" if taken else ""


def _lacking(plan: Plan, judgements: Sequence[Judgement], shards: Sequence[Shard]) -> str:
    lacking = f", without {shards_in_words(shards)}" if shards else ""
    if plan.missing:
        lacking += f", no interpreter {some([missing.python for missing in plan.missing], 6, 'more')}"
    if cells := unjudged(plan, judgements, filtered=False):
        lacking += f", nothing proved in {some(cells, 2, 'cells')}"
    return lacking
