"""The report document: what is written is what is read, however the run ended."""

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Judgement, Missing, Outcome, Rate, Result, Shard, Subtest, Verdict
from conformance.report import DocumentWriter, Header, Hello, read_document
from results import CELL, PLAN, TEST, judgement, of_baseline, of_subject

NOW = datetime(2026, 11, 23, tzinfo=UTC).isoformat()
HEADER = Header(
    "0.1.0", NOW, ("run", "--jobs", "2"), PLAN, {"v3.11.7": {"Lib/test/test_asyncio/test_runners.py": "ae82"}}
)
UNMET = Unmet(1, "gone", Verdict.DIVERGENT, "was so", (CELL.name,))

EACH_TIME_THE_SAME = settings(derandomize=True, database=None, deadline=None)
TEXTS = st.text(st.characters())  # every code point there is, halves of surrogate pairs among them
RESULTS = st.builds(
    Result,
    cell=st.sampled_from([cell.name for cell in PLAN.cells]),
    test=TEXTS,
    outcome=st.sampled_from(Outcome),
    detail=TEXTS,
    seconds=st.floats(min_value=0, allow_infinity=False),
    exercised=st.sampled_from([True, False, None]),
    subtests=st.lists(st.builds(Subtest, TEXTS, st.sampled_from(Outcome), TEXTS), max_size=2).map(tuple),
    output=TEXTS,
    attempt=st.integers(1, 3),
    leaks=st.lists(TEXTS, max_size=2).map(tuple),
    cached=st.booleans(),
)
RATES = st.one_of(st.none(), st.builds(Rate, st.integers(0, 99), st.integers(1, 99)))


def of_json(text: str) -> str:
    """Return the text as JSON can say it: two halves of a pair, side by side, are the character they make."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def result_of_json(result: Result) -> Result:
    return evolve(
        result,
        test=of_json(result.test),
        detail=of_json(result.detail),
        output=of_json(result.output),
        leaks=tuple(map(of_json, result.leaks)),
        subtests=tuple(
            evolve(part, parameters=of_json(part.parameters), detail=of_json(part.detail))
            for part in result.subtests
        ),
    )


@EACH_TIME_THE_SAME
@given(
    st.lists(RESULTS, unique_by=lambda result: (result.cell, of_json(result.test), result.attempt)),
    TEXTS,
    RATES,
)
def test_whatever_a_test_writes_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, results: list[Result], reason: str, rate: Rate | None
) -> None:
    path = tmp_path_factory.mktemp("document") / "run.jsonl"
    judgements = [
        evolve(judgement(Verdict.DIVERGENT, test=result.test, subject=result, reason=reason), rate=rate)
        for result in results
        if result.cell == CELL.name and result.attempt == 1
    ]
    with DocumentWriter(path, HEADER) as writer:
        for result in results:
            writer.result(result)
        for found in judgements:
            writer.judgement(found)
    document = read_document(path)
    assert document.results[: len(results)] == tuple(map(result_of_json, results))
    assert [(found.subject, found.reason, found.rate) for found in document.judgements] == [
        (result_of_json(found.subject), of_json(reason), rate)
        for found in judgements
        if found.subject is not None
    ]


@pytest.mark.parametrize(("text", "read"), [("\udc80 [x]\0", "\udc80 [x]\0"), ("\ud83d\ude00", "\U0001f600")])
def test_half_a_surrogate_pair_comes_back_and_both_halves_as_their_character(
    tmp_path: Path, text: str, read: str
) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.result(of_baseline(Outcome.FAILED, detail=text))
    assert read_document(tmp_path / "run.jsonl").results[0].detail == read


def write_whole(path: Path) -> tuple[Judgement, ...]:
    conformant = judgement(Verdict.CONFORMANT, test="a")
    flaky = judgement(
        Verdict.FLAKY,
        expected=False,
        reason="failed at first, then passed",
        subject=of_subject(Outcome.FAILED),
        retried=of_subject(attempt=2),
    )
    unexercised = evolve(judgement(Verdict.UNEXERCISED, test="b"), subject=None)
    judgements = (conformant, flaky, unexercised)
    with DocumentWriter(path, HEADER) as writer:
        writer.hello(Hello(CELL.name, {"packages": {"uvloop": "0.23.0"}}))
        writer.result(of_baseline())
        for found in judgements:
            writer.judgement(found)
        writer.finish(NOW, ExitStatus.UNEXPECTED_VERDICT, [UNMET], [2, 4])
    return judgements


def test_a_finished_run_is_a_complete_document(tmp_path: Path) -> None:
    judgements = write_whole(tmp_path / "run.jsonl")
    document = read_document(tmp_path / "run.jsonl")
    assert document.complete
    assert document.header == HEADER
    assert document.hellos == (Hello(CELL.name, {"packages": {"uvloop": "0.23.0"}}),)
    assert document.judgements == judgements
    footer = document.footer
    assert footer is not None
    assert (footer.ended, footer.exit_status, footer.interrupted) == (
        NOW,
        ExitStatus.UNEXPECTED_VERDICT,
        False,
    )
    assert (footer.unmet, footer.met) == ((UNMET,), (2, 4))
    assert footer.counts == {
        CELL.name: {"conformant": 1, "divergent": 0, "flaky": 1, "inapplicable": 0, "unexercised": 1}
    }


def test_the_plan_comes_back_with_all_of_every_cell_and_with_what_was_missing(tmp_path: Path) -> None:
    plan = evolve(PLAN, missing=(Missing("3.9", "Install it."),))
    with DocumentWriter(tmp_path / "run.jsonl", evolve(HEADER, plan=plan)):
        pass
    assert read_document(tmp_path / "run.jsonl").header.plan == plan


def test_of_a_shard_the_whole_plan_comes_back_and_every_option(tmp_path: Path) -> None:
    whole = (*(cell.name for cell in PLAN.cells), "another cell")
    header = evolve(HEADER, shard=Shard(2, 3), whole=whole, pattern="*run*", repeat=10, shuffle=0)
    with DocumentWriter(tmp_path / "run.jsonl", header):
        pass
    assert read_document(tmp_path / "run.jsonl").header == header


def test_a_header_without_more_is_of_a_whole_run_that_was_neither_filtered_nor_repeated() -> None:
    assert (HEADER.shard, HEADER.pattern, HEADER.repeat, HEADER.shuffle) == (None, None, 1, None)
    assert HEADER.whole == tuple(cell.name for cell in PLAN.cells)
    assert not HEADER.filtered
    assert evolve(HEADER, pattern="").filtered


def test_later_keys_add_to_earlier_ones(tmp_path: Path) -> None:
    baseline, subject = (cell.name for cell in PLAN.cells)
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        assert read_document(tmp_path / "run.jsonl").keys == {}
        writer.keys({baseline: "1", subject: "2"})
        writer.keys({subject: "3"})
    assert read_document(tmp_path / "run.jsonl").keys == {baseline: "1", subject: "3"}


def test_each_line_is_json_in_ascii_and_says_what_it_is(tmp_path: Path) -> None:
    write_whole(tmp_path / "run.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("ascii").splitlines()]
    assert lines[0]["format"] == 3
    assert lines[0]["plan"]["cells"][1]["name"] == CELL.name
    assert [line["type"] for line in lines] == [
        *("header", "cell", "result"),
        *("result", "result", "verdict"),
        *("result", "result", "verdict"),
        *("result", "verdict"),
        "footer",
    ]


def test_a_verdict_names_its_results_and_repeats_nothing_of_them(tmp_path: Path) -> None:
    write_whole(tmp_path / "run.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("ascii").splitlines()]
    flaky = next(line for line in lines if line.get("verdict") == "flaky")
    assert flaky["subject"] == {"cell": CELL.name, "test": TEST, "attempt": 1}
    assert flaky["retried"] == {"cell": CELL.name, "test": TEST, "attempt": 2}
    assert flaky.keys() == {
        "type",
        "cell",
        "test",
        "verdict",
        "expected",
        "reason",
        "baseline",
        "subject",
        "retried",
        "rate",
    }


def test_of_the_lock_only_the_suites_files_are_kept() -> None:
    own = {"Lib/test/test_asyncio/test_tasks.py": "9900", "Lib/unittest/async_case.py": "bd2a"}
    others = {"Lib/test/support/__init__.py": "1234", "Lib/test/test_asyncio/utils.py": "9e23"}
    assert evolve(HEADER, lock={"v3.11.7": {**own, **others}}).lock == {"v3.11.7": own}


def test_each_line_is_on_disk_before_the_next_step(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.result(of_baseline())
        assert read_document(tmp_path / "run.jsonl").results == (of_baseline(),)


def test_a_run_that_an_exception_ended_leaves_a_readable_incomplete_document(tmp_path: Path) -> None:
    def fail() -> None:
        with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
            writer.result(of_baseline())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    document = read_document(tmp_path / "run.jsonl")
    assert (document.complete, document.footer, document.results) == (False, None, (of_baseline(),))


def test_an_interrupted_run_has_a_footer_that_says_so_and_is_not_complete(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.judgement(judgement(Verdict.CONFORMANT))
        written = writer.interrupt(NOW)
    document = read_document(tmp_path / "run.jsonl")
    assert document.footer == written
    assert (written.interrupted, written.exit_status) == (True, ExitStatus.INTERRUPTED)
    assert not document.complete


def test_wherever_a_run_was_killed_what_was_finished_is_read(tmp_path: Path) -> None:
    write_whole(tmp_path / "whole.jsonl")
    whole = (tmp_path / "whole.jsonl").read_bytes()
    header = whole.index(b"\n") + 1
    results = read_document(tmp_path / "whole.jsonl").results
    ends = {at + near for at, byte in enumerate(whole) if byte in b"\n{}" for near in (-1, 0, 1)}
    # Without its last line's end alone a document has lost nothing.
    for end in sorted(end for end in ends if header <= end < len(whole) - 1):
        (tmp_path / "cut.jsonl").write_bytes(whole[:end])
        document = read_document(tmp_path / "cut.jsonl")
        assert not document.complete
        assert document.results == results[: len(document.results)]
        ended = [line for line in whole[:end].splitlines(keepends=True) if line.endswith(b"\n")]
        assert len(document.results) >= sum(line.startswith(b'{"type": "result"') for line in ended)


def test_a_document_that_an_editor_took_the_last_line_s_end_from_is_complete(tmp_path: Path) -> None:
    write_whole(tmp_path / "run.jsonl")
    (tmp_path / "run.jsonl").write_bytes((tmp_path / "run.jsonl").read_bytes().rstrip())
    assert read_document(tmp_path / "run.jsonl").complete


def test_the_same_result_twice_is_our_own_defect_and_not_written(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.result(of_baseline())
        with pytest.raises(ValueError, match="two results of"):
            writer.result(of_baseline(Outcome.FAILED))
    assert read_document(tmp_path / "run.jsonl").results == (of_baseline(),)


def test_threads_do_not_write_into_each_other_s_lines(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:

        def write(name: str) -> None:
            for number in range(50):
                writer.result(of_baseline(test=f"{name}{number}", detail="x" * 5000))

        threads = [Thread(target=write, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(read_document(tmp_path / "run.jsonl").results) == 200
