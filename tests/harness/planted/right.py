"""The right Runner that the planted ones are changes to: runner_backport's own class, each of whose steps is a method."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import runner_backport
from runner_backport import _interrupts, _loops, _makers, _runner, _shutdown, _tasks
from runner_backport._spent import hide_steps

# What the loop's tasks are; below 3.11 from their first cancellation on, and one that is ours never becomes another.
_LoopTask: Any = asyncio.Task if sys.version_info >= (3, 11) else _tasks.CancelledLoopTask


# It is final for users.
_Own: Any = _runner.Runner


class Runner(_Own):  # type: ignore[misc]  # of any class
    """Takes the same steps in the same order.

    A planted one says in the first line of its docstring what is wrong with it, and in ``shown_by`` which operation
    shows that. One whose tasks are wrong has a ``TaskBug``, a class to be put before a task's own.
    """

    shown_by = ""
    python = (3, 8)
    """On which versions it is wrong, from which on."""
    interrupt_handler: Any = _interrupts.InterruptHandler
    task_class: Any = None
    """What the loop's tasks are to be; None: what they are."""
    Task: Any = None
    """The same for the suite `tasks`."""

    _state: Any
    _loop: Any
    _context: Any
    _release: Any
    _makes_main_task = False
    _interrupts: Any = None

    def __init_subclass__(cls) -> None:
        bug = vars(cls).get("TaskBug")
        if bug is not None:
            cls.task_class = type("Task", (bug, _LoopTask), {})
            cls.Task = type("Task", (bug, runner_backport.Task), {})

    @classmethod
    def run_function(cls, main: Any, *, debug: Any = None, loop_factory: Any = None) -> Any:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("asyncio.run() cannot be called from a running event loop")
        with cls(debug=debug, loop_factory=loop_factory) as runner:
            return runner.run(main)

    def run(self, coro: Any, *, context: Any = None) -> Any:
        coro = self.coroutine_of_run(coro)
        self.check_loop()
        self._open()
        task, main = self.make_main_task(coro, self.context_of_run(context))
        interrupts = self._interrupts = self.interrupt_handler(self._loop, task)
        interrupts.install()
        try:
            return self.wait_for(task)
        except BaseException as error:
            hide_steps(error)
            if self.is_interrupted(error, interrupts, task, main):
                raise KeyboardInterrupt  # noqa: B904  # as in the class above
            raise
        finally:
            interrupts.remove()

    def coroutine_of_run(self, coro: Any) -> Any:
        if not asyncio.iscoroutine(coro):
            raise ValueError(f"a coroutine was expected, got {coro!r}")
        return coro

    def check_loop(self) -> None:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("Runner.run() cannot be called from a running event loop")

    def context_of_run(self, context: Any) -> Any:
        return self._context if context is None else context

    def make_main_task(self, coro: Any, context: Any) -> Any:
        make, main = _loops.main_task_maker(self._loop, coro, context)
        self._makes_main_task = True
        try:
            return make(), main
        finally:
            self._makes_main_task = False

    def wait_for(self, task: Any) -> Any:
        return self._loop.run_until_complete(task)

    def is_interrupted(self, error: BaseException, interrupts: Any, task: Any, main: Any) -> bool:
        if not isinstance(error, asyncio.CancelledError) or not interrupts.count:
            return False
        spent = 0 if main is None else main.spent(interrupts.request)
        return hasattr(task, "uncancel") and task.uncancel() <= spent

    def close(self) -> None:
        if self._state is not _runner._State.OPEN:
            return
        loop = self._loop
        try:
            self.cancel_leftovers()
            self.close_generators()
            self.join_executor()
        except BaseException:
            _shutdown.ignore_late_results(loop)
            raise
        finally:
            self.forget_loop()
            self.close_loop()
            self._release()
            self._loop = self._release = None
            self._state = _runner._State.CLOSED

    def cancel_leftovers(self) -> None:
        _shutdown.cancel_leftovers(self._loop)

    def close_generators(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())

    def join_executor(self) -> None:
        self._loop.run_until_complete(_shutdown.shutdown_default_executor(self._loop))

    def forget_loop(self) -> None:
        if self._has_set_event_loop:
            asyncio.set_event_loop(None)

    def close_loop(self) -> None:
        self._loop.close()

    def _open(self) -> None:
        is_new = self._state is _runner._State.NEW
        super()._open()
        if is_new:
            self.opened()

    def opened(self) -> None:
        """The loop has just been made."""
        if self.makes_tasks():
            self._loop.create_task = _Maker(self)

    def makes_tasks(self) -> bool:
        return self.task_class is not None

    def context_of_task(self, context: Any) -> Any:
        """Of what is made by the loop's create_task, which the main task has none of."""
        return context


class _Maker:
    """A loop's ``create_task`` that makes the tasks of a planted Runner, but for those of a user's factory."""

    # By this runner_backport tells its own.
    __globals__ = vars(_makers)

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._loop = runner._loop
        self._inherited = runner._loop.create_task

    def __call__(self, coro: Any, *, name: Any = None, context: Any = None) -> Any:
        runner = self._runner
        if not runner._makes_main_task:
            context = runner.context_of_task(context)
        options = {"name": name} if context is None else {"name": name, "context": context}
        kind = runner.task_class
        if kind is None or self._loop.get_task_factory() is not None:
            return self._inherited(coro, **options)
        if sys.version_info >= (3, 11):
            return kind(coro, loop=self._loop, **options)
        task = self._inherited(coro, **options)
        task.__class__ = kind
        return task


def planted_in(module: Any) -> Any:
    """The Runners that a module defines, in order."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Runner) and value.__module__ == module.__name__
    ]
