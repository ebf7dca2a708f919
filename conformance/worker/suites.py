"""Load one upstream suite, unedited, with the implementation put in the place of what it tests."""

import asyncio
import contextvars
import importlib
import importlib.util
import sys
import unittest
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Type

from . import loops
from .exercise import Exercise
from .objects import resolve_callable, resolve_class
from .policies import Policies
from .stand_in import StandIn

PACKAGE = "test.test_asyncio"


class Request:
    """What the driver asked for; names are ``module:attribute``, and None for the native implementation."""

    def __init__(
        self,
        *,
        suite: str,
        mode: str,
        loop: str,
        runner: Optional[str],
        run: Optional[str],
        task: Optional[str],
    ) -> None:
        self.suite = suite
        self.mode = mode
        self.loop = loop
        self.runner = runner
        self.run = run
        self.task = task


def load(request: Request, exercise: Exercise, policies: Policies) -> Any:
    """Import the suite's file from the tree that is first on ``sys.path``, and return the module.

    Raises whatever the file, the implementation or the loop raise when they are imported.
    """
    return LOADERS[request.suite](request, exercise, policies)


def tests_of(module: Any) -> List[unittest.TestCase]:
    """Make the tests of a suite's module, and return them in order."""
    return list(_tests(unittest.defaultTestLoader.loadTestsFromModule(module)))


def _runners(request: Request, exercise: Exercise, policies: Policies) -> Any:
    factory = _put_loop(request, policies)
    module = _import("test_runners")
    _put_runner(request, exercise, module)
    if factory is not None:
        module.BaseTest.new_loop = loops.runners_loop(factory)
    return module


def _tasks(request: Request, exercise: Exercise, policies: Policies) -> Any:
    # First the task, since a compiled loop keeps the asyncio.Task that it finds when it is imported.
    if request.task is not None:
        _replace_task(resolve_class(request.task), request.mode, exercise)
    factory = loops.factory_of(request.loop)
    if request.loop != loops.ASYNCIO:
        factory = loops.with_visible_executor(factory)
        policies.use(factory)
        _import("utils").TestLoop = loops.without_mocked_clock(factory)
    return _import("test_tasks")


def _async_case(request: Request, exercise: Exercise, policies: Policies) -> Any:
    _put_loop(request, policies)
    # The package unittest stays the interpreter's own, since it runs the tests: only this module of it is the tree's.
    stand_in: Any = unittest
    stand_in.async_case = _load("unittest.async_case", "async_case.py")
    stand_in.IsolatedAsyncioTestCase = stand_in.async_case.IsolatedAsyncioTestCase
    module = _load("test_async_case", "test", "test_async_case.py")
    _put_runner(request, exercise, stand_in.async_case, module)
    return module


LOADERS: Dict[str, Callable[[Request, Exercise, Policies], Any]] = {
    "runners": _runners,
    "tasks": _tasks,
    "async_case": _async_case,
}
"""By suite, what puts the implementation and the loop in place and imports the tests, in that order."""


def _import(name: str) -> Any:
    module = importlib.import_module(PACKAGE + "." + name)
    first = sys.path[0]
    if not (module.__file__ or "").startswith(first):
        raise ImportError(f"{name} was loaded from {module.__file__}, not from {first}")
    return module


def _load(name: str, *path: str) -> Any:
    """Import a file of the tree's folder ``unittest``, which is no package, as the module ``name``."""
    spec = importlib.util.spec_from_file_location(name, Path(sys.path[0], "unittest", *path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _put_loop(request: Request, policies: Policies) -> Optional[loops.Factory]:
    """Have the policy make the loops; returns what does, or None where they stay asyncio's own."""
    factory = loops.factory_of(request.loop)
    if request.loop == loops.ASYNCIO:
        return None
    policies.use(factory)
    return factory


def _put_runner(request: Request, exercise: Exercise, *modules: Any) -> None:
    """Put the implementation's Runner and run where the tests' modules look for asyncio's."""
    if request.runner is None:
        return
    runner = exercise.noting(resolve_callable(request.runner))
    # A run that we made ourselves counts only where it comes to construct the Runner.
    run = exercise.noting(resolve_callable(request.run)) if request.run is not None else _run_of(runner)
    for module in modules:
        module.asyncio = StandIn(runner, run)


def _run_of(runner: Any) -> Callable[..., Any]:
    """``asyncio.run``, as its documentation puts it, for an implementation that has a Runner alone."""

    def run(main: Any, *, debug: Optional[bool] = None) -> Any:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("run() cannot be called from a running event loop")
        with runner(debug=debug) as one:
            return one.run(main)

    return run


def _replace_task(task: Type[Any], mode: str, exercise: Exercise) -> None:
    """Put the implementation's Task where the tests look for the C task, on its own or with contexts."""
    under_test = _with_context(task) if mode == "context" else task
    exercise.watch(under_test)
    # The C task goes by three names: the tests' own, and the two by which loops and users make tasks.
    asyncio.tasks._CTask = asyncio.tasks.Task = asyncio.Task = under_test  # type: ignore[attr-defined, misc]


def _with_context(task: Type[Any]) -> Type[Any]:
    """``task``, but each is made with an explicit context: a copy of the current one, as if by default."""

    class Task(task):  # type: ignore[misc]
        def __init__(self, coro: Any, *, context: Any = None, **kwargs: Any) -> None:
            if context is None:
                context = contextvars.copy_context()
            super().__init__(coro, context=context, **kwargs)
            # Debug mode's traceback of the task's creation would show this frame.
            if self._source_traceback:
                del self._source_traceback[-1]

    Task.__name__ = task.__name__
    Task.__qualname__ = task.__qualname__
    Task.__module__ = task.__module__
    return Task


def _tests(suite: Any) -> Any:
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _tests(item)
        else:
            yield item
