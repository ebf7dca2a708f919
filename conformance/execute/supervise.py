"""See one cell through: ask workers for its tests, blame a crash or a hang on its test, go on with the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from threading import Event as Flag
from typing import Any, Protocol

from attrs import define, evolve, field, frozen

from conformance.execute.worker import TimeLimitError, Worker, WorkerGoneError
from conformance.records import Cell, Outcome, Result, Subtest

_START_SECONDS = 120.0
"""How long a worker may take to import everything, on a machine that is busy with its fellows."""
_BETWEEN_TESTS_SECONDS = 60.0
_RESTARTS = 20


class Listener(Protocol):
    """Who wants to know what happens while it happens; called from several threads."""

    def cell_started(self, cell: str, total: int) -> None:
        """A worker has loaded the cell's suite; ``total`` tests are going to run."""

    def test_started(self, cell: str, test: str) -> None:
        """A test has begun."""

    def test_finished(self, result: Result) -> None:
        """A test has ended, in whatever way."""


@frozen
class Order:
    """Which tests of a cell to run, and how."""

    cell: Cell
    python: Path
    tree: Path
    only: Callable[[str], bool] = lambda _test: True
    """Whether to run the test of this id."""
    leave_out: Collection[str] = ()
    attempt: int = 1
    seconds: float = 60.0
    """The time limit of each test."""
    coverage: Path | None = None


@define
class Course:
    """How a cell went."""

    hello: Mapping[str, Any] = field(factory=dict)
    """What its first worker said of itself; empty when none got so far."""
    results: list[Result] = field(factory=list)
    left_out: tuple[str, ...] = ()
    """Tests of the suite that `Order.leave_out` kept from being run."""
    broken: str = ""
    """Why the suite could not be loaded at all."""


def see_through(order: Order, listener: Listener, abandoned: Flag) -> Course:
    """Run a cell's tests to the end, whatever they do to their worker.

    Raises ExecuteError when no worker starts, and AbandonedError soon after ``abandoned`` is set.
    """
    return _Supervision(order, listener, abandoned).run()


class _Supervision:
    def __init__(self, order: Order, listener: Listener, abandoned: Flag) -> None:
        self._order = order
        self._listener = listener
        self._abandoned = abandoned
        self._course = Course()
        # None until a first worker has said which tests there are.
        self._pending: list[str] | None = None
        # The test that is running, with what it said so far, until when it may, and where its output begins.
        self._running: Result | None = None
        self._deadline = 0.0
        self._output_from = 0
        self._trouble = ""

    def run(self) -> Course:
        for _ in range(_RESTARTS + 1):
            order = self._order
            worker = Worker(order.cell, order.python, order.tree, order.coverage, self._abandoned)
            try:
                self._greet(worker)
                if self._pending:
                    self._have_run(worker, self._pending)
                    worker.stop()
            except WorkerGoneError as gone:
                self._blame(worker, Outcome.CRASHED, str(gone))
            except TimeLimitError:
                worker.abort()
                self._blame(worker, Outcome.TIMED_OUT, "the worker said nothing more in time")
            finally:
                worker.end()
            if self._course.broken or not self._pending:
                return self._course
        self._settle_rest(
            Outcome.CRASHED, f"not run: {_RESTARTS + 1} workers of this cell were lost before it"
        )
        return self._course

    def _greet(self, worker: Worker) -> None:
        """Hear which tests the suite has, and choose among them the first time."""
        event = worker.receive(_START_SECONDS)
        if event["event"] == "broken":
            self._course.broken = str(event.get("detail", ""))
        elif event["event"] != "hello":
            raise WorkerGoneError(f"the worker began with {event['event']!r} instead of hello")
        elif self._pending is None:
            order = self._order
            chosen = [test for test in event["tests"] if order.only(test)]
            self._pending = [test for test in chosen if test not in order.leave_out]
            self._course.left_out = tuple(test for test in chosen if test in order.leave_out)
            self._course.hello = {key: value for key, value in event.items() if key not in ("event", "tests")}
            self._listener.cell_started(order.cell.name, len(self._pending))

    def _have_run(self, worker: Worker, tests: list[str]) -> None:
        """Let the worker run the tests until it is idle."""
        worker.send("run", tests=list(tests))
        self._deadline = time.monotonic() + _BETWEEN_TESTS_SECONDS
        while True:
            event = worker.receive(self._deadline - time.monotonic())
            match event:
                case {"event": "started", "test": str(test), "output": int(offset)}:
                    self._running = Result(
                        cell=self._order.cell.name,
                        test=test,
                        outcome=Outcome.PASSED,
                        attempt=self._order.attempt,
                    )
                    self._output_from = offset
                    self._deadline = time.monotonic() + self._order.seconds
                    self._listener.test_started(self._order.cell.name, test)
                case {"event": "subtest"} if self._running is not None:
                    self._running = evolve(self._running, subtests=(*self._running.subtests, _subtest(event)))
                case {"event": "finished", "test": str(test)} if self._running is not None:
                    if test != self._running.test:
                        raise WorkerGoneError(f"the worker finished {test}, which it had not started")
                    self._finish(worker, event)
                    self._deadline = time.monotonic() + _BETWEEN_TESTS_SECONDS
                case {"event": "trouble"}:
                    self._trouble += f"{event.get('where')}\n{event.get('detail')}\n"
                case {"event": "idle"}:
                    # What is still pending was kept from starting by its class's or module's set-up.
                    self._settle_rest(Outcome.ERRORED, self._trouble or "the worker left it out")
                    return
                case _:
                    raise WorkerGoneError(f"the worker said {str(event)[:200]} out of turn")

    def _finish(self, worker: Worker, event: Mapping[str, Any]) -> None:
        """Keep what the worker says of the test that was running."""
        assert self._running is not None
        outcome = _outcome(event)
        output = "" if outcome is Outcome.PASSED else worker.output(*event["output"])
        self._keep(
            evolve(
                self._running,
                outcome=outcome,
                detail=str(event.get("detail", "")),
                seconds=float(event.get("seconds", 0.0)),
                exercised=bool(event.get("exercised")),
                output=output,
            )
        )

    def _blame(self, worker: Worker, outcome: Outcome, what: str) -> None:
        """A worker is lost: the test that was running is to blame, or nobody, and then it costs a restart."""
        if self._running is not None:
            if outcome is Outcome.TIMED_OUT:
                what = f"ended after its limit of {self._order.seconds:g} seconds"
            self._keep(
                evolve(self._running, outcome=outcome, detail=what, output=worker.output(self._output_from))
            )
        elif self._pending is None:
            self._course.broken = f"{what}\n{worker.output(0)}".rstrip()

    def _settle_rest(self, outcome: Outcome, detail: str) -> None:
        """Give the tests that never started an outcome."""
        for test in list(self._pending or ()):
            self._keep(
                Result(
                    cell=self._order.cell.name,
                    test=test,
                    outcome=outcome,
                    detail=detail,
                    attempt=self._order.attempt,
                )
            )

    def _keep(self, result: Result) -> None:
        assert self._pending is not None
        self._running = None
        self._pending.remove(result.test)
        self._course.results.append(result)
        self._listener.test_finished(result)


def _outcome(event: Mapping[str, Any]) -> Outcome:
    told = event.get("outcome")
    if told not in list(Outcome):
        raise WorkerGoneError(f"the worker told the outcome {told!r}")
    return Outcome(told)


def _subtest(event: Mapping[str, Any]) -> Subtest:
    return Subtest(
        parameters=str(event.get("parameters")), outcome=_outcome(event), detail=str(event.get("detail", ""))
    )
