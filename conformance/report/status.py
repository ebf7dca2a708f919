"""The exit status of a run, from what the judge step found; the report step says it and the document keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Judgement, Plan, Shard, Verdict

_PROOFS = frozenset({Verdict.CONFORMANT, Verdict.DIVERGENT, Verdict.FLAKY})


def exit_status(
    plan: Plan,
    judgements: Sequence[Judgement],
    unmet: Sequence[Unmet],
    *,
    filtered: bool = False,
    shard: Shard | None = None,
) -> ExitStatus:
    """Return the exit status of a run that came to its end: what it lacks comes before what it found.

    ``filtered`` says that only some tests were asked for. Of a ``shard`` nothing is asked that another one may
    answer: the test of an expectation, or one that the filter leaves. A run that was interrupted, or that asked
    by name for an interpreter that is not here, does not come so far.
    """
    if unjudged(plan, judgements, filtered=filtered, shard=shard):
        return ExitStatus.NOT_COMPLETED
    if (unmet and shard is None) or not all(judgement.expected for judgement in judgements):
        return ExitStatus.UNEXPECTED_VERDICT
    return ExitStatus.AS_EXPECTED


def unjudged(
    plan: Plan, judgements: Iterable[Judgement], *, filtered: bool, shard: Shard | None = None
) -> tuple[str, ...]:
    """Return the cells in which nothing was proved: no test of theirs is conformant, divergent or flaky.

    So it is where a loop or its environment is broken, for native too. A filter leaves some cells without a
    test, but never all of them, save those of a shard: nothing judged is nothing proved.
    """
    judgements = list(judgements)
    if filtered and (judgements or shard is not None):
        return ()
    judged = {judgement.cell for judgement in judgements if judgement.verdict in _PROOFS}
    return tuple(cell.name for cell in plan.cells if cell.baseline is not None and cell.name not in judged)
