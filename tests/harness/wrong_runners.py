"""Runners with a known verdict, as a user would bring them: a project to build, and a configuration that names them."""

from __future__ import annotations

from pathlib import Path

from miniatures import write
from projects import make_project

# Native is imported by its name: in a worker asyncio.Runner is the one that is judged.
_MODULE = '''\
import asyncio
import contextvars
import os
import signal
from asyncio import Runner as Native


class Wrapper:
    """Does nothing itself, and so is right."""

    def __init__(self, *, debug=None, loop_factory=None):
        self._runner = Native(debug=debug, loop_factory=loop_factory)

    def __enter__(self):
        self._runner.__enter__()
        return self

    def __exit__(self, *error):
        return self._runner.__exit__(*error)

    def run(self, coro, *, context=None):
        return self._runner.run(coro, context=context)

    def get_loop(self):
        return self._runner.get_loop()

    def close(self):
        self._runner.close()


class Forgetful(Native):
    """Does not keep the context from run to run."""

    def run(self, coro, *, context=None):
        # A context that nothing was set in yet is false.
        context = contextvars.copy_context() if context is None else context
        return super().run(coro, context=context)


class Fresh(Native):
    """Runs each coroutine in a fresh context, whichever it is given."""

    def run(self, coro, *, context=None):
        return super().run(coro, context=contextvars.copy_context())


class Deaf(Native):
    """Turns the first Ctrl-C into nothing."""

    def run(self, coro, *, context=None):
        try:
            return super().run(coro, context=context)
        except KeyboardInterrupt:
            return None


class Untidy(Native):
    """Forgets the tasks that are left over when it is closed."""

    def close(self):
        if self._loop is not None:
            for task in asyncio.all_tasks(self._loop):
                asyncio._unregister_task(task)
        super().close()


class Stuck(Native):
    """Stops for good in its second run, and tells those who listen."""

    runs = 0

    def run(self, coro, *, context=None):
        Stuck.runs += 1
        if Stuck.runs == 2:
            os.write(os.open(os.environ["LIFELINE"], os.O_WRONLY), b"stuck")
            while True:
                signal.pause()
        return super().run(coro, context=context)
'''

TESTS = {"runners": 26, "async_case": 13}
"""How many tests of v3.11.7 each suite has that judges a Runner."""

DIVERGING: dict[str, set[str]] = {
    "wrapper": set(),
    "forgetful": {"test_runners.RunnerTests.test_run_keeps_context"},
    "fresh": {
        "test_runners.RunnerTests.test_run_keeps_context",
        "test_async_case.TestAsyncCase.test_full_cycle",
    },
    "deaf": {
        "test_runners.RunnerTests.test_interrupt_call_soon",
        "test_runners.RunnerTests.test_interrupt_wait",
    },
    "untidy": {
        "test_runners.RunTests.test_asyncio_run_cancels_hanging_tasks",
        "test_runners.RunTests.test_asyncio_run_closes_gens_after_hanging_tasks_errors",
        "test_runners.RunTests.test_asyncio_run_reports_hanging_tasks_errors",
        "test_async_case.TestAsyncCase.test_cancellation_hanging_tasks",
    },
}
"""The tests that each of them does not pass, where native passes all."""


def bring(folder: Path, *names: str) -> Path:
    """Write the project and a configuration that declares the named Runners; returns the configuration's path."""
    make_project(folder / "source", "wrong_runners", {"wrong_runners": _MODULE})
    entry = (
        '[[implementation]]\nname = "{}"\npath = "source"\npython = "==3.11.*"\nrunner = "wrong_runners:{}"\n'
    )
    configuration = folder / "mine.toml"
    write(configuration, "\n".join(entry.format(name, name.title()) for name in names))
    return configuration
