"""``run``: one coroutine, one Runner; with 3.12's signature."""

import asyncio
import sys
from typing import Any, Callable, Coroutine, Optional, TypeVar

if sys.version_info >= (3, 11):
    from asyncio import Runner
else:
    from ._runner import Runner

_T = TypeVar("_T")


def run(
    main: "Coroutine[Any, Any, _T]",
    *,
    debug: Optional[bool] = None,
    loop_factory: Optional[Callable[[], asyncio.AbstractEventLoop]] = None,
) -> _T:
    """Run one coroutine in a new event loop, close everything, and return the coroutine's result.

    ``debug`` switches asyncio's debug mode on or off (None: as the environment says); ``loop_factory``
    makes the loop (None: the event loop policy does, and the loop is also set as the current one).

    Raises whatever the coroutine raises; ``KeyboardInterrupt`` after a Ctrl-C that it did not handle;
    ``ValueError`` when ``main`` is not a coroutine; ``RuntimeError`` inside a running event loop.

    Source: https://docs.python.org/3.12/library/asyncio-runner.html#asyncio.run (``loop_factory``: gh-99388).
    """
    if asyncio._get_running_loop() is not None:
        # Asked for before a Runner is made, so that its loop is not made in vain.
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)
