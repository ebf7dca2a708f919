"""Random programs of runs with signals, as data, and how each run may end."""

import asyncio
import signal
from dataclasses import dataclass
from typing import Any, Dict, Tuple

from hypothesis import strategies as st

from cancel_model import CancelModel, uncancel_recalls
from strategies import swarm

SENT = st.sampled_from(["raise_signal", "kill"])
RUNNER_S, USER_S = "the Runner's", "the user's"


@dataclass(frozen=True)
class Send:
    how: str
    by_child: bool = False
    beside: bool = False
    """Whether another cancellation comes just before, which KeyboardInterrupt is not to stand for."""


@dataclass(frozen=True)
class Handle:
    """User code sets a handler."""

    handler: Any


@dataclass(frozen=True)
class Swallow:
    """Steps; a cancellation that comes out of them is swallowed."""

    steps: Tuple[Any, ...]
    uncancels: bool


class Failure(Exception):
    """What a step fails with."""


def steps(depth: int) -> "st.SearchStrategy[Any]":
    names = "pause", "busy", "child", "awaited job", "job", "cancel", "uncancel", "fail", "generator"
    kinds: Dict[Any, Any] = {name: st.just(name) for name in names}
    kinds["send"] = st.builds(Send, SENT, beside=st.booleans())
    kinds["child sends"] = st.builds(Send, SENT, st.just(True))
    handlers = st.sampled_from([USER_S, signal.SIG_IGN, signal.default_int_handler])
    kinds["handle"] = st.builds(Handle, handlers)
    if depth:
        kinds["swallow"] = st.builds(Swallow, steps(depth - 1), st.booleans())
    return swarm(kinds, 7)


def programs() -> "st.SearchStrategy[Any]":
    return st.lists(steps(2), min_size=1, max_size=3)


class Run:
    """What is to be expected of one run."""

    def __init__(self) -> None:
        self.main: Any = None
        self.cancellations = CancelModel(uncancel_recalls())
        self.interrupts = 0
        # A step was struck by KeyboardInterrupt: nothing else can come out.
        self.struck = False
        self.swallowed = False
        self.ending: Any = None

    def done(self) -> bool:
        return self.main is not None and bool(self.main.done())

    def endings(self) -> Any:
        """What may come out of it."""
        if self.struck:
            return {KeyboardInterrupt}
        if self.main is None:
            assert self.cancellations.arrive()
        elif self.ending is not asyncio.CancelledError:
            return {self.ending}
        if self.interrupts == 0:
            return {asyncio.CancelledError}
        if self.cancellations.uncancel() == 0:
            return {KeyboardInterrupt}
        # The declared difference: what was swallowed without uncancel does not count below 3.11.
        differs = self.swallowed and not hasattr(asyncio.Task, "uncancel")
        return {asyncio.CancelledError, KeyboardInterrupt} if differs else {asyncio.CancelledError}
