"""Draws the tasks and futures of a program, and who waits for them: seen to that what is waited for mostly comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conformance.differential import drawing_calls as calls
from conformance.differential.drawing_bodies import DEEPEST, child, sleep, task
from conformance.differential.drawing_scope import Drawn, Label, Scope
from conformance.differential.operations import VALUES

_AWAITED = ("task", "future", "job")
_GATHERED = (0, 1, 2, 2, 2, 2, 3, 3)
"""How many things are gathered, each as likely."""


def create(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a task."""
    if deep > DEEPEST:
        return sleep(scope)
    number = scope.number()
    inner = child(scope, number, room, deep)
    return [task(scope, number, inner), *(sleep(scope) if scope.dice.chance(40) else [])]


def await_(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw an await of what there is, seen to that it ends."""
    made, found = someone(scope, room, deep)
    return [*made, *settled(scope, found), wait(scope, found)]


def someone(scope: Scope, room: int, deep: int, but: Sequence[Label] = ()) -> tuple[list[Drawn], Label]:
    """Draw whom to wait for: who was not awaited yet, rather; and one of this run, which else is made before.

    It is none of ``but``.
    """
    found = scope.find(*_AWAITED, over=False, but=but) or scope.find(*_AWAITED, but=but)
    if found is not None and (found.run == scope.run or scope.dice.chance(20)):
        return [], found
    if deep > DEEPEST or scope.dice.chance(35):
        made = future(scope)
    else:
        number = scope.number()
        made = [task(scope, number, child(scope, number, room, deep))]
    return made, scope.labels[-1]


def wait(scope: Scope, label: Label) -> Drawn:
    """Return the await of what a label stands for."""
    scope.hangs |= not label.settles
    label.over = label.settles
    return scope.make("await", of=label.number)


def settled(scope: Scope, label: Label) -> list[Drawn]:
    """Draw what makes a label settle before it is awaited, where it would not: left out by a child now and then."""
    if label.settles or (not scope.main and scope.dice.chance(45)):
        return []
    throw = scope.dice.below(8)
    if throw < 2 and scope.levels["interrupts"] and scope.main:
        return calls.interrupt_when_idle(scope)
    label.settles = True
    if label.kind == "job":
        does = scope.make("release", of=label.number)
    elif label.kind == "future" and throw < 6:
        does = _resolve(scope, label)
    else:
        does = scope.make("cancel", of=label.number, message=calls.message(scope))
    return [_later(scope, does) if throw % 2 else does]


def _resolve(scope: Scope, label: Label) -> Drawn:
    if scope.dice.chance(25):
        return scope.make("fail", of=label.number, error="ValueError", message=None)
    return scope.make("resolve", of=label.number, value=scope.dice.pick(VALUES))


def _later(scope: Scope, does: Drawn) -> Drawn:
    """Let the loop do it soon, or a task of its own."""
    if scope.dice.chance(65):
        return scope.make("call_soon", context=None, body=[does])
    number = scope.number()
    scope.add(number, "task", settles=True)
    return scope.make("create", how="create_task", label=number, body=[does], name=None, context=None)


def future(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a future."""
    number = scope.number()
    scope.add(number, "future", settles=False)
    return [scope.make("future", label=number)]


def gather(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a gathering of several different things mostly, or of one twice, of one alone or of none; mostly awaited."""
    before: list[Drawn] = []
    some: list[Label] = []
    for _ in range(scope.dice.pick(_GATHERED)):
        # Whatever was found first is rather found again.
        made, found = someone(scope, room // 2, deep, () if scope.dice.chance(15) else some)
        before += made
        some.append(found)
    if scope.dice.chance(70):
        before += [made for each in some for made in settled(scope, each)]
    number = scope.number()
    every = scope.dice.chance(35)
    of = [each.number for each in some]
    gathers = scope.make("gather", of=of, return_exceptions=every, label=number)
    label = scope.add(number, "future", settles=all(each.settles for each in some))
    return [*before, gathers, *_maybe_awaited(scope, label)]


def shield(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a shield; mostly awaited."""
    before, found = someone(scope, room, deep)
    number = scope.number()
    made = scope.make("shield", of=found.number, label=number)
    return [*before, made, *_maybe_awaited(scope, scope.add(number, "future", settles=found.settles))]


def _maybe_awaited(scope: Scope, label: Label) -> list[Drawn]:
    return [*settled(scope, label), wait(scope, label)] if scope.dice.chance(65) else []


def wait_for(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a wait without a timeout, with one that is over at once, or with one that something fires."""
    before, found = someone(scope, room, deep)
    number = scope.number()
    throw = scope.dice.below(5)
    timeout = (None, 0, "fired", "fired", "fired")[throw]
    if timeout is None:
        before += settled(scope, found)
        scope.hangs |= not found.settles
    elif timeout == "fired" and (scope.main or scope.dice.chance(75)):
        before.append(_later(scope, scope.make("fire", of=number)))
    made = scope.make("wait_for", of=found.number, timeout=timeout, label=number)
    # Whether it ran out or not, what was waited for is at its end, or has been cancelled.
    found.settles = True
    return [*before, made]


def callback(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw what is called when something is done."""
    on = scope.any_label(*_AWAITED)
    context = scope.maybe_context()
    inner = calls.body(scope, scope.part(room - 1, 3), deep + 1)
    if scope.dice.chance(15):
        inner += calls.raise_(scope)
    return [scope.make("callback", on=on, context=context, body=inner)]


def job(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a job of the executor's, released, awaited, or left to the executor's end."""
    number = scope.number()
    throw = scope.dice.below(12)
    does = {0: calls.get, 1: calls.set_, 2: calls.raise_}.get(throw % 4)
    until = "close" if throw > 8 else "release"
    made = scope.make("job", label=number, body=does(scope) if does else [], until=until)
    label = scope.add(number, "job", settles=False)
    if until == "close" or throw > 6:
        return [made]
    label.settles = True
    released = scope.make("release", of=number)
    return [made, released, wait(scope, label)] if throw < 5 else [made, released]
