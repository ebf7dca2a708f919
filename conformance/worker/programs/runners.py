"""The steps of the script on the runners that a program begins with: entered, closed, their loops set up."""

import asyncio
import signal
import weakref
from typing import Any

from .state import tell_state
from .world import Who, World


def make_runners(world: World, asked_for: Any) -> None:
    """Make the runners that a program begins with, in order."""
    implementation = world.implementation
    for index, options in enumerate(asked_for):
        given = {} if options["debug"] is None else {"debug": options["debug"]}
        if options["factory"]:
            given["loop_factory"] = loop_factory(world)
        try:
            world.runners.append(implementation.runner(**given))
        except Exception as error:  # noqa: BLE001  # the judged code's
            world.failed(f"r{index}", error)
            world.runners.append(None)


def loop_factory(world: World) -> Any:
    """The cell's loop factory, whose calls are noted."""
    make = world.implementation.factory

    def noting() -> Any:
        world.note(world.step, "loop factory")
        loop = make()
        world.loops.add(loop)
        return loop

    return noting


def runner_of(world: World, at: str, operation: Any) -> Any:
    """The operation's runner; None, which is noted, where there is none."""
    number = operation["runner"]
    runner = world.runners[number] if number < len(world.runners) else None
    return world.nothing(at) if runner is None else runner


def finish(world: World, at: str) -> None:
    """Wait for what interrupted the loop, and tell how everything is."""
    if world.senders:
        # A join that a signal's handler ends by an exception leaves the thread locked for good on 3.8 (bpo-45274).
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            for sender in world.senders:
                sender.join()
            world.senders.clear()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    tell_state(world, at)


def _get_loop(world: World, who: Who, at: str, operation: Any) -> None:
    runner = runner_of(world, at, operation)
    if runner is not None:
        loop = _loop_of(world, runner, operation)
        world.note(at, "loop", type(loop).__name__, loop.is_running(), loop.is_closed(), loop.get_debug())


def _loop_of(world: World, runner: Any, operation: Any) -> Any:
    loop = runner.get_loop()
    world.loops.add(loop)
    world.loops_of_runners[operation["runner"]] = weakref.ref(loop)
    return loop


def _managing(name: str, ends: bool) -> Any:
    def operate(world: World, who: Who, at: str, operation: Any) -> None:
        runner = runner_of(world, at, operation)
        if runner is None:
            return
        world.note(at, f"begin {name}")
        try:
            if name == "enter":
                given = runner.__enter__() is runner
            elif name == "exit":
                given = runner.__exit__(None, None, None)
            else:
                given = runner.close()
        except BaseException as error:  # noqa: BLE001  # as a step's
            world.failed(at, error)
        else:
            world.note(at, name, world.plain.value(given))
        if ends:
            finish(world, at)

    return operate


def _task_factory(world: World, who: Who, at: str, operation: Any) -> None:
    runner = runner_of(world, at, operation)
    if runner is None:
        return

    def legacy(loop: Any, coro: Any) -> Any:
        world.note(world.step, "task factory", asyncio.iscoroutine(coro))
        return asyncio.Task(coro, loop=loop)

    def keywords(loop: Any, coro: Any, **options: Any) -> Any:
        world.note(world.step, "task factory", asyncio.iscoroutine(coro), sorted(options))
        return asyncio.Task(coro, loop=loop, **options)

    kinds = {"none": None, "legacy": legacy, "keywords": keywords}
    _loop_of(world, runner, operation).set_task_factory(kinds[operation["kind"]])
    world.note(at, "task_factory", operation["kind"])


def _exception_handler(world: World, who: Who, at: str, operation: Any) -> None:
    runner = runner_of(world, at, operation)
    if runner is None:
        return

    def handle(loop: Any, report: Any) -> None:
        told = {
            "message": world.plain.value(report.get("message")),
            "exception": world.plain.maybe(report.get("exception")),
            "task": world.name(report.get("task") or report.get("future")),
        }
        world.report("handler", told)

    _loop_of(world, runner, operation).set_exception_handler(handle)
    world.note(at, "exception_handler")


STEPS = {
    "get_loop": _get_loop,
    "enter": _managing("enter", ends=False),
    "exit": _managing("exit", ends=True),
    "close": _managing("close", ends=True),
    "task_factory": _task_factory,
    "exception_handler": _exception_handler,
}
