"""The steps of the script that run something, and the same in a coroutine, where they are refused."""

import asyncio
import threading
from typing import Any

from .bodies import Returned, coroutine_of, play_script
from .flow import nested
from .runners import finish, loop_factory, runner_of
from .world import Who, World


def _run(world: World, who: Who, at: str, operation: Any) -> None:
    runner, number = runner_of(world, at, operation), operation["context"]
    if runner is None:
        return
    if number is not None and number not in world.contexts:
        world.nothing(at)
        return
    options = {} if number is None else {"context": world.contexts[number]}
    label, body = operation["label"], operation["body"]
    world.running = operation["runner"]
    world.note(at, "begin run")
    try:
        value = runner.run(coroutine_of(world, label, None, body, is_main=True), **options)
    except BaseException as error:  # noqa: BLE001  # as a step's
        world.failed(at, error)
    else:
        world.note(at, "returned", world.plain.value(value))
    world.running = None
    finish(world, at)


def _run_function(world: World, who: Who, at: str, operation: Any) -> None:
    implementation = world.implementation
    label, body = operation["label"], operation["body"]
    factory = loop_factory(world) if operation["factory"] else None
    world.note(at, "begin run")
    try:
        coroutine = coroutine_of(world, label, None, body, is_main=True)
        value = implementation.run_once(coroutine, debug=operation["debug"], factory=factory)
    except BaseException as error:  # noqa: BLE001  # as a step's
        world.failed(at, error)
    else:
        world.note(at, "returned", world.plain.value(value))
    finish(world, at)


class _NoLoop:
    """Just enough of a loop for a future that is never awaited."""

    def get_debug(self) -> bool:
        return False


def _generated() -> Any:
    yield


_WRONG = {
    "future": lambda: asyncio.Future(loop=_NoLoop()),  # type: ignore[arg-type]
    "function": lambda: _generated,
    "null": lambda: None,
    "generator": _generated,
}


def _run_wrong(world: World, who: Who, at: str, operation: Any) -> None:
    runner = runner_of(world, at, operation)
    if runner is None:
        return
    try:
        value = runner.run(_WRONG[operation["what"]]())
    except BaseException as error:  # noqa: BLE001  # as a step's
        world.failed(at, error)
    else:
        world.note(at, "returned", world.plain.value(value))


def _thread(world: World, who: Who, at: str, operation: Any) -> None:
    world.note(at, "begin thread")
    owner = world.owner

    def perform() -> None:
        world.owner = threading.get_ident()
        try:
            play_script(world, f"{at}.0.", operation["body"])
        finally:
            world.owner = owner

    thread = threading.Thread(target=perform)
    world.threads.append(thread)
    thread.start()
    thread.join()
    world.threads.remove(thread)
    world.note(at, "thread ended")


async def _nested_run(world: World, who: Who, at: str, operation: Any) -> Returned:
    world.note(at, "begin nested_run")
    number = operation["runner"]
    try:
        if number is not None:
            runner = runner_of(world, at, operation)
            if runner is None:
                return None
            value = runner.run(nested(world, who, at, operation["body"]))
        else:
            coroutine = nested(world, who, at, operation["body"])
            value = world.implementation.run_once(coroutine, debug=None, factory=None)
    except Exception as error:  # noqa: BLE001  # it is to be refused
        world.failed(at, error)
    else:
        world.note(at, "returned", world.plain.value(value))
    return None


async def _run_close(world: World, who: Who, at: str, operation: Any) -> Returned:
    runner = runner_of(world, at, operation)
    if runner is None:
        return None
    try:
        runner.close()
    except Exception as error:  # noqa: BLE001  # it is to be refused
        world.failed(at, error)
    else:
        world.note(at, "close")
    return None


STEPS = {
    "run": _run,
    "run_function": _run_function,
    "run_wrong": _run_wrong,
    "thread": _thread,
}
AWAITS = {"nested_run": _nested_run, "run_close": _run_close}
