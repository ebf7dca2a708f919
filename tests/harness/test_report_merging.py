"""Several documents as one: all that they hold, no less called whole, and no contradiction passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conformance.errors import DocumentError, ExitStatus
from conformance.judge import Unmet
from conformance.records import Missing, Plan, Shard, Verdict
from conformance.report import Document, Hello, Merged, merge
from results import (
    BAD,
    CELL,
    GOOD,
    LOCK,
    NOW,
    OTHER,
    OTHER_GOOD,
    PLAN,
    UVLOOP,
    WHOLE,
    document_of,
    judgement,
    part_of,
    plan_of,
    subject_cell,
)

LATER = "2026-11-23T00:01:00+00:00"


def merged(*documents: Document) -> Merged:
    """Return the documents merged; they are called a.jsonl, b.jsonl and so on."""
    return merge(
        [(Path(f"{name}.jsonl"), document) for name, document in zip("abcdef", documents, strict=False)]
    )


def test_a_document_alone_is_what_it_was() -> None:
    document = document_of(GOOD, BAD)
    assert merged(document) == Merged(document, ExitStatus.AS_EXPECTED, ())


@pytest.mark.parametrize(
    ("document", "status"),
    [(document_of(GOOD, footer=False), None), (document_of(GOOD, interrupted=True), ExitStatus.AS_EXPECTED)],
)
def test_an_incomplete_document_alone_keeps_its_status_and_is_named(
    document: Document, status: ExitStatus | None
) -> None:
    whole = merged(document)
    assert (whole.document, whole.status) == (document, status)
    assert whole.lacking == (
        "a.jsonl is incomplete: its run did not come to its end. Finish it with 'python -m conformance run --resume a.jsonl'.",
    )


@pytest.mark.parametrize("incomplete", [{"footer": False}, {"interrupted": True}])
def test_an_incomplete_document_among_others_is_named_and_the_rest_is_there(
    incomplete: dict[str, Any],
) -> None:
    whole = merged(document_of(GOOD), document_of(OTHER_GOOD, plan=plan_of(OTHER), **incomplete))
    assert whole.status is ExitStatus.NOT_COMPLETED
    assert whole.missing == ()
    assert whole.lacking == (
        "b.jsonl is incomplete: its run did not come to its end. Finish it with 'python -m conformance run --resume b.jsonl'.",
    )
    assert whole.document.judgements == (GOOD, OTHER_GOOD)
    assert not whole.document.complete


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((1, 3), "shard 2/3 is missing. Name the document of each."),
        ((1,), "shards 2/3, 3/3 are missing. Name the document of each."),
        ((2,), "shards 1/3, 3/3 are missing. Name the document of each."),
    ],
)
def test_a_missing_shard_is_named_and_the_rest_is_there(numbers: tuple[int, ...], sentence: str) -> None:
    parts = [part_of(number, unmet=[UNMET]) for number in numbers]
    whole = merged(*parts)
    assert [shard.number for shard in whole.missing] == sorted({1, 2, 3} - {*numbers})
    assert (whole.status, whole.lacking) == (ExitStatus.NOT_COMPLETED, (sentence,))
    assert {*whole.document.judgements} == {found for part in parts for found in part.judgements}
    assert not whole.document.complete


def test_of_many_missing_shards_some_are_named() -> None:
    (sentence,) = merged(part_of(1, 1000)).lacking
    assert sentence.startswith("shards 2/1000, 3/1000, ")
    assert "and 993 more shards are missing" in sentence


def test_a_cell_that_no_shard_has_is_named() -> None:
    empty = document_of(plan=Plan(()), shard=Shard(2, 2), whole=WHOLE)
    (sentence,) = merged(part_of(1, 2), empty).lacking
    assert sentence == f"no shard has {WHOLE[1]}, {WHOLE[-1]}. Run all shards with one version."


def test_documents_of_two_loops_and_interpreters_are_one_run_with_the_baselines_first() -> None:
    on_uvloop = subject_cell(loop=UVLOOP)
    found = judgement(Verdict.CONFORMANT, on_uvloop)
    first = document_of(OTHER_GOOD, plan=plan_of(OTHER))
    second = document_of(GOOD, found, plan=plan_of(CELL, on_uvloop))
    whole = merged(first, second)
    assert whole.status is ExitStatus.AS_EXPECTED
    names = [cell.name for cell in whole.document.header.plan.cells]
    assert names == [
        "runners/native/3.11.7/asyncio",
        "runners/native/3.11.7/uvloop",
        "runners/runner_backport/3.9.18/asyncio",
        "runners/runner_backport/3.8.18/asyncio",
        "runners/runner_backport/3.8.18/uvloop",
    ]
    assert whole.document.header.whole == tuple(names)
    assert whole.document.judgements == (OTHER_GOOD, GOOD, found)


def test_what_one_machine_lacks_and_another_has_is_not_missing() -> None:
    lacking = [Missing("3.8", "Install it."), Missing("3.9", "Install it."), Missing("3.10", "Install it.")]
    first = document_of(GOOD, plan=evolve(PLAN, missing=tuple(lacking[1:])))
    advice = Missing("3.10", "Other advice.")
    second = document_of(OTHER_GOOD, plan=evolve(plan_of(OTHER), missing=(lacking[0], advice)))
    assert merged(first, second).document.header.plan.missing == (lacking[2],)


def test_a_shared_result_is_kept_once_and_each_verdict_keeps_its_own_baseline() -> None:
    slow = evolve(OTHER_GOOD, baseline=evolve(OTHER_GOOD.baseline, seconds=9.0))
    whole = merged(document_of(GOOD), document_of(slow, plan=plan_of(OTHER))).document
    assert [result.seconds for result in whole.results if result.cell == GOOD.baseline.cell] == [0.0]
    assert whole.judgements == (GOOD, slow)


def test_a_file_that_is_named_twice_is_refused() -> None:
    one = Path("a.jsonl"), document_of(GOOD)
    with pytest.raises(DocumentError, match=r"a\.jsonl is named twice\. Name each document once\."):
        merge([one, (Path("b.jsonl"), document_of(OTHER_GOOD, plan=plan_of(OTHER))), one])


def test_a_shard_of_which_there_are_two_documents_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"a\.jsonl and c\.jsonl are both of shard 3/3\. Name the one"):
        merged(part_of(3), part_of(2), part_of(3))


def test_cells_that_two_documents_judge_are_refused_by_name() -> None:
    one, other = document_of(GOOD, OTHER_GOOD, plan=plan_of(CELL, OTHER)), document_of(GOOD)
    with pytest.raises(DocumentError, match=rf"a\.jsonl and b\.jsonl both judge {CELL.name}\. Name the one"):
        merged(one, other)


def test_a_cell_that_one_document_has_planned_and_not_judged_may_be_judged_by_another() -> None:
    whole = merged(document_of(GOOD), document_of(OTHER_GOOD, plan=plan_of(CELL, OTHER)))
    assert whole.document.judgements == (GOOD, OTHER_GOOD)


def test_hellos_and_keys_of_all_are_there_and_the_first_key_of_a_shared_cell_counts() -> None:
    shared = PLAN.cells[0].name
    first = evolve(document_of(GOOD), hellos=(Hello(CELL.name, {}),), keys={CELL.name: "1", shared: "2"})
    second = evolve(
        document_of(OTHER_GOOD, plan=plan_of(OTHER)), hellos=(Hello(OTHER.name, {}),), keys={shared: "3"}
    )
    whole = merged(first, second).document
    assert whole.hellos == (*first.hellos, *second.hellos)
    assert whole.keys == {CELL.name: "1", shared: "2"}


def test_the_time_of_the_whole_is_from_the_first_beginning_to_the_last_end() -> None:
    late = document_of(OTHER_GOOD, plan=plan_of(OTHER), started=LATER)
    assert late.footer is not None
    whole = merged(evolve(late, footer=evolve(late.footer, ended=LATER)), document_of(GOOD)).document
    assert whole.footer is not None
    assert (whole.header.started, whole.footer.ended) == (NOW, LATER)


UNMET = Unmet(3, "gone", Verdict.DIVERGENT, "was so", (CELL.name,))
UNMET_THERE = evolve(UNMET, cells=(OTHER.name,))


def test_an_expectation_that_no_document_has_a_test_for_is_unmet_in_the_cells_of_all() -> None:
    whole = merged(
        document_of(OTHER_GOOD, plan=plan_of(OTHER), unmet=[UNMET_THERE]), document_of(GOOD, unmet=[UNMET])
    )
    assert whole.status is ExitStatus.UNEXPECTED_VERDICT
    assert whole.document.footer is not None
    assert whole.document.footer.unmet == (evolve(UNMET, cells=(OTHER.name, CELL.name)),)


def test_an_expectation_that_one_document_has_a_test_for_is_met() -> None:
    whole = merged(
        document_of(GOOD, unmet=[UNMET], met=[1]),
        document_of(OTHER_GOOD, plan=plan_of(OTHER), met=[3]),
    )
    assert whole.status is ExitStatus.AS_EXPECTED
    assert whole.document.footer is not None
    assert (whole.document.footer.unmet, whole.document.footer.met) == ((), (1, 3))


@pytest.mark.parametrize("second", [{"met": [3]}, {}])
def test_documents_judged_by_other_expectations_are_not_all_as_expected(second: dict[str, Any]) -> None:
    one = document_of(GOOD, unmet=[UNMET], expectations="one")
    other = document_of(OTHER_GOOD, plan=plan_of(OTHER), expectations="other", **second)
    with pytest.raises(DocumentError, match=r"a\.jsonl and b\.jsonl were judged by different expectations"):
        merged(one, other)


def test_a_cell_in_which_nothing_was_proved_is_lacking_in_the_whole_too() -> None:
    idle = judgement(Verdict.INAPPLICABLE, OTHER)
    whole = merged(document_of(GOOD), document_of(idle, plan=plan_of(OTHER)))
    assert whole.status is ExitStatus.NOT_COMPLETED


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        (
            document_of(pattern="x"),
            "a.jsonl and b.jsonl are of runs with different options: -k was not given and 'x'.",
        ),
        (
            document_of(repeat=3),
            "a.jsonl and b.jsonl are of runs with different options: --repeat was '1' and '3'.",
        ),
        (
            document_of(shuffle=0),
            "a.jsonl and b.jsonl are of runs with different options: --shuffle was not given and '0'.",
        ),
        (
            document_of(shard=Shard(1, 2)),
            "a.jsonl and b.jsonl are no parts of one whole: the one is no shard, the other shard 1/2.",
        ),
        (
            document_of(lock={"v3.11.7": {"Lib/test/test_asyncio/test_runners.py": "0000"}}),
            "a.jsonl and b.jsonl are of different upstream files of v3.11.7.",
        ),
        (
            document_of(lock={**LOCK, "v3.9.18": {}, "v3.9.20": {}}),
            "a.jsonl and b.jsonl are of different upstream files of v3.9.18, v3.9.20.",
        ),
        (
            document_of(expectations="another digest"),
            "a.jsonl and b.jsonl were judged by different expectations. Run both with the same",
        ),
    ],
)
def test_documents_that_contradict_each_other_are_refused_by_name(other: Document, complaint: str) -> None:
    with pytest.raises(DocumentError) as caught:
        merged(document_of(GOOD, BAD, unmet=[UNMET]), other)
    assert complaint in str(caught.value)
    assert caught.value.advice


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        (part_of(2, 4), "no parts of one whole: the one is shard 1/3, the other shard 2/4."),
        (
            document_of(shard=Shard(2, 3), whole=(*WHOLE, "more")),
            "a.jsonl and b.jsonl are shards of different plans: only one has more.",
        ),
        (
            document_of(shard=Shard(2, 3), whole=WHOLE[::-1]),
            "a.jsonl and b.jsonl are shards of different plans: their cells are in another order.",
        ),
    ],
)
def test_shards_of_different_wholes_are_refused(other: Document, complaint: str) -> None:
    with pytest.raises(DocumentError) as caught:
        merged(part_of(1), other)
    assert complaint in str(caught.value)
