"""The event loop policy: which one is set, and the one by which a foreign loop is the default."""

import asyncio
from typing import Any, Callable, Dict, Optional

_STOCK = asyncio.DefaultEventLoopPolicy
_NAMES = vars(asyncio.events)
_NAME = "_event_loop_policy"


def current() -> Any:
    """The policy that is set; unlike ``asyncio.get_event_loop_policy`` this does not make one."""
    return _NAMES.get(_NAME)


def is_default(policy: Any) -> bool:
    """Whether this is asyncio's own, or None, which becomes that at first use: what an interpreter begins with."""
    return policy is None or type(policy) is _STOCK


class Policies:
    """Keeps ``asyncio.new_event_loop`` making the loops that are judged, whatever the tests set.

    It also keeps what a policy knows, such as which loop is the current one, from reaching the next test:
    asyncio's own run leaves another state than it found, so that this cannot be told of as a leak.
    """

    def __init__(self) -> None:
        self._make: Optional[Callable[[], Any]] = None
        # What the running test found: the policy, and what that and its part for this thread had in them.
        self._found: Any = None
        self._attributes: Dict[str, Any] = {}
        self._of_thread: Dict[str, Any] = {}

    def use(self, factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
        """Make ``factory`` what ``asyncio.new_event_loop`` calls."""

        class Policy(asyncio.DefaultEventLoopPolicy):  # type: ignore[name-defined, misc, unused-ignore]
            _loop_factory = staticmethod(factory)

        self._make = Policy
        _set(Policy())

    def begin(self) -> None:
        """Remember the policy that a test begins with.

        Tests put the default in place when they end, and mean the one that they found: so may a class's
        fixture. Else the tests after it would run on asyncio's loop in a cell of another's.
        """
        if self._make is not None and is_default(current()):
            _set(self._make())
        self._found = current()
        self._attributes, self._of_thread = dict(_attributes(self._found)), dict(_of_thread(self._found))

    def put_back(self) -> None:
        """Make it so again, if the test left this policy or the default in its place: another is a leak."""
        if current() is not self._found and not is_default(current()):
            return
        _set(self._found)
        attributes = _attributes(self._found)
        attributes.clear()
        attributes.update(self._attributes)
        of_thread = _of_thread(self._found)
        of_thread.clear()
        of_thread.update(self._of_thread)


def _set(policy: Any) -> None:
    # As asyncio.set_event_loop_policy does, which first looks whether this is one: that can be replaced.
    _NAMES[_NAME] = policy


def _attributes(policy: Any) -> Dict[str, Any]:
    """What it has in it; nothing for one that is not made like asyncio's own."""
    return vars(policy) if isinstance(policy, _STOCK) else {}


def _of_thread(policy: Any) -> Dict[str, Any]:
    """What it has in it for this thread: the current loop, and whether one was ever set."""
    found = _attributes(policy).get("_local")
    return {} if found is None else vars(found)
