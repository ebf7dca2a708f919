"""The console that commands print their reports on."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console

_LOG_WIDTH = 160


class ReaderGoneError(Exception):
    """Whoever read our output has closed it, as ``head`` does."""


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        # Rich would end the thread that happens to print, with the status of an unexpected verdict. Not an
        # OSError: the steps turn those into sentences of their own.
        raise ReaderGoneError


def open_console() -> Console:
    """A console as wide as the terminal; as a log, wide enough for tracebacks side by side."""
    return _Console() if sys.stdout.isatty() else _Console(width=_LOG_WIDTH)
