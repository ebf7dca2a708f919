"""Draws what several operations do together, which each by itself would seldom come to: where real bugs were found.

Each scene is drawn with parts of its own, so that no two are the same, and stands among whatever else is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.differential import drawing_bodies as bodies
from conformance.differential import drawing_calls as calls
from conformance.differential import drawing_parts as parts
from conformance.differential import drawing_waiting as waiting
from conformance.differential.drawing_memories import MEMORIES
from conformance.differential.drawing_scope import Drawing, Drawn, Scope


def resisting(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Leave a task behind that does not end when it is cancelled, or ends by something else."""
    number = scope.number()
    waits = parts.wait_somehow(scope)
    throw = scope.dice.below(8)
    if throw < 3:
        # It fails as it is closed, which is to be reported.
        does = calls.raise_(scope) if throw else []
        tried = bodies.caught(scope, waits, scope.dice.pick(parts.CATCH), does, "replace", [])
    else:
        tried = parts.guarded(scope, waits, deep)
    inner = [tried, *bodies.sleep(scope)] if throw % 2 else [tried]
    label = scope.add(number, "task", settles=False)
    # Awaited now and then, but rather left.
    label.over = room > 0 and scope.dice.chance(80)
    return [bodies.task(scope, number, inner), *bodies.sleep(scope)]


def cancelled_child(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Cancel a task that waits, once or twice, begun or not, and await it."""
    number = scope.number()
    inner = (
        [parts.guarded(scope, parts.wait_somehow(scope), deep)]
        if scope.dice.chance(60)
        else parts.wait_somehow(scope)
    )
    begun = bodies.sleep(scope) if scope.dice.chance(75) else []
    cancels = [parts.cancelled(scope, number)]
    if scope.dice.chance(30):
        cancels += [*(bodies.sleep(scope) if scope.dice.chance(50) else []), parts.cancelled(scope, number)]
    if scope.dice.chance(25):
        # By a sibling.
        by = scope.number()
        cancels = [bodies.task(scope, by, cancels), *bodies.sleep(scope)]
        scope.add(by, "task", settles=True)
    made = bodies.task(scope, number, inner)
    label = scope.add(number, "task", settles=True)
    return [made, *begun, *cancels, parts.met(scope, label, deep if room > 1 else bodies.DEEPEST)]


def interrupted(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Send Ctrl-C to one who waits: at once, from call_soon, from a task or its callback, or when all wait."""
    throw = scope.dice.below(9)
    sends: list[Drawn]
    if throw < 3:
        sends = calls.interrupt_when_idle(scope)
    elif throw < 5:
        sends = [scope.make("call_soon", context=None, body=calls.interrupt(scope))]
    elif throw < 6:
        number = scope.number()
        inner = calls.interrupt(scope) + (bodies.sleep(scope) if scope.dice.chance(40) else [])
        scope.add(number, "task", settles=True)
        sends = [bodies.task(scope, number, inner)]
    elif throw < 7:
        number = scope.number()
        scope.add(number, "task", settles=True)
        back = scope.make("callback", on=number, context=None, body=calls.interrupt(scope))
        sends = [bodies.task(scope, number, []), back]
    else:
        sends = calls.interrupt(scope)
    waits = parts.wait_somehow(scope)
    way = scope.dice.below(10)
    if way < 3:
        return [*sends, *waits]
    if way < 5:
        then = scope.dice.pick(("swallow", "swallow", "keep", "uncancel"))
        return [*sends, bodies.caught(scope, waits, scope.dice.pick(parts.CATCH), [], then, [])]
    if way < 7 and room > 1:
        return [*sends, parts.guarded(scope, waits, deep)]
    # What it does while it ends is where the second Ctrl-C comes.
    second = [*calls.interrupt(scope), *bodies.sleep(scope)]
    catch, then = scope.dice.pick(parts.CATCH), scope.dice.pick(("swallow", "raise", "uncancel"))
    if scope.dice.chance(50):
        return [*sends, bodies.caught(scope, waits, catch, second, then, [])]
    return [*sends, bodies.caught(scope, waits, None, [], "swallow", second)]


def swallowed(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Swallow a cancellation of one's own, with or without uncancel; what comes next shows what is left of it."""
    throw = scope.dice.below(4)
    if throw > 1:
        by = scope.make("call_soon", context=None, body=[parts.cancelled(scope, scope.owner)])
    else:
        by = scope.make("cancel", of="self", message=calls.message(scope))
    then = scope.dice.pick(("swallow", "swallow", "uncancel", "keep"))
    waits = bodies.sleep(scope) if throw % 2 else parts.wait_somehow(scope)
    handled: list[Drawn] = []
    after: list[Drawn] = []
    if scope.dice.chance(60):
        looks = [scope.make(scope.dice.pick(("uncancel", "cancelling")), of="self")]
        handled, after = (looks, []) if scope.dice.chance(50) else ([], looks)
    tried = bodies.caught(scope, [by, *waits], "CancelledError", handled, then, [])
    if scope.levels["interrupts"] and room > 2 and scope.dice.chance(50):
        after += interrupted(scope, room - 3, deep)
    return [tried, *after]


def parental(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Let a task cancel the one that has made it, which waits for that task or for something else."""
    number = scope.number()
    cancels = scope.make("cancel", of="parent", message=calls.message(scope))
    begun = bodies.sleep(scope) if scope.dice.chance(40) else []
    made = bodies.task(scope, number, [*begun, cancels])
    label = scope.add(number, "task", settles=True)
    waits = [waiting.wait(scope, label)] if scope.dice.chance(40) else parts.wait_somehow(scope)
    if room < 3 or deep > bodies.DEEPEST or scope.dice.chance(25):
        return [made, *waits]
    return [made, parts.guarded(scope, waits, deep)]


def done(scope: Scope, *_: Any) -> list[Drawn]:
    """Cancel what is over already, and look at its count."""
    found = scope.find("task", over=True)
    before: list[Drawn] = []
    if found is None:
        number = scope.number()
        before = [bodies.task(scope, number, [] if scope.dice.chance(50) else bodies.return_(scope))]
        found = scope.add(number, "task", settles=True)
        before.append(waiting.wait(scope, found))
    looks = [scope.make("cancelling", of=found.number)] if scope.dice.chance(60) else []
    if scope.dice.chance(25):
        looks.append(scope.make("uncancel", of=found.number))
    return [*before, parts.cancelled(scope, found.number), *looks]


def several(scope: Scope, *_: Any) -> list[Drawn]:
    """Have several wait for one, and cancel the one or one of the several."""
    found = scope.find("task", "future", over=False)
    before = [] if found else waiting.future(scope)
    found = found or scope.labels[-1]
    waiters = []
    for _each in range(2):
        number = scope.number()
        inner = [scope.make("await", of=found.number)]
        waiters.append(bodies.task(scope, number, inner))
        scope.add(number, "task", settles=found.settles)
    begun = bodies.sleep(scope) if scope.dice.chance(70) else []
    target = scope.dice.pick((found.number, scope.labels[-1].number, scope.labels[-2].number))
    ends = [parts.cancelled(scope, target)] if scope.dice.chance(60) else waiting.settled(scope, found)
    if target == found.number or found.settles:
        for each in (found, *scope.labels[-2:]):
            each.settles = True
    last = scope.labels[-1 - scope.dice.below(2)]
    return [*before, *waiters, *begun, *ends, *waiting.settled(scope, last), waiting.wait(scope, last)]


def group(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Do as a TaskGroup does: one fails, a callback of it cancels who waits for both, who cancels the other."""
    failing, other = scope.number(), scope.number()
    made = [
        bodies.task(scope, failing, [*bodies.sleep(scope), *calls.raise_(scope)]),
        bodies.task(
            scope,
            other,
            [parts.guarded(scope, parts.wait_somehow(scope), deep)]
            if scope.dice.chance(50)
            else parts.wait_somehow(scope),
        ),
    ]
    scope.add(failing, "task", settles=True)
    label = scope.add(other, "task", settles=True)
    by = [parts.cancelled(scope, scope.owner)]
    back = scope.make("callback", on=failing, context=scope.maybe_context(), body=by)
    cleaned = [parts.cancelled(scope, other), parts.met(scope, label, deep if room > 4 else bodies.DEEPEST)]
    then = scope.dice.pick(("uncancel", "uncancel", "swallow", "raise"))
    return [*made, back, bodies.caught(scope, parts.wait_somehow(scope), "CancelledError", cleaned, then, [])]


def ending(scope: Scope, *_: Any) -> list[Drawn]:
    """Leave a task behind as which ends a Ctrl-C comes, and a second one maybe."""
    number = scope.number()
    does = [*calls.interrupt(scope), *(parts.wait_somehow(scope) if scope.dice.chance(40) else [])]
    waits = parts.wait_somehow(scope)
    if scope.dice.chance(50):
        tried = bodies.caught(scope, waits, None, [], "swallow", does)
    else:
        tried = bodies.caught(
            scope, waits, scope.dice.pick(parts.CATCH), does, scope.dice.pick(("swallow", "raise")), []
        )
    scope.add(number, "task", settles=False).over = True
    return [bodies.task(scope, number, [tried]), *bodies.sleep(scope)]


SCENES: Mapping[Drawing, tuple[str, int]] = {
    **MEMORIES,
    resisting: ("leftovers", 5),
    cancelled_child: ("cancelling", 5),
    interrupted: ("interrupts", 7),
    swallowed: ("cancelling", 4),
    parental: ("cancelling", 2),
    done: ("cancelling", 2),
    several: ("waiting", 3),
    group: ("groups", 5),
    ending: ("interrupts", 3),
}
"""What is drawn of them, by which group and how often in it."""
