"""Put the process back as it was before a program ran, so that the next one cannot tell that there was another."""

import _signal  # type: ignore[import-not-found]  # signal's own make an enumeration's member of each handler
import asyncio
import contextlib
import gc
import logging
import signal
import sys
import warnings
from typing import Any, List

from ..policies import Policies
from .jobs import end_jobs
from .world import World

_SIGINT = int(signal.SIGINT)


class PuttingBack:
    """What the process is like between programs; made when everything is loaded."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._filters: List[Any] = list(warnings.filters)
        self._handlers = list(logging.getLogger().handlers)
        # Made now, it is there for each program.
        asyncio.get_event_loop_policy()

    def begin(self) -> None:
        self._policies.begin()

    def put_back(self, world: World) -> None:
        """Undo what the program, muted by now, has changed or left."""
        _signal.signal(_SIGINT, signal.default_int_handler)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
        end_jobs(world)
        for loop in list(world.loops):
            with contextlib.suppress(Exception):
                if not loop.is_closed():
                    loop.close()
            del loop
        world.runners.clear()
        _signal.set_wakeup_fd(-1)
        asyncio._set_running_loop(None)
        current: Any = getattr(asyncio.tasks, "_current_tasks", None)
        if current:
            current.clear()
        sys.set_asyncgen_hooks(None, None)
        sys.set_coroutine_origin_tracking_depth(0)
        self._policies.put_back()
        if warnings.filters != self._filters:
            warnings.filters[:] = self._filters  # type: ignore[index]
            warnings._filters_mutated()  # type: ignore[attr-defined]
        logging.getLogger().handlers[:] = self._handlers
        # Where no loop is left, neither is anything that would have something to say when it goes.
        if world.loops:
            gc.collect()
