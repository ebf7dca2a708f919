"""What is seen while cells run, between execute and report: a live display, or a line a cell in a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic

from attrs import define
from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table

from conformance.records import Outcome, Result
from conformance.report.legible import legible
from conformance.report.live import LiveDisplay
from conformance.report.words import counted


@define
class _Running:
    """A cell that runs, perhaps several attempts of it at once, which are told of together."""

    total: int
    attempts: int = 1
    done: int = 0
    test: str = ""

    def more(self, total: int) -> None:
        self.total += total
        self.attempts += 1

    def fewer(self, total: int) -> bool:
        """Take one attempt with its tests away; return whether it was not the last one."""
        self.total = max(self.total - total, 0)
        self.done = max(self.done - total, 0)
        self.attempts -= 1
        return self.attempts > 0


class Progress(LiveDisplay):
    """A context manager whose methods are called, from any thread, as cells and tests start and finish."""

    def __init__(
        self,
        console: Console,
        cells: int,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take how many cells there are to run, each attempt of a cell as one.

        ``live`` is found out where it is None: a display that overwrites itself belongs on a terminal alone,
        and not in a log whose colours were asked for with FORCE_COLOR. ``clock`` gives seconds.
        """
        self._console = console
        self._cells = cells
        self._clock = clock
        self._began = clock()
        self._lock = Lock()
        self._running: dict[str, _Running] = {}
        self._finished = 0
        self._taken = 0
        super().__init__(console, live)

    def taken(self, results: int, cells: int) -> None:
        """Take how many results came from the store, and how many cells, beside those to run, so came whole."""
        with self._lock:
            self._cells += cells
            self._finished += cells
            self._taken += cells
            if results and self._live is None:
                whole = f", {counted(cells, 'cell')} whole" if cells else ""
                self._tell(f"{counted(results, 'result')} from the store{whole}")

    def announced(self, cells: int) -> None:
        """Take how many cells are to run beside those that were known of at first, each attempt as one."""
        with self._lock:
            self._cells += cells

    def cell_started(self, cell: str, total: int) -> None:
        """Take that a cell now runs ``total`` tests; one more than were announced is one cell more."""
        with self._lock:
            if cell in self._running:
                self._running[cell].more(total)
            else:
                self._running[cell] = _Running(total)
            running = sum(run.attempts for run in self._running.values())
            self._cells = max(self._cells, self._finished + running)

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
            tests = sum(counts.values())
            if cell in self._running and not self._running[cell].fewer(tests):
                del self._running[cell]
            self._finished += 1
            if self._live is None:
                outcomes = ", ".join(
                    f"{counts[outcome]:,} {outcome}" for outcome in Outcome if counts.get(outcome)
                )
                line = f"{cell}: {counted(tests, 'test')} in {seconds:.1f} s"
                self._tell(f"{line}, {outcomes}" if outcomes else line)

    def _tell(self, line: str) -> None:
        width = len(str(self._cells))
        text = legible(self._console, f"[{self._finished:>{width}}/{self._cells}] {line}")
        # A log has no width of its own: its lines are searched, and not to be broken.
        self._console.print(text, soft_wrap=True)

    def screen(self) -> Group:
        """Return what the live display shows at this moment."""
        with self._lock:
            share = sum(
                run.attempts * min(run.done / run.total, 1) for run in self._running.values() if run.total
            )
            overall = Table.grid(padding=(0, 1, 0, 0), expand=True)
            overall.add_column(no_wrap=True)
            overall.add_column(ratio=1)
            overall.add_column(no_wrap=True)
            minutes, seconds = divmod(int(self._clock() - self._began), 60)
            taken = f", {self._taken} from the store" if self._taken else ""
            overall.add_row(
                f"{self._finished} of {counted(self._cells, 'cell')}{taken}",
                ProgressBar(total=max(self._cells, 1), completed=self._finished + share),
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
