"""What a trace says, together with its program, in the form in which the invariants ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from conformance.differential.events import Event, Trace
from conformance.differential.operations import FORMS, bodies_of
from conformance.differential.program import walk

ELSEWHERE = frozenset({"callback", "call_soon", "job"})
"""Operations whose bodies do not run in the task that they stand in."""
_GENERATORS = frozenset({"generator", "async_for"})
_NO_NEW_THING = frozenset({"wait_for"})


class Outline:
    """What is asked of a program, whatever a trace of it says: once for all its traces."""

    def __init__(self, program: Mapping[str, Any]) -> None:
        self.program = program

    @cached_property
    def operations(self) -> list[dict[str, Any]]:
        return [operation for _, operation in walk(self.program)]

    @cached_property
    def names(self) -> Counter[str]:
        """How often the program has each operation."""
        return Counter(operation["op"] for operation in self.operations)

    @cached_property
    def labels(self) -> Counter[int]:
        """How many things the program gives each label to: several where it does so in a loop."""
        counted: Counter[int] = Counter()
        self._count(self.program["script"], 1, counted)
        return counted

    def _count(self, body: list[dict[str, Any]], times: int, counted: Counter[int]) -> None:
        for operation in body:
            if "label" in operation and operation["op"] not in _NO_NEW_THING:
                counted[operation["label"]] += times
            for number, _, inner in bodies_of(operation):
                loops = operation["op"] == "async_for" and number == 0 and len(operation["items"]) > 1
                self._count(inner, 2 if loops else times, counted)

    @cached_property
    def tasks(self) -> frozenset[int]:
        """The labels of tasks."""
        return frozenset(
            operation["label"] for operation in self.operations if FORMS[operation["op"]].makes is not None
        )

    @cached_property
    def by_path(self) -> dict[str, dict[str, Any]]:
        """By their paths, from the script on or from a task's body; not of labels that several things are given."""
        found: dict[str, dict[str, Any]] = {}
        self._index(self.program["script"], ("s",), found)
        return found

    def _index(
        self, body: list[dict[str, Any]], starts: tuple[str, ...], found: dict[str, dict[str, Any]]
    ) -> None:
        for place, operation in enumerate(body):
            here = [f"{start}{place}" for start in starts]
            found.update(dict.fromkeys(here, operation))
            makes = FORMS[operation["op"]].makes
            for number, _, inner in bodies_of(operation):
                paths = tuple(f"{path}.{number}." for path in here)
                if makes is not None:
                    label = operation[makes]
                    paths = (f"t{label}:",) if self.labels[label] == 1 else ()
                self._index(inner, paths, found)


class Facts:
    """Of one trace. A program whose budget is used up is known to its last whole event."""

    def __init__(self, outline: Outline, trace: Trace) -> None:
        self._outline = outline
        whole = next((place for place, event in enumerate(trace) if event[1] == "budget"), len(trace))
        self.events: list[Event] = trace[:whole]

    def of(self, *whats: str) -> Iterator[tuple[int, Event]]:
        """The events in which one of these happened, with their places."""
        found = [place for what in whats for place in self._places.get(what, ())]
        return ((place, self.events[place]) for place in sorted(found))

    def operation(self, event: Event) -> dict[str, Any]:
        """The operation that an event comes from; an empty one where that cannot be told."""
        return self._outline.by_path.get(event[0], {})

    def around(self, event: Event) -> list[tuple[dict[str, Any], int]]:
        """The operations that the event's own stands in, the outer first, each with the number of the body."""
        parts = event[0].split(".")
        return [
            (self._outline.by_path.get(".".join(parts[:count]), {}), int(parts[count]))
            for count in range(1, len(parts), 2)
        ]

    def is_direct(self, event: Event) -> bool:
        """Whether the task that the event's origin names did it itself, in its own context."""
        return event[0].startswith("t") and not any(
            operation.get("op") in ELSEWHERE | {"context_run", "nested_run"}
            or (operation.get("op") in _GENERATORS and (number or operation["op"] == "generator"))
            for operation, number in self.around(event)
        )

    def label(self, name: object) -> int | None:
        """The label in ``task 4``, if the program gives it to one thing alone; else None."""
        if not isinstance(name, str) or not name.startswith("task "):
            return None
        label = int(name.removeprefix("task "))
        return label if self.labels[label] == 1 else None

    def task_of(self, event: Event) -> int | None:
        """The label of the task whose body the event comes from, if the program gives it to one thing alone."""
        start = event[0].partition(":")[0]
        return self.label(f"task {start[1:]}") if start.startswith("t") else None

    @property
    def program(self) -> Mapping[str, Any]:
        return self._outline.program

    @property
    def operations(self) -> list[dict[str, Any]]:
        return self._outline.operations

    @property
    def names(self) -> Counter[str]:
        """How often the program has each operation."""
        return self._outline.names

    @property
    def labels(self) -> Counter[int]:
        """How many things the program gives each label to."""
        return self._outline.labels

    @property
    def tasks(self) -> frozenset[int]:
        """The labels of tasks."""
        return self._outline.tasks

    @cached_property
    def ends(self) -> dict[int, int]:
        """Where each task's coroutine came to its end, by label; of labels that one task alone has."""
        found: dict[int, int] = {}
        for place, event in self.of("returned", "raised"):
            if event[0].startswith("t") and ":" not in event[0]:
                label = self.task_of(event)
                if label is not None:
                    found[label] = place
        return found

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where in the trace each thing happened: most invariants ask for what few traces have."""
        found: dict[str, list[int]] = {}
        for place, event in enumerate(self.events):
            found.setdefault(event[1], []).append(place)
        return found
