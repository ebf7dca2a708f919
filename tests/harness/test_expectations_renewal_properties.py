"""What holds of every renewal of expectations, whatever was declared and whatever a run found."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from conformance.judge import Expectation
from conformance.judge.expectations import fits, weigh
from conformance.judge.possible import refuse_impossible
from conformance.judge.renewal import Judged, declare, renew, renewed, undeclared
from conformance.judge.spots import known_spots, possible_spots, spot_of
from conformance.records import Cell, Mode, Suite, Verdict
from results import ASYNCIO, BACKPORT, UVLOOP, subject_cell
from test_expectations_renewal import CONFIGURATION, OTHER, RELEASES, SERIES, A, B, judged

TESTS = (A, B, "test_tasks.T.test_a", "test_tasks.T.test_b")
DECLARED = st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.CONFORMANT])
ENTRIES = st.lists(
    st.builds(
        Expectation,
        number=st.just(0),
        test=st.sampled_from(["*", "*.test_a", "test_runners.*", "*[[]*", *TESTS]),
        verdict=DECLARED,
        reason=st.just("known"),
        implementation=st.sampled_from(["*", "runner_*", "other"]),
        suite=st.sampled_from(["*", "runners", "tasks"]),
        mode=st.sampled_from(["*", "plain", "context"]),
        loop=st.sampled_from(["*", "uv*", "asyncio"]),
        python=st.sampled_from(
            ["", ">=3.9", "<3.10", ">=3.9,<3.11", "!=3.9.*", "==3.9.7", ">=3.9.8", "==3.10.*", "<=3.9.18"]
        ).map(SpecifierSet),
    ),
    max_size=4,
).map(lambda entries: [evolve(each, number=number) for number, each in enumerate(entries, start=1)])
CAN_BE = ENTRIES.filter(lambda entries: all(map(possible_spots(CONFIGURATION, entries).where, entries)))
CELLS = [
    subject_cell(version, loop, suite, mode, implementation)
    for version in ("3.8.18", "3.9.18", "3.10.13", "3.11.7", "3.12.0a2", "3.13.0")
    for loop in (ASYNCIO, UVLOOP)
    for implementation, suite, mode in (
        (BACKPORT, Suite.RUNNERS, Mode.PLAIN),
        (BACKPORT, Suite.TASKS, Mode.PLAIN),
        (BACKPORT, Suite.TASKS, Mode.CONTEXT),
        (OTHER, Suite.RUNNERS, Mode.PLAIN),
    )
    if implementation is BACKPORT or version != "3.8.18"
    if suite is Suite.RUNNERS or version in RELEASES[:3]
]


def names_in(cell: Cell) -> list[str]:
    return [test for test in TESTS if test.startswith(f"test_{cell.suite}.")]


def verdicts_of(cell: Cell) -> st.SearchStrategy[dict[str, Verdict]]:
    return st.dictionaries(st.sampled_from(names_in(cell)), st.sampled_from(Verdict), min_size=1)


@st.composite
def runs(draw: st.DrawFn) -> Judged:
    cells = draw(st.lists(st.sampled_from(CELLS), unique=True, min_size=1, max_size=10))
    return judged({cell: draw(verdicts_of(cell)) for cell in cells})


def spoken(entries: Sequence[Expectation], cell: Cell, test: str) -> tuple[Verdict, str] | None:
    """What the entries declare of the test in the cell: the last word counts."""
    words = [
        (each.verdict, each.reason) for each in entries if fits(each, cell) and fnmatchcase(test, each.test)
    ]
    return words[-1] if words else None


@given(CAN_BE, runs())
@settings(derandomize=True, database=None, deadline=None, max_examples=200)
def test_after_a_renewal_all_comes_true_where_it_was_run_and_nothing_changes_elsewhere(
    entries: list[Expectation], found: Judged
) -> None:
    universe = known_spots(CONFIGURATION, SERIES, tuple(found))
    left = renewed(entries, renew(entries, found, universe))
    refuse_impossible(Path("expectations.toml"), left, CONFIGURATION)
    assert len({evolve(each, number=0) for each in left}) == len(left), "twice"
    for cell, judgements in found.items():
        fitting = [each for each in left if fits(each, cell)]
        for one in judgements:
            if spoken(left, cell, one.test) is not None:
                assert weigh(one, fitting).expected
    for each in left:
        fitted = [cell for cell in found if fits(each, cell)]
        assert not fitted or any(
            fnmatchcase(one.test, each.test) for cell in fitted for one in found[cell]
        ), "unmet"
    for cell in (cell for cell in CELLS if cell not in found and spot_of(cell) in universe.spots):
        for test in names_in(cell):
            assert spoken(left, cell, test) == spoken(entries, cell, test)
    assert renew(left, found, universe) == ()


@given(runs())
@settings(derandomize=True, database=None, deadline=None, max_examples=40)
def test_what_is_declared_of_each_unexpected_verdict_makes_all_expected_and_says_nothing_of_other_cells(
    found: Judged,
) -> None:
    universe = known_spots(CONFIGURATION, SERIES, tuple(found))
    added = [each for what in undeclared((), found) for each in declare(what, "new", universe)]
    assert undeclared(added, found) == ()
    for cell in set(CELLS) - found.keys():
        assert not any(spoken(added, cell, test) for test in names_in(cell))
