"""What shows a planted implementation: it is judged as runner_backport is, by the same declarations, beside the right one.

For planted_found.py and test_planted.py. What the right one does too is not the planted one's; what a declared divergence takes of
the rest does not count, and is told: a declaration that hides all that there is to see of a bug is too wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from conformance.differential.corpus import read_corpus
from conformance.differential.divergences_file import DIVERGENCES, read_divergences
from conformance.differential.hunks import Hunk
from conformance.differential.judging import Answers, Judge, Judged
from conformance.differential.kinds import Kind, kind
from conformance.execute.programs import Answer
from conformance.records import Cell

_JUDGED_AS = "runner_backport"


@frozen
class References:
    """What a program came to where nothing is planted."""

    native: Answer
    right: Answer
    control: Answer | None = None


@frozen
class Shown:
    """What a planted one does differently in one program, and the right one does not."""

    left: tuple[Hunk, ...]
    """The differences."""
    declared: Mapping[str, tuple[Hunk, ...]]
    """What declared divergences have taken, by their names."""

    def kinds(self, program: Mapping[str, Any]) -> list[Kind]:
        """The kinds of the differences."""
        return [kind(hunk, program) for hunk in self.left]


def _declarations() -> Judge:
    return Judge(read_divergences(DIVERGENCES, {saved.name for saved in read_corpus()}))


@frozen
class PlantedJudge:
    """Judges the answers of planted implementations."""

    _judge: Judge = field(factory=_declarations)

    def shown(self, cell: Cell, program: Mapping[str, Any], planted: Answer, references: References) -> Shown:
        """Return what the answer of the planted one in the ``cell`` shows."""
        if planted.text == references.right.text:
            return Shown((), {})
        right, wrong = (
            self._as_backport(cell, program, answer, references) for answer in (references.right, planted)
        )
        known = {*right.left, *(hunk for taken in right.declared.values() for hunk in taken)}
        declared = {name: _without(known, taken) for name, taken in wrong.declared.items()}
        return Shown(_without(known, wrong.left), {name: taken for name, taken in declared.items() if taken})

    def right(self, cell: Cell, program: Mapping[str, Any], references: References) -> Judged:
        """Return what becomes of the right one itself."""
        return self._as_backport(cell, program, references.right, references)

    def forget(self) -> None:
        """Let go of what is known of programs that are done with."""
        self._judge.forget()

    def _as_backport(
        self, cell: Cell, program: Mapping[str, Any], answer: Answer, references: References
    ) -> Judged:
        own = evolve(cell, implementation=evolve(cell.implementation, name=_JUDGED_AS))
        return self._judge.judge(own, dict(program), Answers(references.native, answer, references.control))


def _without(known: set[Hunk], found: Sequence[Hunk]) -> tuple[Hunk, ...]:
    return tuple(hunk for hunk in found if hunk not in known)
