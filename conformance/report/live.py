"""The display that overwrites itself while something runs, on a terminal alone; what it shows is its owner's."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live

_REFRESHES = 4
"""A second; more would take time from what runs."""


class LiveDisplay:
    """A context manager that shows its ``screen`` again and again, asked for from a thread of its own."""

    def __init__(self, console: Console, live: bool | None) -> None:
        """``live`` is found out where it is None: a log whose colours were asked for with FORCE_COLOR is no terminal."""
        if live is None:
            live = console.is_interactive and console.file.isatty()
        self._live = (
            Live(console=console, get_renderable=self.screen, refresh_per_second=_REFRESHES, transient=True)
            if live
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def screen(self) -> Group:
        """Return what the display shows at this moment."""
        raise NotImplementedError
