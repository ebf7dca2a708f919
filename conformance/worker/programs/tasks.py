"""The operations on tasks: made, gathered, awaited, cancelled, looked at."""

import asyncio
import sys
from typing import Any, Dict

from .bodies import Returned, coroutine_of
from .world import Who, World

_STOCK = ("_asyncio", "asyncio.tasks", "asyncio.futures")


def _create(world: World, who: Who, at: str, operation: Any) -> None:
    options: Dict[str, Any] = {}
    number = operation["context"]
    how, label, name = operation["how"], operation["label"], operation["name"]
    if number is not None:
        if number not in world.contexts:
            return world.nothing(at)
        options["context"] = world.contexts[number]
    if name is not None:
        options["name"] = name
    loop = asyncio.get_running_loop()
    try:
        coroutine = coroutine_of(world, label, who.label, operation["body"])
        if how == "ensure_future":
            task: Any = asyncio.ensure_future(coroutine)
        elif how == "create_task":
            task = asyncio.create_task(coroutine, **options)
        else:
            if world.implementation.control is not None and sys.version_info < (3, 11) and options:
                context = options.pop("context", None)
                if context is not None:
                    coroutine = world.implementation.control.in_context(coroutine, context)
            task = loop.create_task(coroutine, **options)
    except BaseException as error:
        world.failed(at, error)
        raise
    world.hold(label, task)
    shown = task.get_name() if name is not None and hasattr(task, "get_name") else None
    return world.note(at, "created", f"task {label}", isinstance(task, asyncio.Task), shown)


def _cancel(world: World, who: Who, at: str, operation: Any) -> None:
    of, message = operation["of"], operation["message"]
    target = world.target(who, of)
    if target is None:
        return world.nothing(at)
    try:
        if message is None or (sys.version_info < (3, 9) and type(target).__module__ in _STOCK):
            cancelled = target.cancel()
        else:
            cancelled = target.cancel(message)
    except Exception as error:  # noqa: BLE001  # its loop may be closed
        return world.failed(at, error)
    return world.note(at, "cancelled", world.name(target), cancelled)


def _counting(method: str) -> Any:
    def operate(world: World, who: Who, at: str, operation: Any) -> None:
        target = world.target(who, operation["of"])
        # Futures do not count.
        if not isinstance(target, asyncio.Task):
            return world.nothing(at)
        try:
            count = getattr(world.implementation, method)(target)
        except AttributeError as error:
            return world.failed(at, error)
        return world.note(at, method, world.name(target), count)

    return operate


def _current_task(world: World, who: Who, at: str, operation: Any) -> None:
    if asyncio._get_running_loop() is None:
        return world.nothing(at)
    return world.note(at, "current_task", world.name(asyncio.current_task()))


def _all_tasks(world: World, who: Who, at: str, operation: Any) -> None:
    if asyncio._get_running_loop() is None:
        return world.nothing(at)
    return world.note(at, "all_tasks", sorted(str(world.name(task)) for task in asyncio.all_tasks()))


def _state(world: World, who: Who, at: str, operation: Any) -> None:
    future = world.future(operation["of"])
    if future is None:
        return world.nothing(at)
    name = world.name(future)
    if not future.done():
        return world.note(at, "state", name, "pending")
    try:
        error = future.exception()
        if error is None:
            return world.note(at, "state", name, "result", world.plain.value(future.result()))
        return world.note(at, "state", name, "exception", world.plain.error(error))
    except asyncio.CancelledError as cancelled:
        return world.note(at, "state", name, "cancelled", world.plain.error(cancelled))


def _report(world: World, who: Who, at: str, operation: Any) -> None:
    loop = asyncio._get_running_loop()
    if loop is None:
        return world.nothing(at)
    world.note(at, "report")
    return loop.call_exception_handler({"message": "reported"})


async def _sleep(world: World, who: Who, at: str, operation: Any) -> Returned:
    world.note(at, "begin sleep")
    try:
        await asyncio.sleep(0)
    except BaseException as error:
        world.failed(at, error)
        raise
    world.note(at, "slept")
    return None


CALLS = {
    "create": _create,
    "cancel": _cancel,
    "uncancel": _counting("uncancel"),
    "cancelling": _counting("cancelling"),
    "current_task": _current_task,
    "all_tasks": _all_tasks,
    "state": _state,
    "report": _report,
}
AWAITS = {"sleep": _sleep}
