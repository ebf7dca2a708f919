"""What the tests take for the module asyncio: it has the implementation's Runner and run, and all else is asyncio's."""

import asyncio
import types
from typing import Any, Callable

_OWN = ("Runner", "run")


class StandIn(types.ModuleType):
    """Put into the tests' own modules, in place of asyncio, whose names stay what they are for everybody else.

    So an implementation that stands on native's Runner still finds that one where it looks for it.
    """

    def __init__(self, runner: Any, run: Callable[..., Any]) -> None:
        super().__init__(asyncio.__name__, asyncio.__doc__)
        for name, value in zip(_OWN, (runner, run)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    def __setattr__(self, name: str, value: Any) -> None:
        # What a test changes of asyncio, it changes for all.
        if name in _OWN:
            super().__setattr__(name, value)
        else:
            setattr(asyncio, name, value)

    def __delattr__(self, name: str) -> None:
        if name in _OWN:
            super().__delattr__(name)
        else:
            delattr(asyncio, name)
