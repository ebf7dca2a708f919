"""Finds for the census where each operation of a program stands: what lies around it, and the origin of its events."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import Factory, define, evolve, frozen

from conformance.differential.operations import FORMS, Operation, bodies_of
from conformance.differential.program import Program

INTERRUPTS = {"interrupt", "interrupt_from_thread"}
"""Those that come where they stand; ``interrupt_when_idle`` comes elsewhere."""
FUNCTION = -1
"""What is counted as the Runner of a function's runs."""

_INSIDE = {
    "create": "in a child",
    "callback": "in a callback",
    "call_soon": "in call_soon",
    "job": "in a job",
    "async_for": "in a generator",
    "generator": "in a generator",
}
_FINALLY = {"finally", "exit"}
_OWN_CONTEXT = {"run", "run_function", "create", "callback", "call_soon", "job", "context_run"}
_RUNS = {"run", "run_function"}
_TOLD_BY_PLACE = {"cancel", "set", "get", "raise", "uncancel", "await", *INTERRUPTS}


@frozen
class Where:
    """What lies around an operation."""

    inside: frozenset[str] = frozenset()
    run: int = 0
    """The number of the run; 0: none."""
    runner: int | None = None
    second: bool = False
    """Whether the same Runner ran something before."""
    task: int | None = None
    """The label of the task."""
    context: int = 0
    """The number of what has a context of its own: a task, a callback, what a context runs."""


@define
class Places:
    """The operations of one program, in the order of writing."""

    program: Program
    written: list[tuple[Operation, Where]] = Factory(list)
    by_origin: dict[str, tuple[Operation, Where]] = Factory(dict)
    """By the origins that events of theirs have; of a label that is made twice the first."""
    makers: dict[int, int | None] = Factory(dict)
    """By the label of a task, that of the task that makes it; None for the main task of a run."""
    mains: dict[int, Operation] = Factory(dict)
    """By the label of a main task, the run that makes it."""
    _ran: Counter[int] = Factory(Counter)
    _runs: int = 0
    _contexts: int = 0

    def __attrs_post_init__(self) -> None:
        self._read(self.program["script"], Where(), "s")

    def is_sibling(self, label: object, where: Where) -> bool:
        """Whether the task of that label has the same maker as the task that stands there, and is another one."""
        if where.task is None or where.inside & {"in a callback", "in call_soon"}:
            return False
        maker = self.makers.get(where.task)
        if maker is None or not isinstance(label, int) or label == where.task:
            return False
        return self.makers.get(label) == maker

    def _read(self, body: list[dict[str, Any]], where: Where, start: str) -> None:
        for index, operation in enumerate(body):
            origin = f"{start}{index}"
            self.written.append((operation, where))
            self.by_origin.setdefault(origin, (operation, where))
            bodies = bodies_of(operation)
            if not bodies:
                continue
            inner = self._inner(operation, where)
            makes = FORMS[operation["op"]].makes
            for number, field, each in bodies:
                around = _around(operation["op"], field) - inner.inside
                there = evolve(inner, inside=inner.inside | around) if around else inner
                self._read(each, there, f"{origin}.{number}." if makes is None else f"t{operation[makes]}:")

    def _inner(self, operation: Operation, where: Where) -> Where:
        """Return what lies around the bodies of an operation."""
        name = operation["op"]
        if name not in _OWN_CONTEXT:
            return where
        self._contexts += 1
        if name in _RUNS:
            self._runs += 1
            runner = operation.get("runner", FUNCTION)
            second = self._ran[runner] > 0
            self._ran[runner] += 1
            self.makers[operation["label"]] = None
            self.mains[operation["label"]] = operation
            return evolve(
                where,
                run=self._runs,
                runner=runner,
                second=second and runner != FUNCTION,
                task=operation["label"],
                context=self._contexts,
            )
        if name == "create":
            self.makers[operation["label"]] = where.task
            return evolve(where, task=operation["label"], context=self._contexts)
        return evolve(where, context=self._contexts)


def placed(operation: Operation, where: Where) -> set[str]:
    """Return the marks of an operation for what lies around it."""
    name = operation["op"]
    if name not in _TOLD_BY_PLACE:
        return set()
    shown = "interrupt" if name in INTERRUPTS else name
    return {f"{shown} {place}" for place in where.inside}


def _around(name: str, field: str) -> set[str]:
    if field in _FINALLY:
        return {"in finally", *([_INSIDE[name]] if name in _INSIDE else [])}
    if field == "handler":
        return {"in a handler"}
    return {_INSIDE[name]} if name in _INSIDE and (name, field) != ("async_for", "body") else set()
