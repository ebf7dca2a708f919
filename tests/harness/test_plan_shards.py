"""Shards: every cell in one of them, none without its baseline, and the same ones on every machine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.plan import parse_shard, shard
from conformance.records import Cell, Missing, Mode, Plan, Shard, Suite
from results import ASYNCIO, BACKPORT, PEER, UVLOOP, plan_of, subject_cell

EACH_TIME_THE_SAME = settings(derandomize=True, database=None, deadline=None)
SUBJECTS = [
    subject_cell(version, loop, suite, mode, implementation)
    for version in ("3.8.18", "3.9.18", "3.10.13", "3.12.1")
    for loop in (ASYNCIO, UVLOOP)
    for implementation in (BACKPORT, PEER)
    for suite, mode in [
        (Suite.RUNNERS, Mode.PLAIN),
        (Suite.TASKS, Mode.PLAIN),
        (Suite.TASKS, Mode.CONTEXT),
        (Suite.ASYNC_CASE, Mode.PLAIN),
    ]
]
PLANS = st.lists(st.sampled_from(SUBJECTS), unique=True).map(lambda cells: plan_of(*cells))


def parts(plan: Plan, count: int) -> list[tuple[Cell, ...]]:
    return [shard(plan, Shard(number, count)).cells for number in range(1, count + 1)]


def length(cells: tuple[Cell, ...]) -> int:
    """How many cells of the long suite there are."""
    return sum(cell.suite is Suite.TASKS for cell in cells)


@EACH_TIME_THE_SAME
@given(PLANS, st.integers(1, 40))
def test_each_cell_is_in_exactly_one_shard_and_keeps_its_place(plan: Plan, count: int) -> None:
    dealt = parts(plan, count)
    assert sorted(cell.name for cells in dealt for cell in cells) == sorted(cell.name for cell in plan.cells)
    for cells in dealt:
        assert cells == tuple(cell for cell in plan.cells if cell in cells)


@EACH_TIME_THE_SAME
@given(PLANS, st.integers(1, 40))
def test_a_cell_is_where_its_baseline_is(plan: Plan, count: int) -> None:
    for cells in parts(plan, count):
        names = {cell.name for cell in cells}
        assert {cell.baseline for cell in cells} - {None} <= names


@EACH_TIME_THE_SAME
@given(PLANS, st.integers(1, 9), st.randoms(use_true_random=False))
def test_the_order_of_the_plan_and_the_paths_of_a_machine_change_nothing(
    plan: Plan, count: int, order: st.DataObject
) -> None:
    shuffled = list(plan.cells)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own random.Random
    for here, there in zip(parts(plan, count), parts(Plan(tuple(shuffled)), count), strict=True):
        assert {cell.name for cell in here} == {cell.name for cell in there}


def test_the_long_suite_is_dealt_out_evenly() -> None:
    dealt = parts(plan_of(*SUBJECTS), 4)
    assert [length(cells) for cells in dealt] == [10, 10, 10, 10]


def test_of_long_suites_those_on_another_loop_weigh_more() -> None:
    own = [subject_cell(version, ASYNCIO, Suite.TASKS) for version in ("3.8.18", "3.9.18")]
    foreign = subject_cell("3.8.18", UVLOOP, Suite.TASKS)
    first, second = parts(plan_of(*own, foreign), 2)
    assert {cell.loop.name for cell in first} == {"uvloop"}
    assert {cell.loop.name for cell in second} == {"asyncio"}


def test_more_shards_than_baselines_leave_some_empty() -> None:
    plan = plan_of(subject_cell("3.8.18"), subject_cell("3.9.18"))
    assert [len(cells) for cells in parts(plan, 3)] == [3, 0, 0]


def test_what_is_missing_is_missing_in_each_shard() -> None:
    plan = Plan((), (Missing("3.9", "Install it."),))
    assert shard(plan, Shard(2, 2)) == plan


@pytest.mark.parametrize(
    ("text", "part"), [("1/1", Shard(1, 1)), ("2/3", Shard(2, 3)), ("9999/9999", Shard(9999, 9999))]
)
def test_a_shard_is_named_by_its_number_and_how_many_there_are(text: str, part: Shard) -> None:
    assert parse_shard(text) == part
    assert str(part) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0/3", "--shard is 0/3, and the parts are 1/3 to 3/3. Name which part of how many, such as 2/3"),
        ("4/3", "--shard is 4/3, and the parts are 1/3 to 3/3."),
        ("1/0", "--shard is 1/0, and no plan can be dealt out to nobody."),
        ("1/10000", "--shard is 1/10000, which is of more than 9,999 parts. Name fewer."),
        (f"1/{'9' * 5000}", "which is not of the form I/N."),
        *(
            (text, f"--shard is '{text}', which is not of the form I/N.")
            for text in ("a/b", "-1/3", "1/-3", "1", "", "1/2/3", "1/2\n", " 1/2", "1.0/2", "²/3", "٢/٣")
        ),
    ],
)
def test_what_is_no_shard_is_refused_in_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_shard(text)
    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 200
