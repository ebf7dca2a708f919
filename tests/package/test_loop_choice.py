"""Which loop a Runner makes, whether that becomes the current one, and its debug mode."""

import asyncio
from typing import Any

import pytest

from coroutines import running_loop


def test_the_policy_makes_the_loop_without_a_loop_factory(
    runner_class: Any, policy: Any, loop_class: Any
) -> None:
    with runner_class() as runner:
        assert isinstance(runner.get_loop(), loop_class)


def test_the_loop_becomes_the_current_one_once(runner_class: Any, policy: Any) -> None:
    """gh-95736: to set it again for each run confuses child watchers."""
    with runner_class() as runner:
        runner.run(running_loop())
        runner.run(running_loop())
        assert policy.current == [runner.get_loop()]


def test_there_is_no_current_loop_after_close(runner_class: Any, policy: Any) -> None:
    with runner_class() as runner:
        runner.get_loop()
    assert policy.current[1:] == [None]


def test_the_function_run_sets_the_current_loop_and_takes_it_back(run: Any, policy: Any) -> None:
    loop = run(running_loop())
    assert policy.current == [loop, None]


def test_with_a_loop_factory_the_current_loop_is_left_alone(
    runner_class: Any, policy: Any, loop_factory: Any
) -> None:
    """ "loop_factory could be used for overriding the loop creation. It is the responsibility of the
    loop_factory to set the created loop as the current one."

    https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner
    """
    with runner_class(loop_factory=loop_factory) as runner:
        runner.run(running_loop())
    assert policy.current == []


@pytest.mark.parametrize("debug", [True, False])
def test_debug_is_switched_as_told(runner_class: Any, loop_factory: Any, debug: bool) -> None:
    def opposite() -> Any:
        loop = loop_factory()
        loop.set_debug(not debug)
        return loop

    with runner_class(debug=debug, loop_factory=opposite) as runner:
        assert runner.get_loop().get_debug() is debug


@pytest.mark.parametrize("debug", [True, False])
def test_debug_is_left_alone_when_nothing_is_said(runner_class: Any, loop_factory: Any, debug: bool) -> None:
    def factory() -> Any:
        loop = loop_factory()
        loop.set_debug(debug)
        return loop

    with runner_class(loop_factory=factory) as runner:
        assert runner.get_loop().get_debug() is debug


@pytest.mark.parametrize("debug", [True, False])
def test_the_function_run_switches_debug_as_told(run: Any, loop_factory: Any, debug: bool) -> None:
    async def main() -> bool:
        return asyncio.get_running_loop().get_debug()

    assert run(main(), debug=debug, loop_factory=loop_factory) is debug
