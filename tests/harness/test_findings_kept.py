"""What is found is written whole, and where it cannot be, that is told and nothing else is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from conformance.differential.findings import Difference, as_json, write_whole
from conformance.differential.judging import Answers
from conformance.differential.kinds import Kind
from conformance.execute.programs import Answer


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    file.write_text("old")
    write_whole(file, "new")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_one(tmp_path: Path) -> None:
    link, file = tmp_path / "link.json", tmp_path / "found.json"
    file.write_text("old")
    link.symlink_to(file)
    write_whole(link, "new")
    assert link.is_symlink()
    assert file.read_text() == "new"


def test_a_device_is_written_to_and_stays_one() -> None:
    write_whole(Path(os.devnull), "words")
    assert Path(os.devnull).is_char_device()


def test_a_full_device_is_told() -> None:
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("there is no /dev/full here")
    with pytest.raises(OSError, match="No space left"):
        write_whole(full, "words")
    assert full.is_char_device()


def kept(**fields: Any) -> dict[str, Any]:
    answers = Answers(Answer(b"[]"), Answer(b"[]"))
    given = {"program": {}, "answers": answers, "left": (), "hellos": {}, **fields}
    return as_json(Difference(Kind("run", "returned", "raised"), "a cell", "program 1.0", **given))


def test_what_was_not_asked_again_is_kept_as_unknown() -> None:
    assert kept()["steady"] is None


def test_the_time_limit_of_a_program_is_kept_with_it() -> None:
    assert kept(seconds=1)["seconds"] == 1
    assert "seconds" not in kept()
