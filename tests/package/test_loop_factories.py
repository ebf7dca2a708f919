"""What a Runner makes of a loop factory that does not give it a fresh loop, or of a loop that is not up to it."""

import asyncio
from typing import Any, List

import pytest

from coroutines import nothing


@pytest.fixture
def coro() -> Any:
    """A coroutine that is not going to be run."""
    made = nothing()
    yield made
    made.close()


def test_one_that_fails_does_so_whatever_needs_the_loop(runner_class: Any, coro: Any) -> None:
    error = OSError("too many open files")

    def factory() -> Any:
        raise error

    runner = runner_class(loop_factory=factory)
    for use in runner.__enter__, runner.get_loop, lambda: runner.run(coro):
        with pytest.raises(OSError, match="too many") as caught:
            use()
        assert caught.value is error
        error.with_traceback(None)


def test_one_that_fails_leaves_nothing_to_close(runner_class: Any, loop_factory: Any) -> None:
    attempts: List[str] = []

    def factory() -> Any:
        attempts.append("attempt")
        if len(attempts) == 1:
            raise OSError("too many open files")
        return loop_factory()

    runner = runner_class(loop_factory=factory)
    with pytest.raises(OSError, match="too many"):
        runner.get_loop()
    runner.close()
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"
    runner.close()
    assert attempts == ["attempt", "attempt"]


def test_one_that_fails_comes_out_of_the_function_run(run: Any, coro: Any) -> None:
    def factory() -> Any:
        raise OSError("too many open files")

    with pytest.raises(OSError, match="too many"):
        run(coro, loop_factory=factory)


@pytest.mark.parametrize("thing", [None, 42])
def test_what_is_no_loop_runs_nothing(runner_class: Any, coro: Any, thing: Any) -> None:
    runner = runner_class(loop_factory=lambda: thing)
    with pytest.raises(AttributeError, match=f"'{type(thing).__name__}' object has no attribute"):
        runner.run(coro)


def test_a_closed_loop_is_taken_and_runs_nothing(runner_class: Any, loop_factory: Any, coro: Any) -> None:
    loop = loop_factory()
    loop.close()
    runner = runner_class(loop_factory=lambda: loop)
    assert runner.get_loop() is loop
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        runner.run(coro)


def test_a_loop_that_a_runner_has_closed_is_a_closed_loop(
    runner_class: Any, loop_factory: Any, coro: Any
) -> None:
    loop = loop_factory()
    with runner_class(loop_factory=lambda: loop):
        pass
    again = runner_class(loop_factory=lambda: loop)
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        again.run(coro)


def test_a_running_loop_may_be_taken_and_given_no_coroutine(
    runner: Any, runner_class: Any, coro: Any
) -> None:
    async def main() -> Any:
        inner = runner_class(loop_factory=asyncio.get_running_loop)
        with pytest.raises(RuntimeError, match="cannot be called from a running event loop"):
            inner.run(coro)
        return inner.get_loop()

    assert runner.run(main()) is runner.get_loop()
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def test_a_loop_that_refuses_a_debug_mode_may_be_tried_again(
    runner_class: Any, loop_factory: Any, loop_class: Any
) -> None:
    made: List[Any] = []

    class Refusing(loop_class):  # type: ignore[misc]
        refuses = False

        def set_debug(self, enabled: bool) -> None:
            if self.refuses:
                raise OSError("no debugging")
            super().set_debug(enabled)

    def factory() -> Any:
        made.append(Refusing())
        made[-1].refuses = len(made) == 1
        return made[-1]

    runner = runner_class(debug=True, loop_factory=factory)
    with pytest.raises(OSError, match="no debugging"):
        runner.get_loop()
    assert runner.get_loop() is made[1]
    runner.close()
    # Whose factory made it closes it: no Runner ever had this one.
    assert not made[0].is_closed()
    made[0].close()


def test_the_current_loop_is_set_once_though_a_loop_refuses_its_debug_mode(
    runner_class: Any, policy: Any, monkeypatch: Any, loop_class: Any
) -> None:
    """Natively too: the loop that is tried again is the Runner's, and the first one is left the current one."""
    made: List[Any] = []

    class Refusing(loop_class):  # type: ignore[misc]
        def set_debug(self, enabled: bool) -> None:
            if len(made) == 1:
                raise OSError("no debugging")
            super().set_debug(enabled)

    def new_event_loop() -> Any:
        loop = loop_class()
        made.append(loop)
        loop.__class__ = Refusing
        return loop

    monkeypatch.setattr(policy, "new_event_loop", new_event_loop)
    runner = runner_class(debug=True)
    with pytest.raises(OSError, match="no debugging"):
        runner.get_loop()
    runner.get_loop()
    runner.close()
    assert policy.current == [made[0], None]
    made[0].close()


def test_a_policy_that_refuses_the_loop_may_be_tried_again(
    runner_class: Any, policy: Any, monkeypatch: Any
) -> None:
    made: List[Any] = []
    make = policy.new_event_loop

    def noting() -> Any:
        made.append(make())
        return made[-1]

    def refuse(loop: Any) -> None:
        raise OSError("not this one")

    monkeypatch.setattr(policy, "new_event_loop", noting)
    runner = runner_class()
    with monkeypatch.context() as patch:
        patch.setattr(policy, "set_event_loop", refuse)
        with pytest.raises(OSError, match="not this one"):
            runner.get_loop()
    assert runner.get_loop() is made[1]
    runner.close()
    made[0].close()


def test_it_is_called_once_for_all_uses(runner_class: Any, loop_factory: Any) -> None:
    made: List[Any] = []

    def factory() -> Any:
        made.append(loop_factory())
        return made[-1]

    with runner_class(loop_factory=factory) as runner:
        runner.get_loop()
        runner.run(nothing())
        runner.run(nothing())
    assert len(made) == 1


def test_a_current_loop_that_the_user_took_away_is_not_set_again(runner_class: Any, policy: Any) -> None:
    async def main() -> None:
        asyncio.set_event_loop(None)

    with runner_class() as runner:
        runner.run(main())
        runner.run(nothing())
    loop = policy.current[0]
    assert policy.current == [loop, None, None]


def test_a_policy_s_loop_stays_current_from_run_to_run(runner_class: Any, policy: Any) -> None:
    with runner_class() as runner:
        runner.run(nothing())
        assert asyncio.get_event_loop_policy().get_event_loop() is runner.get_loop()
