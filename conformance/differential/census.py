"""Counts what drawn programs consist of, and what of it the workers came to run; for the report of a campaign.

Both are told by marks: ``cancel`` for an operation, ``cancel of=self`` for a value, and what several operations are to
each other in words, as ``interrupt in finally``. What was drawn is read from a program's text, by us and, as it is
drawn, by Hypothesis; what ran, from its trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from attrs import Factory, define

from conformance.differential.census_asked import ASKED
from conformance.differential.census_marks import marks
from conformance.differential.census_ran import Trace, marks_ran
from conformance.differential.operations import FORMS
from conformance.differential.program import Program, walk

_OPERATIONS = "operations"
"""The topic of those that are asked for as each operation is."""


@define
class Census:
    """How many programs have what."""

    programs: int = 0
    operations: Counter[str] = Factory(Counter)
    """How often each operation was drawn."""
    marked: Counter[str] = Factory(Counter)
    """In how many programs each mark was."""
    ran: Counter[str] = Factory(Counter)
    """In how many programs it came to pass, of those whose traces were counted."""
    told: int = 0
    """Of how many programs Hypothesis has told what it drew."""
    events: Counter[str] = Factory(Counter)
    """In how many of these each mark was, by Hypothesis."""

    def count(self, program: Program, events: Collection[str] | None = None) -> None:
        """Count a program that was drawn; ``events`` are those that Hypothesis was told as it drew the program."""
        self.programs += 1
        self.operations.update(operation["op"] for _, operation in walk(program))
        self.marked.update(marks(program))
        if events is not None:
            self.told += 1
            self.events.update(events)

    def count_ran(self, program: Program, trace: Trace) -> None:
        """Count what a program's trace shows to have come to pass."""
        self.ran.update(marks_ran(program, trace))

    def never_drawn(self) -> list[str]:
        """Return what is asked of the programs and was in none, as the issue words it: with the mark that is missing."""
        return [f"{topic}: {mark}" for topic, mark, drawn, _ in self.asked() if not drawn]

    def never_ran(self) -> list[str]:
        """Return what is asked of the programs and came to pass in none, likewise."""
        return [f"{topic}: {mark}" for topic, mark, _, ran in self.asked() if not ran]

    def told_otherwise(self) -> list[str]:
        """Return what Hypothesis counts otherwise than we do: programs, or a mark.

        Empty where Hypothesis has told of no program, since then others have drawn them.
        """
        if not self.told:
            return []
        found = [] if self.told == self.programs else [_otherwise("programs", self.programs, self.told)]
        found += [
            _otherwise(mark, self.marked[mark], self.events[mark])
            for mark in sorted(self.marked.keys() | self.events.keys())
            if self.marked[mark] != self.events[mark]
        ]
        return found

    def rows(self) -> Iterable[tuple[str, int, int, int]]:
        """Yield for each operation how often it was drawn, in how many programs, and in how many it did something."""
        for name in FORMS:
            yield name, self.operations[name], self.marked[name], self.ran[name]

    def asked(self) -> Iterable[tuple[str, str, int, int]]:
        """Yield for all that is asked for its topic, its mark, in how many programs it was drawn, and in how many it ran."""
        topics = {**ASKED, _OPERATIONS: tuple(FORMS)}
        for topic, names in topics.items():
            for mark in names:
                yield topic, mark, self.marked[mark], self.ran[mark]


def _otherwise(what: str, ours: int, theirs: int) -> str:
    return f"{what}: {ours:,}, by Hypothesis {theirs:,}"
