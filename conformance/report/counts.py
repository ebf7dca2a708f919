"""Count verdicts, for the footer of the report document and for the table on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from conformance.records import Judgement, Verdict


def count_verdicts(judgements: Iterable[Judgement]) -> Mapping[str, Mapping[Verdict, int]]:
    """Return, for each judged cell, how many of its tests have each verdict; none is left out for being 0."""
    cells: dict[str, Counter[Verdict]] = {}
    for judgement in judgements:
        cells.setdefault(judgement.cell, Counter(dict.fromkeys(Verdict, 0)))[judgement.verdict] += 1
    return cells
