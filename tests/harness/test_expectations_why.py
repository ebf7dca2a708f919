"""What is said of why an entry no longer comes true."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import evolve

from conformance.judge import Expectation
from conformance.judge.renewal import Judged, renew
from conformance.judge.spots import known_spots
from conformance.records import Verdict
from results import ASYNCIO, UVLOOP
from test_expectations_renewal import (
    CONFIGURATION,
    FALSE,
    RUN,
    SERIES,
    TRUE,
    A,
    B,
    after,
    entry,
    everywhere,
    judged,
)


def why(entries: Sequence[Expectation], found: Judged) -> list[str]:
    return [change.why for change in renew(entries, found, known_spots(CONFIGURATION, SERIES, tuple(found)))]


@pytest.mark.parametrize(
    ("test", "here", "there", "said"),
    [
        (A, FALSE, FALSE, "no longer comes true in any of the 8 cells that it fits"),
        (A, TRUE, FALSE, "no longer comes true in 4 of the 8 cells that it fits"),
        (
            A,
            {B: Verdict.CONFORMANT},
            FALSE,
            "no longer comes true in 4 of the 8 cells that it fits, and matches no test of the others",
        ),
        (B, TRUE, TRUE, "matches no test of the 8 cells that it fits"),
    ],
)
def test_why_an_entry_is_changed_is_said(
    test: str, here: dict[str, Verdict], there: dict[str, Verdict], said: str
) -> None:
    but = {cell: there for cell in RUN if cell.loop is UVLOOP}
    assert why([entry(test)], everywhere(here, but=but, cells=RUN)) == [said]


def test_of_one_cell_it_is_said_so() -> None:
    found = judged({RUN[0]: FALSE})
    assert why([entry()], found) == ["no longer comes true in the one cell that it fits"]


def test_a_glob_none_of_whose_tests_was_flaky_is_removed_and_why_is_said() -> None:
    declared = entry("test_runners.T.*", Verdict.FLAKY, implementation="runner_backport", python="<3.12")
    found = everywhere({A: Verdict.DIVERGENT, B: Verdict.CONFORMANT}, but={}, cells=RUN)
    assert after([declared], found) == []
    assert why([declared], found) == [
        "no longer comes true in any of the 8 cells that it fits, where none of its other tests was found flaky"
    ]


@pytest.mark.parametrize(
    ("loop", "first"),
    [
        ("uvloop", "is what a later entry is narrowed to"),
        ("[au]*", "no longer comes true in 4 of the 8 cells that it fits, and a later entry says the rest"),
    ],
)
def test_of_what_two_entries_come_to_say_alike_it_is_said_where_it_went(loop: str, first: str) -> None:
    false_on_asyncio = {cell: FALSE for cell in RUN if cell.loop is ASYNCIO}
    found = everywhere(TRUE, but=false_on_asyncio, cells=RUN)
    second = "no longer comes true in 4 of the 8 cells that it fits"
    assert why([entry(loop=loop), evolve(entry(), number=2)], found) == [first, second]
