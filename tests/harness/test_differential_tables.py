"""The tables of a campaign's report keep to the width that there is, and leave nothing out."""

from __future__ import annotations

import io
import re
from itertools import takewhile

import pytest
from rich.console import Console

from conformance.differential.census import Census
from conformance.differential.census_asked import ASKED
from conformance.differential.census_marks import marks
from conformance.differential.corpus import Saved
from conformance.differential.operations import FORMS
from conformance.differential.tables import said_of, tell_census, tell_saved
from conformance.differential.tally import SavedCourse, Tally
from fake_programs import LOOP, program

WIDTHS = pytest.mark.parametrize("width", [60, 80, 100, 160])


def census() -> Census:
    made = Census()
    made.count(program(LOOP, LOOP))
    made.count_ran(program(LOOP, LOOP), [["s0", "loop"]])
    return made


def lines(width: int, *, enough: int = 9) -> list[str]:
    file = io.StringIO()
    tell_census(Console(file=file, width=width), census(), enough=enough)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@WIDTHS
def test_the_census_has_every_operation_at_any_width(width: int) -> None:
    before_marks = takewhile(lambda line: not line.startswith("drawn: operations"), lines(width))
    words = " ".join(line for line in before_marks if re.search(r" \d+$", line)).split()
    assert [words.count(name) for name in FORMS] == [1] * len(FORMS)


@WIDTHS
def test_the_census_has_what_else_is_asked_for_at_any_width(width: int) -> None:
    told = " ".join(lines(width))
    marks = {mark for marks in ASKED.values() for mark in marks} - FORMS.keys()
    assert [mark for mark in marks if not re.search(f"{re.escape(mark)} +\\d +0", told)] == []


def test_what_hypothesis_counts_otherwise_is_said() -> None:
    def told(*events: str) -> str:
        made, file = Census(), io.StringIO()
        made.count(program(LOOP), events)
        tell_census(Console(file=file, width=160), made, enough=9)
        return " ".join(file.getvalue().split())

    assert "own count (event): the same of all that was drawn" in told(*marks(program(LOOP)))
    assert "own count (event): close: 0, by Hypothesis 1" in told(*marks(program(LOOP)), "close")


def test_the_census_keeps_to_the_width_and_uses_it() -> None:
    for width, least, most in ((60, 0, 60), (100, 80, 100), (160, 130, 160)):
        [row] = [line for line in lines(width) if re.search(r"\bget_loop +2 +1 +1", line)]
        widest = max(len(line) for line in lines(width) if re.search(r" \d+ +\d+ +\d+$", line))
        assert least < widest <= most, row


def test_the_saved_programs_keep_to_the_width() -> None:
    tally = Tally(
        saved={"a": SavedCourse(differs={f"differential/x/3.{n}/asyncio": "get" for n in range(9)})}
    )
    corpus = [
        Saved("a", "What it was. " * 20, "where", program(LOOP)),
        Saved("b", "Not run.", "where", program()),
    ]
    file = io.StringIO()
    tell_saved(Console(file=file, width=100), corpus, tally)
    told = file.getvalue()
    assert max(map(len, told.splitlines())) <= 100
    assert "and 6 more cells" in " ".join(told.split())
    assert "not run" in told


def test_what_was_declared_or_the_interpreter_s_own_is_as_expected_and_said() -> None:
    course = SavedCourse(declared={"late": {"one", "two"}}, own={"three"})
    assert said_of(course) == "as expected; late on 2 cells, as declared; the interpreter's own on 1 cell"


def test_what_is_missing_is_named_one_by_one_where_there_were_enough() -> None:
    told = "\n".join(lines(100, enough=1))
    assert "never drawn: cancel: cancel twice" in told
    assert "never ran: gather" in told
    assert "never ran: gather" not in "\n".join(lines(100, enough=2))
