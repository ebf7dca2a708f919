"""Where a trace breaks what is promised of context variables; one function an invariant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.differential.events import text_of
from conformance.differential.facts import Facts

_UNSURE = frozenset({"generator", "next", "aclose"})
"""Bodies of generators run in the context of whoever goes through them."""
_UNSET = "unset"


def tokens_used_twice(facts: Facts) -> Iterator[tuple[int, str]]:
    """A token that was reset, and then again."""
    used: dict[int, bool] = {}
    for place, event in facts.of("set", "reset"):
        token = facts.operation(event).get("token")
        if token is None:
            # Of which task this is cannot be told: it may have set anything.
            used.clear()
        elif event[1] == "reset" and used.get(token):
            yield place, f"token {token} was reset a second time"
        else:
            used[token] = event[1] == "reset"


def values_lost_between_runs(facts: Facts) -> Iterator[tuple[int, str]]:
    """A variable that the main task of one run has set, and the next run's sees otherwise."""
    if facts.names.keys() & _UNSURE:
        return
    runners = _runners_of_mains(facts)
    known: dict[tuple[int, int], Any] = {}
    for place, event in facts.of("set", "get", "reset"):
        runner = runners.get(facts.task_of(event))
        if runner is None or not facts.is_direct(event):
            continue
        variable = _variable(facts, event)
        if variable is None:
            known = {key: value for key, value in known.items() if key[0] != runner}
            continue
        key = runner, variable
        if event[1] == "get" and key in known and text_of(known[key]) != text_of(event[2]):
            yield (
                place,
                f"variable {variable} is {event[2]!r}, and was {known[key]!r} in this Runner's context",
            )
        known[key] = event[2]


def values_leaked(facts: Facts) -> Iterator[tuple[int, str]]:
    """A variable that has another value outside of all runs than the program has given it there."""
    values: dict[int, Any] = {}
    for place, event in facts.of("set", "reset", "state"):
        if "." in event[0] or not event[0].startswith(("s", "end")):
            continue
        if event[1] == "state":
            for number, value in enumerate(event[2]["variables"]):
                expected = values.get(number, _UNSET)
                if text_of(value) != text_of(expected):
                    yield place, f"variable {number} is {value!r} where the program had it {expected!r}"
        else:
            variable = _variable(facts, event)
            if variable is None:
                return
            values[variable] = event[2]


def _variable(facts: Facts, event: list[Any]) -> int | None:
    """Which variable an operation was about; of ``reset``, by the token, if that is made in one place."""
    operation = facts.operation(event)
    if "var" in operation or not operation:
        return operation.get("var")
    made = {
        each["var"]
        for each in facts.operations
        if each["op"] == "set" and each["token"] == operation["token"]
    }
    return made.pop() if len(made) == 1 else None


def _runners_of_mains(facts: Facts) -> dict[int | None, int]:
    """The Runner of each main task that runs in the Runner's own context."""
    return {
        each["label"]: each["runner"]
        for each in facts.operations
        if each["op"] == "run" and each["context"] is None and facts.labels[each["label"]] == 1
    }
