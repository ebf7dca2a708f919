"""What is worth counting of a program as it is written: its operations, their values, and what several are to each other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import Factory, define

from conformance.differential.census_places import INTERRUPTS, Places, Where, placed
from conformance.differential.operations import FORMS, Body, Operation
from conformance.differential.program import Program

_CATCHES = {"CancelledError", "BaseException"}
_WITH = ("message", "name", "context")
_RESISTS = {"swallow", "replace", "keep", "uncancel"}
_SENT = {"interrupt_when_idle", *INTERRUPTS}
_ENDING = {"in finally", "in a handler"}


def marks(program: Program) -> set[str]:
    """Return the program's marks."""
    reading = _Reading(Places(program))
    for runner in program["runners"]:
        reading.found |= runner_marks(runner)
    if len(program["runners"]) > 1:
        reading.found.add("several runners")
    reading.read()
    return reading.found | reading.summed()


def runner_marks(runner: dict[str, Any]) -> set[str]:
    """Return the marks of how a Runner is made."""
    return {f"runner {name}={json.dumps(value)}" for name, value in runner.items()}


def own_marks(operation: Operation) -> Iterator[str]:
    """Yield the marks that an operation has by itself: its name, and one for each value."""
    name = operation["op"]
    yield name
    for field, kind in FORMS[name].fields.items():
        if isinstance(kind, Body):
            continue
        value = operation[field]
        if field in _WITH:
            yield f"{name} {'without' if value is None else 'with'} {field}"
        elif kind.values or isinstance(value, str):
            yield f"{name} {field}={value if isinstance(value, str) and value else json.dumps(value)}"


def cancellation_then(operation: Operation) -> str:
    """Return the mark of what a ``try`` does about a cancellation."""
    return f"cancellation then={operation['then']}"


def called_back(operation: Operation) -> str:
    """Return the mark of a done callback that was called."""
    return f"callback called {'without' if operation['context'] is None else 'with'} context"


@define
class _Reading:
    """What was seen so far of a program, in the order of writing."""

    places: Places
    found: set[str] = Factory(set)
    ran: Counter[int] = Factory(Counter)
    closed: Counter[int] = Factory(Counter)
    failed: set[int] = Factory(set)
    contexts: Counter[int] = Factory(Counter)
    cancelled: Counter[Any] = Factory(Counter)
    awaits: dict[int, set[int]] = Factory(dict)
    waited_for: set[int] = Factory(set)
    tokens: dict[int, Where] = Factory(dict)
    tasks: dict[int, bool] = Factory(dict)
    """By label, whether the task resists a cancellation."""
    jobs: set[int] = Factory(set)
    generators: set[int] = Factory(set)

    def read(self) -> None:
        for operation, where in self.places.written:
            self.found.update(own_marks(operation))
            self.found |= placed(operation, where)
            getattr(self, f"_{operation['op']}", _ignore)(operation, where)

    def summed(self) -> set[str]:
        left = [resists for label, resists in self.tasks.items() if label not in self.waited_for]
        sums = {
            "leftover": left,
            "leftover that resists": any(left),
            "cancel twice": any(times > 1 for times in self.cancelled.values()),
            "awaited by several": any(len(who) > 1 for who in self.awaits.values()),
            "job left to close": self.jobs,
            "generator left open": self.generators,
            "several runs of one runner": any(times > 1 for times in self.ran.values()),
            "context of two runs": any(times > 1 for times in self.contexts.values()),
            "interrupt while waiting": "interrupt_when_idle" in self.found,
            "own handler called": "handler kind=own" in self.found and self.found & _SENT,
            "exception handler called": "exception_handler" in self.found,
            "task factory called, legacy": "task_factory kind=legacy" in self.found,
            "task factory called, keywords": "task_factory kind=keywords" in self.found,
        }
        return {mark for mark, holds in sums.items() if holds}

    def _interrupt(self, operation: Operation, where: Where) -> None:
        if where.second:
            self.found.add("interrupt in a second run")
        ends = "in a child" in where.inside and where.inside & _ENDING
        if ends and operation["op"] in INTERRUPTS:
            self.found.add("interrupt during close")

    _interrupt_when_idle = _interrupt_from_thread = _interrupt

    def _run(self, operation: Operation, _where: Where) -> None:
        runner = operation["runner"]
        if self.closed[runner]:
            self.found.add("run after close")
        if runner in self.failed:
            self.found.add("run after an error")
        if operation["body"] and operation["body"][-1]["op"] == "raise":
            self.failed.add(runner)
        self.ran[runner] += 1
        self.contexts[operation["context"]] += operation["context"] is not None

    def _close(self, operation: Operation, _where: Where) -> None:
        self.closed[operation["runner"]] += 1
        if self.closed[operation["runner"]] > 1:
            self.found.add("close twice")

    _exit = _close

    def _create(self, operation: Operation, _where: Where) -> None:
        self.tasks[operation["label"]] = any(map(_resists, operation["body"]))

    def _await(self, operation: Operation, where: Where) -> None:
        self.waited_for.add(operation["of"])
        self.awaits.setdefault(operation["of"], set()).add(where.context)

    def _shield(self, operation: Operation, _where: Where) -> None:
        self.waited_for.add(operation["of"])

    def _wait_for(self, operation: Operation, _where: Where) -> None:
        self.waited_for.add(operation["of"])
        self.found |= {"wait_for runs out"} if operation["timeout"] is not None else set()

    def _gather(self, operation: Operation, _where: Where) -> None:
        self.waited_for.update(operation["of"])
        self.found |= {"gather of several different"} if len(set(operation["of"])) > 1 else set()

    def _try(self, operation: Operation, _where: Where) -> None:
        self.found |= {cancellation_then(operation)} if operation["catch"] in _CATCHES else set()

    def _callback(self, operation: Operation, _where: Where) -> None:
        self.found.add(called_back(operation))

    def _cancel(self, operation: Operation, where: Where) -> None:
        of = operation["of"]
        self.cancelled[of] += 1
        if where.context in self.awaits.get(of, ()) and of in self.tasks:
            self.found.add("cancel of a done task")
        if self.places.is_sibling(of, where):
            self.found.add("cancel of a sibling")

    def _set(self, operation: Operation, where: Where) -> None:
        self.tokens[operation["token"]] = where

    def _reset(self, operation: Operation, where: Where) -> None:
        made = self.tokens.get(operation["token"])
        if made is not None and made.run != where.run:
            self.found.add("token of another run")
        elif made is not None and made.context != where.context:
            self.found.add("token of another context")

    def _job(self, operation: Operation, _where: Where) -> None:
        self.jobs.add(operation["label"])

    def _release(self, operation: Operation, _where: Where) -> None:
        self.jobs.discard(operation["of"])

    def _generator(self, operation: Operation, _where: Where) -> None:
        self.generators.add(operation["label"])

    def _async_for(self, operation: Operation, _where: Where) -> None:
        self.generators |= {operation["label"]} if operation["leave"] else set()

    def _aclose(self, operation: Operation, _where: Where) -> None:
        self.generators.discard(operation["of"])


def _ignore(operation: Operation, where: Where) -> None:
    """Take note of nothing."""


def _resists(operation: Operation) -> bool:
    return (
        operation["op"] == "try"
        and operation["catch"] in _CATCHES
        and (operation["then"] in _RESISTS or bool(operation["handler"]))
    )
