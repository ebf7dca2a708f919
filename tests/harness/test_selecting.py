"""A selection that leaves nothing to judge is told with the cause for each implementation."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.commands import selecting
from conformance.commands.selecting import select
from conformance.errors import ConformanceError, ExitStatus
from conformance.plan import Found
from conformance.records import Missing
from miniatures import write
from results import interpreter

OTHERS = "Select others with --python, --loop or --suite, or mend the tables."
RANGED = """\
[[implementation]]
name = "ranged"
requires = ["ranged==1"]
runner = "ranged:Runner"
python = "{}"
"""
TASK = """\
[[implementation]]
name = "alone"
requires = ["alone==1"]
task = "alone:Task"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def refusal(
    monkeypatch: pytest.MonkeyPatch,
    config: Path,
    versions: tuple[str, ...],
    *,
    loops: tuple[str, ...] = (),
    suites: tuple[str, ...] = (),
    implementations: tuple[str, ...] = (),
) -> ConformanceError:
    """What is said of a selection from interpreters of these versions."""
    found = Found(tuple(interpreter(version) for version in versions), ())
    monkeypatch.setattr(selecting, "find_interpreters", lambda _wanted: found)
    with pytest.raises(ConformanceError) as told:
        select((), loops, implementations, suites, config)
    return told.value


def test_a_task_alone_where_tasks_are_not_judged(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    write(config, TASK)
    said = refusal(monkeypatch, config, ("3.11.7",))
    assert str(said) == (
        "Nothing is left to judge: alone has a task alone, judged by the suite tasks on Python >=3.8,<3.11, and "
        f"3.11.7 is selected. {OTHERS}"
    )
    assert said.status is ExitStatus.WRONG_USAGE


def test_an_implementation_for_other_interpreters(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    write(config, RANGED.format(">=3.99"))
    assert str(refusal(monkeypatch, config, ("3.8.18", "3.11.7"))) == (
        f"Nothing is left to judge: the python of ranged is '>=3.99', and 3.8.18, 3.11.7 are selected. {OTHERS}"
    )


def test_a_loop_for_other_interpreters(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    write(config, RANGED.format(">=3.8,<3.9"))
    assert str(refusal(monkeypatch, config, ("3.8.18", "3.11.7"), loops=("rloop",))) == (
        "Nothing is left to judge: the python of ranged is '>=3.8,<3.9', that of the loop rloop is '>=3.9', and "
        f"3.8.18 is selected. {OTHERS}"
    )


def test_suites_that_judge_something_else(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    write(config, TASK)
    assert str(refusal(monkeypatch, config, ("3.8.18",), suites=("run*",))) == (
        "Nothing is left to judge: alone has a task alone, and the suite runners judges a runner. " + OTHERS
    )


def test_each_implementation_has_a_cause_of_its_own(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    write(config, f"{RANGED.format('<3.9')}\n{TASK}")
    said = str(refusal(monkeypatch, config, ("3.12.1",)))
    assert "judge: the python of ranged is '<3.9', and 3.12.1 is selected; alone has a task alone" in said


def test_what_the_others_are_judged_against_is_not_said_to_be_judged(
    monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    write(config, TASK)
    said = str(refusal(monkeypatch, config, ("3.12.1",), implementations=("native", "alone")))
    assert said.startswith("Nothing is left to judge: alone has a task alone")
    assert "native" not in said


def test_no_interpreter_at_all(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    write(config, TASK)
    missing = (Missing("3.8", "Install 3.8."), Missing("3.9", "Install 3.9."))
    monkeypatch.setattr(selecting, "find_interpreters", lambda _wanted: Found((), missing))
    with pytest.raises(ConformanceError) as told:
        select((), (), (), (), config)
    assert str(told.value) == "No Python to judge on was found; looked for: 3.8, 3.9. Install 3.8."
    assert told.value.status is ExitStatus.NOT_COMPLETED
