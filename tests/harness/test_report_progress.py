"""What is seen while cells run: a display on a terminal, a line for each finished cell in a log."""

import io
import re
from collections import Counter
from threading import Barrier, Thread

import pytest
from rich.console import Console

from conformance.records import Outcome
from conformance.report.progress import Progress
from results import BASELINE, CELL, TEST, of_baseline, of_subject

COUNTS = {Outcome.PASSED: 1250, Outcome.SKIPPED: 2, Outcome.FAILED: 0}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def log() -> Console:
    return Console(file=io.StringIO(), width=80, color_system=None)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def seen(progress: Progress) -> list[str]:
    """Return what the live display shows now."""
    console = log()
    console.print(progress.screen())
    return [line.rstrip() for line in printed(console).splitlines()]


def test_a_log_has_a_line_for_each_finished_cell_and_nothing_else() -> None:
    console = log()
    with Progress(console, 12) as progress:
        progress.cell_started(CELL.name, 1252)
        progress.test_started(CELL.name, TEST)
        progress.test_finished(of_subject())
        assert printed(console) == ""
        progress.cell_finished(CELL.name, COUNTS, 18.25)
        progress.cell_started(BASELINE.name, 1)
        progress.cell_finished(BASELINE.name, {}, 0.5)
    assert printed(console) == (
        "[ 1/12] runners/runner_backport/3.8.18/asyncio: 1,252 tests in 18.2 s, 1,250 passed, 2 skipped\n"
        "[ 2/12] runners/native/3.11.7/asyncio: 0 tests in 0.5 s\n"
    )


def test_a_cell_that_runs_again_is_one_more() -> None:
    console = log()
    with Progress(console, 1) as progress:
        for _attempt in range(2):
            progress.cell_started(CELL.name, 1)
            progress.cell_finished(CELL.name, {Outcome.PASSED: 1}, 1)
    assert [line.split()[0] for line in printed(console).splitlines()] == ["[1/1]", "[2/2]"]


def test_more_cells_than_were_announced_are_counted_while_they_run() -> None:
    progress = Progress(log(), 1)
    for cell in (CELL.name, BASELINE.name):
        progress.cell_started(cell, 1)
    assert seen(progress)[0].startswith("0 of 2 cells")


def test_several_attempts_of_a_cell_at_once_are_told_of_together() -> None:
    progress = Progress(log(), 3)
    for _attempt in range(2):
        progress.cell_started(CELL.name, 10)
    for _test in range(15):
        progress.test_finished(of_subject())
    overall, *running = seen(progress)
    assert overall.startswith("0 of 3 cells")
    assert running[0] == f"15 of 20  {CELL.name}"
    before = overall.count("━")
    progress.cell_finished(CELL.name, {Outcome.PASSED: 10}, 1)
    overall, *running = seen(progress)
    assert overall.startswith("1 of 3 cells")
    assert running[0] == f"5 of 10  {CELL.name}"
    # What one attempt takes away from those that run, it adds to those that are done.
    assert abs(overall.count("━") - before) <= 1
    progress.cell_finished(CELL.name, {Outcome.PASSED: 10}, 1)
    assert len(seen(progress)) == 1


def test_in_a_log_one_line_tells_of_all_that_came_from_the_store() -> None:
    console = log()
    with Progress(console, 2) as progress:
        progress.taken(5777, 46)
        progress.cell_finished(CELL.name, {}, 0.5)
    assert printed(console) == (
        "[46/48] 5,777 results from the store, 46 cells whole\n"
        "[47/48] runners/runner_backport/3.8.18/asyncio: 0 tests in 0.5 s\n"
    )


def test_results_from_the_store_need_not_make_a_cell_whole() -> None:
    console = log()
    with Progress(console, 12) as progress:
        progress.taken(1, 0)
    assert printed(console) == "[ 0/12] 1 result from the store\n"


def test_nothing_is_said_where_nothing_came_from_the_store() -> None:
    console = log()
    with Progress(console, 12) as progress:
        progress.taken(0, 0)
    assert printed(console) == ""


def test_the_display_shows_how_many_cells_came_from_the_store_as_done() -> None:
    progress = Progress(log(), 1)
    progress.taken(5777, 3)
    (overall,) = seen(progress)
    assert overall.startswith("3 of 4 cells, 3 from the store ")
    assert overall.count("━") > 20


def test_the_display_shows_the_cells_that_run_with_their_tests() -> None:
    now = 100.0
    progress = Progress(log(), 4, clock=lambda: now)
    progress.cell_started(BASELINE.name, 2)
    progress.cell_finished(BASELINE.name, COUNTS, 1)
    progress.cell_started(CELL.name, 1000)
    progress.test_started(CELL.name, "test_[bold]")
    for number in range(500):
        progress.test_finished(of_subject(test=str(number)))
    now = 165.0
    overall, *running = seen(progress)
    assert overall.startswith("1 of 4 cells ")
    assert overall.endswith(" 1:05")
    assert running == [f"500 of 1,000  {CELL.name}", "              test_[bold]"]


def test_the_bar_counts_half_a_cell_as_half() -> None:
    progress = Progress(log(), 2)
    progress.cell_started(CELL.name, 2)
    assert "━" not in seen(progress)[0]
    progress.test_finished(of_subject())
    quarter = seen(progress)[0].count("━")
    for cell in (CELL.name, BASELINE.name):
        progress.cell_finished(cell, COUNTS, 1)
    whole = seen(progress)[0].count("━")
    assert whole > 40
    assert abs(whole - 4 * quarter) <= 4


def test_what_is_told_of_a_cell_that_does_not_run_is_no_error() -> None:
    progress = Progress(log(), 1)
    progress.test_started(CELL.name, TEST)
    progress.test_finished(of_subject())
    progress.cell_started(CELL.name, 0)
    assert len(seen(progress)) == 3


def test_on_a_terminal_there_is_a_display_that_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    console = Console(file=Terminal(), width=80, force_terminal=True, force_interactive=True)
    with Progress(console, 1) as progress:
        progress.cell_started(CELL.name, 3)
        progress.cell_finished(CELL.name, COUNTS, 1)
    assert "of 1 cell" in printed(console)
    assert "1,252 tests" not in printed(console)
    # The lines are cleared, and the cursor is shown again.
    assert printed(console).rindex("\x1b[2K") > printed(console).rindex("of 1 cell")
    assert "\x1b[?25h" in printed(console)


def test_a_log_in_colour_is_still_a_log() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, force_interactive=True)
    with Progress(console, 1) as progress:
        progress.cell_finished(CELL.name, COUNTS, 1)
    assert re.sub(r"\x1b\[[0-9;]*m", "", printed(console)).startswith("[1/1] runners/")


@pytest.mark.parametrize("live", [False, True])
def test_many_threads_may_tell_of_their_cells_at_once(live: bool) -> None:
    console = log()
    begin = Barrier(4)
    with Progress(console, 4, live=live) as progress:

        def run(cell: str) -> None:
            begin.wait()
            progress.cell_started(cell, 100)
            for number in range(100):
                progress.test_started(cell, str(number))
                progress.test_finished(of_baseline(test=str(number)))
            progress.cell_finished(cell, {Outcome.PASSED: 100}, 1)

        threads = [Thread(target=run, args=(f"cell{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen(progress)[0].startswith("4 of 4 cells")
    if not live:
        lines = printed(console).splitlines()
        assert [line[:5] for line in lines] == [f"[{number}/4]" for number in range(1, 5)]
        assert Counter(line.split()[1] for line in lines) == Counter(f"cell{number}:" for number in range(4))
