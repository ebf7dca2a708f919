"""The tables of who reaches which lines of the package."""

from __future__ import annotations

import io
from pathlib import Path

import coverage
import pytest
from rich.console import Console

from coverage_reached import PROGRAMS, TESTS, UPSTREAM, kind_of, ranges, reached, shares, show

SOURCE = """\
def one():
    return 1
def two():
    return 2
def three():
    return 3
def four():
    return 4
"""
DEFINITIONS = {1, 3, 5, 7}


@pytest.fixture
def measured(tmp_path: Path) -> coverage.Coverage:
    """A module whose four functions are reached by upstream's tests, programs, the package's tests, and nobody."""
    module = tmp_path / "_module.py"
    module.write_text(SOURCE)
    made = coverage.Coverage(data_file=tmp_path / ".coverage", config_file=False)
    data = made.get_data()
    for context, body in (
        ("tasks+context/runner_backport/3.8.18/asyncio", 2),
        ("differential/runner_backport/3.8.18/uvloop", 4),
        ("tests/package/3.8", 6),
    ):
        data.set_context(context)
        data.add_lines({str(module): {*DEFINITIONS, body}})
    return made


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        ("runners/runner_backport/3.8.18/asyncio", UPSTREAM),
        ("tasks+context/runner_backport/3.8.18/asyncio", UPSTREAM),
        ("differential/runner_backport/3.8.18/asyncio", PROGRAMS),
        ("tests/package/3.8", TESTS),
    ],
)
def test_a_context_tells_who_reached_it(context: str, kind: str) -> None:
    assert kind_of(context) == kind


def test_a_line_is_reached_by_those_in_whose_contexts_it_is(measured: coverage.Coverage) -> None:
    [file] = reached(measured)
    assert (file.name, file.statements) == ("_module.py", 8)
    everyone = frozenset([UPSTREAM, PROGRAMS, TESTS])
    bodies = {2: frozenset([UPSTREAM]), 4: frozenset([PROGRAMS]), 6: frozenset([TESTS])}
    assert file.by == {**dict.fromkeys(DEFINITIONS, everyone), **bodies}


def test_what_one_reaches_and_others_do_not_is_told_apart(measured: coverage.Coverage) -> None:
    [file] = reached(measured)
    assert file.only([PROGRAMS], [UPSTREAM]) == [4]
    assert file.only([PROGRAMS, TESTS], [UPSTREAM]) == [4, 6]
    assert file.only([TESTS], [UPSTREAM, PROGRAMS]) == [6]


def test_the_shares_are_of_each_and_of_what_they_reach_together(measured: coverage.Coverage) -> None:
    assert list(shares(measured).values()) == [62.5, 62.5, 75.0, 62.5, 87.5]


def test_the_tables_say_both(measured: coverage.Coverage) -> None:
    console = Console(record=True, width=120, file=io.StringIO())
    show(console, measured)
    said = console.export_text()
    assert "all together" in said
    assert "87.5" in said
    [row] = [line for line in said.splitlines() if "_module.py" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["_module.py: 7 of 8", "4", "2", "6"]


@pytest.mark.parametrize(("lines", "shown"), [([], ""), ([3], "3"), ([1, 2, 3, 7, 9, 10], "1-3, 7, 9-10")])
def test_lines_that_follow_each_other_are_a_range(lines: list[int], shown: str) -> None:
    assert ranges(lines) == shown
