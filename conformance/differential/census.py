"""Counts what drawn programs consist of, and what of it the workers came to run; for the report of a campaign.

What was drawn is told by marks: ``cancel`` for an operation, ``cancel of=self`` for a value, and what several
operations are to each other in words, as ``interrupt in finally``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import Factory, define

from conformance.differential.census_asked import ASKED
from conformance.differential.census_marks import marks
from conformance.differential.operations import FORMS, Operation, bodies_of
from conformance.differential.program import Program, walk

Trace = Sequence[Sequence[Any]]
"""What a worker observed: events, each with its origin and what happened."""

NOTHING = "nothing"
"""What an operation notes that found nothing to do."""


@define
class Census:
    """How many programs have what."""

    programs: int = 0
    operations: Counter[str] = Factory(Counter)
    """How often each operation was drawn."""
    marked: Counter[str] = Factory(Counter)
    """In how many programs each mark was."""
    ran: Counter[str] = Factory(Counter)
    """In how many programs an operation did something, of those whose traces were counted."""
    events: Counter[str] = Factory(Counter)
    """In how many programs Hypothesis was told of each operation, where it was asked."""

    def count(self, program: Program) -> None:
        """Count a program that was drawn."""
        self.programs += 1
        self.operations.update(operation["op"] for _, operation in walk(program))
        self.marked.update(marks(program))

    def count_ran(self, program: Program, trace: Trace) -> None:
        """Count what a program's trace shows to have done something."""
        self.ran.update(operations_ran(program, trace))

    def never_drawn(self) -> list[str]:
        """Return what is asked of the programs and was in none, as the issue words it: with the mark that is missing."""
        return [
            f"{topic}: {mark}" for topic, names in ASKED.items() for mark in names if not self.marked[mark]
        ]

    def never_ran(self) -> list[str]:
        """Return the operations that did something in no program."""
        return [name for name in FORMS if not self.ran[name]]

    def rows(self) -> Iterable[tuple[str, int, int, int]]:
        """Yield for each operation how often it was drawn, in how many programs, and in how many it did something."""
        for name in FORMS:
            yield name, self.operations[name], self.marked[name], self.ran[name]


def operations_ran(program: Program, trace: Trace) -> set[str]:
    """Return the operations' names of which an event tells that they found something to do."""
    origins = {
        event[0] for event in trace if len(event) > 1 and isinstance(event[0], str) and event[1] != NOTHING
    }
    by_origin: dict[str, str] = {}
    _index(program["script"], "s", by_origin)
    # The others are events of the loop's own, and of the program's end.
    return {by_origin[origin] for origin in origins if origin in by_origin}


def _index(body: Sequence[Operation], start: str, found: dict[str, str]) -> None:
    """Note the names of operations by the origins that events of theirs have; of a label that is made twice the first."""
    for place, operation in enumerate(body):
        found.setdefault(f"{start}{place}", operation["op"])
    for place, operation in enumerate(body):
        makes = FORMS[operation["op"]].makes
        for number, _, inner in bodies_of(operation):
            _index(inner, f"{start}{place}.{number}." if makes is None else f"t{operation[makes]}:", found)
