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
    """The time limit of each test, and of all that a worker does between two."""
    coverage: Path | None = None
    shuffle: int | None = None
    """The seed of the order in which the tests run; None for the suite's own order."""
    memory: int = 4 << 30
    """How much address space a worker may take, in bytes; 0 for no limit."""


@define
class Course:
    """How a cell went."""

    hello: Mapping[str, Any] = field(factory=dict)
    """What its first worker said of itself; empty when none got so far."""
    tests: tuple[str, ...] = ()
    """All tests of the suite, in its own order."""
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
        # Whether the present worker came to a test at all; if not, the one that it was to begin with is to blame.
        self._begun = False
        # By class or module, why its tests were kept from starting.
        self._trouble: dict[str, tuple[Outcome, str]] = {}
        self._last_loss = ""

    def run(self) -> Course:
        for _ in range(_RESTARTS + 1):
            order = self._order
            self._begun = False
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
        lost = f"{_RESTARTS + 1} workers of this cell were lost before it"
        self._settle_rest(Outcome.CRASHED, f"not run: {lost}, the last one so: {self._last_loss}")
        return self._course

    def _greet(self, worker: Worker) -> None:
        """Hear which tests the suite has, and choose among them the first time."""
        event = worker.receive(_START_SECONDS)
        match event:
            case {"event": "broken", "detail": str(detail)}:
                if self._pending is None:
                    self._course.broken = detail
                else:
                    # What earlier workers did stands; a suite that loads only once is no better the next time.
                    self._settle_rest(Outcome.ERRORED, detail)
            case {"event": "hello", "tests": [*tests], **rest} if _are_ids(tests):
                if self._pending is None:
                    self._choose(tests)
                    self._course.hello = {key: value for key, value in rest.items() if key != "event"}
            case _:
                raise WorkerGoneError(f"the worker began with {str(event)[:200]}")

    def _choose(self, tests: list[str]) -> None:
        order = self._order
        chosen = [test for test in tests if order.only(test)]
        self._pending = [test for test in chosen if test not in order.leave_out]
        self._course.left_out = tuple(test for test in chosen if test in order.leave_out)
        self._listener.cell_started(order.cell.name, len(self._pending))

    def _have_run(self, worker: Worker, tests: list[str]) -> None:
        """Let the worker run the tests until it is idle."""
        worker.send(self._order.seconds, "run", tests=list(tests))
        self._deadline = time.monotonic() + self._order.seconds
        while True:
            event = worker.receive(self._deadline - time.monotonic())
            match event:
                case {"event": "started", "test": str(test), "output": int(offset)} if self._may_start(test):
                    self._begun = True
                    self._running = self._result(test, Outcome.PASSED)
                    self._output_from = offset
                    self._deadline = time.monotonic() + self._order.seconds
                    self._listener.test_started(self._order.cell.name, test)
                case {"event": "subtest"} if self._running is not None:
                    self._running = evolve(self._running, subtests=(*self._running.subtests, _subtest(event)))
                case {"event": "finished", "test": str(test)} if self._running and test == self._running.test:
                    self._finish(worker, self._running, event)
                    self._deadline = time.monotonic() + self._order.seconds
                case {"event": "trouble", "scope": str(scope)}:
                    _, before = self._trouble.get(scope, (None, ""))
                    told = f"{event.get('where')}\n{event.get('detail')}"
                    self._trouble[scope] = (_outcome(event), f"{before}\n{told}".lstrip())
                case {"event": "spoiled"} if self._running is None:
                    return
                case {"event": "idle"} if self._running is None:
                    self._settle_rest(Outcome.ERRORED, "the worker left it out")
                    self._settle_trouble()
                    return
                case _:
                    raise WorkerGoneError(f"the worker said {str(event)[:200]} out of turn")

    def _may_start(self, test: str) -> bool:
        return self._running is None and test in (self._pending or ())

    def _finish(self, worker: Worker, running: Result, event: Mapping[str, Any]) -> None:
        """Keep what the worker says of the test that was running."""
        match event:
            case {
                "detail": str(detail),
                "seconds": float(seconds),
                "exercised": bool(exercised),
                "output": [int(start), int(end)],
            }:
                outcome = _outcome(event)
                output = "" if outcome is Outcome.PASSED else worker.output(start, end)
                self._keep(
                    evolve(
                        running,
                        outcome=outcome,
                        detail=detail,
                        seconds=seconds,
                        exercised=exercised,
                        output=output,
                    )
                )
            case _:
                raise WorkerGoneError(f"the worker finished a test with {str(event)[:200]}")

    def _blame(self, worker: Worker, outcome: Outcome, what: str) -> None:
        """A worker is lost: the test that was running is to blame, or the first one, to which it never came.

        What it is lost for between two tests, or after the last, is told beside the one that ended: it may be
        the tear-down of a class or of the module.
        """
        self._last_loss = what
        if self._running is not None:
            if outcome is Outcome.TIMED_OUT:
                what = f"ended after its limit of {self._order.seconds:g} seconds"
            self._keep(
                evolve(self._running, outcome=outcome, detail=what, output=worker.output(self._output_from))
            )
        elif self._begun:
            last = self._course.results[-1].test
            self._keep(self._result(f"{last} (after it)", outcome, what, worker.output(0)))
        elif self._pending is None:
            self._course.broken = f"{what}\n{worker.output(0)}".rstrip()
        else:
            # Without an outcome it would keep every fresh worker from the rest.
            first = next((test for test in self._pending if self._kept_from_starting(test) is None), None)
            if first is not None:
                what = f"{what}, before the test could start"
                self._keep(self._result(first, outcome, what, worker.output(0)))

    def _settle_rest(self, outcome: Outcome, detail: str) -> None:
        """Give the tests that never started an outcome: their class's or module's trouble, or the given one."""
        for test in list(self._pending or ()):
            self._keep(self._result(test, *(self._kept_from_starting(test) or (outcome, detail))))

    def _settle_trouble(self) -> None:
        """Give a class's or module's trouble a result of its own where no test was there to take it: a tear-down's."""
        for scope, (outcome, detail) in self._trouble.items():
            told = any(result.detail == detail for result in self._course.results)
            if not told and outcome is not Outcome.SKIPPED:
                self._keep(self._result(f"{scope} (tear-down)", outcome, detail))

    def _kept_from_starting(self, test: str) -> tuple[Outcome, str] | None:
        """The trouble of the test's class or module, if that had any."""
        return next((why for scope, why in self._trouble.items() if test.startswith(f"{scope}.")), None)

    def _result(self, test: str, outcome: Outcome, detail: str = "", output: str = "") -> Result:
        order = self._order
        return Result(order.cell.name, test, outcome, detail, output=output, attempt=order.attempt)

    def _keep(self, result: Result) -> None:
        assert self._pending is not None
        self._running = None
        if result.test in self._pending:
            self._pending.remove(result.test)
        self._course.results.append(result)
        self._listener.test_finished(result)


def _are_ids(tests: list[Any]) -> bool:
    return all(isinstance(test, str) for test in tests) and len(set(tests)) == len(tests)


def _outcome(event: Mapping[str, Any]) -> Outcome:
    told = event.get("outcome")
    if told not in list(Outcome):
        raise WorkerGoneError(f"the worker told the outcome {told!r}")
    return Outcome(told)


def _subtest(event: Mapping[str, Any]) -> Subtest:
    return Subtest(
        parameters=str(event.get("parameters")), outcome=_outcome(event), detail=str(event.get("detail", ""))
    )
