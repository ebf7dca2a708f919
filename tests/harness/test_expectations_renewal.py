"""What becomes of expectations by the judgements of a run, without any file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import evolve
from packaging.specifiers import SpecifierSet

from conformance.configuration import Configuration
from conformance.judge import Expectation
from conformance.judge.conditions import conditions
from conformance.judge.expectations import fits
from conformance.judge.newcomers import find_newcomers
from conformance.judge.possible import refuse_impossible
from conformance.judge.renewal import Judged, Undeclared, declare, renew, renewed, undeclared
from conformance.judge.spots import known_spots
from conformance.records import Cell, Implementation, Verdict
from results import ASYNCIO, BACKPORT, TEST, UVLOOP, judgement, subject_cell

OTHER = Implementation("other", "other:Runner", python=">=3.9.10")
CONFIGURATION = Configuration(
    loops={"asyncio": ASYNCIO, "uvloop": UVLOOP},
    implementations={"runner_backport": BACKPORT, "other": OTHER},
    default=("runner_backport",),
)
SERIES = ("3.8", "3.9", "3.10", "3.11")
RELEASES = ("3.8.18", "3.9.18", "3.10.13", "3.11.7")
A, B = "test_runners.T.test_a", "test_runners.T.test_b"


def entry(test: str = A, verdict: Verdict = Verdict.DIVERGENT, python: str = "", **globs: str) -> Expectation:
    return Expectation(1, test, verdict, "known", python=SpecifierSet(python), **globs)


def judged(verdicts: dict[Cell, dict[str, Verdict]]) -> Judged:
    return {
        cell: [judgement(verdict, cell, test) for test, verdict in tests.items()]
        for cell, tests in verdicts.items()
    }


def everywhere(
    tests: dict[str, Verdict], *, but: dict[Cell, dict[str, Verdict]], cells: Sequence[Cell]
) -> Judged:
    return judged({cell: but.get(cell, tests) for cell in cells})


def after(entries: Sequence[Expectation], found: Judged) -> list[tuple[str, dict[str, str]]]:
    """The tests and conditions of what the entries become."""
    universe = known_spots(CONFIGURATION, SERIES, tuple(found))
    left = renewed(entries, renew(entries, found, universe))
    return [(each.test, conditions(each)) for each in left]


RUN = [subject_cell(version, loop) for version in RELEASES for loop in (ASYNCIO, UVLOOP)]
ALL = [
    *RUN,
    *(subject_cell(v, loop, implementation=OTHER) for v in RELEASES[1:] for loop in (ASYNCIO, UVLOOP)),
]
TRUE, FALSE = {A: Verdict.DIVERGENT}, {A: Verdict.CONFORMANT}


def test_what_comes_true_stays_as_it_is() -> None:
    found = everywhere(TRUE, but={}, cells=RUN)
    assert renew([entry()], found, known_spots(CONFIGURATION, SERIES, RUN)) == ()


def test_what_comes_true_nowhere_is_removed() -> None:
    declared = entry(implementation="runner_backport", suite="runners", python="<3.12")
    assert after([declared], everywhere(FALSE, but={}, cells=RUN)) == []


def test_what_matches_no_test_is_removed() -> None:
    declared = entry("gone", implementation="runner_backport", suite="runners", python="<3.12")
    assert after([declared], everywhere(TRUE, but={}, cells=RUN)) == []


def test_an_entry_that_fits_no_cell_that_was_run_is_left_alone() -> None:
    assert after([entry(suite="tasks")], everywhere(FALSE, but={}, cells=RUN)) == [(A, {"suite": "tasks"})]


def test_it_is_held_to_the_loop_where_it_still_comes_true() -> None:
    false_on_asyncio = {cell: FALSE for cell in RUN if cell.loop is ASYNCIO}
    declared = entry(implementation="runner_backport", suite="runners", python="<3.12")
    assert after([declared], everywhere(TRUE, but=false_on_asyncio, cells=RUN)) == [
        (
            A,
            {"implementation": "runner_backport", "suite": "runners", "loop": "uvloop", "python": "<3.12"},
        )
    ]


@pytest.mark.parametrize(
    ("gone", "before", "now"),
    [
        (("3.8.18",), "<3.12", ">=3.9,<3.12"),
        (("3.8.18",), "", ">=3.9"),
        (("3.11.7",), "<3.12", "<3.11"),
        (("3.11.7",), "", "<3.11"),
        (("3.8.18", "3.11.7"), ">=3.8,<3.12", ">=3.9,<3.11"),
        (("3.9.18",), "<3.12", "<3.12,!=3.9.*"),
        (("3.8.18",), "!=3.10.*", ">=3.9,!=3.10.*"),
        (("3.8.18",), ">=3.8.5,<4", ">=3.8.5,>=3.9,<4"),
    ],
)
def test_it_is_held_to_the_series_where_it_still_comes_true(
    gone: tuple[str, ...], before: str, now: str
) -> None:
    declared = entry(implementation="runner_backport", suite="runners", python=before)
    but = {cell: FALSE for cell in RUN if cell.interpreter.version in gone}
    ((_, found),) = after([declared], everywhere(TRUE, but=but, cells=RUN))
    assert SpecifierSet(found["python"]) == SpecifierSet(now)


def test_cells_that_were_not_run_keep_it() -> None:
    cells = [subject_cell("3.9.18", loop) for loop in (ASYNCIO, UVLOOP)]
    declared = entry(suite="runners", implementation="runner_backport")
    ((_, found),) = after([declared], everywhere(FALSE, but={}, cells=cells))
    assert found["python"] == "!=3.9.*"


def test_a_pre_release_where_it_still_comes_true_keeps_it() -> None:
    newest = subject_cell("3.12.0a2")
    found = everywhere(FALSE, but={newest: TRUE}, cells=[*RUN, newest])
    universe = known_spots(CONFIGURATION, SERIES, tuple(found))
    left = renewed([entry()], renew([entry()], found, universe))
    assert [cell for cell in found if any(fits(each, cell) for each in left)] == [newest]


def test_what_comes_true_on_no_series_that_is_listed_is_removed() -> None:
    assert after([entry()], everywhere(FALSE, but={}, cells=ALL)) == []


def test_suites_that_have_no_such_test_keep_nothing_of_it() -> None:
    declared = entry("test_runners.*", implementation="runner_backport")
    assert after([declared], everywhere(FALSE, but={}, cells=RUN)) == []


def test_a_pre_release_that_was_run_loses_it() -> None:
    cells = [*RUN, subject_cell("3.12.0a2")]
    found = everywhere(FALSE, but={}, cells=cells)
    universe = known_spots(CONFIGURATION, SERIES, cells)
    left = renewed([entry()], renew([entry()], found, universe))
    assert [cell.name for cell in cells if any(fits(each, cell) for each in left)] == []


def test_a_glob_is_held_to_the_tests_for_which_it_still_comes_true() -> None:
    tests = {A: Verdict.DIVERGENT, B: Verdict.CONFORMANT}
    declared = entry("test_runners.T.*", suite="runners", implementation="runner_backport", python="<3.12")
    assert [test for test, _ in after([declared], everywhere(tests, but={}, cells=RUN))] == [A]


def test_a_glob_stays_one_where_all_of_it_comes_true_or_was_not_run() -> None:
    true = {A: Verdict.DIVERGENT, B: Verdict.DIVERGENT}
    but = {cell: {A: Verdict.DIVERGENT, B: Verdict.CONFORMANT} for cell in RUN if cell.loop is UVLOOP}
    declared = entry("test_runners.T.*", suite="runners", implementation="runner_backport")
    found = after([declared], everywhere(true, but=but, cells=RUN))
    assert [test for test, _ in found] == ["test_runners.T.*", A]
    assert found[0][1]["loop"] == "asyncio"


def test_each_test_of_a_glob_is_held_to_its_own_cells() -> None:
    a_alone = {A: Verdict.DIVERGENT, B: Verdict.CONFORMANT}
    b_alone = {A: Verdict.CONFORMANT, B: Verdict.DIVERGENT}
    but = {cell: b_alone for cell in ALL if cell.loop is UVLOOP}
    assert after([entry("test_runners.T.*")], everywhere(a_alone, but=but, cells=ALL)) == [
        (A, {"loop": "asyncio"}),
        (B, {"loop": "uvloop"}),
    ]


def test_characters_of_a_glob_in_a_test_s_name_match_themselves() -> None:
    odd = "test_runners.T.test_[a]"
    tests = {odd: Verdict.DIVERGENT, B: Verdict.CONFORMANT}
    declared = entry("test_runners.T.*", python="<3.12")
    found = everywhere(tests, but={}, cells=ALL)
    universe = known_spots(CONFIGURATION, SERIES, ALL)
    left = renewed([declared], renew([declared], found, universe))
    assert undeclared(left, found) == ()


def test_what_a_later_entry_speaks_for_is_kept() -> None:
    general, particular = entry("*"), evolve(entry(B, Verdict.FLAKY), number=2)
    found = everywhere({A: Verdict.DIVERGENT, B: Verdict.FLAKY}, but={}, cells=RUN)
    assert after([general, particular], found) == [("*", {}), (B, {})]


def test_where_a_later_entry_no_longer_comes_true_an_earlier_one_counts_again() -> None:
    general, particular = (
        entry("*"),
        evolve(entry(B, Verdict.FLAKY, suite="runners", python="<3.12"), number=2),
    )
    found = everywhere({A: Verdict.DIVERGENT, B: Verdict.DIVERGENT}, but={}, cells=ALL)
    assert after([general, particular], found) == [("*", {})]


def test_a_flaky_test_that_passed_keeps_its_entry() -> None:
    declared = entry(verdict=Verdict.FLAKY)
    assert after([declared], everywhere(FALSE, but={}, cells=RUN)) == [(A, {})]


def test_a_glob_that_is_flaky_is_held_to_the_tests_that_were_found_flaky() -> None:
    others = {f"test_runners.T.test_{name}": Verdict.CONFORMANT for name in "cdef"}
    tests = {A: Verdict.FLAKY, B: Verdict.DIVERGENT, **others}
    declared = entry("test_runners.T.*", Verdict.FLAKY, implementation="runner_backport", python="<3.12")
    assert [test for test, _ in after([declared], everywhere(tests, but={}, cells=RUN))] == [A]


def test_nothing_is_kept_for_releases_that_what_was_run_does_not_ask_for() -> None:
    old = Implementation("old", "old:Runner", python="<3.9")
    configuration = Configuration(
        loops={"asyncio": ASYNCIO}, implementations={"old": old, "other": OTHER}, default=("old",)
    )
    cells = [subject_cell("3.8.18", implementation=old), subject_cell("3.9.18", implementation=OTHER)]
    declared = [entry(python="<3.9.5", suite="runners")]
    found = everywhere(FALSE, but={}, cells=cells)
    refuse_impossible(Path("expectations.toml"), declared, configuration)
    changes = renew(declared, found, known_spots(configuration, ("3.8", "3.9"), cells))
    assert renewed(declared, changes) == ()


def test_a_test_that_was_flaky_in_one_cell_stays_declared_where_it_passed() -> None:
    here = {A: Verdict.FLAKY, B: Verdict.DIVERGENT}
    but = {cell: {A: Verdict.CONFORMANT, B: Verdict.DIVERGENT} for cell in RUN if cell.loop is UVLOOP}
    declared = entry("test_runners.T.*", Verdict.FLAKY, implementation="runner_backport", python="<3.12")
    assert after([declared], everywhere(here, but=but, cells=RUN)) == [
        (A, {"implementation": "runner_backport", "python": "<3.12"})
    ]


def test_what_a_flaky_glob_no_longer_speaks_for_is_not_left_to_an_entry_that_is_not_true() -> None:
    flaky = evolve(entry("test_runners.T.*", Verdict.FLAKY), number=2)
    found = everywhere({A: Verdict.DIVERGENT, B: Verdict.CONFORMANT}, but={}, cells=RUN)
    universe = known_spots(CONFIGURATION, SERIES, RUN)
    left = renewed([entry("*"), flaky], renew([entry("*"), flaky], found, universe))
    assert undeclared(left, found) == ()


@pytest.mark.parametrize("loop", ["uvloop", "[au]*"])
def test_what_two_entries_come_to_say_alike_is_said_once_and_last(loop: str) -> None:
    entries = [entry(loop=loop), evolve(entry(B, Verdict.FLAKY), number=2), evolve(entry(), number=3)]
    false_on_asyncio = {cell: {**FALSE, B: Verdict.FLAKY} for cell in ALL if cell.loop is ASYNCIO}
    found = everywhere({**TRUE, B: Verdict.FLAKY}, but=false_on_asyncio, cells=ALL)
    assert after(entries, found) == [(B, {}), (A, {"loop": "uvloop"})]


def test_what_is_declared_for_some_cells_is_declared_for_no_other() -> None:
    what = Undeclared(A, Verdict.DIVERGENT, tuple(cell for cell in RUN if cell.loop is UVLOOP))
    (found,) = declare(what, "new", known_spots(CONFIGURATION, SERIES, RUN))
    assert conditions(found) == {
        "implementation": "runner_backport",
        "loop": "uvloop",
        "python": "<3.12",
    }


PINS = {"v3.11.7": {"Lib/test/test_asyncio/test_runners.py": "new"}}
PINS_BEFORE = {"v3.11.7": {"Lib/test/test_asyncio/test_runners.py": "old"}}


def test_a_test_that_its_file_did_not_have_before_is_new() -> None:
    cell = subject_cell()
    found = (Undeclared(A, Verdict.DIVERGENT, (cell,)), Undeclared(TEST, Verdict.DIVERGENT, (cell,)))
    (new,) = find_newcomers(found, PINS, judged({cell: {TEST: Verdict.CONFORMANT}}), PINS_BEFORE)
    assert (new.what, new.file, new.tag) == (found[0], "test_runners.py", "v3.11.7")


def test_in_a_file_that_is_what_it_was_no_test_is_new() -> None:
    cell = subject_cell()
    found = (Undeclared(A, Verdict.DIVERGENT, (cell,)),)
    assert find_newcomers(found, PINS, judged({cell: {TEST: Verdict.CONFORMANT}}), PINS) == ()


def test_on_a_series_that_was_not_run_before_no_test_is_new() -> None:
    found = (Undeclared(A, Verdict.DIVERGENT, (subject_cell(),)),)
    before = judged({subject_cell("3.9.18"): {TEST: Verdict.CONFORMANT}})
    assert find_newcomers(found, PINS, before, PINS_BEFORE) == ()
