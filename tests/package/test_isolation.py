"""Runners do not see each other, nor does anything else see them: hooks, other loops, other threads."""

import asyncio
import contextvars
import sys
import threading
from typing import Any, Dict, List

import runner_backport


def test_the_interpreter_s_hooks_are_as_before(runner_class: Any, loop_factory: Any) -> None:
    def hooks() -> Any:
        return sys.excepthook, threading.excepthook, sys.get_asyncgen_hooks(), sys.unraisablehook

    before = hooks()
    with runner_class(loop_factory=loop_factory) as runner:
        runner.run(asyncio.sleep(0))
    assert hooks() == before


def test_no_other_loop_is_touched(runner: Any, loop_factory: Any) -> None:
    other = loop_factory()
    try:
        attributes = dict(vars(other))

        async def main() -> Any:
            return await runner_backport.create_task(asyncio.sleep(0, "fine"))

        assert runner.run(main()) == "fine"
        assert vars(other) == attributes
    finally:
        other.close()


class Threads:
    """Threads that are all joined, and whose errors are raised."""

    def __init__(self) -> None:
        self.threads: List[threading.Thread] = []
        self.errors: List[BaseException] = []

    def start(self, function: Any, *args: Any) -> None:
        def catching() -> None:
            try:
                function(*args)
            except BaseException as error:  # noqa: BLE001  # raised below
                self.errors.append(error)

        self.threads.append(threading.Thread(target=catching, daemon=True))
        self.threads[-1].start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join()
        for error in self.errors:
            raise error


def test_runners_in_several_threads_do_not_see_each_other(runner_class: Any, loop_factory: Any) -> None:
    """All are in the middle of a run at once, step by step."""
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var", default="unset")
    together = threading.Barrier(3, timeout=10)
    seen: Dict[str, List[str]] = {}

    async def child(word: str) -> str:
        together.wait()
        value = var.get()
        var.set(f"child of {word}")
        await asyncio.sleep(0)
        together.wait()
        return f"{value}, then {var.get()}"

    async def main(word: str) -> None:
        together.wait()
        seen[word] = [var.get()]
        var.set(word)
        together.wait()
        seen[word].append(await asyncio.create_task(child(word)))
        together.wait()
        seen[word].append(var.get())

    def run_it(word: str) -> None:
        with runner_class(loop_factory=loop_factory) as runner:
            runner.run(main(word))

    threads = Threads()
    for word in ("one", "two", "three"):
        threads.start(run_it, word)
    threads.join()
    assert seen == {
        word: ["unset", f"{word}, then child of {word}", word] for word in ("one", "two", "three")
    }


def test_runners_in_several_threads_run_in_the_contexts_they_are_given(
    runner_class: Any, loop_factory: Any
) -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var", default="unset")
    together = threading.Barrier(2, timeout=10)
    contexts = {word: contextvars.copy_context() for word in ("one", "two")}

    async def main(word: str) -> None:
        together.wait()
        var.set(word)
        await asyncio.sleep(0)
        together.wait()

    def run_it(word: str) -> None:
        with runner_class(loop_factory=loop_factory) as runner:
            runner.run(main(word), context=contexts[word])

    threads = Threads()
    for word in contexts:
        threads.start(run_it, word)
    threads.join()
    assert {word: context[var] for word, context in contexts.items()} == {"one": "one", "two": "two"}


def test_a_bystander_thread_s_loop_makes_stock_tasks(runner: Any, loop_factory: Any) -> None:
    made: List[Any] = []

    async def child() -> None:
        pass

    async def elsewhere() -> None:
        task = asyncio.create_task(child())
        await task
        made.append(type(task))

    def run_it() -> None:
        loop = loop_factory()
        loop.run_until_complete(elsewhere())
        loop.close()

    async def main() -> None:
        threads = Threads()
        threads.start(run_it)
        threads.join()

    runner.run(main())
    assert made == [asyncio.Task]


def test_each_thread_s_tasks_count_for_themselves(runner_class: Any, loop_factory: Any) -> None:
    together = threading.Barrier(2, timeout=10)
    counts: Dict[int, List[int]] = {}

    async def main(number: int) -> None:
        task: Any = asyncio.current_task()
        together.wait()
        for _ in range(number):
            task.cancel()
        together.wait()
        counts[number] = [task.cancelling()]
        while task.uncancel():
            pass
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            counts[number].append(task.cancelling())

    def run_it(number: int) -> None:
        with runner_class(loop_factory=loop_factory) as runner:
            runner.run(main(number))

    threads = Threads()
    for number in (1, 3):
        threads.start(run_it, number)
    threads.join()
    assert {number: found[0] for number, found in counts.items()} == {1: 1, 3: 3}
