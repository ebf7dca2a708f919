"""The implementations beside each other, for the page: what each comes to by itself, and on the tests that all have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from conformance.records import Judgement, Verdict
from conformance.report.document import Document

_PROOFS = (Verdict.CONFORMANT, Verdict.DIVERGENT, Verdict.FLAKY)
"""The verdicts that say something about an implementation."""


@frozen
class Share:
    """How much one implementation has of each verdict."""

    implementation: str
    cells: int
    counts: Mapping[Verdict, int]
    unexpected: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def proofs(self) -> int:
        """Of how many it was proved whether they do as native does."""
        return sum(self.counts.get(verdict, 0) for verdict in _PROOFS)

    @property
    def percent(self) -> str:
        """The share of conformant ones in these, never rounded up to all."""
        if not self.proofs:
            return "–"
        tenths = self.counts.get(Verdict.CONFORMANT, 0) * 1000 // self.proofs
        return f"{tenths // 10}.{tenths % 10} %"

    def parts(self, width: int) -> list[tuple[Verdict, float, float]]:
        """Return each verdict's piece of a bar of this width: where it begins, and how wide it is."""
        found: list[tuple[Verdict, float, float]] = []
        start = 0.0
        for verdict in Verdict:
            if count := self.counts.get(verdict, 0):
                found.append((verdict, round(start, 2), round(wide := count * width / self.total, 2)))
                start += wide
        return found


@frozen
class Comparison:
    """All implementations of a document."""

    alone: tuple[Share, ...]
    """Each on all that it was judged by."""
    common: tuple[Share, ...]
    """On the tests that prove something of every one of these; empty where the first one stands alone."""
    tests: int = 0
    """How many these are, counted once for each interpreter and loop."""


def compare_implementations(document: Document) -> Comparison:
    """Return how the implementations stand beside each other."""
    names = {cell.name: cell.implementation.name for cell in document.header.plan.cells}
    found: dict[str, list[Judgement]] = {}
    for judgement in document.judgements:
        found.setdefault(names[judgement.cell], []).append(judgement)
    alone = tuple(_share(name, judgements) for name, judgements in found.items())
    together, common = _common(found)
    if len(together) < 2:  # one has nothing beside it
        return Comparison(alone, ())
    return Comparison(
        alone,
        tuple(_share(name, [each for each in found[name] if _place(each) in common]) for name in together),
        len(common),
    )


def _common(found: Mapping[str, Sequence[Judgement]]) -> tuple[list[str], set[tuple[str, ...]]]:
    """Return what proves something of the first implementation and of those that have anything in common with it."""
    common: set[tuple[str, ...]] = set()
    together: list[str] = []
    for name, judgements in found.items():
        own = {_place(each) for each in judgements if each.verdict in _PROOFS}
        if not together or common & own:
            together.append(name)
            common = common & own if common else own
    return together, common


def _place(judgement: Judgement) -> tuple[str, ...]:
    suite, _implementation, version, loop = judgement.cell.split("/", 3)
    return suite, version, loop, judgement.test


def _share(name: str, judgements: Sequence[Judgement]) -> Share:
    return Share(
        name,
        len({judgement.cell for judgement in judgements}),
        Counter(judgement.verdict for judgement in judgements),
        sum(not judgement.expected for judgement in judgements),
    )
