"""Whose each change between two answers is: the interpreter's own, declared, or a difference; the judge step of the campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from conformance.differential.comparing import Compared, told_apart
from conformance.differential.conditions import Traces
from conformance.differential.divergences import Divergence, Explained, explain
from conformance.differential.events import Trace, errors, text_of, what
from conformance.differential.hunks import Hunk, hunks, hunks_of
from conformance.differential.kinds import Kind, kind
from conformance.differential.reading import Reader
from conformance.execute.programs import Answer
from conformance.records import Cell

Program = dict[str, Any]
_REFUSED = "got an unexpected keyword argument 'context'"
Taken = Mapping[str, tuple[Hunk, ...]]


@frozen
class Answers:
    """What a program came to on a judged cell, on its baseline and, where it was asked, on its control."""

    native: Answer
    subject: Answer
    control: Answer | None = None


@frozen
class Judged:
    """The changes that make native's trace the subject's, by whose they are."""

    own: tuple[Hunk, ...]
    """The interpreter's own: the control shows them too, and nothing declares them."""
    declared: Mapping[str, tuple[Hunk, ...]]
    """What each declared divergence has taken, by its name."""
    left: tuple[Hunk, ...]
    """The differences."""

    def kinds(self, program: Program) -> list[Kind]:
        """The kinds of the differences, in the order of the trace."""
        return [kind(hunk, program) for hunk in self.left]


@frozen
class Judge:
    """Judges answers. Of one program several cells mostly give the same ones: what is known of those is kept, a while."""

    divergences: Sequence[Divergence] = ()
    reader: Reader = field(factory=Reader, init=False)
    _known: dict[tuple[bytes, bytes], tuple[Hunk, ...]] = field(factory=dict, init=False)

    def differs(self, native: Answer, other: Answer) -> bool:
        """Whether the answers differ in more than the numbers of exception objects."""
        return native.text != other.text and bool(self._changes(native, other))

    def judge(self, cell: Cell, program: Program, answers: Answers) -> Judged:
        """Judge what a program came to on a cell."""
        if by_control(answers):
            return self._without_native(cell, program, answers)
        found = self._changes(answers.native, answers.subject)
        compared = Compared((), found)
        if answers.control is not None and found:
            compared = told_apart(found, self._changes(answers.native, answers.control))
        own = self._explained(compared.own, cell, program, answers, control=True)
        left = self._explained(compared.left, cell, program, answers)
        if left.left and answers.control is not None and self._made_no_task(answers.native):
            # What native did not come to has no place among what it did: two new events may stand there in two orders.
            other = self._explained(self._changes(answers.control, answers.subject), cell, program, answers)
            if not other.left:
                left = other
        return Judged(own.left, _together(own.declared, left.declared), left.left)

    def _made_no_task(self, native: Answer) -> bool:
        """Whether native was given a task factory that takes no context."""
        return any(
            what(event) == "raised" and any(_REFUSED in text_of(error["args"]) for error in errors(event))
            for event in self.reader.trace(native)
        )

    def _without_native(self, cell: Cell, program: Program, answers: Answers) -> Judged:
        """Judge by the control where native has no answer and the control has one: it is no leave to do anything."""
        assert answers.control is not None
        known = self._changes(answers.native, answers.control)
        lost = [hunk for hunk in self._changes(answers.native, answers.subject) if hunk in known]
        own = self._explained(lost, cell, program, answers, control=True)
        left = self._explained(self._changes(answers.control, answers.subject), cell, program, answers)
        return Judged(own.left, _together(own.declared, left.declared), left.left)

    def _explained(
        self, found: Sequence[Hunk], cell: Cell, program: Program, answers: Answers, *, control: bool = False
    ) -> Explained:
        """Let the declarations take hunks: those of what the ``control`` shows, or all others."""
        if not found:
            return Explained((), {})
        asked = [each for each in self.divergences if each.control == control]
        traces = Traces(
            self.reader.trace(compared_with(answers)),
            self.reader.trace(answers.subject),
            [] if answers.control is None else self.reader.trace(answers.control),
        )
        return explain(found, program, cell, asked, traces)

    def forget(self) -> None:
        """Let go of what is known of programs that are done with."""
        self._known.clear()
        self.reader.forget()

    def _changes(self, native: Answer, other: Answer) -> tuple[Hunk, ...]:
        pair = native.text, other.text
        if pair not in self._known:
            self._known[pair] = self._compared(native, other)
        return self._known[pair]

    def _compared(self, native: Answer, other: Answer) -> tuple[Hunk, ...]:
        """The hunks between two traces; a worker that did not survive is one, and not all that it did not come to do."""
        if native.text == other.text:
            return ()
        ends = [_end(self.reader.trace(each)) for each in (native, other)]
        if ends[0] != ends[1]:
            return (Hunk(0, text_of(["", ends[0]]), text_of(["", ends[1]])),)
        return hunks_of(self.reader.alignable(native), self.reader.alignable(other))


def by_control(answers: Answers) -> bool:
    """Whether the subject is compared with the control, since native was lost and the control was not."""
    return answers.native.is_lost and answers.control is not None and not answers.control.is_lost


def compared_with(answers: Answers) -> Answer:
    """What the subject's answer is compared with, and is to be shown beside: native's, or the control's."""
    if by_control(answers):
        assert answers.control is not None
        return answers.control
    return answers.native


def marked(answers: Answers, left: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """The changes that count, as they stand side by side: all of them where a worker was lost and that counts."""
    other = compared_with(answers)
    if left and (other.is_lost or answers.subject.is_lost):
        return hunks(other.trace(), answers.subject.trace())
    return left


def _together(first: Taken, second: Taken) -> Taken:
    return {name: (*first.get(name, ()), *second.get(name, ())) for name in {**first, **second}}


def _end(trace: Trace) -> str:
    """How the program ended, in a word or two."""
    match trace:
        case [["", "timed out" | "crashed" as what, *how]]:
            return " ".join([what, *map(str, how)])
    return "ended"
