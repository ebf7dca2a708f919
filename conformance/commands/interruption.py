"""What ends a run from outside (Ctrl-C, SIGTERM, a terminal that is closed), made to end it where nothing is lost."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from threading import Timer, get_ident
from types import FrameType, TracebackType
from typing import Any, Self

ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that end a command and can be told not to."""
_LATER_SECONDS = 0.01


class Interruption:
    """A context manager, for the main thread, within which those signals are only noted.

    An exception at any moment would leave half a line in a document, or a lock held for good: it is raised
    by `check`, and at any moment only within `raising`, once. What comes after the first signal changes
    nothing, also afterwards: the process is ending already, and soon. A signal that is ignored stays ignored,
    as it is for a job in the background or under nohup.
    """

    def __init__(self) -> None:
        self._noted = False
        self._raises = False
        self._raised = False
        self._number = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._unraisable = sys.unraisablehook
        sys.unraisablehook = self._raise_again
        for number in ENDINGS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            # What is interrupted ends with the status of that, whatever else comes on the way out.
            signal.signal(number, signal.SIG_IGN if self._noted else handler)
        sys.unraisablehook = self._unraisable

    def noted(self) -> bool:
        """Whether a signal has come; may be asked from any thread."""
        return self._noted

    def check(self) -> None:
        """Raise KeyboardInterrupt where a signal has come."""
        if self._noted:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def raising(self) -> Iterator[None]:
        """Within it a signal raises KeyboardInterrupt at once, for steps that wait long and can be broken off anywhere."""
        self._raises = True
        try:
            self.check()
            yield
        finally:
            self._raises = False

    def _note(self, number: int, _frame: FrameType | None) -> None:
        # No lock and no Event here: a second signal may come while the first one is being noted.
        self._noted, self._number = True, number
        if self._raises and not self._raised:
            self._raised = True
            raise KeyboardInterrupt

    def _raise_again(self, unraisable: sys.UnraisableHookArgs) -> None:
        """An exception that was raised while something was being finalized goes nowhere: raise it a little later."""
        if unraisable.exc_type is KeyboardInterrupt and self._raised:
            self._raised = False
            # Not here, where it would be lost again.
            Timer(_LATER_SECONDS, signal.pthread_kill, (get_ident(), self._number)).start()
        else:
            self._unraisable(unraisable)
