"""What a test can change of the process's signals: handlers, the mask, the wake-up descriptor and timers."""

import _signal  # type: ignore[import-not-found]  # signal's own getsignal makes an enumeration's member of each handler, which takes its time
import signal
from operator import is_not
from typing import Any, Iterator, List, Set, Tuple

from .aspect import Aspect

_NUMBERS = sorted(int(number) for number in _signal.valid_signals())
_TIMERS = ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF")

_getsignal = _signal.getsignal
_set_wakeup_fd = _signal.set_wakeup_fd


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal between the first and the last has none
        return f"signal {number}"


_NAMES = {number: _name(number) for number in _NUMBERS}


def _handlers() -> Tuple[Any, ...]:
    return tuple(map(_getsignal, _NUMBERS))


def _changed_handlers(before: Tuple[Any, ...], after: Tuple[Any, ...]) -> Iterator[str]:
    if any(map(is_not, before, after)):
        for number, old, new in zip(_NUMBERS, before, after):
            # Equal but not the same may be a bound method, or the default as number and as enumeration's member.
            if old is not new and old != new:
                yield f"handler of {_NAMES[number]}"


def _changed_mask(before: Set[int], after: Set[int]) -> List[str]:
    return [f"signal mask: {_NAMES.get(number, number)}" for number in before ^ after]


def _wakeup_descriptor() -> int:
    descriptor: int = _set_wakeup_fd(-1)
    if descriptor != -1:
        try:
            # Asking is taking it away. A loop that runs while a class's tests do wants it back, without
            # the warning that loops switch off too; one that is closed by now cannot be had back.
            _set_wakeup_fd(descriptor, warn_on_full_buffer=False)
        except (OSError, ValueError):
            return -1
    return descriptor


_ASPECTS = [Aspect("handlers of signals", _handlers, _changed_handlers)]
_ASPECTS += [Aspect("wake-up descriptor of signals", _wakeup_descriptor)]

if hasattr(_signal, "pthread_sigmask"):
    _sigmask, _BLOCK = _signal.pthread_sigmask, _signal.SIG_BLOCK
    _ASPECTS += [Aspect("signal mask", lambda: _sigmask(_BLOCK, ()), _changed_mask)]

if hasattr(_signal, "getitimer"):
    _getitimer = _signal.getitimer
    _WHICH = [getattr(_signal, name) for name in _TIMERS]

    def _timers() -> List[bool]:
        # Not how long they still take, which differs from look to look.
        return [_getitimer(which) != (0.0, 0.0) for which in _WHICH]

    def _changed_timers(before: List[bool], after: List[bool]) -> List[str]:
        # One that a class's fixture set may go off while a test runs.
        return [f"timer {name}" for name, old, new in zip(_TIMERS, before, after) if new and not old]

    _ASPECTS += [Aspect("timers", _timers, _changed_timers)]

ASPECTS = tuple(_ASPECTS)
