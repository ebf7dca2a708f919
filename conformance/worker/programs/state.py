"""The events that say how everything is after a run, and at the program's end."""

import _signal  # type: ignore[import-not-found]  # signal's own make an enumeration's member of each handler
import asyncio
import signal
from typing import Any, Callable, Dict

from .. import policies
from .contexts import value_of
from .gate import count_left
from .world import World

_SIGINT = int(signal.SIGINT)


def tell_state(world: World, origin: str) -> None:
    """Write the event, behind what other threads had to say."""
    left = count_left(world)
    world.trace += sorted(world.aside, key=repr)
    world.aside.clear()
    cancelling = world.implementation.cancelling
    objects = world.objects
    world.report_at(
        origin,
        "state",
        {
            "sigint": _handler(world),
            "tasks": {str(label): _of(objects[label], cancelling) for label in sorted(objects)},
            "loop": _current_loop(),
            "open loops": sum(not loop.is_closed() for loop in world.loops),
            "runners": [_runner(world, number) for number in range(len(world.runners))],
            "variables": [value_of(world, variable) for variable in world.variables],
            "executors": [list(executor.shutdowns) for executor in world.executors],
            "threads": left,
        },
    )


def _handler(world: World) -> str:
    handler = _signal.getsignal(_SIGINT)
    if handler is signal.default_int_handler:
        return "default"
    if handler == _signal.SIG_IGN:
        return "ignore"
    return "own" if handler == world.own_handler else "other"


def _of(thing: Any, cancelling: Callable[[Any], int]) -> Any:
    if not asyncio.isfuture(thing):
        return "generator"
    state = "pending" if not thing.done() else "cancelled" if thing.cancelled() else "done"
    if not isinstance(thing, asyncio.Task):
        return [state, None]
    try:
        return [state, cancelling(thing)]
    except AttributeError:
        return [state, "uncounted"]


def _current_loop() -> str:
    """What the policy would give as the current loop; without asking it, since it may make one."""
    of_thread: Dict[str, Any] = policies._of_thread(policies.current())
    loop = of_thread.get("_loop")
    if loop is None:
        return "error" if of_thread.get("_set_called") else "none"
    return "closed" if loop.is_closed() else "open"


def _runner(world: World, number: int) -> str:
    weakly = world.loops_of_runners.get(number)
    if weakly is None:
        return "no loop seen"
    loop = weakly()
    if loop is None or loop.is_closed():
        return "closed"
    return "open debug" if loop.get_debug() else "open"
