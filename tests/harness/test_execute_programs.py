"""A worker that runs programs: a trace of each, whatever it does to the worker, and no word of it lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag
from threading import Timer

import pytest

from conformance.errors import ExecuteError
from conformance.execute.failures import AbandonedError
from conformance.execute.programs import (
    PROGRAM_SECONDS,
    TIMED_OUT,
    BrokenError,
    Program,
    ProgramsOrder,
    ProgramsWorker,
    Trace,
    written,
)
from fake_programs import COLLECT, LOOP, Fakes, program

FINE, FATAL = program(LOOP), program(LOOP, COLLECT)
FINE_TRACE = [["s0", "get_loop"]]


@pytest.fixture
def fakes(tmp_path: Path) -> Fakes:
    return Fakes(tmp_path)


class Making:
    """Makes workers of a kind, and ends them."""

    def __init__(self, fakes: Fakes) -> None:
        self.fakes = fakes
        self.made: list[ProgramsWorker] = []

    def __call__(self, kind: str) -> ProgramsWorker:
        [cell] = self.fakes.plan(kind).judged
        worker = ProgramsWorker(ProgramsOrder(cell, cell.interpreter.executable), Flag())
        self.made.append(worker)
        return worker


@pytest.fixture
def worker(fakes: Fakes) -> Iterator[Making]:
    making = Making(fakes)
    yield making
    for made in making.made:
        made.end()


def traces(worker: ProgramsWorker, *programs: Program, seconds: float = 10.0) -> list[Trace]:
    return [answer.trace() for answer in worker.run(programs, seconds)]


def test_each_program_has_its_trace_in_order(worker: Making) -> None:
    assert traces(worker("Right"), FINE, FATAL, FINE) == [
        FINE_TRACE,
        [["s0", "get_loop"], ["s1", "collect"]],
        FINE_TRACE,
    ]


def test_one_process_runs_batch_after_batch(worker: Making, fakes: Fakes) -> None:
    one = worker("Right")
    one.run([FINE])
    one.run([FINE])
    assert fakes.started() == ["Right"]


@pytest.mark.parametrize(("kind", "how"), [("Dies", "SIGSEGV"), ("Exits", "exit 3")])
def test_a_program_that_ends_its_worker_costs_itself_alone(
    worker: Making, fakes: Fakes, kind: str, how: str
) -> None:
    one = worker(kind)
    assert traces(one, FINE, FATAL, FINE) == [FINE_TRACE, [["", "crashed", how]], FINE_TRACE]
    assert one.lost == 1
    assert fakes.started() == [kind, kind]


def test_a_program_that_hangs_costs_itself_alone(worker: Making) -> None:
    one = worker("Hangs")
    one.run([FINE])
    assert traces(one, FINE, FATAL, FINE, seconds=0.3) == [FINE_TRACE, TIMED_OUT, FINE_TRACE]


def test_a_worker_that_is_lost_behind_its_last_program_costs_none(worker: Making, fakes: Fakes) -> None:
    one = worker("Leaves")
    assert traces(one, FINE, FINE) == traces(one, FINE, FINE) == [FINE_TRACE, FINE_TRACE]
    assert fakes.started() == ["Leaves", "Leaves"]
    assert one.lost == 0


def test_what_is_lost_is_told_from_what_is_not(worker: Making) -> None:
    assert [answer.is_lost for answer in worker("Dies").run([FINE, FATAL])] == [False, True]


def test_a_worker_that_says_something_else_is_lost(worker: Making) -> None:
    fine, [[origin, what, how]], again = traces(worker("Babbles"), FINE, FATAL, FINE)
    assert (fine, again) == (FINE_TRACE, FINE_TRACE)
    assert (origin, what) == ("", "crashed")
    assert "what?" in how


def test_nothing_is_run_behind_the_last_loss_that_is_allowed(worker: Making, fakes: Fakes) -> None:
    answers = worker("Exits").run([FATAL, FINE, FATAL, FINE], losses=2)
    assert [answer.is_lost for answer in answers] == [True, False, True]
    assert fakes.started() == ["Exits", "Exits"]


def test_an_implementation_that_does_not_load_is_told(worker: Making) -> None:
    with pytest.raises(BrokenError, match="ImportError: there is no fake"):
        worker("Broken").run([FINE])


def test_a_worker_that_never_greets_is_started_a_few_times(worker: Making, fakes: Fakes) -> None:
    with pytest.raises(BrokenError, match="ended with status 4"):
        worker("Silent").run([FINE])
    assert fakes.started() == ["Silent"] * 3


def test_a_python_that_cannot_be_started_is_told(worker: Making) -> None:
    one = worker("Right")
    one.order.python.chmod(0o600)
    with pytest.raises(ExecuteError, match="could not be started"):
        one.run([FINE])


def test_what_is_abandoned_ends_at_once(worker: Making) -> None:
    one = worker("Hangs")
    one.start()
    Timer(0.1, one.abandoned.set).start()
    with pytest.raises(AbandonedError):
        one.run([FATAL], seconds=60.0)


def test_a_program_has_a_limit_of_its_own(worker: Making) -> None:
    hanging = worker("Hangs")
    began = time.monotonic()
    found = hanging.run([FINE, FATAL, FINE], [600.0, 0.3, 600.0])
    assert time.monotonic() - began < PROGRAM_SECONDS
    assert [answer.trace() for answer in found] == [FINE_TRACE, TIMED_OUT, FINE_TRACE]


def test_a_program_that_was_written_before_is_the_same(worker: Making) -> None:
    right = worker("Right")
    assert right.run([written(FINE), written(FATAL)]) == right.run([FINE, FATAL])


def test_traces_that_come_together_are_told_apart(worker: Making) -> None:
    longer = [program(*[LOOP] * (1 + number % 7)) for number in range(300)]
    assert [len(trace) for trace in traces(worker("Right"), *longer)] == [
        1 + number % 7 for number in range(300)
    ]
