"""The event loop policy: which one is set, and the one by which a foreign loop is the default."""

import asyncio
from typing import Any, Callable, Optional

_STOCK = asyncio.DefaultEventLoopPolicy
_NAMES = vars(asyncio.events)

_set = asyncio.set_event_loop_policy


def current() -> Any:
    """The policy that is set; unlike ``asyncio.get_event_loop_policy`` this does not make one."""
    return _NAMES.get("_event_loop_policy")


def is_default(policy: Any) -> bool:
    """Whether this is asyncio's own, or None, which becomes that at first use: what an interpreter begins with."""
    return policy is None or type(policy) is _STOCK


class Policies:
    """Keeps ``asyncio.new_event_loop`` making the loops that are judged, whatever the tests set."""

    def __init__(self) -> None:
        self._make: Optional[Callable[[], Any]] = None

    def use(self, factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
        """Make ``factory`` what ``asyncio.new_event_loop`` calls."""

        class Policy(asyncio.DefaultEventLoopPolicy):  # type: ignore[name-defined, misc, unused-ignore]
            _loop_factory = staticmethod(factory)

        self._make = Policy
        _set(Policy())

    def put_back(self) -> None:
        """Make it so again where tests put the default in place, as their clean-up does: they mean the one they found.

        Else the tests after them would run on asyncio's loop in a cell of another's, or not, by their order.
        """
        if self._make is not None and is_default(current()):
            _set(self._make())
