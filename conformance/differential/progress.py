"""What is seen while a campaign runs: a live display, or now and then a line in a log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from time import monotonic
from types import TracebackType

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table

from conformance.differential.findings import Difference
from conformance.differential.tally import Named
from conformance.report.legible import legible
from conformance.report.live import LiveDisplay
from conformance.report.words import counted

_LINE_SECONDS = 30.0
"""After so long a log gets a line."""


class Progress(LiveDisplay):
    """A context manager that is a campaign's listener. The display asks it from a thread of its own."""

    def __init__(
        self,
        console: Console,
        cells: int,
        *,
        examples: int | None,
        seconds: float | None,
        live: bool | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take how many cells there are, and how many programs, or for how many seconds, are to be drawn.

        ``live`` is found out where it is None. ``clock`` gives seconds.
        """
        self._console = console
        self._cells = cells
        self._examples = examples
        self._seconds = seconds
        self._clock = clock
        self._began = self._told = clock()
        self._lock = Lock()
        self._saved = self._drawn = self._differences = 0
        self._shrinking: tuple[Difference, int] | None = None
        super().__init__(console, live)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._say(", ".join(self._counts()))

    def drawing(self) -> None:
        """Take that programs are drawn from now on: what each takes is counted from here."""
        with self._lock:
            self._began = self._told = self._clock()

    def compared(self, programs: Sequence[Named]) -> None:
        with self._lock:
            saved = sum(named.saved is not None for named in programs)
            self._saved += saved
            self._drawn += len(programs) - saved
            now = self._clock()
            if self._live is None and now - self._told >= _LINE_SECONDS:
                self._told = now
                self._say(", ".join(self._counts()))

    def shrinking(self, difference: Difference, asked: int) -> None:
        with self._lock:
            self._shrinking = difference, asked

    def found(self, difference: Difference) -> None:
        with self._lock:
            self._shrinking = None
            if difference.programs > 1:
                return
            self._differences += 1
            self._say(f"different: {difference.cell}, {difference.kind} ({difference.origin})")

    def given_up(self, cell: str, why: str) -> None:
        with self._lock:
            first = next(iter(why.strip().splitlines()[-1:]), "")
            self._say(f"{cell} is asked nothing more: {first}")

    def _say(self, line: str) -> None:
        self._console.print(legible(self._console, line), soft_wrap=True)

    def _counts(self) -> list[str]:
        taken = self._clock() - self._began
        of = f" of {self._examples:,}" if self._examples is not None else ""
        drawn = f"{self._drawn:,}{of} programs"
        pace = [f"{self._drawn / taken:,.0f} a second"] if taken > 0 and self._drawn else []
        return [
            f"{counted(self._saved, 'saved program')}, {drawn}",
            *pace,
            f"{counted(self._cells, 'cell')}",
            counted(self._differences, "difference"),
        ]

    def _share(self) -> float:
        """How much of what was asked for is done, of one."""
        shares = [0.0]
        if self._examples:
            shares.append(self._drawn / self._examples)
        if self._seconds:
            shares.append((self._clock() - self._began) / self._seconds)
        return min(max(shares), 1.0)

    def screen(self) -> Group:
        """Return what the live display shows at this moment."""
        with self._lock:
            overall = Table.grid(padding=(0, 1, 0, 0), expand=True)
            overall.add_column(no_wrap=True)
            overall.add_column(ratio=1)
            overall.add_column(no_wrap=True)
            minutes, seconds = divmod(int(self._clock() - self._began), 60)
            overall.add_row(
                ", ".join(self._counts()),
                ProgressBar(total=1.0, completed=self._share()),
                f"{minutes}:{seconds:02}",
            )
            if self._shrinking is None:
                return Group(overall)
            difference, asked = self._shrinking
            line = f"shrinking, {counted(asked, 'program')} asked about: {difference.cell}, {difference.kind}"
            text = legible(self._console, line, "dim")
            text.no_wrap, text.overflow = True, "ellipsis"
            return Group(overall, text)
