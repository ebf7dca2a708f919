"""``cancel``, ``uncancel`` and ``cancelling`` against a plain counter, in random sequences from within and without.

Each call is made twice, on the task and on the model, and compared at once; so it does not matter in which order
tasks and callbacks take their turns.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

from hypothesis import given
from hypothesis import strategies as st

import runner_backport
from cancel_model import CancelModel, uncancel_recalls
from coroutines import noting, stock
from strategies import properties, swarm

CALLS = "cancel", "uncancel"


@dataclass(frozen=True)
class Await:
    """An await, of a turn of the loop or of a future, and what is done about a cancellation in it."""

    future: bool
    handling: Tuple[str, ...]
    """Calls, and "pause", while the cancellation is being handled."""
    swallows: bool


@dataclass(frozen=True)
class Program:
    """What happens to a task: ``before`` its first step, ``inside`` its steps, beside it a batch in each turn of the
    loop (where "release" ends its await of a future), and when it is ``done``.
    """

    before: Tuple[str, ...]
    inside: Tuple[Any, ...]
    outside: Tuple[Tuple[str, ...], ...]
    done: Tuple[str, ...]


def programs() -> "st.SearchStrategy[Program]":
    calls: Dict[str, Any] = {name: st.just(name) for name in CALLS}
    handling = swarm({**calls, "pause": st.just("pause")}, 4)
    awaits = st.builds(Await, st.booleans(), handling, st.booleans())
    return st.builds(
        Program,
        before=st.just(()) | swarm(calls, 4),
        inside=swarm({**calls, "await": awaits, "more": awaits}, 8),
        outside=st.lists(swarm({**calls, "release": st.just("release")}, 3), max_size=6).map(tuple),
        done=swarm(calls, 5),
    )


class Watched:
    """One task that runs a program; ``differences`` is what it and the model do not agree about."""

    def __init__(self, program: Program, model: CancelModel) -> None:
        self.program, self.model = program, model
        self.task: Any = None
        self.future: Any = None
        self.differences: List[Any] = []
        self.ends_cancelled = False
        self.started = False
        self.batches = iter(program.outside)

    def begin(self, task: Any) -> None:
        """Take the task over before its first step."""
        self.task = task
        task.add_done_callback(self.end)
        self.calls(self.program.before)
        asyncio.get_running_loop().call_soon(self.turn)

    def turn(self) -> None:
        if not self.task.done():
            self.calls(next(self.batches, ("release",)))
            asyncio.get_running_loop().call_soon(self.turn)

    def end(self, task: Any) -> None:
        self.model.done = True
        if not self.started:
            self.ends_cancelled = self.model.arrive()
            self.expect("first step", False, not self.ends_cancelled)
        self.expect("cancelled", task.cancelled(), self.ends_cancelled)
        self.calls(self.program.done)

    def calls(self, names: Tuple[str, ...]) -> None:
        for name in names:
            if name == "release":
                if self.future is not None and not self.future.done():
                    self.future.set_result(None)
            else:
                # The model first: it asks what is awaited, which the task's cancel changes.
                modelled = getattr(self.model, name)()
                self.expect(name, getattr(self.task, name)(), modelled)
                self.expect("cancelling", self.task.cancelling(), self.model.count)

    def expect(self, what: str, found: Any, modelled: Any) -> None:
        if found is not modelled and (found, type(found)) != (modelled, type(modelled)):
            self.differences.append((what, found, modelled))

    async def run(self) -> None:
        self.started = True
        self.expect("cancelled before the first step", False, self.model.arrive())
        try:
            for step in self.program.inside:
                if isinstance(step, Await):
                    await self.swallow(step)
                else:
                    self.calls((step,))
            # What is still asked for when nothing is left to do becomes the task's result.
            self.ends_cancelled = self.model.asked
        except asyncio.CancelledError:
            self.ends_cancelled = True
            raise

    async def swallow(self, step: Await) -> None:
        try:
            await self.wait(step.future)
        except asyncio.CancelledError:
            for name in step.handling:
                if name == "pause":
                    await self.wait(False)
                else:
                    self.calls((name,))
            if not step.swallows:
                raise

    async def wait(self, future: bool) -> None:
        cancelled = False
        try:
            if future:
                self.future = asyncio.get_running_loop().create_future()
                self.model.await_future(self.future)
                await self.future
            else:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            cancelled = True
            raise
        finally:
            self.expect("a cancellation arrives", cancelled, self.model.arrive())
            self.expect("cancelling", self.task.cancelling(), self.model.count)


def by_loop(coro: Any) -> Any:
    return asyncio.get_running_loop().create_task(coro)


def gathered(coro: Any) -> Any:
    return asyncio.gather(coro, return_exceptions=True)


# The loop's task factory and how a child is made; None for the main task.
WAYS: Dict[str, Tuple[Any, Any]] = {
    "main": (None, None),
    "main, of a factory's": (stock, None),
    "asyncio.create_task": (None, asyncio.create_task),
    "asyncio.ensure_future": (None, asyncio.ensure_future),
    "asyncio.gather": (None, gathered),
    "asyncio.shield": (None, asyncio.shield),
    "loop.create_task": (None, by_loop),
    "runner_backport.create_task": (None, runner_backport.create_task),
    "runner_backport.Task": (None, runner_backport.Task),
    "child, of a factory's": (stock, by_loop),
    "child, of a user's class": (noting, asyncio.create_task),
}


async def watch_child(make: Any, watched: Watched) -> None:
    made = make(watched.run())
    (task,) = asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]
    watched.begin(task)
    await asyncio.wait([task])
    # What gather or shield has made, or the task itself.
    await asyncio.wait([made])


def watch_main(runner: Any, watched: Watched) -> None:
    loop = runner.get_loop()
    loop.call_soon(lambda: watched.begin(*asyncio.all_tasks(loop)))
    with contextlib.suppress(asyncio.CancelledError):
        runner.run(watched.run())


def differences(runner: Any, program: Program, way: str) -> List[Any]:
    """What a task made in one ``way`` and the model do not agree about."""
    watched = Watched(program, CancelModel(uncancel_recalls()))
    factory, make = WAYS[way]
    runner.get_loop().set_task_factory(factory)
    if make is None:
        watch_main(runner, watched)
    else:
        runner.run(watch_child(make, watched))
    watched.expect("done", watched.task.done(), watched.model.done)
    return watched.differences


@properties(max_examples=30)
@given(program=programs())
def test_cancelling_is_a_plain_counter(runner: Any, program: Program) -> None:
    """ "the number of calls to cancel() less the number of uncancel() calls", and never less than nothing.

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.cancelling
    """
    assert {way: found for way in WAYS for found in [differences(runner, program, way)] if found} == {}
