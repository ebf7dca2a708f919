"""The console that commands print their reports on."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import IO, Any, NoReturn, cast

from rich.console import Console

from conformance.errors import ConformanceError

_LOG_WIDTH = 160


class ReaderGoneError(Exception):
    """Whoever read our output has closed it, as ``head`` does."""


class OutputError(ConformanceError):
    """Our output has no room, or no place any more."""


class _Stdout:
    """Standard output, whose failure is not taken for that of the step that has something to say."""

    def write(self, text: str) -> int:
        with _told():
            return sys.stdout.write(text)

    def flush(self) -> None:
        with _told():
            sys.stdout.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stdout, name)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"The output could not be written: {error.strerror}.", "Send it elsewhere, and run again."
        ) from error


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        # Rich would end the thread that happens to print, with the status of an unexpected verdict. Not an
        # OSError: the steps turn those into sentences of their own.
        raise ReaderGoneError


def open_console() -> Console:
    """A console as wide as the terminal; as a log, wide enough for tracebacks side by side."""
    file = cast("IO[str]", _Stdout())
    return _Console(file=file) if sys.stdout.isatty() else _Console(file=file, width=_LOG_WIDTH)
