"""The report command: one document or several, on the terminal and by its exit status."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from attrs import evolve

from conformance.cli import commands
from conformance.errors import ExitStatus
from conformance.report import Document, DocumentWriter
from results import GOOD, NOW, document_of, part_of


def write(folder: Path, name: str, document: Document) -> str:
    path = folder / name
    with DocumentWriter(path, document.header) as writer:
        for found in document.judgements:
            writer.judgement(found)
        if document.footer is not None:
            writer.finish(NOW, document.footer.exit_status, document.footer.unmet, document.footer.met)
    return str(path)


def reported(*paths: str) -> ExitStatus:
    status = commands.main(["report", *paths], standalone_mode=False)
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
    assert "Not completed: 3 cells, conformant 3 of 3." in said.out
    assert said.err == (
        f"conformance: {second} is incomplete: its run did not come to its end. Run it again.\n"
        "conformance: shard 3/3 is missing. Name the document of each.\n"
    )


def test_report_of_one_document_keeps_the_status_that_its_run_had(tmp_path: Path) -> None:
    assert reported(write(tmp_path, "run.jsonl", document_of(GOOD))) is ExitStatus.AS_EXPECTED
    assert reported(write(tmp_path, "cut.jsonl", document_of(GOOD, footer=False))) is ExitStatus.NOT_COMPLETED


def test_report_of_no_document_is_wrong_usage() -> None:
    with pytest.raises(click.UsageError) as caught:
        reported()
    assert caught.value.format_message().startswith("Missing argument 'FILE...'")
