"""Runners that are wrong about what they run, in which loop, and what they make of its result."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import threading
from typing import Any

from .right import Runner


class NestedAllowed(Runner):
    """A Runner runs inside a running loop."""

    shown_by = "nested_run"

    def check_loop(self) -> None:
        pass

    def wait_for(self, task: Any) -> Any:
        around = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return super().wait_for(task)
        finally:
            asyncio._set_running_loop(around)


class AwaitableAccepted(Runner):
    """What can be awaited is run, be it a coroutine or not."""

    shown_by = "run_wrong"

    def coroutine_of_run(self, coro: Any) -> Any:
        async def main() -> Any:
            return await coro

        return main() if hasattr(coro, "__await__") and not asyncio.iscoroutine(coro) else coro


class RefusedWithTypeError(Runner):
    """What is no coroutine is refused by a TypeError."""

    shown_by = "run_wrong"

    def coroutine_of_run(self, coro: Any) -> Any:
        try:
            return super().coroutine_of_run(coro)
        except ValueError as error:
            raise TypeError(*error.args) from None


class LoopMadeTooEarly(Runner):
    """The loop is made when the Runner is."""

    shown_by = "close"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._open()


class LoopNotSet(Runner):
    """The policy is not told of the loop that it made (gh-93896)."""

    shown_by = "run"

    def opened(self) -> None:
        super().opened()
        if self._has_set_event_loop:
            asyncio.set_event_loop(None)


class LoopSetAgain(Runner):
    """The policy is told of the loop in each run, and not only once (gh-95736)."""

    shown_by = "run"

    def wait_for(self, task: Any) -> Any:
        if self._has_set_event_loop:
            asyncio.set_event_loop(self._loop)
        return super().wait_for(task)


class FactoryLoopSet(Runner):
    """The policy is told of a loop that came from a factory."""

    shown_by = "run"

    def opened(self) -> None:
        super().opened()
        asyncio.set_event_loop(self._loop)


class DebugIgnored(Runner):
    """``debug`` is ignored."""

    shown_by = "run"

    def __init__(self, *, debug: Any = None, loop_factory: Any = None) -> None:
        super().__init__(loop_factory=loop_factory)


class DebugOfRunIgnored(Runner):
    """The function ``run`` ignores ``debug``."""

    shown_by = "run_function"

    @classmethod
    def run_function(cls, main: Any, *, debug: Any = None, loop_factory: Any = None) -> Any:
        return super().run_function(main, loop_factory=loop_factory)


class TaskFactoryClobbered(Runner):
    """A user's task factory is taken away."""

    shown_by = "task_factory"

    def make_main_task(self, coro: Any, context: Any) -> Any:
        self._loop.set_task_factory(None)
        return super().make_main_task(coro, context)


class TaskFactoryNotAsked(Runner):
    """A user's task factory does not make the main task."""

    shown_by = "task_factory"

    def make_main_task(self, coro: Any, context: Any) -> Any:
        factory = self._loop.get_task_factory()
        self._loop.set_task_factory(None)
        try:
            return super().make_main_task(coro, context)
        finally:
            self._loop.set_task_factory(factory)


class TaskFactoryContextLost(Runner):
    """A main task that a user's factory makes runs in a context of its own."""

    shown_by = "task_factory"

    def context_of_run(self, context: Any) -> Any:
        inside = super().context_of_run(context)
        return inside if self._loop.get_task_factory() is None else inside.copy()


class ValueLost(Runner):
    """``run`` returns None."""

    shown_by = "return"

    def wait_for(self, task: Any) -> None:
        super().wait_for(task)


class FalsyValueLost(Runner):
    """``run`` returns None in place of any other false value."""

    shown_by = "return"

    def wait_for(self, task: Any) -> Any:
        return super().wait_for(task) or None


class ErrorSwallowed(Runner):
    """``run`` returns None where the coroutine raises an Exception."""

    shown_by = "raise"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except Exception:  # noqa: BLE001  # the bug
            return None


class CancellationSwallowed(Runner):
    """``run`` returns None where the coroutine ends cancelled, and no Ctrl-C was the cause."""

    shown_by = "cancel"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except asyncio.CancelledError:
            if self._interrupts.count:
                raise
            return None


class ErrorCopied(Runner):
    """``run`` raises a copy of the coroutine's Exception."""

    shown_by = "raise"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except Exception as error:  # noqa: BLE001  # the bug
            raise type(error)(*error.args).with_traceback(error.__traceback__) from None


class ErrorCopiedWhole(Runner):
    """``run`` raises a copy of the coroutine's Exception that has all its attributes and its chain."""

    shown_by = "raise"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except Exception as error:  # noqa: BLE001  # the bug
            made, context = copy.copy(error), error.__context__
            made.__cause__, made.__suppress_context__ = error.__cause__, error.__suppress_context__
        try:
            raise made
        finally:
            made.__context__ = context


class ChainCut(Runner):
    """Of the chain of what the coroutine raises, ``run`` keeps the first link's class, and nothing behind it."""

    shown_by = "raise"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except BaseException as error:
            if error.__context__ is not None:
                error.__context__ = type(error.__context__)("another")
            raise


class BaseExceptionTurned(Runner):
    """``run`` makes a RuntimeError of SystemExit and KeyboardInterrupt."""

    shown_by = "raise"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except (SystemExit, KeyboardInterrupt) as error:
            raise RuntimeError(*error.args) from error


class OnceOnly(Runner):
    """After a run that has raised an Exception there is no other."""

    shown_by = "run"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        except Exception:
            self.close()
            raise


class ThreadsPatched(Runner):
    """While it runs, threads of anybody start in a copy of the Runner's context."""

    shown_by = "job"

    def wait_for(self, task: Any) -> Any:
        thread: Any = threading.Thread
        run, context = thread.run, self._context
        thread.run = lambda one: context.copy().run(run, one)
        try:
            return super().wait_for(task)
        finally:
            thread.run = run


class CopyContextPatched(Runner):
    """While it runs, ``contextvars.copy_context`` copies the Runner's context, whoever asks."""

    shown_by = "copy_context"

    def wait_for(self, task: Any) -> Any:
        copy_context, contextvars.copy_context = contextvars.copy_context, self._context.copy
        try:
            return super().wait_for(task)
        finally:
            contextvars.copy_context = copy_context
