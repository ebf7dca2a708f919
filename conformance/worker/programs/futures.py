"""The operations on futures: made, given a value or an error, put together by gather and shield, awaited."""

import asyncio
from typing import Any, Callable, List

from .bodies import Returned
from .world import Who, World

_ERRORS = {
    each.__name__: each
    for each in (
        ValueError,
        LookupError,
        asyncio.CancelledError,
        KeyboardInterrupt,
        SystemExit,
        StopIteration,
        GeneratorExit,
    )
}


def error_of(operation: Any) -> BaseException:
    """A new one of the error that an operation names."""
    kind: Any = _ERRORS[operation["error"]]
    message = operation["message"]
    error: BaseException = kind() if message is None else kind(message)
    return error


def _future(world: World, who: Who, at: str, operation: Any) -> None:
    label = operation["label"]
    world.hold(label, asyncio.get_running_loop().create_future())
    world.note(at, "future", f"task {label}")


def _resolve(world: World, who: Who, at: str, operation: Any) -> None:
    future = world.future(operation["of"])
    if future is None:
        return world.nothing(at)
    try:
        value = operation["value"]
        # An empty list of its own for each.
        future.set_result(list(value) if isinstance(value, list) else value)
    except Exception as error:  # noqa: BLE001  # done already, a task, of a closed loop
        return world.failed(at, error)
    return world.note(at, "resolved")


def _fail(world: World, who: Who, at: str, operation: Any) -> None:
    future = world.future(operation["of"])
    if future is None:
        return world.nothing(at)
    try:
        future.set_exception(error_of(operation))
    except Exception as error:  # noqa: BLE001  # as above
        return world.failed(at, error)
    return world.note(at, "failed")


def _gather(world: World, who: Who, at: str, operation: Any) -> None:
    children = [future for future in map(world.future, operation["of"]) if future is not None]
    if operation["of"] and not children:
        return world.nothing(at)
    future = _made(
        world, at, lambda: asyncio.gather(*children, return_exceptions=operation["return_exceptions"])
    )
    label = operation["label"]
    world.hold(label, future)
    world.waits[id(future)] = children
    return world.note(at, "gather", f"task {label}", [world.name(child) for child in children])


def _shield(world: World, who: Who, at: str, operation: Any) -> None:
    inner = world.future(operation["of"])
    if inner is None:
        return world.nothing(at)
    label = operation["label"]
    outer = _made(world, at, lambda: asyncio.shield(inner))
    if outer is not inner:
        # One that is done already is given back as it is, under the label that it has.
        world.hold(label, outer)
    return world.note(at, "shield", world.name(outer))


def _made(world: World, at: str, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except BaseException as error:
        world.failed(at, error)
        raise


def _leads_to(world: World, thing: Any, task: Any) -> bool:
    """Whether what ``thing`` waits for is, in the end, the task: to cancel one of a circle ends in a RecursionError."""
    found: List[Any] = [thing]
    seen = set()
    while found:
        each = found.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        found += world.waits.get(id(each), ())
        if each is task:
            return True
    return False


def to_wait_for(world: World, at: str, operation: Any) -> Any:
    """What to await; None where there is nothing, or where it could never end."""
    future = world.future(operation["of"])
    if future is not None:
        task = asyncio.current_task()
        if future is task or not _leads_to(world, future, task):
            return future
    return world.nothing(at)


async def _await(world: World, who: Who, at: str, operation: Any) -> Returned:
    future = to_wait_for(world, at, operation)
    if future is None:
        return None
    key = id(asyncio.current_task())
    world.note(at, "begin await", world.name(future))
    world.waits[key] = (future,)
    try:
        value = await future
    except BaseException as error:
        world.failed(at, error)
        raise
    finally:
        world.waits.pop(key, None)
    world.note(at, "got", world.plain.value(value))
    return None


CALLS = {
    "future": _future,
    "resolve": _resolve,
    "fail": _fail,
    "gather": _gather,
    "shield": _shield,
}
AWAITS = {"await": _await}
