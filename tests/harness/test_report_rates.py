"""How steady the tests of a repeated run were, as it is read."""

from attrs import evolve

from conformance.records import Judgement, Outcome, Rate, Result, Verdict
from results import CELL, PLAN, TEST, judgement, of_baseline, plan_of, subject_cell
from test_report_terminal import rendered, section


def flaky(passed: int, *others: str, test: str = TEST, expected: bool = False, runs: int = 10) -> Judgement:
    reason = ", ".join([f"passed {passed} of {runs}", *others])
    found = judgement(Verdict.FLAKY, test=test, expected=expected, reason=reason)
    return evolve(found, rate=Rate(passed, runs))


def steady(test: str = TEST, verdict: Verdict = Verdict.CONFORMANT, runs: int = 10) -> Judgement:
    return evolve(judgement(verdict, test=test), rate=Rate(runs, runs))


def test_the_worst_test_stands_first_with_its_rate_and_what_else_came_of_it() -> None:
    found = [flaky(9, "failed 1", test="b"), flaky(0, "crashed 4", "failed 6", test="c"), steady("a")]
    assert section(rendered(found), "Not steady") == [
        "0 of 10  c: crashed 4, failed 6",
        f"         in {CELL.name}",
        "9 of 10  b: failed 1",
        f"         in {CELL.name}",
    ]


def test_cells_with_the_same_rate_are_told_of_at_once() -> None:
    cells = [subject_cell(version) for version in ("3.8.18", "3.9.18", "3.10.13")]
    rates = [flaky(9, "failed 1"), flaky(7, "failed 3"), flaky(9, "failed 1")]
    found = [evolve(rate, cell=cell.name) for rate, cell in zip(rates, cells, strict=True)]
    assert section(rendered(found, plan_of(*cells), width=120), "Not steady") == [
        f"7 of 10  {TEST}: failed 3",
        f"         in {cells[1].name}",
        f"9 of 10  {TEST}: failed 1",
        f"         in {cells[0].name}, {cells[2].name}",
    ]


def test_what_was_declared_flaky_is_told_of_as_declared() -> None:
    declared = evolve(flaky(9, "failed 1", expected=True), reason="a slow clock; passed 9 of 10, failed 1")
    lines = rendered([declared])
    assert section(lines, "Not steady")[0] == f"9 of 10  {TEST}: failed 1, as declared"
    # The rate is another one in each cell, and stands there.
    assert section(lines, "Divergent or flaky as declared")[0] == f"flaky  {TEST}: a slow clock"


def test_a_baseline_that_is_not_steady_is_named_as_what_is_not() -> None:
    unsteady = evolve(flaky(10), reason="the baseline passed 9 of 10")
    assert section(rendered([unsteady]), "Not steady")[0] == f"10 of 10  {TEST}: the baseline passed 9 of 10"


def test_a_baseline_that_is_not_steady_is_told_of_where_the_subject_did_not_run() -> None:
    failed = of_baseline(Outcome.FAILED)
    unsteady = Judgement(
        CELL.name, TEST, Verdict.FLAKY, failed, None, expected=False, reason="the baseline passed 9 of 10"
    )
    lines = section(rendered([unsteady, steady("a")]), "Not steady")
    assert lines[0] == f"not run  {TEST}: the baseline passed 9 of 10"


def test_a_subject_that_is_not_steady_is_told_of_where_no_verdict_depends_on_it() -> None:
    found = evolve(steady(verdict=Verdict.INAPPLICABLE), rate=Rate(7, 10))
    lines = rendered([found])
    assert section(lines, "Not steady")[0] == f"7 of 10  {TEST}: inapplicable"
    assert lines[-3] == "1 test ran 10 times: 1 not steady."


def test_a_long_list_says_how_much_it_leaves_out() -> None:
    found = [flaky(9, "failed 1", test=f"t{number}") for number in range(30)]
    lines = section(rendered(found, tracebacks=1), "Not steady")
    assert sum(line.startswith("9 of 10") for line in lines) == 25
    assert lines[-1].strip() == "and 5 more, which the document has"


def test_a_steady_run_says_so_in_one_line() -> None:
    lines = rendered([steady(str(number)) for number in range(1200)])
    assert lines[-3:] == [
        "1,200 tests ran 10 times each: all steady.",
        "All as expected: 1 cell, conformant 1,200 of 1,200.",
        "",
    ]
    assert not any(line.startswith("Not steady") for line in lines)


def test_what_diverged_in_all_of_its_runs_is_steady() -> None:
    diverged = evolve(judgement(Verdict.DIVERGENT, reason="known"), rate=Rate(0, 10))
    assert rendered([diverged])[-3] == "1 test ran 10 times: all steady."


def test_the_line_counts_what_was_not_steady_of_what_ran() -> None:
    not_run = Judgement(CELL.name, "unexercised", Verdict.UNEXERCISED, of_baseline(), None)
    lines = rendered([flaky(9, "failed 1"), steady("a"), not_run], PLAN)
    assert "2 tests ran 10 times each: 1 not steady." in lines


def test_runs_that_were_not_repeated_alike_say_how_often_each_was() -> None:
    assert rendered([steady("a", runs=3), steady("b", runs=10)])[-3] == (
        "2 tests ran 3 to 10 times each: all steady."
    )


def test_a_run_of_once_says_nothing_of_rates() -> None:
    twice = judgement(
        Verdict.FLAKY,
        expected=False,
        subject=Result(CELL.name, TEST, Outcome.FAILED),
        retried=Result(CELL.name, TEST, Outcome.PASSED, attempt=2),
    )
    assert not any("steady" in line for line in rendered([twice, judgement(Verdict.CONFORMANT, test="a")]))
