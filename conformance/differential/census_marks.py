"""What is worth counting of a program: its operations, their values, and what several of them are to each other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import Factory, define, evolve, frozen

from conformance.differential.operations import FORMS, Body, Operation, bodies_of
from conformance.differential.program import Program

_INTERRUPTS = {"interrupt", "interrupt_when_idle", "interrupt_from_thread"}
_INSIDE = {
    "create": "in a child",
    "callback": "in a callback",
    "call_soon": "in a callback",
    "job": "in a job",
    "async_for": "in a generator",
    "generator": "in a generator",
}
_FINALLY = {"finally", "exit"}
_WITH = ("message", "name", "context")
_CATCHES = {"CancelledError", "BaseException"}
_RESISTS = {"swallow", "replace", "keep", "uncancel"}
_COUNTED = {"cancel", "set", "get", "raise", "uncancel", "await", *_INTERRUPTS}


def marks(program: Program) -> set[str]:
    """Return the program's marks."""
    reading = _Reading()
    for runner in program["runners"]:
        reading.found |= {f"runner {name}={json.dumps(value)}" for name, value in runner.items()}
    if len(program["runners"]) > 1:
        reading.found.add("several runners")
    reading.read(program["script"], _Where())
    return reading.found | reading.summed()


@frozen
class _Where:
    """What lies around an operation."""

    inside: frozenset[str] = frozenset()
    run: int = 0
    """The number of the run."""
    second: bool = False
    """Whether the same Runner ran something before."""
    task: int | None = None
    """The label of the task."""
    body: int = 0
    """The number of what has a context of its own: a task or a callback."""


@define
class _Reading:
    """What was seen so far of a program, in the order of writing."""

    found: set[str] = Factory(set)
    runs: int = 0
    bodies: int = 0
    ran: Counter[int] = Factory(Counter)
    closed: Counter[int] = Factory(Counter)
    failed: set[int] = Factory(set)
    contexts: Counter[int] = Factory(Counter)
    cancelled: Counter[Any] = Factory(Counter)
    awaits: dict[int, set[int]] = Factory(dict)
    tokens: dict[int, _Where] = Factory(dict)
    tasks: dict[int, bool] = Factory(dict)
    """By label, whether the task resists a cancellation."""
    jobs: set[int] = Factory(set)
    generators: set[int] = Factory(set)

    def read(self, body: list[dict[str, Any]], where: _Where) -> None:
        for operation in body:
            name = operation["op"]
            self.found.add(name)
            self.found.update(_values(operation))
            if name in _COUNTED:
                self._place(name, where)
            getattr(self, f"_{name}", _ignore)(operation, where)
            inner = self._inner(operation, where)
            for _, field, each in bodies_of(operation):
                around = where.inside | _around(operation, field)
                self.read(each, evolve(inner, inside=around))

    def summed(self) -> set[str]:
        found = set()
        left = {label: resists for label, resists in self.tasks.items() if label not in self.awaits}
        found |= {"leftover"} if left else set()
        found |= {"leftover that resists"} if any(left.values()) else set()
        found |= {"cancel twice"} if any(times > 1 for times in self.cancelled.values()) else set()
        found |= {"awaited by several"} if any(len(bodies) > 1 for bodies in self.awaits.values()) else set()
        found |= {"job left to close"} if self.jobs else set()
        found |= {"generator left open"} if self.generators else set()
        found |= {"several runs of one runner"} if any(times > 1 for times in self.ran.values()) else set()
        found |= {"context of two runs"} if any(times > 1 for times in self.contexts.values()) else set()
        return found

    def _inner(self, operation: Operation, where: _Where) -> _Where:
        """Return what lies around the bodies of an operation."""
        if operation["op"] in {"run", "run_function", "create", "callback", "call_soon", "job"}:
            self.bodies += 1
            where = evolve(where, body=self.bodies)
        if operation["op"] in {"run", "run_function"}:
            self.runs += 1
            second = self.ran[operation.get("runner", -1)] > 1
            return evolve(where, run=self.runs, second=second, task=operation["label"])
        return evolve(where, task=operation["label"]) if operation["op"] == "create" else where

    def _place(self, name: str, where: _Where) -> None:
        shown = "interrupt" if name in _INTERRUPTS else name
        self.found |= {f"{shown} {place}" for place in where.inside}
        if shown == "interrupt" and where.second:
            self.found.add("interrupt in a second run")
        if shown == "interrupt" and "in a child" in where.inside:
            self.found |= {"interrupt as a leftover ends"} if where.inside & _ENDING else set()

    def _run(self, operation: Operation, _where: _Where) -> None:
        runner = operation["runner"]
        if self.closed[runner]:
            self.found.add("run after close")
        if runner in self.failed:
            self.found.add("run after an error")
        if operation["body"] and operation["body"][-1]["op"] == "raise":
            self.failed.add(runner)
        self.ran[runner] += 1
        self.contexts[operation["context"]] += operation["context"] is not None

    def _close(self, operation: Operation, _where: _Where) -> None:
        self.closed[operation["runner"]] += 1
        if self.closed[operation["runner"]] > 1:
            self.found.add("close twice")

    _exit = _close

    def _create(self, operation: Operation, _where: _Where) -> None:
        self.tasks[operation["label"]] = any(map(_resists, operation["body"]))

    def _await(self, operation: Operation, where: _Where) -> None:
        self.awaits.setdefault(operation["of"], set()).add(where.body)

    def _cancel(self, operation: Operation, where: _Where) -> None:
        of = operation["of"]
        self.cancelled[of] += 1
        if where.body in self.awaits.get(of, ()) and of in self.tasks:
            self.found.add("cancel of a done task")
        if "in a child" in where.inside and of in self.tasks and of != where.task:
            self.found.add("cancel of a sibling")

    def _set(self, operation: Operation, where: _Where) -> None:
        self.tokens[operation["token"]] = where

    def _reset(self, operation: Operation, where: _Where) -> None:
        made = self.tokens.get(operation["token"])
        if made is not None and made.run != where.run:
            self.found.add("token of another run")
        elif made is not None and made.body != where.body:
            self.found.add("token of another task or callback")

    def _job(self, operation: Operation, _where: _Where) -> None:
        self.jobs.add(operation["label"])

    def _release(self, operation: Operation, _where: _Where) -> None:
        self.jobs.discard(operation["of"])

    def _generator(self, operation: Operation, _where: _Where) -> None:
        self.generators.add(operation["label"])

    def _async_for(self, operation: Operation, _where: _Where) -> None:
        self.generators |= {operation["label"]} if operation["leave"] is not None else set()

    def _aclose(self, operation: Operation, _where: _Where) -> None:
        self.generators.discard(operation["of"])


_ENDING = {"in finally", "in a handler"}


def _ignore(operation: Operation, where: _Where) -> None:
    """Take note of nothing."""


def _resists(operation: Operation) -> bool:
    return (
        operation["op"] == "try"
        and operation["catch"] in _CATCHES
        and (operation["then"] in _RESISTS or bool(operation["handler"]))
    )


def _around(operation: Operation, field: str) -> set[str]:
    name = operation["op"]
    if field in _FINALLY:
        return {"in finally", *([_INSIDE[name]] if name in _INSIDE else [])}
    if field == "handler":
        return {"in a handler"}
    if name == "async_for" and field == "body":
        return set()
    return {_INSIDE[name]} if name in _INSIDE else set()


def _values(operation: Operation) -> Iterator[str]:
    name = operation["op"]
    for field, kind in FORMS[name].fields.items():
        if isinstance(kind, Body):
            continue
        value = operation[field]
        if field in _WITH:
            yield f"{name} {'without' if value is None else 'with'} {field}"
        elif kind.values or isinstance(value, str):
            yield f"{name} {field}={value if isinstance(value, str) and value else json.dumps(value)}"
