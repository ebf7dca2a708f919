"""What finds the planted ones: at which program, how small, and that it says so where it does not find one."""

from __future__ import annotations

from pathlib import Path

import pytest

import planted_found
from conformance.differential.kinds import Kind
from conformance.differential.program import size
from fake_programs import LOOP, program
from miniatures import interpreter_or_skip
from planted_found import Found, page, trials

KIND = Kind("get", "get", "get")
SHOWS = program({"op": "enter", "runner": 0}, {"op": "exit", "runner": 0}, LOOP)
NAME = "closing-exit-does-not-close"


def found_in(*programs: dict[str, object]) -> Found | None:
    interpreter_or_skip("3.8")
    interpreter_or_skip("3.11")
    numbered = [(f"1.{number}", one) for number, one in enumerate(programs)]
    [(name, found)] = trials([NAME], "3.8", numbered)
    assert name == NAME
    return found


def test_one_is_found_by_the_first_program_that_shows_it_and_that_is_shrunk() -> None:
    found = found_in(*[program(LOOP)] * 30, SHOWS, SHOWS)
    assert found is not None
    assert (found.number, found.origin) == (30, "1.30")
    assert found.shrunk is not None
    assert size(found.shrunk) < size(SHOWS)


def test_what_no_program_shows_is_not_found() -> None:
    assert found_in(*[program(LOOP)] * 3) is None


def test_the_page_has_a_row_of_each_with_what_the_suites_find_beside_it() -> None:
    found = {NAME: Found(11, "1.11", KIND, SHOWS), "contexts-copied": None, "tasks-error-wrapped": None}
    upstream = {NAME: {"runners": 21, "tasks": 0}, "tasks-error-wrapped": {"runners": 4, "tasks": 61}}
    told = page(found, upstream, seed=7, drawn=40)
    rows = [
        line.split("|")[3:-1] for line in told.splitlines() if line.startswith("| c") or "wrapped" in line
    ]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["21", "–", "12", "3"],
        ["–", "–", "not found", "–"],
        ["4", "61", "not found", "–"],
    ]
    assert "find 1 of 3" in told
    assert "find 2 of 2" in told
    assert "seed 7" in told


def test_one_that_is_not_found_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(planted_found, "trials", lambda names, *_: [(name, None) for name in names])
    monkeypatch.setattr("sys.argv", ["planted_found.py", "--examples", "1", NAME])
    assert planted_found.main() == 1
    assert f"0 of 1 found, {NAME} not" in capsys.readouterr().out


def test_the_page_is_written_where_all_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(planted_found, "PAGE", tmp_path / "planted.md")
    monkeypatch.setattr(
        planted_found,
        "trials",
        lambda names, *_: [(name, Found(0, "1.0", KIND, SHOWS)) for name in names],
    )
    monkeypatch.setattr("sys.argv", ["planted_found.py", "--examples", "1"])
    assert planted_found.main() == 0
    assert NAME in (tmp_path / "planted.md").read_text()
