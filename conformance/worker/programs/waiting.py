"""Send SIGINT to the main thread while its loop sleeps, from a thread that sees to it that the loop wakes up again."""

import _signal  # type: ignore[import-not-found]  # signal's own make an enumeration's member of each handler
import contextlib
import signal
import threading
from pathlib import Path
from typing import Any

_SIGINT = int(signal.SIGINT)
_NUDGE = signal.SIGUSR1
_PATIENT_SECONDS = 0.02
_NUDGES = 100
"""How long, and how often, to wait for a sign that a loop that sleeps has noticed."""
_LOOKS = 60
_ENOUGH = 3


def send_while_waiting(world: Any, loop: Any, watch: Any) -> None:
    """Called in the loop, which nothing else is going to wake; ``watch`` goes on when something is noted."""
    for earlier in world.senders:
        # Heard already, it may still have its word for the loop to say.
        earlier.join()
    heard = world.heard = threading.Event()

    def send() -> None:
        main = threading.main_thread()
        assert main.ident is not None
        _until_asleep(main)
        ignored = _signal.getsignal(_SIGINT) == _signal.SIG_IGN
        signal.pthread_kill(main.ident, _SIGINT)
        noticed = ignored or _heard(heard, main.ident)
        # A handler that did nothing to the loop leaves it asleep, as natively; one that should have is told on.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_go_on if noticed else _tell)

    def _go_on() -> None:
        # Where something was noted, that has seen to it, and another interrupt may be due by now.
        if world.heard is heard and not watch.armed:
            watch.arm(loop)

    def _tell() -> None:
        if world.heard is heard:
            world.note(world.step, "interrupt went unnoticed")

    sender = threading.Thread(target=send)
    world.senders.append(sender)
    sender.start()


def be_ready() -> None:
    """Let the signal that nudges the main thread do nothing else; called there, once."""
    signal.signal(_NUDGE, lambda *_: None)


def _heard(heard: threading.Event, main: int) -> bool:
    """Whether something was noted since the interrupt.

    A signal that arrives just before the main thread falls asleep is not handled until another one comes: that
    one is sent here. It lets a handler be called, and does not wake the loop.
    """
    for _ in range(_NUDGES):
        if heard.wait(_PATIENT_SECONDS):
            return True
        signal.pthread_kill(main, _NUDGE)
    return False


def _until_asleep(main: threading.Thread) -> None:
    """Return when the main thread seems to sleep: what it does then does not depend on whether it really does."""
    state = Path(f"/proc/self/task/{main.native_id}/stat")
    asleep = 0
    for _ in range(_LOOKS):
        try:
            # Behind the name, which may have anything in it. To read it lets the main thread go on.
            asleep = asleep + 1 if state.read_text().rpartition(")")[2].split()[0] == "S" else 0
        except OSError:
            return
        if asleep == _ENOUGH:
            return
