"""The operations of which a program consists: what each is given, and where it is allowed; all other modules ask here.

A body is a list of operations, a place says what may stand in it:

    SCRIPT      the steps of the program, in its main thread or in another, outside of any loop
    COROUTINE   what a task, a coroutine or an async generator does
    CALLBACK    what runs without a coroutine of its own: callbacks, call_soon, context_run
    JOB         what the executor's thread does
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

Operation = Mapping[str, Any]
"""An operation as plain data: its name under ``op``, and all of its fields, null where nothing is said."""

MOST = 999
"""The greatest label, and the greatest number of any other thing."""


class Place(Enum):
    """Where an operation may stand."""

    SCRIPT = "the script"
    COROUTINE = "a coroutine"
    CALLBACK = "a callback"
    JOB = "a job"


@frozen
class Kind:
    """The values that a field takes."""

    says: str
    """What these are, for one who gave another."""
    accepts: Callable[[object], bool]
    values: tuple[Any, ...] = ()
    """All of them, where they can be counted."""


@frozen
class Body:
    """A field that holds operations for a place; ``None`` for the place of the operation itself, or a callback's."""

    place: Place | None
    many: bool = False
    """Whether it is a list of bodies."""


Field = Kind | Body


@frozen
class Form:
    """What an operation is: its name, its group, where it may stand and what its fields hold."""

    name: str
    group: str
    places: frozenset[Place]
    fields: Mapping[str, Field]
    makes: str | None = None
    """The field whose label is that of a task with the operation's body."""
    bodies: tuple[str, ...] = field(init=False)
    """The fields that hold bodies, in the order of their numbers: a list of bodies is always the last."""

    @bodies.default
    def _find_bodies(self) -> tuple[str, ...]:
        found = [(kind.many, name) for name, kind in self.fields.items() if isinstance(kind, Body)]
        return tuple(name for _, name in sorted(found, key=lambda each: each[0]))


def _one_of(*values: Any) -> Kind:
    said = ", ".join(value if isinstance(value, str) and value else json.dumps(value) for value in values)
    known = [(type(value), value) for value in values]
    return Kind(f"one of {said}", lambda value: (type(value), value) in known, values)


def _number(says: str, most: int = MOST, *others: Any) -> Kind:
    def accepts(value: object) -> bool:
        if type(value) is int:
            return 0 <= value <= most
        return any(value is other or (type(value) is str and value == other) for other in others)

    return Kind(says, accepts)


VALUES: Final[tuple[Any, ...]] = (None, False, True, 0, 1, "", "x", [], -1)
ERRORS: Final = (
    "ValueError",
    "LookupError",
    "CancelledError",
    "KeyboardInterrupt",
    "SystemExit",
    "StopIteration",
    "GeneratorExit",
)
VARIABLES: Final = 3

LABEL = _number(f"a label, 0 to {MOST}")
TARGET = _number(f"a label, 0 to {MOST}, or self or parent", MOST, "self", "parent")
RUNNER = _number(f"a runner's number, 0 to {MOST}")
RUNNER_OR_NONE = _number(f"a runner's number, 0 to {MOST}, or null", MOST, None)
CONTEXT = _number(f"a context's number, 0 to {MOST}")
CONTEXT_OR_NONE = _number(f"a context's number, 0 to {MOST}, or null", MOST, None)
TOKEN = _number(f"a token's number, 0 to {MOST}")
VARIABLE = _number(f"a variable, 0 to {VARIABLES - 1}", VARIABLES - 1)
LEAVE = _number(f"how many items, 0 to {MOST}, or null", MOST, None)
TEXT_OR_NONE = Kind("a text or null", lambda value: value is None or type(value) is str)
LABELS = Kind(
    f"a list of labels, 0 to {MOST} each",
    lambda value: type(value) is list and all(map(LABEL.accepts, value)),
)
YES_OR_NO = _one_of(False, True)
MAYBE = _one_of(None, False, True)
VALUE = _one_of(*VALUES)
ERROR = _one_of(*ERRORS)
HANDLER = _one_of("default", "ignore", "own")

_STEPS, _TURNS, _CALLS = Body(Place.SCRIPT), Body(Place.COROUTINE), Body(Place.CALLBACK)
_JOB, _SAME, _ITEMS = Body(Place.JOB), Body(None), Body(Place.COROUTINE, many=True)
_SCRIPT = frozenset({Place.SCRIPT})
_COROUTINE = frozenset({Place.COROUTINE})
_INSIDE = frozenset({Place.COROUTINE, Place.CALLBACK})
_ALL_BUT_JOBS = _SCRIPT | _INSIDE


def _forms() -> Iterator[Form]:
    def form(
        name: str, group: str, places: frozenset[Place], makes: str | None = None, /, **fields: Field
    ) -> Form:
        return Form(name, group, places, fields, makes)

    yield form(
        "run", "runs", _SCRIPT, "label", runner=RUNNER, label=LABEL, body=_TURNS, context=CONTEXT_OR_NONE
    )
    yield form(
        "run_function", "runs", _SCRIPT, "label", label=LABEL, body=_TURNS, debug=MAYBE, factory=YES_OR_NO
    )
    yield form(
        "run_wrong",
        "wrong",
        _SCRIPT,
        runner=RUNNER,
        what=_one_of("future", "function", "null", "generator"),
    )
    for name in ("get_loop", "enter", "exit", "close"):
        yield form(name, "runs", _SCRIPT, runner=RUNNER)
    yield form(
        "task_factory", "factories", _SCRIPT, runner=RUNNER, kind=_one_of("none", "legacy", "keywords")
    )
    yield form("exception_handler", "reports", _SCRIPT, runner=RUNNER)
    yield form("handler", "interrupts", _ALL_BUT_JOBS, kind=HANDLER)
    yield form("thread", "threads", _SCRIPT, body=_STEPS)
    yield form("collect", "garbage", _ALL_BUT_JOBS)

    yield form(
        "create",
        "tasks",
        _COROUTINE,
        "label",
        how=_one_of("create_task", "ensure_future", "loop_create_task"),
        label=LABEL,
        body=_TURNS,
        name=TEXT_OR_NONE,
        context=CONTEXT_OR_NONE,
    )
    yield form("gather", "waiting", _COROUTINE, of=LABELS, return_exceptions=YES_OR_NO, label=LABEL)
    yield form("shield", "waiting", _COROUTINE, of=LABEL, label=LABEL)
    yield form("wait_for", "waiting", _COROUTINE, of=LABEL, timeout=_one_of(None, 0, "fired"), label=LABEL)
    yield form("fire", "waiting", _INSIDE, of=LABEL)
    yield form("await", "tasks", _COROUTINE, of=LABEL)
    yield form("sleep", "tasks", _COROUTINE)
    yield form("future", "futures", _COROUTINE, label=LABEL)
    yield form("resolve", "futures", _INSIDE, of=LABEL, value=VALUE)
    yield form("fail", "futures", _INSIDE, of=LABEL, error=ERROR, message=TEXT_OR_NONE)
    yield form("cancel", "cancelling", _INSIDE, of=TARGET, message=TEXT_OR_NONE)
    yield form("uncancel", "cancelling", _INSIDE, of=TARGET)
    yield form("cancelling", "cancelling", _INSIDE, of=TARGET)
    yield form("callback", "callbacks", _COROUTINE, on=LABEL, context=CONTEXT_OR_NONE, body=_CALLS)
    yield form("call_soon", "callbacks", _INSIDE, context=CONTEXT_OR_NONE, body=_CALLS)
    yield form("current_task", "looking", _INSIDE)
    yield form("all_tasks", "looking", _INSIDE)
    yield form("state", "looking", _INSIDE, of=LABEL)

    yield form(
        "try",
        "catching",
        _COROUTINE,
        body=_TURNS,
        catch=_one_of(None, "CancelledError", "Exception", "BaseException", "KeyboardInterrupt"),
        handler=_TURNS,
        then=_one_of("swallow", "raise", "replace", "keep", "uncancel"),
        **{"finally": _TURNS},
    )
    yield form("raise", "raising", _INSIDE | {Place.JOB}, error=ERROR, message=TEXT_OR_NONE)
    yield form("return", "raising", _COROUTINE, value=VALUE)
    yield form("call", "nesting", _COROUTINE, body=_TURNS)
    yield form(
        "async_with", "nesting", _COROUTINE, enter=_TURNS, body=_TURNS, exit=_TURNS, suppress=YES_OR_NO
    )
    yield form(
        "async_for",
        "generators",
        _COROUTINE,
        label=LABEL,
        items=_ITEMS,
        body=_TURNS,
        leave=LEAVE,
        **{"finally": _TURNS},
    )
    yield form("generator", "generators", _COROUTINE, label=LABEL, items=_ITEMS, **{"finally": _TURNS})
    yield form("next", "generators", _COROUTINE, of=LABEL)
    yield form("aclose", "generators", _COROUTINE, of=LABEL)

    yield form("set", "variables", _ALL_BUT_JOBS | {Place.JOB}, var=VARIABLE, value=VALUE, token=TOKEN)
    yield form("get", "variables", _ALL_BUT_JOBS | {Place.JOB}, var=VARIABLE)
    yield form("reset", "variables", _ALL_BUT_JOBS, token=TOKEN)
    yield form("copy_context", "contexts", _ALL_BUT_JOBS, context=CONTEXT)
    yield form("context_run", "contexts", _ALL_BUT_JOBS, context=CONTEXT, body=_SAME)

    yield form("interrupt", "interrupts", _INSIDE, times=_one_of(1, 2))
    yield form("interrupt_when_idle", "interrupts", _INSIDE)
    yield form("interrupt_from_thread", "interrupts", _INSIDE)

    yield form("job", "jobs", _COROUTINE, label=LABEL, body=_JOB, until=_one_of("release", "close"))
    yield form("release", "jobs", _INSIDE, of=LABEL)
    yield form("report", "reports", _INSIDE)
    yield form("nested_run", "wrong", _COROUTINE, runner=RUNNER_OR_NONE, body=_TURNS)
    yield form("run_close", "wrong", _COROUTINE, runner=RUNNER)


FORMS: Final[Mapping[str, Form]] = {form.name: form for form in _forms()}
"""Every operation's form, by its name."""
GROUPS: Final = tuple(dict.fromkeys(form.group for form in FORMS.values()))


def bodies_of(operation: Operation) -> list[tuple[int, str, list[dict[str, Any]]]]:
    """Return the operation's bodies: the number of each in a path, the field that it stands in, and itself."""
    form = FORMS[operation["op"]]
    found: list[tuple[int, str, list[dict[str, Any]]]] = []
    for name in form.bodies:
        kind = form.fields[name]
        assert isinstance(kind, Body)
        for body in operation[name] if kind.many else [operation[name]]:
            found.append((len(found), name, body))
    return found


def place_in(body: Body, outside: Place) -> Place:
    """Return the place that a body of an operation is, which itself stands in the place ``outside``."""
    if body.place is not None:
        return body.place
    return outside if outside is Place.SCRIPT else Place.CALLBACK
