"""uvloop's loops where a loop is wanted."""

from typing import TYPE_CHECKING, Callable, List

import uvloop

from runner_backport import Runner, run

if TYPE_CHECKING:
    # Nothing but the type checker needs it, which brings its own.
    from typing_extensions import assert_type


async def number() -> int:
    return 42


def uvloop_s_function_makes_the_loop() -> None:
    assert_type(run(number(), loop_factory=uvloop.new_event_loop), int)
    with Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert_type(runner.run(number()), int)


def so_does_its_class() -> None:
    assert_type(run(number(), loop_factory=uvloop.Loop), int)


def so_does_one_that_is_chosen() -> None:
    factories: List[Callable[[], uvloop.Loop]] = [uvloop.new_event_loop, uvloop.Loop]
    for factory in factories:
        assert_type(run(number(), debug=True, loop_factory=factory), int)
