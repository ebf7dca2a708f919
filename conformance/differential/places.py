"""Bodies and operations of a program with their keys in its plain data, for whoever changes programs: the shrinker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.differential.operations import FORMS, Body

Keys = tuple[str | int, ...]
"""The way to a value in plain data: names of fields and places in lists."""
Operations = list[dict[str, Any]]


def bodies(program: dict[str, Any]) -> Iterator[tuple[Keys, Operations]]:
    """Yield each body of a program, the outer before the inner ones; the script is the first."""
    yield from _within(program["script"], ("script",))


def inner_bodies(operation: dict[str, Any]) -> Iterator[tuple[Keys, Operations]]:
    """Yield the bodies of an operation, without those in them."""
    form = FORMS[operation["op"]]
    for name in form.bodies:
        kind = form.fields[name]
        assert isinstance(kind, Body)
        if kind.many:
            yield from (((name, place), item) for place, item in enumerate(operation[name]))
        else:
            yield (name,), operation[name]


def operations(program: dict[str, Any]) -> Iterator[tuple[Keys, dict[str, Any]]]:
    """Yield each operation of a program, the outer before the inner ones, in the order of writing."""
    yield from _operations_within(program["script"], ("script",))


def changed(value: Any, keys: Keys, new: Any) -> Any:
    """Return the value with what is at ``keys`` replaced; what is not on the way there is shared, and nothing is written to."""
    if not keys:
        return new
    key, *rest = keys
    if isinstance(value, dict):
        return {**value, key: changed(value[key], tuple(rest), new)}
    assert isinstance(key, int)
    return [*value[:key], changed(value[key], tuple(rest), new), *value[key + 1 :]]


def _within(body: Operations, keys: Keys) -> Iterator[tuple[Keys, Operations]]:
    yield keys, body
    for place, operation in enumerate(body):
        for name, inner in inner_bodies(operation):
            yield from _within(inner, (*keys, place, *name))


def _operations_within(body: Operations, keys: Keys) -> Iterator[tuple[Keys, dict[str, Any]]]:
    for place, operation in enumerate(body):
        yield (*keys, place), operation
        for name, inner in inner_bodies(operation):
            yield from _operations_within(inner, (*keys, place, *name))
