"""The folder that the pages are written to: what of it they replace, and what of it is not theirs and stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from paged import paged
from results import BAD, GOOD, document_of


def test_a_page_of_another_kind_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>mine</title>")
    with pytest.raises(OSError, match=r"index\.html is no report of conformance's and would be lost$"):
        paged(tmp_path, document_of(GOOD))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "index.html": "<title>mine</title>"
    }


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    paged(tmp_path, document_of(GOOD))
    assert "conformant 0 " in paged(tmp_path, document_of(BAD)).text("overview")


def test_the_folder_is_made_and_its_page_returned(tmp_path: Path) -> None:
    paged(tmp_path / "new" / "folder", document_of(GOOD))
    assert (tmp_path / "new" / "folder" / "index.html").is_file()


def test_other_files_of_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    paged(tmp_path, document_of(GOOD))
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_folder_that_is_a_file_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("")
    with pytest.raises(OSError, match="report"):
        paged(tmp_path / "report", document_of(GOOD))


def test_parts_of_an_earlier_and_larger_report_go(tmp_path: Path) -> None:
    (tmp_path / "details-7.js").write_text("report.take(7,{});\n")
    paged(tmp_path, document_of(GOOD))
    assert sorted(path.name for path in tmp_path.glob("details-*.js")) == ["details-0.js"]


def test_a_file_that_is_called_like_a_part_and_is_none_stays(tmp_path: Path) -> None:
    (tmp_path / "details-99.js").write_text("mine")
    paged(tmp_path, document_of(GOOD))
    assert (tmp_path / "details-99.js").read_text() == "mine"
