"""`fuzz` as a user meets it: what it finds, what it keeps and says, and every way to an exit status."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from click import UsageError
from click.testing import CliRunner, Result

from conformance.cli import commands
from conformance.commands import fuzz
from conformance.commands.differential import Known
from conformance.differential import telling
from conformance.differential.census_marks import marks
from conformance.differential.corpus import Saved, read_corpus
from conformance.errors import ConformanceError, ExitStatus
from conformance.execute.programs import PROGRAM_SECONDS, TIMED_OUT
from conformance.report.programs_document import read_programs
from fake_programs import COLLECT, ENDS_NATIVE, FATAL, LOOP, Fakes, program
from miniatures import interpreter_or_skip
from wrong_runners import bring

pytest_plugins = ["miniatures"]

SELECTION = ("pythons", "loops", "implementations", "config", "seconds", "jobs", "out")
DRAWN = [program(LOOP), program(LOOP, COLLECT), program(COLLECT), program(LOOP, LOOP)]


class Drawing:
    """A stream of few programs, again and again; ``on_round`` is called before each that begins anew."""

    on_round: Callable[[], None] | None = None

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def told(self) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        number = 0
        while True:
            for one in DRAWN:
                yield f"{self._seed}.{number}", one, sorted(marks(one))
                number += 1
            if Drawing.on_round is not None:
                Drawing.on_round()


class Fuzz:
    """The command over fakes, with what it keeps in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.kept = folder / "differences"
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(fuzz, "DIFFERENCES", self.kept)
        monkeypatch.setattr(fuzz, "Ahead", Drawing)
        monkeypatch.setattr(Drawing, "on_round", None)
        self.known()

    def known(self, *corpus: Saved) -> None:
        self._monkeypatch.setattr(fuzz, "read_known", lambda: Known(corpus, ()))

    def judging(self, *kinds: str, python: str = ">=3.11") -> None:
        fakes = Fakes(self.folder)
        plan = fakes.plan(*kinds, python=python)
        self._monkeypatch.setattr(fuzz, "select_differential", lambda *_: plan)
        self._monkeypatch.setattr(fuzz, "provided", lambda plan, *_: fakes.cells(plan))

    def __call__(self, *arguments: object) -> Result:
        return CliRunner().invoke(commands, ["fuzz", *map(str, arguments)], standalone_mode=False)

    def files(self) -> list[Path]:
        return sorted(self.kept.iterdir()) if self.kept.exists() else []


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fuzz:
    return Fuzz(tmp_path, monkeypatch)


def test_no_difference_is_as_expected(command: Fuzz) -> None:
    command.judging("Right")
    done = command("--examples", 6, "--seed", 3)
    assert done.return_value == ExitStatus.AS_EXPECTED
    assert "6 programs on 1 cell, seed 3: 0 differences" in done.output
    assert command.files() == []


def test_a_difference_is_an_unexpected_verdict_shown_and_kept(command: Fuzz) -> None:
    command.judging("Wrong")
    done = command("--examples", 6, "--seed", 3)
    assert done.return_value == ExitStatus.UNEXPECTED_VERDICT
    [file] = command.files()
    assert "forgotten" in done.output
    assert f"replay {file}" in done.output.replace("\n", "")
    assert json.loads(file.read_text())["from"] == "program 3.1"


def test_as_many_programs_are_drawn_as_were_asked_for(command: Fuzz) -> None:
    command.judging("Right")
    out = command.folder / "out.json"
    command("--examples", 123, "--out", out)
    assert json.loads(out.read_text())["programs"] == 123


def test_the_document_holds_all_that_was_found(command: Fuzz) -> None:
    command.judging("Wrong", "Right")
    out = command.folder / "out.json"
    command("--examples", 6, "--seed", 3, "--out", out)
    document = json.loads(out.read_text())
    assert (document["seed"], document["status"], document["complete"]) == (3, 1, True)
    [difference] = document["differences"]
    # Two of the four that are drawn again and again.
    assert difference["programs"] == 3
    assert difference["program"] == program(COLLECT)
    assert difference["file"] == command.files()[0].name


def test_saved_programs_run_first_and_always(command: Fuzz) -> None:
    command.judging("Wrong")
    command.known(Saved("collected", "what it was", "where", program(COLLECT)))
    command("--examples", 1)
    [file] = command.files()
    assert json.loads(file.read_text())["from"] == "saved program collected"


def test_for_so_many_seconds_programs_are_drawn_and_no_longer(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.judging("Right")
    clock = iter([0.0, *[1.0] * 2, *[99.0] * 100])
    monkeypatch.setattr(fuzz, "monotonic", lambda: next(clock))
    done = command("--seconds", 5)
    assert "100 programs on 1 cell" in done.output


def test_a_cell_that_could_not_be_asked_everything_leaves_the_run_incomplete(command: Fuzz) -> None:
    command.judging("Broken", "Right")
    out = command.folder / "out.json"
    done = command("--examples", 2, "--out", out)
    assert done.return_value == ExitStatus.NOT_COMPLETED
    assert "there is no fake" in done.output
    assert json.loads(out.read_text())["complete"] is False


def test_what_was_found_is_told_though_no_cell_is_left(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.differential.asking.RESTARTS", 1)
    command.judging("Exits")
    out = command.folder / "out.json"
    done = command("--examples", 6, "--seed", 3, "--out", out)
    assert done.return_value == ExitStatus.NOT_COMPLETED
    assert "crashed exit 3" in done.output
    assert "was not asked all programs" in done.output
    [file] = command.files()
    assert [each["file"] for each in json.loads(out.read_text())["differences"]] == [file.name]


def test_a_drawn_program_that_native_itself_is_lost_to_leaves_the_run_incomplete(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.judging("Right")
    monkeypatch.setattr("test_fuzz.DRAWN", [program(LOOP), program(FATAL)])
    out = command.folder / "out.json"
    done = command("--examples", 3, "--seed", 3, "--out", out)
    assert done.return_value == ExitStatus.NOT_COMPLETED
    assert (
        "differential/native/3.11.7/asyncio lost its worker to 1 program: crashed exit 5, first in program 3.1"
        in done.output
    )
    assert list(json.loads(out.read_text())["lost"]) == [
        "differential/native/3.11.7/asyncio",
        "differential/right/3.11.7/asyncio",
    ]


def test_a_saved_program_that_is_known_to_be_lost_is_no_error(command: Fuzz) -> None:
    command.judging("Right")
    command.known(Saved("fatal", "It ended all.", "where", program(FATAL), seconds=1))
    assert command("--examples", 1).return_value == ExitStatus.AS_EXPECTED


def test_what_native_was_lost_to_is_shown_beside_the_control_s_answer(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.judging("Wrong", python="<3.11")
    monkeypatch.setattr("test_fuzz.DRAWN", [program(ENDS_NATIVE, COLLECT)])
    # Made small, it would be one that native has an answer to.
    monkeypatch.setattr("conformance.differential.findings.MOST_SHRUNK", 0)
    output = command("--examples", 1).output
    [line] = [line for line in output.splitlines() if "forgotten" in line and "collect  " in line]
    assert line.index("s1: collect") < line.index("s1: forgotten")
    assert re.search(r"^ +differential/control/3\.8\.18/asyncio +differential/wrong/", output, re.MULTILINE)


def replayed(output: str) -> list[str]:
    """The words of the command that shows the difference again."""
    [line] = re.findall(r"To see it again: (.*)", output)
    return shlex.split(line)


def test_the_command_that_replays_it_names_the_very_cell(command: Fuzz) -> None:
    command.judging("Right", "Wrong")
    done = command("--examples", 6, "--seed", 3)
    [file] = command.files()
    cell = ["--python", "3.11.7", "--loop", "asyncio", "--implementation", "wrong"]
    assert replayed(done.output)[-8:] == ["replay", str(file), *cell]


def test_the_command_that_replays_it_has_what_the_campaign_was_given(command: Fuzz) -> None:
    command.judging("Wrong")
    config, python = command.folder / "my tables.toml", command.folder / "python-3.11.7"
    done = command("--examples", 6, "--config", config, "--timeout", 30, "--python", python)
    words = replayed(done.output)
    assert words[words.index("--config") :] == ["--config", str(config), "--timeout", "30"]
    # Another of this version may be the usual one.
    assert words[words.index("--python") + 1] == str(python)


def test_the_command_that_replays_a_saved_program_names_it_where_nothing_could_be_kept(
    command: Fuzz,
) -> None:
    command.judging("Wrong")
    command.known(COLLECTED)
    command.kept.write_text("No folder.")
    words = replayed(command("--examples", 1).output)
    assert words[words.index("replay") + 1] == "collected"


def test_an_interruption_keeps_what_was_found(command: Fuzz, interrupts_arrive: None) -> None:
    command.judging("Wrong")
    Drawing.on_round = lambda: os.kill(os.getpid(), signal.SIGINT) if command.files() else None
    out = command.folder / "out.json"
    command.known(Saved("collected", "what it was", "where", program(COLLECT)))
    done = command("--seed", 3, "--out", out)
    assert done.return_value == ExitStatus.INTERRUPTED
    assert len(command.files()) == 1
    assert "interrupted; 1 difference kept" in done.output
    document = json.loads(out.read_text())
    assert (document["complete"], len(document["differences"])) == (False, 1)


def test_an_interruption_breaks_the_drawing_off(command: Fuzz, interrupts_arrive: None) -> None:
    went_on = []

    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        went_on.append("drawing")

    command.judging("Right")
    Drawing.on_round = interrupt
    assert command("--examples", 100).return_value == ExitStatus.INTERRUPTED
    assert went_on == []


@pytest.mark.parametrize("kind", ["Broken", "Silent"])
def test_the_document_is_written_though_the_only_cell_does_not_start(command: Fuzz, kind: str) -> None:
    command.judging(kind)
    out = command.folder / "out.json"
    done = command("--examples", 2, "--seed", 3, "--out", out)
    assert done.return_value == ExitStatus.NOT_COMPLETED
    assert "No cell is left to judge" in done.output
    said = read_programs(out).said
    assert (said.status, said.complete, said.judged) == (ExitStatus.NOT_COMPLETED, False, ())
    assert list(said.given_up) == [f"differential/{kind.lower()}/3.11.7/asyncio"]


COLLECTED = Saved("collected", "A collection was forgotten.", "where", program(COLLECT))
LOOKED = Saved("looked", "A loop was not there.", "where", program(LOOP))


def test_each_saved_program_is_told_of_with_what_it_was(command: Fuzz) -> None:
    command.judging("Wrong")
    command.known(COLLECTED, LOOKED)
    told = command("--examples", 1).output
    assert re.search(r"collected +differs: collect: collect → forgotten – differential/wrong/", told)
    assert "A collection was forgotten." in told
    assert re.search(r"looked +as expected\s+A loop was not there.", told)


def test_the_document_has_the_saved_programs_and_the_version_that_draws(command: Fuzz) -> None:
    command.judging("Wrong")
    command.known(COLLECTED, LOOKED)
    out = command.folder / "out.json"
    command("--examples", 1, "--out", out)
    document = json.loads(out.read_text())
    assert {name: one["as expected"] for name, one in document["saved"].items()} == {
        "collected": False,
        "looked": True,
    }
    assert list(document["saved"]["collected"]["differs"]) == ["differential/wrong/3.11.7/asyncio"]
    assert document["hypothesis"] == hypothesis.__version__


def test_a_saved_program_that_is_known_to_hang_has_a_limit_of_its_own(command: Fuzz) -> None:
    command.judging("Hangs", "Right")
    hanging: Any = SimpleNamespace(
        name="hanging", what="It hung.", source="where", program=program(COLLECT), seconds=0.3
    )
    command.known(hanging)
    began = time.monotonic()
    command("--examples", 1, "--seed", 3)
    assert time.monotonic() - began < PROGRAM_SECONDS
    [file] = command.files()
    kept = json.loads(file.read_text())
    assert (kept["subject"], kept["seconds"]) == (TIMED_OUT, 0.3)


def test_the_limit_of_a_program_is_the_user_s(command: Fuzz) -> None:
    command.judging("Hangs")
    began = time.monotonic()
    fuzz.start({**dict.fromkeys(SELECTION), "examples": 2, "seed": 3, "timeout": 0.3})
    assert time.monotonic() - began < PROGRAM_SECONDS
    [file] = command.files()
    assert json.loads(file.read_text())["subject"] == TIMED_OUT


def test_a_drawing_that_does_not_exercise_what_it_should_leaves_the_run_incomplete(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.judging("Right")
    monkeypatch.setattr(telling, "ENOUGH", 6)
    done = command("--examples", 6)
    assert done.return_value == ExitStatus.NOT_COMPLETED
    assert "never ran: gather" in done.output
    assert "mend the drawing" in done.output


def test_few_programs_need_not_exercise_everything(command: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    command.judging("Right")
    monkeypatch.setattr(telling, "ENOUGH", 7)
    done = command("--examples", 6)
    assert done.return_value == ExitStatus.AS_EXPECTED
    assert "which is no error" in done.output


@pytest.mark.parametrize(
    "wrong", [("--examples", "0"), ("--seconds", "0"), ("--seed", "x"), ("--jobs", "0"), ("more",)]
)
def test_what_cannot_be_meant_is_refused(command: Fuzz, wrong: tuple[str, ...]) -> None:
    assert isinstance(command(*wrong).exception, UsageError)


def test_a_folder_that_is_not_there_is_refused_before_anything_runs(command: Fuzz) -> None:
    error = command("--out", command.folder / "gone" / "out.json").exception
    assert isinstance(error, ConformanceError)
    assert error.status == ExitStatus.WRONG_USAGE


@pytest.mark.parametrize("name", ["", "."])
def test_a_folder_for_the_document_is_refused_before_anything_runs(command: Fuzz, name: str) -> None:
    error = command("--out", command.folder / name if name else "").exception
    assert isinstance(error, ConformanceError)
    assert "is a folder" in str(error)


def test_what_is_no_time_is_refused(command: Fuzz) -> None:
    error = command("--seconds", "nan").exception
    assert isinstance(error, ConformanceError)
    assert error.status == ExitStatus.WRONG_USAGE


def test_what_was_found_is_told_though_the_document_cannot_be_written(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    command.judging("Wrong")
    monkeypatch.setattr(fuzz, "write_whole", refuse)
    done = command("--examples", 6, "--out", command.folder / "out.json")
    assert isinstance(done.exception, OSError)
    assert "forgotten" in done.output


def test_why_no_cell_started_is_told_though_the_document_cannot_be_written(
    command: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    command.judging("Broken")
    monkeypatch.setattr(fuzz, "write_whole", refuse)
    done = command("--examples", 6, "--out", command.folder / "out.json")
    assert isinstance(done.exception, OSError)
    assert "No cell is left to judge" in done.output


def test_a_real_implementation_that_is_wrong_is_found(
    command: Fuzz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real workers, real environments and the real stream."""
    interpreter = interpreter_or_skip("3.11")
    monkeypatch.undo()
    monkeypatch.setattr(fuzz, "DIFFERENCES", command.kept)
    # Of all saved programs one that shows it: which are drawn is another matter.
    saved = next(one for one in read_corpus() if one.name == "uvloop-305")
    command.known(saved)
    config = bring(tmp_path, "forgetful")
    narrow = ("--python", interpreter.version, "--loop", "asyncio", "--implementation", "forgetful")
    done = command("--examples", 20, "--seed", 1, "--config", config, *narrow)
    assert done.return_value == ExitStatus.UNEXPECTED_VERDICT
    assert {json.loads(file.read_text())["cell"] for file in command.files()} == {
        f"differential/forgetful/{interpreter.version}/asyncio"
    }
