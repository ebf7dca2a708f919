"""Verdicts by their reasons, for the page: what was not expected in full, and what was declared or inapplicable in short."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from attrs import frozen

from conformance.judge import Unmet
from conformance.records import Judgement, Plan, Result, Verdict
from conformance.report.document import Document
from conformance.report.pages.letters import LETTERS
from conformance.report.rates import common_reason
from conformance.report.tracebacks import alike
from conformance.report.words import shortened

MOST = 25
"""So many unexpected verdicts stand on the page in full; all of them are among the tests."""
_FAILING = frozenset({Verdict.DIVERGENT, Verdict.FLAKY})
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")
_LINES = (15, 60)


@frozen
class Side:
    """One result of an unexpected verdict."""

    who: str
    cell: str
    outcome: str
    text: str
    """Its details, without the middle of long ones; empty where it passed."""


@frozen
class Found:
    """An unexpected verdict, with those that tell the same."""

    letter: str
    verdict: str
    tests: tuple[str, ...]
    cells: tuple[str, ...]
    reason: str
    sides: tuple[Side, ...]


@frozen
class Reason:
    """What several verdicts have in common."""

    verdict: Verdict
    text: str
    count: int
    tests: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def letter(self) -> str:
        return LETTERS[self.verdict]


@frozen
class Reasons:
    """All that is told below the matrix."""

    unexpected: tuple[Found, ...]
    more: int
    """How many unexpected ones are not told of in full."""
    untrue: tuple[Reason, ...]
    """Verdicts that were declared otherwise."""
    unmet: tuple[Unmet, ...]
    declared: tuple[Reason, ...]
    inapplicable: tuple[Reason, ...]


def give_reasons(document: Document) -> Reasons:
    """Return the reasons of the document's verdicts, the most frequent first."""
    judgements = document.judgements
    groups = alike(found for found in judgements if not found.expected and found.verdict in _FAILING)
    return Reasons(
        unexpected=tuple(_found(document.header.plan, group) for group in groups[:MOST]),
        more=sum(map(len, groups[MOST:])),
        untrue=_by_reason(judgements, lambda one: not one.expected and one.verdict not in _FAILING),
        unmet=document.footer.unmet if document.footer else (),
        declared=_by_reason(judgements, lambda one: one.expected and one.verdict in _FAILING),
        inapplicable=_by_reason(judgements, lambda one: one.expected and one.verdict is Verdict.INAPPLICABLE),
    )


def _found(plan: Plan, group: list[Judgement]) -> Found:
    judgement = group[0]
    implementation = plan.cell(judgement.cell).implementation.name
    told = [
        ("native, the baseline", judgement.baseline),
        (implementation, judgement.subject),
        (f"{implementation}, once more", judgement.retried),
    ]
    return Found(
        letter=LETTERS[judgement.verdict],
        verdict=judgement.verdict,
        tests=tuple(dict.fromkeys(each.test for each in group)),
        cells=tuple(dict.fromkeys(each.cell for each in group)),
        reason=judgement.reason,
        sides=tuple(_side(who, result) for who, result in told if result is not None),
    )


def _side(who: str, result: Result) -> Side:
    parts = [result.detail]
    parts += [
        f"subtest {subtest.parameters}: {subtest.outcome}\n{subtest.detail}"
        for subtest in result.subtests
        if subtest.detail and subtest.detail not in result.detail
    ]
    if result.output.strip():
        parts.append(f"captured output:\n{result.output}")
    text = "\n".join(shortened(part, *_LINES) for part in parts if part.strip())
    return Side(who, result.cell, result.outcome, text)


def _by_reason(judgements: Iterable[Judgement], wanted: Callable[[Judgement], bool]) -> tuple[Reason, ...]:
    kinds: dict[tuple[Verdict, str], list[Judgement]] = {}
    for judgement in judgements:
        if wanted(judgement):
            # An address is another one in each process: the reason is the same.
            text = _ADDRESS.sub("0x…", common_reason(judgement))
            kinds.setdefault((judgement.verdict, text), []).append(judgement)
    ranked = sorted(kinds.items(), key=lambda item: -len(item[1]))
    return tuple(
        Reason(
            verdict,
            text,
            len(found),
            tuple(dict.fromkeys(each.test for each in found)),
            tuple(dict.fromkeys(each.cell for each in found)),
        )
        for (verdict, text), found in ranked
    )
