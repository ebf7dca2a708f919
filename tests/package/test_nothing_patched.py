"""Nothing global is changed, not for an instant: every attribute of asyncio, contextvars, signal and more, compared."""

import asyncio
import contextvars
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from types import FrameType
from typing import Any, Dict, List, Set

import pytest

import runner_backport
from coroutines import nothing

# A program of its own: what an import changes is seen in a fresh interpreter alone.
LOOKS = """
    import asyncio, contextvars, importlib, inspect, json, signal, sys, threading
    from concurrent.futures import ThreadPoolExecutor  # loaded when it is first looked at
    loop_class = getattr(importlib.import_module("{loop_class.__module__}"), "{loop_class.__name__}")
    asyncio.get_event_loop_policy()  # made when it is first asked for
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits it ignored

    PACKAGES = ("asyncio", "_asyncio", "contextvars", "_contextvars", "signal", "_signal", "threading",
                "_thread", "concurrent", "uvloop", "inspect", "builtins")
    NAMES = [name for name in sys.modules if name.partition(".")[0] in PACKAGES]

    def snapshot():
        seen = {{}}
        for name in NAMES:
            for attribute, value in vars(sys.modules[name]).items():
                seen[name, attribute] = value
                if inspect.isclass(value) and value.__module__ in NAMES:
                    seen.update(((name, attribute, key), member) for key, member in vars(value).items())
        return seen

    MISSING = object()
    before = snapshot()
    changes = {{}}

    def look(moment, *args):
        now = snapshot()
        changes.setdefault(moment, set()).update(
            ".".join(key) for key in before.keys() | now.keys()
            if before.get(key, MISSING) is not now.get(key, MISSING))

    Runner = importlib.import_module("{runner_class.__module__}").Runner
    create_task = importlib.import_module("runner_backport").create_task
    look("after the import")

    class LookingLoop(loop_class):
        def run_until_complete(self, future):
            look("when the loop starts")
            try:
                return super().run_until_complete(future)
            finally:
                look("when the loop stops")

        def close(self):
            look("when the loop is closed")
            super().close()

    def loop_factory():
        look("in the loop factory")
        return LookingLoop()

    class LookingTask(asyncio.Task):
        def cancel(self, *args):
            look("in the handler of SIGINT")
            return super().cancel(*args)

    def task_factory(loop, coro, **options):
        look("in a task factory")
        return LookingTask(coro, loop=loop, **options)

    async def child():
        look("in a child")
        await asyncio.sleep(0)

    async def main():
        look("in the coroutine")
        task = create_task(child(), context=contextvars.copy_context())
        task.add_done_callback(lambda task: look("in a done callback"))
        await asyncio.gather(task, child())
        await asyncio.get_running_loop().run_in_executor(None, look, "in the executor")
        asyncio.get_running_loop().set_task_factory(task_factory)

    async def interrupted():
        try:
            signal.raise_signal(signal.SIGINT)
            await asyncio.get_running_loop().create_future()
        finally:
            look("after a Ctrl-C")

    async def generator():
        try:
            yield
        finally:
            look("when an async generator is closed")

    async def leftover():
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            look("in a leftover")
            raise ZeroDivisionError

    async def leave():
        global left, opened
        loop = asyncio.get_running_loop()
        loop.set_task_factory(None)
        loop.set_exception_handler(lambda loop, context: look("in the exception handler"))
        left = loop.create_task(leftover())
        opened = generator()
        await opened.__anext__()

    with Runner(loop_factory=loop_factory) as runner:
        runner.run(main(), context=contextvars.copy_context())
        try:
            runner.run(interrupted())
        except KeyboardInterrupt:
            look("after the KeyboardInterrupt")
        runner.run(leave())
        look("between runs")
    look("after the close")
    with Runner() as runner:
        runner.run(main())

    {plant}
    look("after the plant")
    print(json.dumps({{moment: sorted(names) for moment, names in changes.items()}}))
"""

MOMENTS = {
    "after the import",
    "in the loop factory",
    "when the loop starts",
    "in the coroutine",
    "in a child",
    "in a done callback",
    "in the executor",
    "in a task factory",
    "in the handler of SIGINT",
    "after a Ctrl-C",
    "when the loop stops",
    "after the KeyboardInterrupt",
    "between runs",
    "in a leftover",
    "in the exception handler",
    "when an async generator is closed",
    "when the loop is closed",
    "after the close",
    "after the plant",
}


def what_changes(runner_class: Any, loop_class: Any, plant: str = "") -> Dict[str, List[str]]:
    source = textwrap.dedent(LOOKS).format(runner_class=runner_class, loop_class=loop_class, plant=plant)
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        # Where no package of the tree stands in front of the installed one.
        cwd=Path(__file__).parent,
    )
    assert done.returncode == 0, done.stderr
    changed: Dict[str, List[str]] = json.loads(done.stdout)
    return changed


def test_no_attribute_changes_at_any_moment(runner_class: Any, loop_class: Any) -> None:
    assert what_changes(runner_class, loop_class) == {moment: [] for moment in MOMENTS}


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        ("asyncio.tasks.create_task = None", ["asyncio.tasks.create_task"]),
        ("signal.raise_signal = print", ["signal.raise_signal"]),
        (
            "asyncio.BaseEventLoop.create_task = None",
            ["asyncio.BaseEventLoop.create_task", "asyncio.base_events.BaseEventLoop.create_task"],
        ),
    ],
    ids=["function", "signal", "method"],
)
def test_the_test_above_would_see_a_change(plant: str, found: List[str]) -> None:
    changed = what_changes(runner_backport.Runner, asyncio.SelectorEventLoop, plant)
    assert changed["after the plant"] == found


class Watch:
    """Compares the attributes of asyncio, contextvars and signal at every line that is run, and notes what differs.

    Inside the package, at every instruction.
    """

    PACKAGES = ("asyncio", "_asyncio", "contextvars", "_contextvars", "signal", "_signal")
    OURS = str(Path(runner_backport.__file__).parent)

    def __init__(self, *classes: Any) -> None:
        modules = [
            module
            for name, module in sys.modules.items()
            if name.partition(".")[0] in self.PACKAGES and module
        ]
        self.spaces = [vars(owner) for owner in (*modules, *classes)]
        self.before = self.values()
        self.changed: Set[str] = set()
        self.looks = 0

    def values(self) -> List[Any]:
        # The values and not their ids, which keeps them alive: an id may be given out again.
        return [list(space.values()) for space in self.spaces]

    def look(self, frame: FrameType, event: str, arg: Any) -> Any:
        self.looks += 1
        for space, before in zip(self.spaces, self.before):
            if len(space) != len(before) or any(now is not then for now, then in zip(space.values(), before)):
                self.changed.add(f"{frame.f_code.co_name}, line {frame.f_lineno}")
        frame.f_trace_opcodes = frame.f_code.co_filename.startswith(self.OURS)
        return self.look

    def __enter__(self) -> "Watch":
        self.tracing = sys.gettrace()
        sys.settrace(self.look)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.settrace(self.tracing)


@pytest.fixture
def watch(loop_class: Any) -> Watch:
    return Watch(asyncio.Task, asyncio.Future, asyncio.BaseEventLoop, loop_class)


def test_no_attribute_changes_for_an_instant(
    watch: Watch, runner_class: Any, loop_class: Any, default_sigint: None
) -> None:
    async def main() -> None:
        await runner_backport.create_task(nothing(), context=contextvars.copy_context())
        await asyncio.gather(nothing(), asyncio.sleep(0))

    with watch, runner_class(loop_factory=loop_class) as runner:
        runner.run(main())
        runner.run(main(), context=contextvars.copy_context())
    assert watch.changed == set()
    assert watch.looks > 500


def test_the_watch_sees_an_instant(watch: Watch) -> None:
    def patch() -> None:
        original = asyncio.sleep
        asyncio.sleep = None  # type: ignore[assignment]
        asyncio.sleep = original

    with watch:
        patch()
    assert len(watch.changed) == 1
