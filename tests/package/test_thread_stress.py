"""Runners in several threads under constant switching, and a bystander thread to which none of them may show."""

import asyncio
import contextvars
import signal
import sys
import threading
from typing import Any, Callable, Iterator, List

import pytest

import runner_backport
from coroutines import counts, forever, interrupted

ROUNDS = 100
"""How often each thread opens, uses and closes a Runner: half a second for all."""

MOST_TIMES = 20
"""How much longer ``--scale`` makes it at the most: ten seconds. Native's on 3.13 once spent 20 minutes in all_tasks."""

THREADS = 4

var: "contextvars.ContextVar[str]" = contextvars.ContextVar("var")

PACKAGES = ("asyncio", "_asyncio", "contextvars", "_contextvars", "signal", "_signal")
# None stands for one that cannot be imported: see test_without_c_asyncio.py.
MODULES = [module for name, module in sys.modules.items() if name.partition(".")[0] in PACKAGES and module]


class FactoryTask(asyncio.Task):  # type: ignore[type-arg]  # takes no brackets on 3.8
    """What a user's task factory makes."""


def task_factory(loop: Any, coro: Any, **options: Any) -> Any:
    return FactoryTask(coro, loop=loop, **options)


@pytest.fixture
def incessant_switching() -> Iterator[None]:
    """Threads change wherever they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def stress(incessant_switching: None, scale: int) -> "Stress":
    return Stress(ROUNDS * min(scale, MOST_TIMES))


class Stress:
    """Threads that each do their rounds, and stop when one has failed."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.errors: List[BaseException] = []
        # The main thread goes round too: signals are handled there alone.
        self.start = threading.Barrier(THREADS + 1)

    def go_round(self, one_round: Callable[[str], None], number: int, others: Any = ()) -> None:
        """Do the rounds, and go on until the threads of ``others`` have done theirs."""
        done = 0
        try:
            self.start.wait()
            while not self.errors and (done < self.rounds or any(other.is_alive() for other in others)):
                one_round(f"thread {number}, round {done}")
                done += 1
        except BaseException as error:  # noqa: BLE001  # raised by the main thread
            self.errors.append(error)

    def run(self, one_round: Callable[[str], None], bystander: Callable[[str], None]) -> None:
        # Daemons, so that one which hangs does not keep the interpreter.
        threads = [
            threading.Thread(target=self.go_round, args=(one_round, number), daemon=True)
            for number in range(1, THREADS)
        ]
        aside = threading.Thread(target=self.go_round, args=(bystander, THREADS, threads), daemon=True)
        for thread in (*threads, aside):
            thread.start()
        self.go_round(one_round, 0, threads)
        for thread in (*threads, aside):
            thread.join()
        for error in self.errors:
            raise error


async def child(word: str) -> Any:
    """What a child sees at first, and after others had their turn with a value of its own set."""
    seen = var.get()
    var.set(word)
    for _ in range(3):
        await asyncio.sleep(0)
    assert var.get() == word
    return seen


async def keep(word: str) -> Any:
    token = var.set(word)
    await asyncio.gather(child("gathered"), child("gathered too"))
    return token


async def reset(token: Any, word: str) -> Any:
    assert var.get() == word
    await asyncio.sleep(0)
    var.reset(token)
    return var.get()


async def children_in_contexts(word: str) -> None:
    contexts = [contextvars.copy_context() for _ in range(3)]
    makers: Any = [runner_backport.create_task, runner_backport.Task, asyncio.get_running_loop().create_task]
    tasks = [make(child(f"{word}, child"), context=context) for make, context in zip(makers, contexts)]
    assert await asyncio.gather(*tasks) == [word] * 3
    assert [context[var] for context in contexts] == [f"{word}, child"] * 3
    assert var.get() == word
    assert asyncio.all_tasks() <= {asyncio.current_task()}


async def cancelled_children() -> None:
    tasks: Any = [asyncio.create_task(forever()) for _ in range(3)]
    for times, task in enumerate(tasks):
        for _ in range(times):
            task.cancel()
    await asyncio.sleep(0)
    assert [task.cancelling() for task in tasks] == [0, 1, 2]
    assert [task.uncancel() for task in tasks] == [0, 0, 1]
    assert await asyncio.create_task(counts()) == (1, 0)
    tasks[0].cancel()
    await asyncio.wait(tasks)
    main: Any = asyncio.current_task()
    assert main.cancelling() == 0


async def children_of_a_factory(word: str) -> None:
    asyncio.get_running_loop().set_task_factory(task_factory)
    task: Any = asyncio.create_task(child("child"))
    assert type(task) is FactoryTask
    assert await task == word
    assert task.cancelling() == 0


def one_round_of(runner_class: Any, loop_factory: Any) -> Callable[[str], None]:
    """One life of a Runner, which uses and checks what ``word`` alone may have touched."""

    def one_round(word: str) -> None:
        context = contextvars.copy_context()
        context.run(var.set, word)
        context.run(live, word)
        assert context[var] == word
        assert var not in contextvars.copy_context()

    def live(word: str) -> None:
        with runner_class(loop_factory=loop_factory) as runner:
            token = runner.run(keep("kept"))
            assert runner.run(reset(token, "kept")) == word
            runner.run(children_in_contexts(word))
            given = contextvars.copy_context()
            runner.run(keep("given"), context=given)
            assert given[var] == "given"
            runner.run(cancelled_children())
            assert runner.run(counts()) == (1, 0)
            if threading.current_thread() is threading.main_thread():
                with pytest.raises(KeyboardInterrupt):
                    runner.run(interrupted())
                assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
            runner.run(children_of_a_factory(word))
            # And one that is left to be cancelled by close.
            runner.get_loop().create_task(forever())
        with pytest.raises(RuntimeError, match="closed"):
            runner.get_loop()

    return one_round


class Bystander:
    """Somebody who knows of no Runner: what asyncio, contextvars and signal show is as it was."""

    def __init__(self, loop_factory: Any) -> None:
        self.loop_factory = loop_factory
        asyncio.get_event_loop_policy()  # made when it is first asked for
        self.before = self.attributes()

    @staticmethod
    def attributes() -> Any:
        spaces = [vars(module) for module in MODULES] + [vars(asyncio.Task), vars(asyncio.BaseEventLoop)]
        return [list(space.items()) for space in spaces]

    def compare(self) -> None:
        for then, now in zip(self.before, self.attributes()):
            changed = [
                (name, value, original)
                for (name, value), (_, original) in zip(now, then)
                if value is not original
            ]
            assert (changed, len(now)) == ([], len(then))

    async def stock(self) -> None:
        assert var not in contextvars.copy_context()
        var.set("bystander")
        task = asyncio.create_task(child("child"))
        assert type(task) is type(asyncio.current_task()) is asyncio.Task
        # All threads share one set of tasks, and a look at it may miss some while others change it.
        assert asyncio.all_tasks() <= {task, asyncio.current_task()}
        assert await task == "bystander"
        assert var.get() == "bystander"
        self.compare()

    def one_round(self, word: str) -> None:
        loop = self.loop_factory()
        try:
            loop.run_until_complete(self.stock())
            assert loop.get_task_factory() is None
        finally:
            loop.close()
        for _ in range(10):
            self.compare()
        assert var not in contextvars.copy_context()


def test_runners_and_a_bystander_under_constant_switching(
    stress: Stress, runner_class: Any, loop_factory: Any, default_sigint: None
) -> None:
    stress.run(one_round_of(runner_class, loop_factory), Bystander(loop_factory).one_round)


@pytest.mark.parametrize(
    ("module", "name"),
    [(asyncio.tasks, "Task"), (asyncio.events, "_set_running_loop"), (contextvars, "copy_context")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_bystander_would_see_a_patch(
    module: Any, name: str, loop_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bystander = Bystander(loop_factory)
    bystander.compare()
    monkeypatch.setattr(module, name, object())
    with pytest.raises(AssertionError, match=name):
        bystander.compare()
