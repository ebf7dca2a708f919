"""What is seen while cells run, between execute and report: a live display, or a line a cell in a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Self

from attrs import define
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from conformance.records import Outcome, Result
from conformance.report.legible import legible
from conformance.report.words import counted

_REFRESHES = 4
"""A second; more would take time from the cells that run."""


@define
class _Running:
    total: int
    done: int = 0
    test: str = ""


class Progress:
    """A context manager whose methods are called, from any thread, as cells and tests start and finish."""

    def __init__(
        self,
        console: Console,
        cells: int,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take how many cells there are to run.

        ``live`` is found out where it is None: a display that overwrites itself belongs on a terminal alone,
        and not in a log whose colours were asked for with FORCE_COLOR. ``clock`` gives seconds.
        """
        self._console = console
        self._cells = cells
        self._clock = clock
        self._began = clock()
        self._lock = Lock()
        self._running: dict[str, _Running] = {}
        self._finished: list[str] = []
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

    def cell_started(self, cell: str, total: int) -> None:
        """Take that a cell now runs ``total`` tests; one that runs a second time counts as one cell more."""
        with self._lock:
            if cell in self._finished:
                self._cells += 1
            self._running[cell] = _Running(total)

    def test_started(self, cell: str, test: str) -> None:
        """Take which test a cell is at."""
        with self._lock:
            if cell in self._running:
                self._running[cell].test = test

    def test_finished(self, result: Result) -> None:
        """Take that a test of a cell is done."""
        with self._lock:
            if result.cell in self._running:
                self._running[result.cell].done += 1

    def cell_finished(self, cell: str, counts: Mapping[Outcome, int], seconds: float) -> None:
        """Take how many tests of a cell had each outcome; in a log this is the line that tells of it."""
        with self._lock:
            self._running.pop(cell, None)
            self._finished.append(cell)
            if self._live is None:
                width = len(str(self._cells))
                outcomes = ", ".join(
                    f"{counts[outcome]:,} {outcome}" for outcome in Outcome if counts.get(outcome)
                )
                line = (
                    f"[{len(self._finished):>{width}}/{self._cells}] {cell}: "
                    f"{counted(sum(counts.values()), 'test')} in {seconds:.1f} s"
                )
                text = legible(self._console, f"{line}, {outcomes}" if outcomes else line)
                # A log has no width of its own: its lines are searched, and not to be broken.
                self._console.print(text, soft_wrap=True)

    def screen(self) -> Group:
        """Return what the live display shows at this moment."""
        with self._lock:
            share = sum(min(run.done / run.total, 1) for run in self._running.values() if run.total)
            overall = Table.grid(padding=(0, 1, 0, 0), expand=True)
            overall.add_column(no_wrap=True)
            overall.add_column(ratio=1)
            overall.add_column(no_wrap=True)
            minutes, seconds = divmod(int(self._clock() - self._began), 60)
            overall.add_row(
                f"{len(self._finished)} of {counted(self._cells, 'cell')}",
                ProgressBar(total=max(self._cells, 1), completed=len(self._finished) + share),
                f"{minutes}:{seconds:02}",
            )
            running = Table.grid(padding=(0, 2, 0, 0), expand=True)
            running.add_column(justify="right", no_wrap=True)
            running.add_column(ratio=1)
            for cell, run in self._running.items():
                text = legible(self._console, cell)
                text.append("\n").append_text(legible(self._console, run.test, "dim"))
                text.no_wrap, text.overflow = True, "ellipsis"
                running.add_row(f"{run.done:,} of {run.total:,}", text)
            return Group(overall, running)
