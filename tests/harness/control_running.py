"""How a right Runner runs, and in which context, for test_worker_programs_control.py: each assertion holds natively on 3.11."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

from conformance.worker.programs import control
from control_behaviour import (
    answer,
    behaviour,
    get_variable,
    raised,
    refused,
    set_variable,
    step,
    variable,
    wait_for_ever,
)


@behaviour
def a_run_returns_what_its_coroutine_returns() -> None:
    with control.Runner() as runner:
        assert [runner.run(answer()), runner.run(get_variable())] == [42, "unset"]


@behaviour
def the_loop_is_made_when_it_is_first_needed() -> None:
    made = []

    def factory() -> Any:
        made.append(asyncio.new_event_loop())
        return made[-1]

    runner = control.Runner(loop_factory=factory)
    runner.close()
    assert made == []
    runner = control.Runner(loop_factory=factory)
    assert runner.get_loop() is runner.get_loop() is made[0]
    runner.close()
    assert made[0].is_closed()


@behaviour
def nothing_runs_after_close() -> None:
    runner = control.Runner()
    runner.run(answer())
    runner.close()
    runner.close()
    for error in (raised(runner.get_loop), raised(runner.__enter__), refused(runner.run, answer())):
        assert (type(error), error.args) == (RuntimeError, ("Runner is closed",))


@behaviour
def a_variable_and_its_token_stay_from_run_to_run() -> None:
    async def reset(token: Any) -> str:
        variable.reset(token)
        return variable.get()

    with control.Runner() as runner:
        token = runner.run(set_variable("set"))
        assert runner.run(get_variable()) == "set"
        assert variable.get() == "unset"
        assert runner.run(reset(token)) == "unset"


@behaviour
def the_context_is_copied_when_the_loop_is_made() -> None:
    def inside() -> None:
        runner = control.Runner()
        variable.set("before")
        runner.get_loop()
        variable.set("after")
        assert runner.run(get_variable()) == "before"
        runner.close()

    contextvars.copy_context().run(inside)


@behaviour
def a_given_context_is_stepped_in_itself_and_for_one_run() -> None:
    context = contextvars.copy_context()
    with control.Runner() as runner:
        runner.run(set_variable("given"), context=context)
        assert context[variable] == "given"
        assert runner.run(get_variable()) == "unset"


@behaviour
def what_is_thrown_in_arrives_in_the_context() -> None:
    context = contextvars.copy_context()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(asyncio.current_task().cancel)  # type: ignore[union-attr]
        try:
            await wait_for_ever()
        except asyncio.CancelledError:
            variable.set("thrown in")
            await step()

    with control.Runner() as runner:
        runner.run(main(), context=context)
    assert context[variable] == "thrown in"


@behaviour
def a_coroutine_with_its_context_can_be_awaited() -> None:
    context = contextvars.copy_context()

    async def caught() -> str:
        variable.set("inner")
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        loop.call_soon(loop.call_soon, future.set_result, "later")
        assert await future == "later"
        loop.call_soon(asyncio.current_task().cancel)  # type: ignore[union-attr]
        try:
            await wait_for_ever()
        except asyncio.CancelledError:
            await step()
            return "caught"
        return ""

    async def main() -> str:
        return str(await control.in_context(caught(), context))

    with control.Runner() as runner:
        assert runner.run(main()) == "caught"
        assert runner.run(get_variable()) == "unset"
    assert context[variable] == "inner"


@behaviour
def an_awaited_coroutine_with_its_context_is_closed_with_who_awaits_it() -> None:
    seen = []

    async def open_ended() -> None:
        try:
            await wait_for_ever()
        finally:
            seen.append(variable.get())

    async def main() -> None:
        # Kept, so that it is not just freed.
        inner = open_ended()

        async def outer() -> None:
            await control.in_context(inner, contextvars.copy_context())

        coro = outer()
        coro.send(None)
        coro.close()
        assert seen == ["unset"]

    with control.Runner() as runner:
        runner.run(main())


@behaviour
def what_is_no_coroutine_is_refused() -> None:
    with control.Runner() as runner:
        for thing in (None, answer, 1):
            error = raised(runner.run, thing)
            assert (type(error), error.args) == (ValueError, (f"a coroutine was expected, got {thing!r}",))


@behaviour
def a_nested_run_is_refused() -> None:
    async def main() -> list[str]:
        calls = [control.Runner().run, runner.run, control.run]
        return [str(refused(call, answer())) for call in calls]

    with control.Runner() as runner:
        refusal = "Runner.run() cannot be called from a running event loop"
        refusals = runner.run(main())
    assert refusals == [refusal, refusal, "asyncio.run() cannot be called from a running event loop"]


@behaviour
def close_in_its_own_loop_leaves_the_runner_open() -> None:
    async def main() -> str:
        error = raised(runner.close)
        try:
            await step()
        except asyncio.CancelledError:
            return str(error)
        return "not cancelled"

    runner = control.Runner()
    assert runner.run(main()) == "Cannot close a running event loop"
    assert runner.run(answer()) == 42
    runner.close()
