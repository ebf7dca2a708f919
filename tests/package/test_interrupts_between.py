"""A second Ctrl-C while what follows the main coroutine is at work, between the task and its coroutine."""

import asyncio
import signal
from typing import Any, List

import pytest

from coroutines import NATIVE, forever, interrupt
from runner_backport._spent import MainCoroutine

pytestmark = [
    pytest.mark.usefixtures("default_sigint"),
    pytest.mark.skipif(NATIVE, reason="natively there is nothing between"),
]


@pytest.fixture
def between() -> Any:
    """A frame of those that are at work there, as the signal's handler would be given."""
    coro = forever()
    main = MainCoroutine(coro)
    yield main.throw.__self__.gi_frame
    coro.close()


def test_it_is_raised_by_the_loop_and_leaves_the_coroutine_to_be_cancelled(runner: Any, between: Any) -> None:
    """Raised where it came, it would end the task, and the coroutine would never be stepped again."""
    steps: List[str] = []

    async def main() -> None:
        try:
            interrupt()
            await forever()
        finally:
            handler: Any = signal.getsignal(signal.SIGINT)
            handler(signal.SIGINT, between)
            steps.append("goes on")
            try:
                await forever()
            finally:
                await asyncio.sleep(0)
                steps.append("cleaned up")

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert steps == ["goes on"]
    runner.close()
    assert steps == ["goes on", "cleaned up"]


def test_elsewhere_it_is_raised_at_once(runner: Any) -> None:
    async def main() -> None:
        try:
            interrupt()
            await forever()
        finally:
            handler: Any = signal.getsignal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                handler(signal.SIGINT, None)

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
