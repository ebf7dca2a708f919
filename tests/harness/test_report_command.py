"""The report command: one document or several, on the terminal and by its exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from attrs import evolve

from conformance.cli import commands
from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Verdict
from conformance.report import Document, DocumentWriter
from results import CELL, GOOD, NOW, document_of, judgement, of_subject, part_of

DOCUMENT = document_of(GOOD)


def write(folder: Path, name: str, document: Document) -> str:
    path = folder / name
    with DocumentWriter(path, document.header) as writer:
        for found in document.judgements:
            writer.judgement(found)
        if document.footer is not None:
            writer.finish(NOW, document.footer.exit_status, document.footer.unmet, document.footer.met)
    return str(path)


def reported(*arguments: object) -> ExitStatus:
    status = commands.main(["report", *map(str, arguments)], standalone_mode=False)
    assert isinstance(status, ExitStatus)
    return status


def test_report_shows_all_documents_in_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [write(tmp_path, f"{number}.jsonl", part_of(number)) for number in (1, 2, 3)]
    assert reported(*paths) is ExitStatus.AS_EXPECTED
    said = capsys.readouterr()
    assert "All as expected: 3 cells, conformant 3 of 3." in said.out
    assert said.err == ""


def test_report_says_what_is_lacking_and_shows_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write(tmp_path, "1.jsonl", part_of(1))
    second = write(tmp_path, "2.jsonl", evolve(part_of(2), footer=None))
    assert reported(first, second) is ExitStatus.NOT_COMPLETED
    said = capsys.readouterr()
    assert "Not completed, without shard 3/3: 3 cells, conformant 3 of 3." in said.out
    assert said.err == (
        f"conformance: {second} is incomplete: its run did not come to its end. Finish it "
        f"with 'python -m conformance run --resume {second}'.\n"
        "conformance: shard 3/3 is missing. Name the document of each.\n"
    )


def test_report_of_one_document_keeps_the_status_that_its_run_had(tmp_path: Path) -> None:
    assert reported(write(tmp_path, "run.jsonl", document_of(GOOD))) is ExitStatus.AS_EXPECTED
    assert reported(write(tmp_path, "cut.jsonl", document_of(GOOD, footer=False))) is ExitStatus.NOT_COMPLETED


def test_report_of_no_document_is_wrong_usage() -> None:
    with pytest.raises(click.UsageError) as caught:
        reported()
    assert caught.value.format_message().startswith("Missing argument 'FILE...'")


def stale(folder: Path, name: str, document: Document = DOCUMENT, **header: Any) -> str:
    """Write a document of a run that left an expectation without a test."""
    assert document.footer is not None
    unmet = (Unmet(4, "gone", Verdict.FLAKY, "was so", (CELL.name,)),)
    footer = evolve(document.footer, unmet=unmet, exit_status=ExitStatus.UNEXPECTED_VERDICT)
    return write(folder, name, evolve(document, header=evolve(document.header, **header), footer=footer))


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if "expectations update" in line]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("run",), ""),
        (("run", "-k", "x", "--config=own.toml"), " --config own.toml"),
        (
            ("run", "--no-cache", "--config=own.toml", "--expectations=of mine.toml"),
            " --expectations 'of mine.toml' --config own.toml",
        ),
    ],
)
def test_the_command_that_renews_is_about_the_files_that_the_run_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], options: str
) -> None:
    path = stale(tmp_path, "run.jsonl", arguments=arguments)
    reported(path)
    assert told(capsys) == [
        f"To take such entries out: python -m conformance expectations update {path}{options}"
    ]


def test_the_command_that_renews_has_all_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [stale(tmp_path, f"{number}.jsonl", part_of(number)) for number in (1, 2, 3)]
    reported(*paths)
    assert told(capsys) == [
        f"To take such entries out: python -m conformance expectations update {' '.join(paths)}"
    ]


def test_nothing_is_to_be_renewed_by_some_tests_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reported(stale(tmp_path, "filtered.jsonl", pattern="x"))
    assert told(capsys) == []


@pytest.mark.parametrize("complete", [True, False])
def test_only_by_a_whole_run_something_is_to_be_renewed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], complete: bool
) -> None:
    untrue = judgement(Verdict.CONFORMANT, expected=False, reason="declared divergent in entry 1: known")
    reported(write(tmp_path, "run.jsonl", document_of(untrue, footer=complete)))
    assert bool(told(capsys)) is complete


def test_report_tells_of_all_results_and_not_of_those_alone_that_verdicts_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.jsonl"
    with DocumentWriter(path, DOCUMENT.header) as writer:
        writer.judgement(GOOD)
        writer.result(evolve(of_subject(attempt=7), leaks=("thread x",)))
        writer.finish(NOW, ExitStatus.AS_EXPECTED)
    reported(str(path))
    assert "thread x" in capsys.readouterr().out


def test_report_of_an_empty_shard_names_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reported(write(tmp_path, "3.jsonl", part_of(3))) is ExitStatus.NOT_COMPLETED
    closing = "Not completed, without shards 1/3, 2/3: nothing is in this part of the plan."
    assert closing in capsys.readouterr().out
