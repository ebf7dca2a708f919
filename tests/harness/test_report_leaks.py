"""What tests leave behind, as it is read: an author's news first, and short."""

from collections.abc import Sequence

from attrs import evolve

from conformance.records import Cell, Outcome, Plan, Result, Verdict
from results import (
    BASELINE,
    CELL,
    PLAN,
    TEST,
    UVLOOP,
    judgement,
    plan_of,
    subject_cell,
)
from test_report_terminal import rendered, section

ALONE = "By the implementation, and not by its baseline"
UNTOLD = "By the implementation, where the baseline did not pass and so tells nothing"
ITSELF = "By the baseline itself: upstream's or the loop's"
HANDLER = "handler of SIGUSR1"


def left(cell: Cell, *leaks: str, test: str = TEST, outcome: Outcome = Outcome.PASSED) -> Result:
    return Result(cell.name, test, outcome, leaks=leaks)


def told(results: Sequence[Result], plan: Plan = PLAN, width: int = 100) -> list[str]:
    lines = rendered([judgement(Verdict.CONFORMANT)], plan, width=width, results=results)
    return section(lines, "Left behind by tests")


def test_what_the_baseline_does_not_leave_is_news_and_marked() -> None:
    assert told([left(BASELINE), left(CELL, HANDLER)]) == [
        ALONE,
        f"  ! 1  {HANDLER}",
        f"       {TEST}",
        f"       in {CELL.name}",
    ]


def test_what_the_baseline_leaves_too_is_told_of_once_and_as_its_own() -> None:
    modes = [subject_cell(), subject_cell("3.9.18")]
    results = [left(BASELINE, HANDLER), *(left(cell, HANDLER) for cell in modes)]
    assert told(results, plan_of(*modes)) == [
        ITSELF,
        f"  1  {HANDLER}",
        f"     {TEST}",
        f"     in {BASELINE.name}",
    ]


def test_what_another_test_of_the_baseline_leaves_excuses_nothing() -> None:
    results = [left(BASELINE), left(BASELINE, HANDLER, test="another"), left(CELL, HANDLER)]
    lines = told(results)
    assert lines.index(ALONE) < lines.index(ITSELF)
    assert lines[1:3] == [f"  ! 1  {HANDLER}", f"       {TEST}"]


def test_each_cell_is_held_against_its_own_baseline() -> None:
    plain, uv = subject_cell(), subject_cell(loop=UVLOOP)
    plan = plan_of(plain, uv)
    baselines = [cell for cell in plan.cells if cell.baseline is None]
    results = [left(baselines[0], HANDLER), left(baselines[1]), left(plain, HANDLER), left(uv, HANDLER)]
    assert told(results, plan)[:4] == [ALONE, f"  ! 1  {HANDLER}", f"       {TEST}", f"       in {uv.name}"]


def test_a_baseline_that_did_not_pass_makes_no_news() -> None:
    lost = left(BASELINE, outcome=Outcome.CRASHED)
    assert told([lost, left(CELL, HANDLER)])[:2] == [UNTOLD, f"  1  {HANDLER}"]


def test_all_attempts_count_as_one() -> None:
    baselines = [left(BASELINE), evolve(left(BASELINE, HANDLER), attempt=2)]
    subjects = [evolve(left(CELL, HANDLER, "thread"), attempt=number) for number in (1, 2)]
    assert told([*baselines, *subjects])[:2] == [ALONE, "  ! 1  thread"]


def test_the_leak_that_most_tests_have_stands_first_with_its_tests_and_cells() -> None:
    cells = [subject_cell(f"3.8.{number}") for number in range(6)]
    results = [left(BASELINE, test=str(test)) for test in range(5)]
    results += [left(cell, "thread", test=str(test)) for cell in cells for test in range(5)]
    results.append(left(cells[0], HANDLER, test="0"))
    assert told(results, plan_of(*cells), width=160) == [
        ALONE,
        "  ! 30  thread",
        "        0, 1, 2 and 2 more tests",
        f"        in {cells[0].name}, {cells[1].name}, {cells[2].name} and 3 more cells",
        f"   ! 1  {HANDLER}",
        "        0",
        f"        in {cells[0].name}",
    ]


def test_leaks_of_the_same_tests_are_told_of_at_once() -> None:
    results = [left(BASELINE), left(CELL, *(f"asyncio.name{number}" for number in range(9)))]
    assert told(results)[1] == "  ! 1  asyncio.name0, asyncio.name1, asyncio.name2 and 6 more leaks"


def test_a_long_list_says_how_much_it_leaves_out() -> None:
    tests = [f"t{number:02}" for number in range(20)]
    results = [left(BASELINE, test=test) for test in tests]
    results += [left(CELL, f"leak of {test}", test=test) for test in tests]
    lines = told(results)
    assert sum("leak of" in line for line in lines) == 8
    assert lines[-1].strip() == "and 12 more, which the document has"


def test_the_order_in_which_results_came_changes_nothing() -> None:
    cells = [subject_cell(), subject_cell("3.9.18")]
    results = [left(cell, HANDLER, "thread", test=test) for cell in (BASELINE, *cells) for test in "abcde"]
    results += [left(BASELINE, test="f"), *(left(cell, *"xyz", test="f") for cell in reversed(cells))]
    assert told(results, plan_of(*cells)) == told(results[::-1], plan_of(*cells))


def test_leaks_change_no_verdict() -> None:
    lines = rendered([judgement(Verdict.CONFORMANT)], results=[left(BASELINE), left(CELL, HANDLER)])
    assert lines[-2] == "All as expected: 1 cell, conformant 1 of 1."


def test_what_a_leak_is_named_cannot_act_on_the_terminal() -> None:
    assert r"  ! 1  thread \x1b[2J[red]" in told([left(BASELINE), left(CELL, "thread \x1b[2J[red]")])


def test_nothing_left_is_nothing_said() -> None:
    lines = rendered([judgement(Verdict.CONFORMANT)], results=[left(BASELINE), left(CELL)])
    assert not any(line.startswith("Left behind") for line in lines)
