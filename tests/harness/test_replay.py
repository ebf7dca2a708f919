"""`replay` as a user meets it: what one program does on the selected cells, and files that hold no program."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.cli import commands
from conformance.commands import replay
from conformance.commands.differential import Known
from conformance.differential.corpus import Saved, read_corpus
from conformance.differential.stream import draw_program
from conformance.errors import ExitStatus, UsageError
from conformance.execute.programs import PROGRAM_SECONDS
from fake_programs import COLLECT, COPY, ENDS_NATIVE, LOOP, Fakes, program


class Replay:
    """The command over fakes."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.fakes = Fakes(folder)
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(replay, "read_known", lambda: Known((), ()))

    def judging(self, *kinds: str, python: str = ">=3.11") -> None:
        plan = self.fakes.plan(*kinds, python=python)
        self._monkeypatch.setattr(replay, "select_differential", lambda **_: plan)
        self._monkeypatch.setattr(replay, "provided", lambda plan, *_: self.fakes.cells(plan))

    def file(self, content: object) -> Path:
        file = self.folder / "saved.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return file

    def __call__(self, *arguments: object) -> Result:
        return CliRunner().invoke(commands, ["replay", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replay:
    return Replay(tmp_path, monkeypatch)


def test_a_program_that_does_what_native_does_is_as_expected(command: Replay) -> None:
    command.judging("Right")
    done = command(command.file(program(LOOP, COLLECT)))
    assert done.return_value == ExitStatus.AS_EXPECTED
    assert "differential/right/3.11.7/asyncio: does what is expected" in done.output


def test_one_that_differs_is_an_unexpected_verdict_with_traces_side_by_side(command: Replay) -> None:
    command.judging("Wrong")
    done = command(command.file(program(LOOP, COLLECT)))
    assert done.return_value == ExitStatus.UNEXPECTED_VERDICT
    [line] = [line for line in done.output.splitlines() if "forgotten" in line]
    assert line.index("s1: collect") < line.index("s1: forgotten")


def test_cells_that_do_the_same_are_shown_once(command: Replay) -> None:
    command.judging("Right", "Wrong", "Stalls")
    output = command(command.file(program(COLLECT))).output
    assert "differential/wrong/3.11.7/asyncio, differential/stalls/3.11.7/asyncio: differs" in output
    assert output.count("forgotten") == 1


def test_what_is_the_interpreter_s_own_is_no_difference(command: Replay) -> None:
    command.judging("Right", python="<3.11")
    done = command(command.file(program(COPY)))
    assert done.return_value == ExitStatus.AS_EXPECTED
    assert "the interpreter's own" in done.output


def test_a_worker_that_dies_is_shown(command: Replay) -> None:
    command.judging("Dies")
    done = command(command.file(program(LOOP, COLLECT)))
    assert done.return_value == ExitStatus.UNEXPECTED_VERDICT
    assert "SIGSEGV" in done.output


def test_what_native_is_lost_to_is_shown_beside_the_control_s_answer(command: Replay) -> None:
    command.judging("Wrong", python="<3.11")
    done = command(command.file(program(ENDS_NATIVE, COLLECT)))
    assert done.return_value == ExitStatus.UNEXPECTED_VERDICT
    assert "differential/control/3.8.18/asyncio" in done.output
    [line] = [line for line in done.output.splitlines() if "forgotten" in line]
    assert line.index("s1: collect") < line.index("s1: forgotten")


def test_an_implementation_that_does_not_load_is_told(command: Replay) -> None:
    command.judging("Broken")
    error = command(command.file(program(LOOP))).exception
    assert "could not be loaded" in str(error)
    assert "there is no fake" in str(error)


@pytest.mark.parametrize("inside", ["kept", "alone"])
def test_a_program_is_read_from_what_fuzz_has_kept_or_alone(command: Replay, inside: str) -> None:
    one: dict[str, Any] = program(LOOP)
    content = {"difference": "", "program": one, "native": []} if inside == "kept" else one
    assert replay.read_program(command.file(content)).program == one


def test_a_drawn_program_is_told_by_its_id(command: Replay) -> None:
    assert replay.read_program(Path("3.9")).program == draw_program("3.9")


@pytest.mark.parametrize("saved", read_corpus(), ids=lambda saved: saved.name)
def test_a_saved_program_is_told_by_its_name(saved: Saved) -> None:
    assert replay.read_program(Path(saved.name)) == replay.Replayed(saved.program, saved.seconds)


def test_a_file_that_is_there_comes_before_a_saved_program_of_its_name(
    command: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(command.folder)
    Path("gh-93896").write_text(json.dumps(program(COLLECT)))
    assert replay.read_program(Path("gh-93896")).program == program(COLLECT)


@pytest.mark.parametrize("name", ["divergence-late", "../corpus/gh-93896"])
def test_what_is_no_saved_program_s_name_is_refused_with_what_is_one(name: str) -> None:
    with pytest.raises(UsageError, match=rf"^{name} cannot be read: .* has the name that 'fuzz' prints\."):
        replay.read_program(Path(name))


def test_the_limit_that_a_saved_program_has_is_kept(command: Replay) -> None:
    command.judging("Hangs")
    began = time.monotonic()
    done = command(command.file({"program": program(COLLECT), "seconds": 0.3}))
    assert time.monotonic() - began < PROGRAM_SECONDS
    assert "timed out" in done.output


@pytest.mark.parametrize("seconds", [0, -1, "1", True, float("inf"), float("nan")])
def test_what_is_no_limit_is_refused_by_the_file_s_name(command: Replay, seconds: object) -> None:
    file = command.file({"program": program(LOOP), "seconds": seconds})
    with pytest.raises(UsageError, match="has seconds = ") as caught:
        replay.read_program(file)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "is not JSON"),
        ([], "holds no program"),
        ({"native": []}, "holds no program"),
        ({"program": 3}, "A program is an object"),
        ({"runners": [], "script": []}, "runners"),
        (program({"op": "fly"}), "fly"),
        (program({"op": "get_loop"}), "runner"),
    ],
)
def test_a_file_that_holds_no_program_is_refused_by_name(
    command: Replay, content: object, complaint: str
) -> None:
    file = command.file(content)
    with pytest.raises(UsageError, match=complaint) as caught:
        replay.read_program(file)
    assert str(file) in str(caught.value)


def test_a_file_that_is_not_there_is_refused_by_name(command: Replay) -> None:
    with pytest.raises(UsageError, match=r"gone\.json cannot be read: No such file or directory\."):
        replay.read_program(Path("gone.json"))
