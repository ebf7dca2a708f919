"""`diff` as a user meets it: its three forms, what it refuses, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from conformance.cli import commands
from conformance.errors import DocumentError, ExitStatus, UsageError
from conformance.records import Verdict
from conformance.report import Document, DocumentWriter
from programs_results import CELL as PROGRAMS_CELL
from programs_results import OTHER_CELL, difference, programs_of, saved
from results import CELL, GOOD, NOW, OTHER, OTHER_GOOD, TEST, document_of, judgement, plan_of

WORSE = judgement(Verdict.DIVERGENT, expected=False)


def write(path: Path, document: Document) -> Path:
    with DocumentWriter(path, document.header) as writer:
        for found in document.judgements:
            writer.judgement(found)
        if document.footer is not None:
            writer.finish(NOW, document.footer.exit_status)
    return path


def diff(*arguments: object) -> Result:
    done = CliRunner().invoke(commands, ["diff", *map(str, arguments)], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old.jsonl", document_of(GOOD, OTHER_GOOD, plan=plan_of(CELL, OTHER)))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write(tmp_path / "new.jsonl", document_of(WORSE))


def test_what_is_worse_and_what_was_not_run_is_shown(old: Path, new: Path) -> None:
    done = diff(old, new)
    assert done.return_value is ExitStatus.UNEXPECTED_VERDICT
    assert f"✗  {TEST}: conformant → divergent (unexpected)" in done.output
    assert f"NEW lacks 1 verdict, since the cell was not in its plan: {OTHER.name}." in done.output
    assert done.output.rstrip().endswith("1 worse; 0 the same, 1 not run in one of the two.")


def test_a_document_has_not_changed_from_itself(old: Path) -> None:
    done = diff(old, old)
    assert done.return_value is ExitStatus.AS_EXPECTED
    assert done.output.strip() == "No verdict changed; 2 the same."


def test_markdown_says_the_same(old: Path, new: Path) -> None:
    text = diff(old, new, "--format", "markdown").output
    assert "❌ **1 worse; 0 the same, 1 not run in one of the two.**" in text
    assert f"- <code>{TEST}</code>: conformant → divergent (unexpected), in <code>{CELL.name}</code>" in text


def test_markdown_shows_markup_as_it_stands(tmp_path: Path) -> None:
    name = "m.<b>|`@x`"
    old = write(tmp_path / "old.jsonl", document_of(evolve(GOOD, test=name)))
    new = write(tmp_path / "new.jsonl", document_of(evolve(WORSE, test=name)))
    assert "<code>m.&lt;b&gt;&#124;&#96;&#64;x&#96;</code>" in diff(old, new, "--format", "markdown").output


def test_json_has_each_change_by_itself(old: Path, new: Path) -> None:
    done = diff(old, new, "--format", "json")
    data = json.loads(done.output)
    assert (data["format"], data["status"], data["same"]) == (1, 1, 0)
    (change,) = data["changed"]
    assert (change["cell"], change["test"], change["direction"]) == (CELL.name, TEST, "worse")
    assert (change["old"]["verdict"], change["new"]["verdict"]) == ("conformant", "divergent")
    assert [(each["document"], each["cell"], each["tests"]) for each in data["not_run"]] == [
        ("NEW", OTHER.name, 1)
    ]


def test_of_many_tests_some_are_named(tmp_path: Path) -> None:
    many = [judgement(Verdict.CONFORMANT, test=f"test_{number}") for number in range(50)]
    old = write(tmp_path / "old.jsonl", document_of(*many))
    new = write(tmp_path / "new.jsonl", document_of(*(evolve(each, verdict=Verdict.FLAKY) for each in many)))
    assert "and 38 more tests" in diff(old, new).output


def test_documents_of_different_kinds_are_refused_by_name(tmp_path: Path, old: Path) -> None:
    fuzz = programs_of(tmp_path).path
    with pytest.raises(
        UsageError, match=rf"{old} is a document of run, and {fuzz} is one of fuzz\. Name two"
    ):
        diff(fuzz, old)


def test_a_document_that_is_not_there_is_said(tmp_path: Path, old: Path) -> None:
    with pytest.raises(DocumentError, match=r"none cannot be read: No such file or directory\. Name one"):
        diff(old, tmp_path / "none")


def programs(folder: Path, **new: object) -> tuple[Path, Path]:
    return programs_of(folder, "old.json").path, programs_of(folder, "new.json", **new).path


def test_a_difference_that_is_new_is_worse_and_one_that_went_is_better(tmp_path: Path) -> None:
    one, other = programs(tmp_path, status=1, differences=[difference()])
    done = diff(one, other)
    assert done.return_value is ExitStatus.UNEXPECTED_VERDICT
    assert (
        "✗  difference get_loop: new → old: conformant → divergent (unexpected), first program 1.17"
        in done.output
    )
    back = diff(other, one)
    assert back.return_value is ExitStatus.AS_EXPECTED
    assert "1 better; 2 the same." in back.output


def test_a_saved_program_that_differs_now_is_worse(tmp_path: Path) -> None:
    done = diff(*programs(tmp_path, status=1, saved={"loop-twice": saved(differs={PROGRAMS_CELL: "x"})}))
    assert done.return_value is ExitStatus.UNEXPECTED_VERDICT
    assert "saved program loop-twice: conformant → divergent (unexpected), x" in done.output


def test_a_promise_that_is_broken_now_is_worse(tmp_path: Path) -> None:
    broken = {
        "cell": PROGRAMS_CELL,
        "invariant": "once",
        "times": 2,
        "first": "program 1.2",
        "says": "not once",
    }
    done = diff(*programs(tmp_path, status=1, broken=[broken]))
    assert done.return_value is ExitStatus.UNEXPECTED_VERDICT
    assert "promise once: conformant → divergent (unexpected), not once" in done.output


def test_a_cell_that_only_one_campaign_judged_was_not_run_in_the_other(tmp_path: Path) -> None:
    done = diff(*programs(tmp_path, status=3, judged=[PROGRAMS_CELL], given_up={OTHER_CELL: "it died"}))
    assert f"NEW lacks 1 verdict, since it died: {OTHER_CELL}." in done.output


def test_other_programs_are_said_to_be_others(tmp_path: Path) -> None:
    output = " ".join(diff(*programs(tmp_path, seed=2)).output.split())
    assert "Other programs were drawn: seed 1 of Hypothesis 6.170.15, and seed 2 of 6.170.15." in output


def test_a_campaign_that_was_interrupted_is_not_known_whole(tmp_path: Path) -> None:
    done = diff(*programs(tmp_path, status=130, complete=False))
    assert done.return_value is ExitStatus.NOT_COMPLETED
