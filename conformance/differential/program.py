"""A program as plain data: read strictly, measured, written in one form, and found its way about in by paths.

A path says where an operation stands: its index in a body, which body of that operation comes next, the index in that
one, and so on. ``s3.0.1`` begins with the script's fourth step, of whose first body it is the second operation;
``t5:2.0.1``, as traces have it, begins in the body of the task labelled 5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from conformance.differential.operations import (
    FORMS,
    MAYBE,
    YES_OR_NO,
    Body,
    Form,
    Operation,
    Place,
    bodies_of,
    place_in,
)
from conformance.errors import UsageError

Program = Mapping[str, Any]
"""``runners``: a list of ``{"debug": …, "factory": …}``; ``script``: a list of operations."""

DEEPEST = 30
"""How deep operations may lie in each other: a reader of anything deeper would come to the end of its stack."""

_RUNNER = {"debug": MAYBE, "factory": YES_OR_NO}


def size(program: Program) -> int:
    """Return how many operations the program has."""
    return sum(1 for _ in walk(program))


def canonical(program: Program) -> str:
    """Return the program as a line of JSON: the same text for the same program, and only for that."""
    return json.dumps(program, sort_keys=True, separators=(",", ":"), allow_nan=False)


def walk(program: Program) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each operation with its path from the script on, the outer before the inner, in the order of writing."""
    yield from _walk_body(program["script"], "s")


def at(program: Program, path: str) -> dict[str, Any]:
    """Return the operation at the path, of either form; raises KeyError where there is none."""
    body, index = place_of(program, path)
    return body[index]


def place_of(program: Program, path: str) -> tuple[list[dict[str, Any]], int]:
    """Return the body that the path leads to, and the index in it; raises KeyError where there is none."""
    start, _, rest = _parts(program, path)
    found = _follow(start, rest)
    if found is None:
        raise KeyError(path)
    return found


def full_path(program: Program, path: str) -> str:
    """Return the path from the script on of what the path, of either form, leads to.

    Where several tasks were given the label, the first whose body has such a place counts. Raises KeyError where there
    is none.
    """
    _, before, rest = _parts(program, path)
    return before + rest


def refuse_malformed(program: object) -> None:
    """Raise UsageError for what is no program, naming the place and what is accepted there."""
    if not isinstance(program, dict) or program.keys() != {"runners", "script"}:
        raise UsageError(
            "A program is an object with the keys runners and script.", "Give it just these two."
        )
    runners, script = program["runners"], program["script"]
    if not isinstance(runners, list) or not runners:
        raise UsageError(
            "A program's runners are a list of one or more.", 'One is {"debug": …, "factory": …}.'
        )
    for number, runner in enumerate(runners):
        where = f"The program's runner {number}"
        if not isinstance(runner, dict) or runner.keys() != _RUNNER.keys():
            raise UsageError(
                f"{where} is no object with the keys debug and factory.", "Give it just these two."
            )
        for name, kind in _RUNNER.items():
            if not kind.accepts(runner[name]):
                raise UsageError(f"{where} has {_shown(name, runner[name])}.", f"It takes {kind.says}.")
    _refuse_body(script, Place.SCRIPT, "the script", "s", DEEPEST)


def _refuse_body(body: object, place: Place, name: str, path: str, deep: int) -> None:
    if not isinstance(body, list):
        raise UsageError(f"The program's {path} is no list.", f"It is {name}: a list of operations.")
    if not deep:
        raise UsageError(f"The program's {path} lies too deep.", f"At most {DEEPEST} operations nest.")
    for index, operation in enumerate(body):
        _refuse_operation(operation, place, f"{path}{index}", deep)


def _refuse_operation(operation: Any, place: Place, path: str, deep: int) -> None:
    where = f"The program's operation {path}"
    name = operation.get("op") if isinstance(operation, dict) else None
    form = FORMS.get(name) if isinstance(name, str) else None
    allowed = ", ".join(sorted(each.name for each in FORMS.values() if place in each.places))
    if form is None:
        _refuse(
            f"{where} has no known op: {json.dumps(name, default=str):.40}",
            f"In {place.value} stand {allowed}",
        )
    if place not in form.places:
        _refuse(f"{where} is {form.name}, which does not stand in {place.value}", f"There stand {allowed}")
    where += f" ({form.name})"
    fields = {"op", *form.fields}
    if operation.keys() != fields:
        wrong = sorted(map(str, operation.keys() ^ fields))[0]
        says = "lacks" if wrong in fields else "has the unknown field"
        _refuse(f"{where} {says} {wrong}", f"Its fields are {', '.join(('op', *form.fields))}")
    for each, kind in form.fields.items():
        value = operation[each]
        if isinstance(kind, Body):
            if kind.many and not isinstance(value, list):
                _refuse(f"{where} has {_shown(each, value)}", "It takes a list of lists of operations")
        elif not kind.accepts(value):
            _refuse(f"{where} has {_shown(each, value)}", f"It takes {kind.says}")
    _refuse_together(form, operation, where)
    for number, each, inner in bodies_of(operation):
        kind = form.fields[each]
        assert isinstance(kind, Body)
        _refuse_body(inner, place_in(kind, place), each, f"{path}.{number}.", deep - 1)


def _refuse_together(form: Form, operation: Operation, where: str) -> None:
    """Refuse values each of which is accepted, but not beside the others."""
    if form.name != "create":
        return
    if operation["how"] == "ensure_future" and operation["name"] is not None:
        _refuse(f"{where} has a name with how=ensure_future", "It takes none: name is null")
    if operation["how"] != "loop_create_task" and operation["context"] is not None:
        _refuse(f"{where} has a context with how={operation['how']}", "Only loop_create_task takes one")


def _refuse(what: str, advice: str) -> NoReturn:
    raise UsageError(f"{what}.", f"{advice}.")


def _shown(name: str, value: object) -> str:
    return f"{name} = {json.dumps(value, default=str):.60}"


def _walk_body(body: list[dict[str, Any]], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, operation in enumerate(body):
        here = f"{path}{index}"
        yield here, operation
        for number, _, inner in bodies_of(operation):
            yield from _walk_body(inner, f"{here}.{number}.")


def _parts(program: Program, path: str) -> tuple[list[dict[str, Any]], str, str]:
    """Return the body that the path begins in, that body's own path, and the rest of the path."""
    if path.startswith("s"):
        return program["script"], "s", path[1:]
    label, _, rest = path.removeprefix("t").partition(":")
    for here, operation in walk(program):
        makes = FORMS[operation["op"]].makes
        if makes is None or str(operation[makes]) != label or _follow(operation["body"], rest) is None:
            continue
        return operation["body"], f"{here}.0.", rest
    raise KeyError(path)


def _follow(body: list[dict[str, Any]], rest: str) -> tuple[list[dict[str, Any]], int] | None:
    """Return where indices and numbers of bodies lead from a body; None where they lead nowhere."""
    steps = rest.split(".")
    if len(steps) % 2 == 0 or not all(step.isascii() and step.isdigit() for step in steps):
        return None
    for step, number in zip(steps[:-1:2], steps[1::2], strict=True):
        inner = bodies_of(body[int(step)]) if int(step) < len(body) else []
        if int(number) >= len(inner):
            return None
        body = inner[int(number)][2]
    return (body, int(steps[-1])) if int(steps[-1]) < len(body) else None
