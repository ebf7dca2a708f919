"""What finds the planted ones: at which program, how small, and that it says so where it does not find one."""

from __future__ import annotations

from pathlib import Path

import pytest

import planted_found
import planted_judging
from conformance.differential.kinds import Kind
from conformance.differential.program import size
from fake_programs import LOOP, program
from miniatures import interpreter_or_skip
from planted.catalogue import PLANTED
from planted_found import BUDGET, PAGE, Found, Missed, page, trials

KIND = Kind("get", "get", "get")
SHOWS_IN_THE_STATE = program({"op": "enter", "runner": 0}, {"op": "exit", "runner": 0})
SHOWS = program(*SHOWS_IN_THE_STATE["script"], LOOP)
NAME = "closing-exit-does-not-close"
TOO_WIDE = """
[[divergence]]
name = "too-wide"
implementation = "runner_backport"
reason = "none"
link = "docs/divergences.md"
witness = "gh-112559"

[[divergence.takes]]
operation = "*"
field = "*"
native = { what = "state" }
subject = { what = "state" }
"""


def found_in(*programs: dict[str, object]) -> Found | Missed:
    interpreter_or_skip("3.8")
    interpreter_or_skip("3.11")
    numbered = [(f"1.{number}", one) for number, one in enumerate(programs)]
    [(name, found)] = trials([NAME], "3.8", numbered)
    assert name == NAME
    return found


def test_one_is_found_by_the_first_program_that_shows_it_and_that_is_shrunk() -> None:
    found = found_in(*[program(LOOP)] * 30, SHOWS, SHOWS)
    assert isinstance(found, Found)
    assert (found.number, found.origin) == (30, "1.30")
    assert found.shrunk is not None
    assert size(found.shrunk) < size(SHOWS)


def test_what_no_program_shows_is_not_found() -> None:
    assert found_in(*[program(LOOP)] * 3) == Missed({})


def test_what_a_declared_divergence_takes_does_not_count_and_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    declared = tmp_path / "divergences.toml"
    declared.write_text(TOO_WIDE)
    monkeypatch.setattr(planted_judging, "DIVERGENCES", declared)
    found = found_in(program(LOOP), SHOWS_IN_THE_STATE, SHOWS_IN_THE_STATE)
    assert found == Missed({"too-wide": "1.1"})
    assert str(found) == "not found; too-wide hides it in 1.1"


def test_the_page_has_a_row_of_each_with_what_the_suites_find_beside_it() -> None:
    found: dict[str, Found | Missed] = {
        NAME: Found(11, "1.11", KIND, SHOWS),
        "contexts-copied": Missed({}),
        "tasks-error-wrapped": Missed({}),
    }
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
    monkeypatch.setattr(planted_found, "trials", lambda names, *_: [(name, Missed({})) for name in names])
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


def test_the_page_of_the_project_has_the_rows_of_the_catalogue_and_all_are_found() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    assert [row[:2] for row in rows[1:]] == [[name, one.wrong] for name, one in PLANTED.items()]
    for _, _, *suites, number, operations in rows[1:]:
        assert all(count.isdigit() or count == "–" for count in suites)
        assert 1 <= int(number.replace(",", "")) <= BUDGET
        assert operations.isdigit()
