"""What differs and what stays, as docs/migrating.md has it: what code that used a peer may notice."""

import asyncio
import contextlib
import importlib.metadata
import inspect
import re
import signal
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

import runner_backport

PAGE = (Path(__file__).parents[3] / "docs" / "migrating.md").read_text(encoding="utf-8")
BELOW_3_11 = sys.version_info < (3, 11)
needs_backport = pytest.mark.skipif(not BELOW_3_11, reason="from 3.11 on these are asyncio's own")


async def current() -> Any:
    return asyncio.current_task()


async def current_and_child() -> List[Any]:
    child = asyncio.create_task(asyncio.sleep(0))
    await child
    return [asyncio.current_task(), child]


def message(function: Any, *args: Any) -> str:
    with pytest.raises((RuntimeError, ValueError)) as caught:
        function(*args)
    return f"{caught.type.__name__}: {caught.value}"


@needs_backport
@pytest.mark.parametrize("peer", ["backports.asyncio.runner", "taskgroup"])
def test_the_page_names_the_version_that_is_compared(peer: str) -> None:
    # 3.8 and 3.9 find it by no other spelling.
    version = importlib.metadata.version(peer.replace(".", "_"))
    assert re.search(rf"`{re.escape(peer)}` {re.escape(version)}\b", PAGE)


def before_and_now() -> List[Any]:
    """The blocks of the page that say what to change, in two parts each."""
    return re.findall(r"```python\n# before\n(.*?)# now\n(.*?)```", PAGE, re.DOTALL)


@needs_backport
@pytest.mark.parametrize(("before", "now"), before_and_now(), ids=["backports", "taskgroup"])
def test_the_lines_to_change_work(before: str, now: str) -> None:
    then: Dict[str, Any] = {"sys": sys}
    exec(before, then)
    after: Dict[str, Any] = {}
    exec(now, after)
    assert after["Runner"] is runner_backport.Runner
    assert set(then) - set(after) == {"sys"}


def test_the_lines_for_pytest_asyncio_are_those_that_are_tested() -> None:
    (lines,) = re.findall(r"```python\n(import pytest_asyncio.*?)```", PAGE, re.DOTALL)
    tests = Path(__file__).parents[1] / "pytest_asyncio" / "test_contexts.py"
    assert lines in tests.read_text(encoding="utf-8")


def parameters(function: Any) -> List[Any]:
    found = inspect.signature(function).parameters.values()
    return [(each.name, each.kind, each.default) for each in found]


def test_the_parameters_are_the_same(subject: Any) -> None:
    theirs = subject.package.Runner
    for name in ("__init__", "run", "close", "get_loop"):
        assert parameters(getattr(runner_backport.Runner, name)) == parameters(getattr(theirs, name))
    if subject.name == "taskgroup":
        assert parameters(runner_backport.run) == parameters(subject.package.run)


def test_the_errors_are_the_same(subject: Any) -> None:
    runner = subject.runner()

    async def run_inside() -> str:
        coro = current()
        try:
            return message(runner.run, coro)
        finally:
            coro.close()

    assert message(runner.run, 1) == "ValueError: a coroutine was expected, got 1"
    inside = "RuntimeError: Runner.run() cannot be called from a running event loop"
    assert runner.run(run_inside()) == inside
    subject.close()
    assert message(runner.get_loop) == "RuntimeError: Runner is closed"


def test_what_is_exported(subject: Any) -> None:
    assert set(subject.package.__all__) == subject.expected(
        backports={"Runner"},
        taskgroup={"Runner", "run", "TaskGroup", "Timeout", "timeout", "timeout_at"},
        here={"Runner", "run", "Task", "create_task"},
    )


@needs_backport
def test_the_classes_of_tasks(subject: Any) -> None:
    def say(task: Any) -> str:
        exact = {asyncio.Task: "stock", runner_backport.Task: "Task of ours"}.get(type(task))
        return exact or ("one of ours" if isinstance(task, runner_backport.Task) else "its own")

    assert [say(task) for task in subject.run(current_and_child())] == subject.expected(
        backports={"asyncio": ["its own", "stock"], "uvloop": ["stock", "stock"]},
        taskgroup=["its own", "its own"],
        here=["one of ours", "one of ours"],
    )


@needs_backport
def test_private_attributes_of_the_runner(subject: Any) -> None:
    runner = subject.runner()
    names = ["_loop", "_context", "_lazy_init", "_interrupt_count", "_set_event_loop"]
    assert [name for name in names if hasattr(runner, name)] == subject.expected(
        backports=names, taskgroup=names, here=["_loop", "_context"]
    )


@needs_backport
def test_the_count_of_a_task_by_its_private_name(subject: Any) -> None:
    shown = hasattr(subject.run(current()), "_num_cancels_requested")
    assert shown is subject.expected(backports={"asyncio": True, "uvloop": False}, taskgroup=True, here=False)


@needs_backport
def test_what_a_task_factory_is_given_for_the_main_task(subject: Any) -> None:
    given: List[Any] = []

    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        given.append((asyncio.iscoroutine(coro), inspect.iscoroutine(coro)))
        return asyncio.Task(coro, loop=loop, **options)

    subject.runner(lambda loop: loop.set_task_factory(factory)).run(current())
    assert given == subject.expected(backports=[(True, True)], taskgroup=[], here=[(True, False)])


@needs_backport
def test_what_the_loop_object_has_until_it_is_closed(subject: Any) -> None:
    kinds: List[Any] = []
    loop = subject.runner(lambda made: kinds.append(type(made))).get_loop()
    of_class = kinds[0].create_task.__get__(loop)

    def found() -> List[str]:
        has = {"create_task": loop.create_task != of_class, "factory": loop.get_task_factory() is not None}
        return [name for name, is_set in has.items() if is_set]

    seen = found()
    subject.close()
    assert (seen, found()) == subject.expected(
        backports=([], []), taskgroup=(["factory"], ["factory"]), here=(["create_task"], [])
    )


@needs_backport
def test_with_taskgroup_s_own_task_factory_a_swallowed_cancellation_counts_for_ctrl_c(runner: Any) -> None:
    from taskgroup.tasks import task_factory

    async def forever() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        task: Any = asyncio.current_task()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await forever()
        signal.raise_signal(signal.SIGINT)
        await forever()

    runner.get_loop().set_task_factory(task_factory)
    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


@pytest.mark.skipif(BELOW_3_11, reason="asyncio has no Runner below 3.11")
def test_from_3_11_on_it_is_asyncio_s_own() -> None:
    assert runner_backport.Runner is asyncio.Runner  # type: ignore[attr-defined, unused-ignore]
