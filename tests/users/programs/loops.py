"""The loop that the first argument names, for each program: ``python PROGRAM.py LOOP [MODE]``."""

import asyncio
import sys
from typing import Any


def loop_factory() -> Any:
    name = sys.argv[1]
    if name == "asyncio":
        return asyncio.SelectorEventLoop()
    return __import__(name).new_event_loop()


def endless() -> bool:
    """Whether the program is to go on until Ctrl-C."""
    return sys.argv[2:] == ["endless"]


async def forever() -> None:
    await asyncio.get_running_loop().create_future()
