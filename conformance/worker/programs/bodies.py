"""Take the operations of a body one by one: of a coroutine's, of the script's, and of what is called without either."""

import asyncio
import weakref
from typing import Any, Dict, List, Optional, Tuple

from .world import Who, World

Returned = Optional[Tuple[Any]]
"""What a body that has returned has returned, in a tuple; None of one that has come to its end."""

CALLS: Dict[str, Any] = {}
"""Operations that await nothing, by name: each is called with the world, whose it is, its origin, and itself."""
AWAITS: Dict[str, Any] = {}
"""Those that a coroutine alone can take; each is awaited, and gives what a body in it has returned, if any has."""
STEPS: Dict[str, Any] = {}
"""Those of the script; all three are filled by `operations`."""


async def play(world: World, who: Who, start: str, body: List[Any]) -> Returned:
    """Take a coroutine's body; ``start`` is the path that its operations' own begin with."""
    for index, operation in enumerate(body):
        if world.over:
            break
        name = operation["op"]
        call = CALLS.get(name)
        if call is not None:
            returned = call(world, who, f"{start}{index}", operation)
        else:
            returned = await AWAITS[name](world, who, f"{start}{index}", operation)
        if returned is not None:
            return returned  # type: ignore[no-any-return]
    return None


def call(world: World, who: Who, start: str, body: List[Any]) -> None:
    """Take a body outside of coroutines: a callback's, a job's."""
    calls = who.calls
    for index, operation in enumerate(body):
        # A step has a budget of its own.
        if world.over and calls is not STEPS:
            break
        taken = calls.get(operation["op"])
        if taken is None:
            world.nothing(f"{start}{index}")
        else:
            taken(world, who, f"{start}{index}", operation)


def play_script(world: World, start: str, body: List[Any]) -> None:
    """Take the script, or a thread's part of it: whatever becomes of a step, the next one follows."""
    call(world, Who(None, None, STEPS), start, body)


def as_step(taken: Any) -> Any:
    """An operation as a step of the script."""

    def step(world: World, who: Who, at: str, operation: Any) -> None:
        before = world.step
        world.begin_step(at)
        try:
            taken(world, who, at, operation)
        except BaseException as error:  # noqa: BLE001  # a user may press Ctrl-C at any time
            world.failed(at, error)
        world.step = before

    return step


def coroutine_of(
    world: World, label: int, maker: Optional[int], body: List[Any], is_main: bool = False
) -> Any:
    """The coroutine of the task that gets the label."""
    return program(world, Who(label, maker, CALLS), label, body, is_main)


async def program(world: World, who: Who, label: int, body: List[Any], is_main: bool) -> Any:
    """Take the body of a task; the name is what warnings know it by."""
    origin = f"t{label}"
    if is_main:
        # In its own frame's stead: nothing but the label is to hold the task.
        _begin_main(world, label)
    world.note(origin, "begin")
    try:
        returned = await play(world, who, f"{origin}:", body)
    except BaseException as error:
        world.failed(origin, error)
        raise
    value = None if returned is None else returned[0]
    world.note(origin, "returned", world.plain.value(value))
    return value


def _begin_main(world: World, label: int) -> None:
    task = asyncio.current_task()
    world.main = task
    if world.running is not None:
        world.loops_of_runners[world.running] = weakref.ref(task.get_loop())  # type: ignore[union-attr]
    elif asyncio.get_running_loop().get_debug():
        # Of a run function's loop, which is closed behind it, no state tells.
        world.note(world.step, "debug mode")
    world.hold(label, task)
