"""Which verdicts changed between two documents of runs: what is worse, what was not run, and what is merely new or gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conformance.errors import ExitStatus
from conformance.records import Judgement, Shard, Verdict
from conformance.report import Document, Hello
from conformance.report.changes import Changes, Direction, NotRun, find_changes
from results import BAD, CELL, GOOD, OTHER, OTHER_GOOD, TEST, WHOLE, document_of, judgement, part_of, plan_of


def changes(old: Document, new: Document) -> Changes:
    return find_changes((Path("old.jsonl"), old), (Path("new.jsonl"), new))


def of(verdict: Verdict, expected: bool = True, **more: Any) -> Judgement:
    return judgement(verdict, expected=expected, **more)


GRAVER = [
    (Verdict.CONFORMANT, Verdict.DIVERGENT),
    (Verdict.CONFORMANT, Verdict.FLAKY),
    (Verdict.CONFORMANT, Verdict.INAPPLICABLE),
    (Verdict.CONFORMANT, Verdict.UNEXERCISED),
    (Verdict.FLAKY, Verdict.DIVERGENT),
    (Verdict.INAPPLICABLE, Verdict.DIVERGENT),
    (Verdict.UNEXERCISED, Verdict.FLAKY),
]


@pytest.mark.parametrize(("old", "new"), GRAVER)
def test_a_graver_verdict_is_worse_also_where_it_is_declared(old: Verdict, new: Verdict) -> None:
    found = changes(document_of(of(old)), document_of(of(new)))
    assert [each.direction for each in found.changed] == [Direction.WORSE]
    assert found.status is ExitStatus.UNEXPECTED_VERDICT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Verdict.DIVERGENT, Verdict.CONFORMANT),
        (Verdict.INAPPLICABLE, Verdict.CONFORMANT),
        (Verdict.DIVERGENT, Verdict.FLAKY),
    ],
)
def test_a_lighter_verdict_is_better(old: Verdict, new: Verdict) -> None:
    found = changes(document_of(of(old)), document_of(of(new)))
    assert [each.direction for each in found.changed] == [Direction.BETTER]
    assert found.status is ExitStatus.AS_EXPECTED


@pytest.mark.parametrize(
    ("old", "new"), [(Verdict.DIVERGENT, Verdict.INAPPLICABLE), (Verdict.INAPPLICABLE, Verdict.UNEXERCISED)]
)
def test_what_nothing_is_proved_by_any_more_is_neither(old: Verdict, new: Verdict) -> None:
    found = changes(document_of(of(old)), document_of(of(new)))
    assert [each.direction for each in found.changed] == [Direction.OTHER]
    assert found.status is ExitStatus.AS_EXPECTED


@pytest.mark.parametrize(
    ("before", "after", "direction"), [(True, False, Direction.WORSE), (False, True, Direction.BETTER)]
)
def test_what_is_expected_or_not_any_more_is_a_change(
    before: bool, after: bool, direction: Direction
) -> None:
    found = changes(document_of(of(Verdict.DIVERGENT, before)), document_of(of(Verdict.DIVERGENT, after)))
    assert [each.direction for each in found.changed] == [direction]


def test_the_same_verdict_is_no_change_whatever_its_reason() -> None:
    found = changes(
        document_of(of(Verdict.DIVERGENT, reason="a")), document_of(of(Verdict.DIVERGENT, reason="b"))
    )
    assert (found.changed, found.same) == ((), 1)
    assert found.status is ExitStatus.AS_EXPECTED


def test_a_test_of_the_same_name_in_another_cell_is_another_one() -> None:
    old = document_of(GOOD, OTHER_GOOD, plan=plan_of(CELL, OTHER))
    new = document_of(GOOD, judgement(Verdict.DIVERGENT, OTHER), plan=plan_of(CELL, OTHER))
    assert [(each.cell, each.test) for each in changes(old, new).changed] == [(OTHER.name, TEST)]


def test_a_test_that_is_new_or_gone_is_no_change_for_the_worse() -> None:
    one = judgement(Verdict.DIVERGENT, test="one")
    found = changes(document_of(GOOD, one), document_of(GOOD, evolve(one, test="two")))
    assert [(each.test, each.old, each.new and each.new.verdict) for each in found.came] == [
        ("two", None, "divergent")
    ]
    assert [(each.test, each.old and each.old.verdict, each.new) for each in found.gone] == [
        ("one", "divergent", None)
    ]
    assert (found.not_run, found.status) == ((), ExitStatus.AS_EXPECTED)


def test_a_new_test_that_nobody_expected_to_end_so_is_worse() -> None:
    found = changes(document_of(GOOD), document_of(GOOD, BAD))
    assert [each.test for each in found.worse] == ["bad"]
    assert found.status is ExitStatus.UNEXPECTED_VERDICT


BOTH = document_of(GOOD, OTHER_GOOD, plan=plan_of(CELL, OTHER))


def test_a_cell_that_only_one_has_was_not_run_in_the_other() -> None:
    found = changes(BOTH, document_of(GOOD))
    assert found.not_run == (NotRun("NEW", OTHER.name, 1, "the cell was not in its plan"),)
    assert changes(document_of(GOOD), BOTH).not_run[0].document == "OLD"
    assert (found.gone, found.status) == ((), ExitStatus.AS_EXPECTED)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (document_of(GOOD, pattern="run"), "it ran only tests that match 'run'"),
        (document_of(GOOD, footer=False), "its run did not come to its end"),
        (document_of(GOOD, interrupted=True), "its run did not come to its end"),
    ],
)
def test_a_test_that_a_run_did_not_come_to_is_not_gone(new: Document, why: str) -> None:
    found = changes(document_of(GOOD, of(Verdict.CONFORMANT, test="other")), new)
    assert found.gone == ()
    assert found.not_run == (NotRun("NEW", CELL.name, 1, why),)


def test_a_cell_of_which_nothing_was_judged_was_not_run() -> None:
    found = changes(BOTH, document_of(GOOD, plan=plan_of(CELL, OTHER)))
    assert found.not_run == (NotRun("NEW", OTHER.name, 1, "nothing was judged in the cell"),)


def test_a_cell_of_another_shard_is_said_to_be_so() -> None:
    found = changes(part_of(1), document_of(OTHER_GOOD, plan=plan_of(OTHER), shard=Shard(2, 3), whole=WHOLE))
    assert found.not_run == (NotRun("NEW", CELL.name, 1, "it is of shard 2/3, which does not have the cell"),)


def test_an_incomplete_document_leaves_open_whether_anything_is_worse() -> None:
    found = changes(document_of(GOOD), document_of(GOOD, footer=False))
    assert found.incomplete == ("NEW, new.jsonl, is incomplete: what its run did not come to is not known.",)
    assert found.status is ExitStatus.NOT_COMPLETED


def test_what_is_worse_counts_also_in_an_incomplete_document() -> None:
    found = changes(document_of(GOOD), document_of(of(Verdict.DIVERGENT), footer=False))
    assert found.status is ExitStatus.UNEXPECTED_VERDICT


def test_documents_without_a_test_in_common_say_nothing_of_changes() -> None:
    found = changes(document_of(GOOD), document_of(OTHER_GOOD, plan=plan_of(OTHER)))
    assert (found.in_common, found.status) == (0, ExitStatus.NOT_COMPLETED)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ({"version": "0.2.0"}, "The conformance tool was 0.1.0 and is 0.2.0."),
        ({"lock": {}}, "The upstream files are others: v3.11.7."),
        ({"expectations": "other"}, "The declared verdicts are others."),
        ({"repeat": 3}, "Each test ran 1 time and then 3 times."),
    ],
)
def test_what_else_is_not_the_same_is_said(new: dict[str, Any], sentence: str) -> None:
    assert changes(document_of(GOOD), document_of(GOOD, **new)).circumstances == (sentence,)


def test_a_package_of_another_version_is_said() -> None:
    old, new = (
        evolve(document_of(GOOD), hellos=(Hello(CELL.name, {"packages": {"uvloop": version, "peer": "1"}}),))
        for version in ("0.21.0", "0.23.0")
    )
    assert changes(old, new).circumstances == ("uvloop was 0.21.0 and is 0.23.0.",)
