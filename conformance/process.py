"""The driver's own process, brought into the state that the rest counts on, whatever it was started from."""

from __future__ import annotations

import io
import os
import signal
import sys

_STDERR = 2


def settle() -> None:
    """Take back what a process inherits: ignored SIGCHLD, closed standard streams, an encoding that lacks characters."""
    if hasattr(signal, "SIGCHLD"):
        # Ignored, it hides how our own child processes ended.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Files that we open must not get the numbers by which our children know their streams.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  # for good
        elif isinstance(stream, io.TextIOWrapper):
            # A path or a test may hold characters that the terminal's encoding has not.
            stream.reconfigure(errors="backslashreplace")
