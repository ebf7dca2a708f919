"""Coverage of a cell of programs: what is saved, when, and what is not measured at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance.cli import commands
from conformance.commands import fuzz
from conformance.commands.differential import Known
from conformance.differential.asking import Cells
from conformance.errors import UsageError
from conformance.execute.programs import ProgramsOrder, ProgramsWorker
from conformance.execute.starting import measured
from conformance.execute.variables import handed_on
from conformance.plan.differential import DifferentialPlan
from conformance.records import Cell, Implementation, Mode, Suite
from fake_programs import Fakes
from measured import OWN, install, lines
from miniatures import ASYNCIO, DRIVER, NATIVE, environment
from performing import program, run

pytest_plugins = ["miniatures"]

# The number of the Runner is the line that it reaches; the third kills its worker.
MODULE = """\
import asyncio, os, signal
class Runner(asyncio.Runner):
    made = 0
    def __init__(self, **options):
        super().__init__(**options)
        Runner.made += 1
        if Runner.made == 1:
            self.number = 1
        if Runner.made == 2:
            self.number = 2
        if Runner.made == 3:
            self.number = 3
            os.kill(os.getpid(), signal.SIGKILL)
"""


def cell(implementation: Implementation) -> Cell:
    return Cell(DRIVER, ASYNCIO, implementation, Suite.DIFFERENTIAL, Mode.PLAIN, "")


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[ProgramsWorker]:
    python = environment(tmp_path / "env", DRIVER, {"own": MODULE})
    install(python)
    order = ProgramsOrder(cell(OWN), python, variables=handed_on(), coverage=tmp_path / "data")
    (tmp_path / "data").mkdir()
    made = ProgramsWorker(order, Flag())
    yield made
    made.end()


def test_each_programs_lines_are_saved_before_the_next_one_runs(
    worker: ProgramsWorker, tmp_path: Path
) -> None:
    answers = worker.run([program(run())] * 3, losses=1)
    assert [answer.is_lost for answer in answers] == [False, False, True]
    [(context, found)] = lines(tmp_path / "data").items()
    assert context == cell(OWN).name
    assert found & {8, 10, 12} == {8, 10}


def test_it_changes_no_trace(worker: ProgramsWorker, tmp_path: Path) -> None:
    plain = ProgramsWorker(evolve(worker.order, coverage=None), Flag())
    try:
        programs = [program(run()), program(run(), run())]
        assert worker.run(programs) == plain.run(programs)
    finally:
        plain.end()
    assert len(list((tmp_path / "data").iterdir())) == 1


@pytest.mark.parametrize(
    "implementation", [NATIVE, Implementation("control"), Implementation("native-again")]
)
def test_what_is_the_interpreters_own_is_not_measured(implementation: Implementation, tmp_path: Path) -> None:
    assert measured(cell(implementation), tmp_path) == []


def test_what_is_judged_by_its_task_alone_is_measured(tmp_path: Path) -> None:
    task = Implementation("own", None, run=None, task="own.tasks:Task")
    assert measured(cell(task), tmp_path)[-2:] == ["--coverage-source", "own"]


def test_nothing_is_measured_where_nobody_asks(tmp_path: Path) -> None:
    assert measured(cell(OWN), None) == []


def test_fuzz_hands_the_folder_on_and_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes, folder = Fakes(tmp_path), tmp_path / "new" / "data"
    plan, seen = fakes.plan("Right"), []

    def provided(_plan: DifferentialPlan, _jobs: object, _say: object, coverage: Path | None) -> Cells:
        seen.append(coverage)
        return fakes.cells(plan)

    monkeypatch.setattr(fuzz, "select_differential", lambda *_: plan)
    monkeypatch.setattr(fuzz, "provided", provided)
    monkeypatch.setattr(fuzz, "DIFFERENCES", tmp_path / "differences")
    monkeypatch.setattr(fuzz, "read_known", lambda: Known((), ()))
    CliRunner().invoke(commands, ["fuzz", "--examples", "1", "--seed", "1", "--coverage", str(folder)])
    assert seen == [folder]
    assert folder.is_dir()


def test_a_folder_that_cannot_be_written_to_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    done = CliRunner().invoke(commands, ["fuzz", "--coverage", str(folder)], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert str(done.exception).startswith(f"--coverage {folder} cannot be written to: Not a directory.")
