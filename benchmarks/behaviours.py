"""What native's Runner does and is paid for in a measured program: a peer that does less is not compared there."""

import asyncio
import contextvars
import signal
from contextlib import closing
from typing import Any, Callable, Dict, List, Tuple

MakeRunner = Callable[[], Any]

_variable: "contextvars.ContextVar[int]" = contextvars.ContextVar("_variable")


def context_is_kept(make_runner: MakeRunner) -> bool:
    async def assign() -> Any:
        return _variable.set(1)

    async def reset(token: Any) -> None:
        _variable.reset(token)

    with closing(make_runner()) as runner:
        runner.run(reset(runner.run(assign())))
    return True


def main_task_counts(make_runner: MakeRunner) -> bool:
    async def main() -> Any:
        return asyncio.current_task()

    return _counts(_run(make_runner, main))


def main_task_is_a_task(make_runner: MakeRunner) -> bool:
    async def main() -> bool:
        return isinstance(asyncio.current_task(), asyncio.Task)

    return bool(_run(make_runner, main))


def children_count(make_runner: MakeRunner) -> bool:
    async def main() -> Any:
        child = asyncio.create_task(asyncio.sleep(0))
        await child
        return child

    return _counts(_run(make_runner, main))


def children_take_contexts(make_runner: MakeRunner) -> bool:
    async def main() -> Any:
        create_task: Any = asyncio.get_running_loop().create_task
        context = contextvars.copy_context()
        with closing(assign()) as coro:
            await create_task(coro, context=context)
        return context.get(_variable)

    async def assign() -> None:
        _variable.set(1)

    return bool(_run(make_runner, main) == 1)


def task_factory_is_kept(make_runner: MakeRunner) -> bool:
    made = []

    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        made.append(asyncio.Task(coro, loop=loop, **options))
        return made[-1]

    async def main() -> Any:
        return asyncio.current_task()

    with closing(make_runner()) as runner:
        # A peer's Runner may have no other way to its loop before a run.
        runner.run(set_factory(factory))
        runner.run(main())
        return bool(made)


async def set_factory(factory: Any) -> None:
    asyncio.get_running_loop().set_task_factory(factory)


def interrupts_cancel(make_runner: MakeRunner) -> bool:
    async def main() -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(3600)

    try:
        _run(make_runner, main)
    except KeyboardInterrupt:
        return True
    return False


_OF_CHILDREN = (children_count, children_take_contexts)
_OF_MAIN = (context_is_kept, main_task_counts, main_task_is_a_task)
_OF_RUN = (*_OF_MAIN, interrupts_cancel, task_factory_is_kept)

PAID_FOR: Dict[str, Tuple[Callable[[MakeRunner], bool], ...]] = {
    "child_step": (children_count,),
    "child_life": _OF_CHILDREN,
    "awaited_child": _OF_CHILDREN,
    "main_step": _OF_MAIN,
    "run": _OF_RUN,
    "open_run_close": (*_OF_RUN, *_OF_CHILDREN),
}


def missing(program: str, make_runner: MakeRunner) -> List[str]:
    """Which behaviours that a program pays for a Runner has not, by name."""
    lacks = []
    for behaviour in PAID_FOR.get(program, ()):
        try:
            has = behaviour(make_runner)
        except (Exception, asyncio.CancelledError):  # noqa: BLE001  # whatever it breaks with, it has not
            has = False
        if not has:
            lacks.append(behaviour.__name__.replace("_", " "))
    return lacks


def _run(make_runner: MakeRunner, main: Callable[[], Any]) -> Any:
    with closing(make_runner()) as runner:
        return runner.run(main())


def _counts(task: Any) -> bool:
    return hasattr(task, "cancelling") and hasattr(task, "uncancel")
