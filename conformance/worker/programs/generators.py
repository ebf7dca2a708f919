"""The operations on asynchronous generators: gone through, left, advanced by hand, closed, left open."""

import inspect
from typing import Any, AsyncIterator, List

from .bodies import Returned, play
from .world import Who, World


async def _produce(
    world: World, who: Who, at: str, items: List[Any], last: List[Any], *, first_body: int
) -> AsyncIterator[int]:
    """Take the body of each item, then yield its index; the bodies' paths are counted from ``first_body`` on."""
    try:
        for index, body in enumerate(items):
            if await play(world, who, f"{at}.{first_body + index}.", body) is not None:
                break
            if world.over:
                break
            yield index
    finally:
        world.note(at, "generator ends")
        await play(world, who, f"{at}.{0 if first_body == 1 else 1}.", last)


async def _async_for(world: World, who: Who, at: str, operation: Any) -> Returned:
    # The body is number 0, finally 1, the items follow.
    label, leave = operation["label"], operation["leave"]
    produced = _produce(world, who, at, operation["items"], operation["finally"], first_body=2)
    world.hold(label, produced)
    world.note(at, "async_for")
    if leave == 0:
        world.note(at, "left")
        return None
    count = 0
    try:
        async for item in produced:
            world.note(at, "item", item)
            returned = await play(world, who, f"{at}.0.", operation["body"])
            if returned is not None:
                return returned
            count += 1
            if count == leave:
                world.note(at, "left")
                return None
    except BaseException as error:
        world.failed(at, error)
        raise
    world.note(at, "exhausted")
    return None


def _generator(world: World, who: Who, at: str, operation: Any) -> None:
    # finally is number 0, the items follow.
    label = operation["label"]
    world.hold(label, _produce(world, who, at, operation["items"], operation["finally"], first_body=1))
    world.note(at, "generator", f"task {label}")


def _found(world: World, at: str, operation: Any) -> Any:
    found = world.objects.get(operation["of"])
    return found if inspect.isasyncgen(found) else world.nothing(at)


async def _next(world: World, who: Who, at: str, operation: Any) -> Returned:
    produced = _found(world, at, operation)
    if produced is None:
        return None
    world.note(at, "begin next", world.name(produced))
    try:
        item = await produced.__anext__()
    except StopAsyncIteration:
        world.note(at, "exhausted")
        return None
    except BaseException as error:
        world.failed(at, error)
        raise
    world.note(at, "got", item)
    return None


async def _aclose(world: World, who: Who, at: str, operation: Any) -> Returned:
    produced = _found(world, at, operation)
    if produced is None:
        return None
    world.note(at, "begin aclose", world.name(produced))
    try:
        await produced.aclose()
    except BaseException as error:
        world.failed(at, error)
        raise
    world.note(at, "closed")
    return None


CALLS = {"generator": _generator}
AWAITS = {"async_for": _async_for, "next": _next, "aclose": _aclose}
