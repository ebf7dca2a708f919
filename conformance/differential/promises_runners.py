"""Where a trace breaks what is promised of Runners; one function an invariant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.differential.events import Event, text_of
from conformance.differential.facts import Facts

_REFUSALS = frozenset({"builtins.RuntimeError", "builtins.ValueError", "builtins.TypeError"})
_RUNTIME_ERROR = "builtins.RuntimeError"
_CLOSED = frozenset({"close", "exit"})


def handlers_left(facts: Facts) -> Iterator[tuple[int, str]]:
    """A handler after a run that is not the one that the program has set last."""
    handler = "default"
    for place, event in facts.of("handler", "state"):
        if event[1] == "handler":
            if isinstance(event[2], str):
                handler = event[2]
        elif _is_of_step(event[0]) and event[2]["sigint"] != handler:
            yield place, f"it is {event[2]['sigint']}, and was {handler}"


def loops_left_open(facts: Facts) -> Iterator[tuple[int, str]]:
    """A loop that is open after its Runner was closed."""
    open_before: set[int] = set()
    closed: set[int] = set()
    for place, event in facts.of("close", "exit", "state"):
        if event[1] in _CLOSED:
            # One that was never used has nothing to close, and may be used natively.
            closed |= _closed(facts, event) & open_before
        elif _is_of_step(event[0]):
            open_now = {
                number for number, state in enumerate(event[2]["runners"]) if state.startswith("open")
            }
            yield from ((place, f"runner {number} was closed") for number in sorted(open_now & closed))
            open_before |= open_now


def runs_after_close(facts: Facts) -> Iterator[tuple[int, str]]:
    """A coroutine that a closed Runner has run."""
    begun: set[int] = set()
    closed: set[int] = set()
    running: int | None = None
    for place, event in facts.of("enter", "loop", "begin run", "begin", "close", "exit"):
        operation = facts.operation(event)
        if event[1] == "begin":
            if running in closed:
                yield place, f"runner {running} was closed, and this ran"
            elif running is not None:
                begun.add(running)
        elif event[1] == "begin run":
            running = operation.get("runner")
        elif event[1] in _CLOSED:
            closed |= _closed(facts, event) & begun
            running = None
        else:
            begun.add(operation.get("runner", -1))


def generators_left(facts: Facts) -> Iterator[tuple[int, str]]:
    """A generator that was begun before its Runner was closed and did not end by that."""
    if len(facts.program["runners"]) > 1 or facts.names.keys() & {"run_function", "thread"}:
        return
    begun: dict[str, str] = {}
    due: dict[str, str] = {}
    origins: dict[str, str] = {}
    closing = frozenset({"begin close", "begin exit"})
    for place, event in facts.of(
        "generator", "item", "generator ends", "begin next", "closed", "close", "exit", "raised", *closing
    ):
        operation = facts.operation(event)
        if _is_left_off(operation, event):
            begun, due = {}, {}
        elif event[1] in closing:
            # What begins while it closes comes too late.
            due = dict(begun)
        elif event[1] == "generator" and facts.label(event[2]) is not None:
            origins[event[2]] = event[0]
        elif event[1] == "item" and facts.labels[operation.get("label", -1)] == 1:
            begun[event[0]] = "it"
        elif event[1] == "begin next" and event[2] in origins:
            begun[event[0]] = origins[event[2]]
        elif event[1] in {"generator ends", "closed"}:
            # One that is closed before it has begun tells nothing of its end.
            ended = origins.get(f"task {operation.get('of')}", event[0])
            begun = _without(begun, ended)
            due = _without(due, ended)
            origins = {name: origin for name, origin in origins.items() if origin != ended}
        elif event[1] in _CLOSED and _closed(facts, event):
            yield from ((place, f"that of {at} is open") for at in due)
            begun, due = {}, {}


def _is_left_off(operation: Mapping[str, Any], event: Event) -> bool:
    """Whether a Runner could not be closed to the end, as by a second Ctrl-C; its loop is closed all the same."""
    return event[1] == "raised" and operation.get("op") in _CLOSED


def nested_runs(facts: Facts) -> Iterator[tuple[int, str]]:
    """A run within a run that was not refused with RuntimeError."""
    for place, event in facts.of("returned", "raised"):
        if facts.operation(event).get("op") == "nested_run":
            if event[1] == "returned":
                yield place, f"it returned {event[2]!r}"
            elif event[2]["class"] != _RUNTIME_ERROR:
                yield place, f"it was refused with {event[2]['class']}"


def runs_of_others(facts: Facts) -> Iterator[tuple[int, str]]:
    """What is no coroutine and was run, or refused with an error of no such sort."""
    for place, event in facts.of("returned", "raised"):
        operation = facts.operation(event)
        # Up to 3.11 a generator was taken for a coroutine.
        if operation.get("op") != "run_wrong" or operation["what"] == "generator":
            continue
        if event[1] == "returned" or event[2]["class"] not in _REFUSALS:
            shown = event[2] if event[1] == "returned" else event[2]["class"]
            yield place, f"{operation['what']} {event[1]} {shown!r}"


def results_changed(facts: Facts) -> Iterator[tuple[int, str]]:
    """A run that returned something else than its coroutine, or where that raised."""
    for place, event in facts.of("returned"):
        operation = facts.operation(event)
        if operation.get("op") not in {"run", "run_function"} or not event[0].startswith("s"):
            continue
        end = facts.ends.get(operation["label"])
        if end is None:
            continue
        of_main = facts.events[end]
        if of_main[1] != "returned" or text_of(of_main[2]) != text_of(event[2]):
            yield place, f"it returned {event[2]!r} where the coroutine {of_main[1]} {text_of(of_main[2])}"


def debug_ignored(facts: Facts) -> Iterator[tuple[int, str]]:
    """A loop whose debug mode is not what its Runner was given."""
    for place, event in facts.of("loop"):
        number = facts.operation(event).get("runner", -1)
        if 0 <= number < len(facts.program["runners"]):
            asked = facts.program["runners"][number]["debug"]
            if asked is not None and event[-1] is not asked:
                yield place, f"runner {number} was given debug={asked}, its loop has {event[-1]}"


def _without(begun: dict[str, str], ended: str) -> dict[str, str]:
    return {at: origin for at, origin in begun.items() if ended not in {at, origin}}


def _closed(facts: Facts, event: list[object]) -> set[int]:
    """The Runner that a step has closed."""
    operation = facts.operation(event)
    return {operation["runner"]} if operation.get("op") in _CLOSED else set()


def _is_of_step(origin: str) -> bool:
    return origin.startswith("s") or origin == "end"
