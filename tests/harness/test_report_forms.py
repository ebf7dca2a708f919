"""The forms that `report` writes: all at once, each in its place, and what becomes of the others where one cannot be written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from conformance.cli import commands
from conformance.commands import report
from conformance.errors import ConformanceError, DocumentError, ExitStatus, UsageError
from conformance.report import Header, Merged
from conformance.report.programs_document import ProgramsDocument
from programs_results import difference, programs_of
from results import BAD, CELL, GOOD, document_of, part_of
from test_report_command import write


@pytest.fixture
def run(tmp_path: Path) -> str:
    return write(tmp_path, "run.jsonl", document_of(GOOD))


def told(*arguments: object) -> Result:
    done = CliRunner().invoke(commands, ["report", *map(str, arguments)], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done


def test_all_forms_are_written_at_once_into_folders_that_are_made(tmp_path: Path, run: str) -> None:
    out = tmp_path / "some" / "folder"
    names = {"--junit": "junit.xml", "--markdown": "summary.md"}
    asked = [word for option, name in names.items() for word in (option, out / name)]
    asked += ["--badge", out / "badge.json", "--badge", out / "badge.SVG"]
    done = told(run, *asked)
    assert done.return_value is ExitStatus.AS_EXPECTED
    assert ET.parse(out / "junit.xml").getroot().get("tests") == "1"
    assert (out / "summary.md").read_text().startswith("## Conformance\n")
    assert json.loads((out / "badge.json").read_text())["message"] == "1 of 1 decided"
    assert ET.parse(out / "badge.SVG").getroot().tag.endswith("svg")
    assert "All as expected: 1 cell, conformant 1 of 1." in done.output
    assert done.output.count("Written: ") == 4


def test_the_pages_get_the_runs_as_one_and_the_programs(
    tmp_path: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = pytest.importorskip("conformance.report.pages")
    got: list[object] = []

    def write_pages(folder: Path, merged: Merged, programs: Sequence[ProgramsDocument]) -> Path:
        got.extend([folder, merged.document.judgements, [document.path.name for document in programs]])
        return folder / "index.html"

    monkeypatch.setattr(pages, "write_pages", write_pages)
    told(run, programs_of(tmp_path).path, "--html", tmp_path / "site")
    assert got == [tmp_path / "site", (GOOD,), ["fuzz.json"]]


def test_a_form_that_cannot_be_written_is_one_sentence_and_the_others_are_there(
    tmp_path: Path, run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    done = told(
        run,
        "--junit",
        tmp_path / "folder",
        "--markdown",
        tmp_path / "file" / "x.md",
        "--badge",
        tmp_path / "b.svg",
    )
    assert done.return_value is ExitStatus.NOT_COMPLETED
    assert (tmp_path / "b.svg").is_file()
    assert "All as expected" in done.output
    assert (
        f"conformance: --junit {tmp_path / 'folder'} cannot be written: Is a directory. Name another place, or make "
        f"room.\nconformance: --markdown {tmp_path / 'file' / 'x.md'} cannot be written: " in done.stderr
    )


def test_a_form_without_room_leaves_what_stood_there(
    tmp_path: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "junit.xml").write_text("old")

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert told(run, "--junit", tmp_path / "junit.xml").return_value is ExitStatus.NOT_COMPLETED
    assert (tmp_path / "junit.xml").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"run.jsonl", "junit.xml"}


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (
            ("--badge", "badge.png"),
            "--badge badge.png is no badge. Name a file that ends with .json or .svg.",
        ),
        (("--junit", "x", "--markdown", "x"), "--markdown x is what --junit names too. Name another file."),
        (
            ("--html", "site", "--junit", "site/index.html"),
            "--junit site/index.html is a file that --html writes. Name another one.",
        ),
        (
            ("--html", "site", "--markdown", "site/../site/details-7.js"),
            "--markdown site/../site/details-7.js is a file that --html writes. Name another one.",
        ),
        (
            ("--html", ".", "--junit", "data.js"),
            "--junit data.js is a file that --html writes. Name another one.",
        ),
        (
            ("--html", ".", "--junit", "report.css"),
            "--junit report.css is a file that --html writes. Name another one.",
        ),
        (("--junit", "run.jsonl"), "--junit run.jsonl is a document that is reported. Name another file."),
    ],
)
def test_what_is_asked_by_mistake_is_refused_before_anything_is_written(
    tmp_path: Path, run: str, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = Path(run).read_bytes()
    with pytest.raises(UsageError) as caught:
        told(run, *asked)
    assert str(caught.value) == complaint
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"run.jsonl": before}


def test_a_document_that_the_pages_would_replace_is_refused(tmp_path: Path) -> None:
    document = Path(write(tmp_path, "details-0.js", document_of(GOOD)))
    before = document.read_bytes()
    with pytest.raises(UsageError, match=r"details-0\.js is a file that --html writes\. Name another one\."):
        told(document, "--html", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"details-0.js": before}


def test_a_form_that_leads_to_a_page_by_a_link_is_refused(tmp_path: Path, run: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "junit.xml").symlink_to(tmp_path / "site" / "data.js")
    with pytest.raises(UsageError, match=r"junit\.xml is a file that --html writes\."):
        told(run, "--html", tmp_path / "site", "--junit", tmp_path / "junit.xml")
    assert list((tmp_path / "site").iterdir()) == []


def test_what_is_called_otherwise_than_a_page_may_lie_beside_the_pages(tmp_path: Path, run: str) -> None:
    done = told(run, "--html", tmp_path, "--junit", tmp_path / "junit.xml")
    assert done.return_value is ExitStatus.AS_EXPECTED
    assert (tmp_path / "index.html").is_file()


def test_a_page_that_is_none_of_ours_is_told_of_in_a_sentence(tmp_path: Path, run: str) -> None:
    (tmp_path / "index.html").write_text("mine")
    done = told(run, "--html", tmp_path)
    assert done.return_value is ExitStatus.NOT_COMPLETED
    assert (
        f"conformance: --html {tmp_path} cannot be written: {tmp_path / 'index.html'} is no report of conformance's "
        "and would be lost. Name another place, or make room.\n" in done.stderr
    )


def test_forms_do_not_change_the_status(tmp_path: Path) -> None:
    incomplete = write(tmp_path, "cut.jsonl", document_of(GOOD, footer=False))
    done = told(incomplete, "--badge", tmp_path / "badge.json")
    assert done.return_value is ExitStatus.NOT_COMPLETED
    assert json.loads((tmp_path / "badge.json").read_text())["message"] == "1 of 1 decided, incomplete"


def test_the_shards_of_many_machines_are_one_report(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{number}.jsonl", part_of(number)) for number in (1, 2, 3)]
    done = told(*paths, "--junit", tmp_path / "junit.xml")
    assert done.return_value is ExitStatus.AS_EXPECTED
    assert ET.parse(tmp_path / "junit.xml").getroot().get("tests") == "3"


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        (document_of(GOOD), f"both judge {CELL.name}"),
        (document_of(lock={"v3.11.7": {}}), "are of different upstream files of v3.11.7"),
    ],
)
def test_documents_that_do_not_belong_together_are_refused_and_nothing_is_written(
    tmp_path: Path, run: str, second: object, complaint: str
) -> None:
    other = write(tmp_path, "other.jsonl", second)  # type: ignore[arg-type]
    with pytest.raises(DocumentError, match=complaint) as caught:
        told(run, other, "--junit", tmp_path / "junit.xml")
    assert run in str(caught.value)
    assert other in str(caught.value)
    assert not (tmp_path / "junit.xml").exists()


def test_programs_are_reported_beside_runs_and_the_gravest_status_counts(tmp_path: Path, run: str) -> None:
    programs = programs_of(tmp_path, status=1, differences=[difference()]).path
    done = told(run, programs)
    assert done.return_value is ExitStatus.UNEXPECTED_VERDICT
    assert "All as expected: 1 cell, conformant 1 of 1." in done.output
    assert (
        "get_loop: new → old – differential/runner_backport/3.8.18/asyncio: 3 programs, first program 1.17"
        in done.output
    )
    assert "Not as expected: 2,000 programs of seed 1 on 2 cells, 1 difference." in done.output


def test_programs_alone_are_reported(tmp_path: Path) -> None:
    done = told(programs_of(tmp_path).path, "--junit", tmp_path / "junit.xml")
    assert done.return_value is ExitStatus.AS_EXPECTED
    assert "suite" not in done.output
    assert ET.parse(tmp_path / "junit.xml").getroot().get("tests") == "4"


def test_the_command_that_renews_names_documents_of_runs_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(write(tmp_path, "run.jsonl", document_of(GOOD, BAD)))
    asked: list[Sequence[Path]] = []

    def renewal(_header: Header, paths: Sequence[Path]) -> tuple[str, ...]:
        asked.append(paths)
        return ()

    monkeypatch.setattr(report, "renewal", renewal)
    told(programs_of(tmp_path).path, path)
    assert asked == [[path]]


def test_a_damaged_document_of_programs_is_refused_by_name(tmp_path: Path, run: str) -> None:
    path = programs_of(tmp_path).path
    path.write_text(path.read_text()[:100])
    with pytest.raises(ConformanceError, match=r"fuzz\.json is not JSON, or was cut off"):
        told(run, path)
