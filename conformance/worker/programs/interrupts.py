"""The operations of Ctrl-C: SIGINT at this very step, from another thread, or while the loop has nothing to do."""

import _signal  # type: ignore[import-not-found]  # signal's own make an enumeration's member of each handler
import signal
import threading
from typing import Any

from .world import Who, World

_SIGINT = int(signal.SIGINT)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _handler(world: World, who: Who, at: str, operation: Any) -> None:
    if not _in_main_thread():
        return world.nothing(at)
    kinds = {"default": signal.default_int_handler, "ignore": _signal.SIG_IGN, "own": world.own_handler}
    _signal.signal(_SIGINT, kinds[operation["kind"]])
    return world.note(at, "handler", operation["kind"])


def _interrupt(world: World, who: Who, at: str, operation: Any) -> None:
    if not _in_main_thread():
        return world.nothing(at)
    world.note(at, "interrupt")
    for _ in range(operation["times"]):
        signal.raise_signal(signal.SIGINT)
        # Where interpreters of all versions get to call the handler.
        for _look in range(2):
            pass
    return None


def _interrupt_from_thread(world: World, who: Who, at: str, operation: Any) -> None:
    if not _in_main_thread():
        return world.nothing(at)
    world.note(at, "interrupt_from_thread")
    main = threading.main_thread().ident
    assert main is not None
    # Else the handler could be called anywhere in what starts and joins the thread.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [_SIGINT])
    try:
        thread = threading.Thread(target=signal.pthread_kill, args=(main, _SIGINT))
        thread.start()
        thread.join()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for _look in range(2):
            pass
    return None


def _interrupt_when_idle(world: World, who: Who, at: str, operation: Any) -> None:
    if not _in_main_thread():
        return world.nothing(at)
    world.due += 1
    return world.note(at, "interrupt_when_idle")


CALLS = {
    "handler": _handler,
    "interrupt": _interrupt,
    "interrupt_from_thread": _interrupt_from_thread,
    "interrupt_when_idle": _interrupt_when_idle,
}
STEPS = {"handler": _handler}
