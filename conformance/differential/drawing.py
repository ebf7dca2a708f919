"""Draws whole programs: first which groups of operations and how likely each, then the runs and what they do.

Programs of all operations at once hold each other up: one that fails early does little else. So each leaves out most
groups, another ones each time, as swarm testing has it.
"""

from __future__ import annotations

from typing import Any

from hypothesis import event
from hypothesis import strategies as st

from conformance.differential.census_marks import marks
from conformance.differential.drawing_bodies import body
from conformance.differential.drawing_calls import CALLS, get, reset, set_
from conformance.differential.drawing_scenes import SCENES
from conformance.differential.drawing_scope import SCRIPT, Dice, Drawn, Scope, wants
from conformance.differential.drawing_steps import before, between, endings
from conformance.differential.drawing_turns import TURNS
from conformance.differential.operations import GROUPS

_LEVELS = (0, 1, 4)
_FOUR = len(_LEVELS) ** 4
_SWARMED = (*GROUPS, "leftovers", "groups")
_ALWAYS = {"runs": 1, "tasks": 1, "looking": 1}
"""What no program is without."""

_SIZES = (*range(1, 4), *range(1, 4), *range(1, 4), *range(1, 5), *range(2, 5), 3, 4, 5, 6, 7, 9, 11, 14)
"""How many operations the runs shall have together, each as likely."""
_OPENINGS = 30
"""How many of a hundred runs begin with a scene, for which there is this room."""
_ROOM = 5
_RUNS = (1, 1, 1, 1, 2, 2, 2, 3)
_RUNNERS = (1, 1, 1, 1, 1, 2, 2, 3)


@st.composite
def programs(draw: st.DrawFn) -> dict[str, Any]:
    """Whole programs, well-formed, of some eleven operations and seldom of more than forty."""
    dice = Dice(draw)
    levels = _levels(dice)
    scope = Scope(dice, levels, wants(levels, CALLS), wants(levels, {**TURNS, **SCENES}), SCENES)
    scope.runners = dice.pick(_RUNNERS)
    # The simplest is a Runner as users make it.
    throws = [dice.below(12) for _ in range(scope.runners)]
    runners = [
        {"debug": {9: True, 10: False}.get(throw), "factory": throw not in {1, 2, 3}} for throw in throws
    ]
    program = {"runners": runners, "script": _script(scope)}
    # What was made and then left out of the program would be told here, and not be counted by the census.
    for mark in sorted(scope.told | marks(program)):
        event(mark)
    return program


def _levels(dice: Dice) -> dict[str, int]:
    levels: dict[str, int] = {}
    for first in range(0, len(_SWARMED), 4):
        throw = dice.below(_FOUR)
        for name in _SWARMED[first : first + 4]:
            throw, level = divmod(throw, len(_LEVELS))
            levels[name] = max(_LEVELS[level], _ALWAYS.get(name, 0))
    return levels


def _script(scope: Scope) -> list[Drawn]:
    room = scope.dice.pick(_SIZES)
    runs = min(scope.dice.pick(_RUNS), room)
    script = before(scope)
    for left in range(runs, 0, -1):
        size = max(1, room // left)
        room -= size
        script += between(scope, first=left == runs)
        script += _run(scope, size)
    return script + endings(scope)


def _remembering(scope: Scope, context: int | None) -> list[Drawn]:
    """Draw what a run finds of an earlier one, and what it leaves to a later one: a variable, and its token.

    What one sets in a context that it was given is looked for by later ones that are given none.
    """
    if context is not None and scope.dice.chance(50):
        made = set_(scope)
        scope.lent = made[0]["var"]
        return made
    if context is None and scope.lent is not None and scope.dice.chance(60):
        return [scope.make("get", var=scope.lent)]
    if not scope.dice.chance(45 if scope.levels["variables"] else 15):
        return []
    if scope.run > 1 and scope.tokens:
        return [*reset(scope), *get(scope)] if scope.dice.chance(45) else get(scope)
    return set_(scope)


def _opening(scope: Scope) -> list[Drawn]:
    """Draw a scene to begin a run with, now and then: of any group, so that the rare ones come up too."""
    if not scope.dice.chance(_OPENINGS):
        return []
    return scope.dice.pick(tuple(SCENES))(scope, _ROOM, 0)


def _run(scope: Scope, size: int) -> list[Drawn]:
    """Draw a run: mostly of a Runner, else of the function; a few in another thread."""
    scope.run += 1
    number = scope.number()
    # Of those that there are by now, not of those that the run makes.
    context = scope.maybe_context(60)
    scope.main, scope.owner, scope.guarded, scope.hangs = True, number, 0, False
    scope.before.append(number)
    before = scope.made
    inner = _remembering(scope, context) + _opening(scope)
    inner += body(scope, max(1, size - (scope.made - before)), 0, ends=True)
    scope.owner = SCRIPT
    scope.add(number, "task", settles=True)
    throw = scope.dice.below(14)
    if throw == 13:
        debug = scope.dice.pick((None, None, True, False))
        factory = not scope.dice.chance(30)
        step = scope.make("run_function", label=number, body=inner, debug=debug, factory=factory)
    else:
        runner = scope.dice.below(scope.runners)
        step = scope.make("run", runner=runner, label=number, body=inner, context=context)
    if scope.levels["threads"] and scope.dice.chance(6 * scope.levels["threads"]):
        return [scope.make("thread", body=[step])]
    return [step]
