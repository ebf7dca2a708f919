"""Hear of what no operation of a program tells: warnings, logs, errors that nobody could be given, loops made."""

import asyncio
import logging
import sys
import threading
import warnings
from typing import Any, Optional

from .plain import class_name, text
from .world import World

_SLOW = "Executing "
"""How debug mode begins to tell of callbacks that took long: the machine's affair."""

# Bound before it is replaced.
_stock_loop = asyncio.DefaultEventLoopPolicy.new_event_loop


class Observer:
    """Passes on to the ``world`` of the program that runs; installed once, for good."""

    def __init__(self) -> None:
        self.world: Optional[World] = None

    def install(self) -> None:
        observer = self

        class Tap(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                observer._logged(record)

        root = logging.getLogger()
        root.handlers[:] = [Tap()]
        root.setLevel(logging.WARNING)
        warnings.simplefilter("always")
        stand_in: Any = warnings
        stand_in.showwarning = self._warned
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._escaped

        def new_event_loop(policy: Any) -> Any:
            loop = _stock_loop(policy)
            if observer.world is not None:
                observer.world.loops.add(loop)
            return loop

        # The cell's own policy is made of it too.
        stand_in = asyncio.DefaultEventLoopPolicy
        stand_in.new_event_loop = new_event_loop

    def _logged(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if self.world is None or message.startswith(_SLOW):
            return
        error = record.exc_info[1] if record.exc_info else None
        kind = None if error is None else class_name(error)
        self.world.report("logged", record.levelname, text(message), kind)

    def _warned(self, message: Any, category: Any, *_where: Any, **_more: Any) -> None:
        if self.world is not None:
            self.world.report("warned", category.__name__, text(message))

    def _unraisable(self, found: Any) -> None:
        if self.world is not None:
            self.world.report("unraisable", found.exc_type.__name__)

    def _escaped(self, found: Any) -> None:
        if self.world is not None:
            self.world.report("thread raised", found.exc_type.__name__)
