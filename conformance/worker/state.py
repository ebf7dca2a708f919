"""Compare what the whole process shares before and after each test, and name what a test left changed.

Only what would still be there when the next test begins counts: garbage is collected, and threads that are
about to end are waited for. What a class's or a module's fixture changes is not a test's doing.
"""

import asyncio
import gc
import locale
import os
import sys
import time
from typing import Any, Callable, Dict, List

from . import limits, policies, signals, threads
from .aspect import Aspect
from .descriptors import Descriptors
from .namespaces import Namespaces

_LOOKS = 40
_LOOK_UP_SECONDS = 0.005
"""How often, and after how long each time, to look again whether what may pass by itself has passed.

Looks are counted and not seconds: on a machine that has no time for us, it has none for the test's threads.
"""

_REMOVED = "removed"
_STREAMS = [(f"sys.{name}", getattr(sys, name)) for name in ("stdin", "stdout", "stderr")]
# Undecoded, and of an object that a test may replace in its module.
_VARIABLES: Dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined]

_collect, _sleep = gc.collect, time.sleep
_fsdecode, _getcwd, _umask = os.fsdecode, os.getcwd, os.umask
_setlocale, _LC_ALL = locale.setlocale, locale.LC_ALL


def _changed_policy(before: Any, after: Any) -> List[str]:
    # Tests put the default in place when they end, whatever was there: `Policies.put_back` makes that good.
    return [] if after is before or policies.is_default(after) else ["event loop policy"]


def _directory() -> str:
    try:
        return _getcwd()
    except FileNotFoundError:
        return _REMOVED


def _file_mode_mask() -> int:
    # There is no other way to ask. For that instant, what a thread creates is its owner's alone.
    mask = _umask(0o077)
    _umask(mask)
    return mask


def _closed_streams() -> List[str]:
    return [name for name, stream in _STREAMS if getattr(stream, "closed", False)]


def _changed_streams(before: List[str], after: List[str]) -> List[str]:
    return [f"{name} (closed)" for name in after if name not in before]


def _changed_variables(before: Dict[bytes, bytes], after: Dict[bytes, bytes]) -> List[str]:
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [f"os.environ: {_fsdecode(name)}" for name in changed]


_ASPECTS = (
    Aspect("event loop policy", policies.current, _changed_policy),
    Aspect("running event loop", asyncio._get_running_loop),
    *signals.ASPECTS,
    *threads.ASPECTS,
    *limits.ASPECTS,
    Aspect("current directory", _directory),
    Aspect("umask", _file_mode_mask),
    Aspect("locale", lambda: _setlocale(_LC_ALL)),
    Aspect("standard streams", _closed_streams, _changed_streams),
    Aspect("os.environ", lambda: dict(_VARIABLES), _changed_variables),
    Aspect("trace function", sys.gettrace),
    Aspect("profile function", sys.getprofile),
    Aspect("switch interval", sys.getswitchinterval),
    Aspect("recursion limit", sys.getrecursionlimit),
    Aspect("hooks of asynchronous generators", sys.get_asyncgen_hooks),
    Aspect("origin tracking of coroutines", sys.get_coroutine_origin_tracking_depth),
)


class _Refusal:
    """In place of what an aspect is: it could not be asked, such as for want of descriptors."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Refusal)

    __hash__ = None  # type: ignore[assignment]


class State:
    """What a test begins with. Make it when everything is loaded: what is open then belongs to the process."""

    def __init__(self) -> None:
        self._namespaces = Namespaces()
        self._aspects = (*_ASPECTS, Descriptors().aspect)
        self._asks = [aspect.ask for aspect in self._aspects]
        self._passing = [index for index, aspect in enumerate(self._aspects) if aspect.may_pass]
        self._is_known = True
        self._before = self._ask()

    def others_run(self) -> None:
        """What is no test runs before the next one, such as a class's fixture, and may change what it likes."""
        self._is_known = False

    def begin(self) -> None:
        """Remember how everything is, unless the last test left it known; a test begins."""
        if not self._is_known:
            self._namespaces.begin()
            self._before = self._ask()
            self._is_known = True

    def left(self) -> List[str]:
        """Name what the test left changed, each once and sorted: the same in every run."""
        if not self._changes():
            return []
        _collect()
        for _ in range(_LOOKS):
            if not any(map(self._is_changed, self._passing)):
                break
            _sleep(_LOOK_UP_SECONDS)
            # What threads held that have ended.
            _collect()
        return sorted(set(self._changes()))

    def _is_changed(self, index: int) -> bool:
        aspect = self._aspects[index]
        return bool(_changes(aspect, self._before[index], _asked(aspect.ask)))

    def _ask(self) -> List[Any]:
        try:
            return [ask() for ask in self._asks]
        except Exception:  # noqa: BLE001  # whatever the judged code did to it
            return [_asked(ask) for ask in self._asks]

    def _changes(self) -> List[str]:
        names: List[str] = []
        now = self._ask()
        for aspect, before, after in zip(self._aspects, self._before, now):
            names.extend(_changes(aspect, before, after))
        names.extend(self._namespaces.changes())
        if not names:
            # With what is different and no leak, such as a thread of a class's fixture that has ended.
            self._before = now
        return names


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception:  # noqa: BLE001  # as above
        return _Refusal()


def _changes(aspect: Aspect, before: Any, after: Any) -> List[str]:
    if before is after:
        return []
    try:
        if aspect.changes is not None and not isinstance(after, _Refusal):
            return list(aspect.changes(before, after))
        return [aspect.name] if before != after else []
    except Exception:  # noqa: BLE001  # an object of the judged code that does not like to be compared
        return [aspect.name]
