"""What the assertions on the control share, and what tries them, for test_worker_programs_control.py.

It and the modules that hold them keep to Python 3.8 and the standard library.
"""

from __future__ import annotations

import asyncio
import contextvars
import signal
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

BEHAVIOURS: dict[str, Callable[[], None]] = {}
variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


def behaviour(function: Callable[[], None]) -> Callable[[], None]:
    BEHAVIOURS[function.__name__] = function
    return function


async def answer() -> int:
    return 42


async def set_variable(value: str) -> Any:
    return variable.set(value)


async def get_variable() -> str:
    return variable.get()


async def wait_for_ever() -> None:
    await asyncio.get_running_loop().create_future()


async def interrupted() -> None:
    signal.raise_signal(signal.SIGINT)
    await wait_for_ever()


async def cancel(task: Any) -> None:
    task.cancel()


async def step() -> None:
    await asyncio.sleep(0)


def raised(call: Callable[..., Any], *arguments: Any, **options: Any) -> BaseException:
    """What a call raises, whatever it is."""
    try:
        call(*arguments, **options)
    except BaseException as error:  # noqa: BLE001  # whatever it is
        return error
    raise AssertionError("nothing was raised")


def refused(call: Callable[..., Any], coro: Any) -> BaseException:
    """The same, for one that leaves the coroutine to its caller."""
    try:
        return raised(call, coro)
    finally:
        coro.close()


def try_all() -> dict[str, str]:
    """The traceback of each that does not hold, and nothing for each that does; they all have the same start."""
    found = {}
    for name, function in BEHAVIOURS.items():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            contextvars.copy_context().run(function)
        except BaseException:  # noqa: BLE001  # it is told
            found[name] = traceback.format_exc()
        else:
            found[name] = ""
    return found
