"""What is measured: each way to run a coroutine in a loop, by one name. Runs in the measured process."""

import asyncio
import importlib
import sys
from typing import Any, Callable

NewLoop = Callable[[], asyncio.AbstractEventLoop]

STOCK = "stock"
OURS = "runner_backport"

# Measured below 3.11: from there on they are native's Runner by another name.
PEERS = ("backports.asyncio.runner", "taskgroup")
FIRST_NATIVE_RUNNER = (3, 11)

if sys.version_info >= FIRST_NATIVE_RUNNER:
    # The backport's own class is measured there; the name that users import is native's.
    RUNNERS = {STOCK: "asyncio:Runner", OURS: "runner_backport._runner:Runner"}
else:
    RUNNERS = {
        STOCK: "subjects:BareLoop",
        OURS: "runner_backport:Runner",
        "backports.asyncio.runner": "backports.asyncio.runner:Runner",
        "taskgroup": "taskgroup:Runner",
    }
LOOPS = {"asyncio": "asyncio:new_event_loop", "uvloop": "uvloop:new_event_loop"}


class BareLoop:
    """The loop with the tasks that it makes by itself: what a Runner's tasks are measured against below 3.11."""

    def __init__(self, *, loop_factory: NewLoop) -> None:
        self._loop = loop_factory()

    def run(self, coroutine: Any) -> Any:
        return self._loop.run_until_complete(coroutine)

    def close(self) -> None:
        self._loop.close()


def named(reference: str) -> Any:
    """What ``module:name`` refers to."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)
