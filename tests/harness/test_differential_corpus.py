"""The saved programs: how they are read and written, and that the project's own are there for what they are named after."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from conformance.differential.corpus import CORPUS, Saved, read_corpus, read_saved, save
from conformance.differential.drawing import programs
from conformance.errors import UsageError
from miniatures import interpreter_or_skip
from performing import Performer, Seen

PROGRAM: dict[str, Any] = {
    "runners": [{"debug": None, "factory": False}],
    "script": [{"op": "run", "runner": 0, "label": 1, "context": None, "body": [{"op": "sleep"}]}],
}
# Older interpreters' signal.signal makes a repr of the handler that it puts in, and of the one that it takes out.
SPEAKING = """
import signal, warnings
from planted.right import Runner as Right
from runner_backport._interrupts import InterruptHandler

class Runner(Right):
    class interrupt_handler(InterruptHandler):
        def __repr__(self):
            warnings.warn("a repr was computed")
            return "a handler"

        def remove(self):
            signal.signal(signal.SIGINT, signal.default_int_handler)
"""
SAVED = {"what": "It did not sleep.", "source": "docs/divergences.md", "program": PROGRAM}


def test_a_saved_program_says_what_it_was_and_where_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gh-1.json"
    path.write_text(json.dumps(SAVED))
    assert read_saved(path) == Saved("gh-1", "It did not sleep.", "docs/divergences.md", PROGRAM)


def test_the_programs_of_a_folder_are_read_by_name_and_other_files_left_alone(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "c.txt"):
        (tmp_path / name).write_text(json.dumps(SAVED))
    assert [saved.name for saved in read_corpus(tmp_path)] == ["a", "b"]


@given(programs())
@settings(max_examples=25, deadline=None)
def test_what_was_saved_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, program: dict[str, Any]
) -> None:
    saved = Saved("a-bug", "What it was.", "Where.", program)
    assert read_saved(save(saved, tmp_path_factory.mktemp("saved"))) == saved


def test_a_saved_program_has_an_operation_a_line(tmp_path: Path) -> None:
    text = save(Saved("a", "What.", "Where.", PROGRAM), tmp_path).read_text()
    assert [line.count('"op"') for line in text.splitlines() if '"op"' in line] == [1, 1]


def test_a_saved_program_may_have_a_time_limit_of_its_own(tmp_path: Path) -> None:
    saved = Saved("a-bug", "What it was.", "Where.", PROGRAM, 0.5)
    assert read_saved(save(saved, tmp_path)) == saved


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"seconds": 0}, "has seconds = 0. Give a number above 0, and 10 at most."),
        ({"seconds": 11}, "has seconds = 11. Give a number"),
        ({"seconds": True}, "has seconds = True. Give a number"),
        ({"seconds": None}, "has seconds = None. Give a number"),
        ({"what": ""}, "has what = ''. Give one line of text."),
        ({"what": "two\nlines"}, "has what = 'two\\nlines'. Give one line"),
        ({"source": 1}, "has source = 1. Give one line"),
        ({"more": 1}, 'is no saved program. Write {"what": …, "source": …, "program": …}.'),
        ({"program": {"script": []}}, "A program is an object with the keys runners and script."),
        ({"program": {**PROGRAM, "script": [{"op": "sleep"}]}}, "sleep, which does not stand in the script"),
    ],
)
def test_what_is_no_saved_program_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(SAVED | change))
    with pytest.raises(UsageError, match=re.escape(complaint)) as caught:
        read_saved(path)
    assert str(caught.value).startswith(str(path))


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(UsageError, match=r"a\.json is not valid JSON"):
        read_corpus(tmp_path)


def test_a_name_that_no_option_could_take_is_refused(tmp_path: Path) -> None:
    (tmp_path / "A bug.json").write_text(json.dumps(SAVED))
    with pytest.raises(UsageError, match="has a name that is not usable"):
        read_corpus(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_corpus(tmp_path / "none")


def test_each_real_bug_that_is_known_has_a_program() -> None:
    names = {saved.name for saved in read_corpus()}
    assert names >= {
        "bpo-34872",
        "gh-95097",
        "gh-93896",
        "gh-95736",
        "gh-95899",
        "gh-116720",
        "gh-112559",
        "gh-133745",
        "uvloop-295",
        "uvloop-305",
        "uvloop-336",
        "uvloop-create-task-context",
    }


def test_a_program_that_is_named_after_an_issue_has_its_address() -> None:
    for saved in read_corpus():
        kind, _, number = saved.name.partition("-")
        if kind in {"bpo", "gh", "uvloop"} and number.isdigit():
            assert saved.source.endswith(number), saved.name


def test_the_project_s_own_are_written_as_the_project_writes_them(tmp_path: Path) -> None:
    for saved in read_corpus():
        assert save(saved, tmp_path).read_text() == (CORPUS / f"{saved.name}.json").read_text()


def performed(runner: str, *path: Path) -> Seen:
    """What the saved program of gh-112559 shows on an interpreter that has that bug."""
    [program] = [saved.program for saved in read_corpus() if saved.name == "gh-112559"]
    options = ("--runner", f"{runner}:Runner", "--run", f"{runner}:Runner.run_function")
    performer = Performer(
        interpreter_or_skip("3.8").executable, *options, path=[Path(__file__).parent, *path]
    )
    try:
        [seen] = performer.perform(program)
    finally:
        performer.close()
    return seen


def test_the_program_for_gh_112559_shows_that_the_repr_of_a_handler_is_computed(tmp_path: Path) -> None:
    (tmp_path / "speaking.py").write_text(SPEAKING)
    warned = [["s0", "warned"], ["s1", "warned"], ["s2", "warned"]]
    assert [event[:2] for event in performed("speaking", tmp_path).all("warned")] == warned
    assert performed("planted.right").all("warned") == []
