"""See one cell through: ask workers for its tests, blame a crash or a hang on its test, go on with the rest."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event as Flag
from typing import Any

from attrs import evolve

from conformance.execute.failures import AbandonedError, TimeLimitError, WorkerGoneError
from conformance.execute.order import Course, Listener, Order, after, class_of, is_within, tear_down
from conformance.execute.reports import are_ids, finished, outcome_of, subtest
from conformance.execute.restarts import Restarts
from conformance.execute.starting import START_SECONDS, start_of
from conformance.execute.worker import Worker
from conformance.records import Outcome, Result, Subtest


def see_through(
    order: Order,
    listener: Listener,
    abandoned: Flag,
    share: Callable[[Sequence[str]], list[str]] = list,
    restarts: Restarts | None = None,
) -> Course:
    """Run a cell's tests to the end, whatever they do to their worker.

    ``share`` is given all that are to run, and returns those that are to run here; ``restarts`` is the budget
    that this shares with the cell's other parts. Raises ExecuteError when no worker starts, and AbandonedError
    soon after ``abandoned`` is set.
    """
    return _Supervision(order, listener, abandoned, share, restarts or Restarts()).run()


class _Supervision:
    def __init__(
        self,
        order: Order,
        listener: Listener,
        abandoned: Flag,
        share: Callable[[Sequence[str]], list[str]],
        restarts: Restarts,
    ) -> None:
        self._order = order
        self._listener = listener
        self._abandoned = abandoned
        self._share = share
        self._restarts = restarts
        self._course = Course()
        # None until a first worker has said which tests there are.
        self._pending: list[str] | None = None
        # The test that is running, with what it said so far, until when it may, and where its output begins.
        self._running: Result | None = None
        self._subtests: list[Subtest] = []
        self._deadline = 0.0
        self._output_from = 0
        # What the present worker came to: its greeting, the start of a test, and its end.
        self._greeted = self._begun = self._done = False
        # How many in a row did not even greet.
        self._silent = 0
        # The first test of a worker that never came to it: it is to blame if another never does.
        self._suspect: str | None = None
        # By class or module, why its tests were kept from starting, and what went wrong behind them.
        self._set_up: dict[str, tuple[Outcome, str]] = {}
        self._tear_down: dict[str, tuple[Outcome, str]] = {}
        self._last_loss = ""

    def run(self) -> Course:
        # Each that is spoiled has settled a test, so there is an end to them without a budget.
        while True:
            if not self._employ():
                self._restarts.lose(self._last_loss)
            self._settle_kept_from_starting()
            if self._course.broken or self._pending == []:
                break
            if self._restarts.spent:
                self._settle_rest(Outcome.CRASHED, f"not run: {self._restarts}")
                break
        self._settle_tear_downs()
        return self._course

    def _employ(self) -> bool:
        """Have a fresh worker run what is pending; returns whether it went well, or else is lost."""
        if self._abandoned.is_set():
            raise AbandonedError
        self._greeted = self._begun = self._done = False
        worker = Worker(start_of(self._order), self._abandoned)
        try:
            self._greet(worker)
            if self._pending and self._have_run(worker, self._pending):
                worker.stop()
        except WorkerGoneError as gone:
            self._blame(worker, Outcome.CRASHED, str(gone))
            return False
        except TimeLimitError:
            remark = worker.escalate()
            limit = f"ended after its limit of {self._order.seconds:g} seconds{remark}"
            nothing = f"the worker said nothing more in time{remark}"
            self._blame(worker, Outcome.TIMED_OUT, limit if self._running else nothing)
            return False
        finally:
            worker.end()
        return True

    def _greet(self, worker: Worker) -> None:
        """Hear which tests the suite has, and choose among them the first time."""
        event = worker.receive(START_SECONDS)
        match event:
            case {"event": "broken", "detail": str(detail)}:
                if self._pending is None:
                    self._course.broken = detail
                else:
                    # What earlier workers did stands; a suite that loads only once is no better the next time.
                    self._settle_rest(Outcome.ERRORED, detail)
            case {"event": "hello", "tests": [*tests], **rest} if are_ids(tests):
                self._greeted = True
                self._silent = 0
                if self._pending is None:
                    self._course.hello = {key: value for key, value in rest.items() if key != "event"}
                    self._choose(tests)
            case _:
                raise WorkerGoneError(f"the worker began with {str(event)[:200]}")

    def _choose(self, tests: list[str]) -> None:
        order = self._order
        self._course.tests = tuple(tests)
        if order.shuffle is not None:
            # Before some are chosen: whichever they are, they run in the seed's order.
            random.Random(f"{order.shuffle}/{order.cell.name}/{order.attempt}").shuffle(tests)
        chosen = [test for test in tests if order.only(test)]
        wanted = [test for test in chosen if test not in order.leave_out]
        self._course.left_out = tuple(test for test in chosen if test in order.leave_out)
        self._listener.suite_listed(order.cell.name, self._course.tests, self._course.hello)
        self._listener.cell_started(order.cell.name, len(wanted))
        self._pending = self._share(wanted)

    def _have_run(self, worker: Worker, tests: list[str]) -> bool:
        """Let the worker run the tests until it is idle, or, and then this returns False, until it is spoiled."""
        worker.send(self._order.seconds, "run", tests=list(tests))
        self._deadline = time.monotonic() + self._order.seconds
        while True:
            event = worker.receive(self._deadline - time.monotonic())
            match event:
                case {"event": "started", "test": str(test), "output": int(offset)} if self._may_start(test):
                    self._begun = True
                    self._running = self._result(test, Outcome.PASSED)
                    self._subtests = []
                    self._output_from = offset
                    self._turn(worker)
                    self._listener.test_started(self._order.cell.name, test)
                case {"event": "subtest"} if self._running is not None:
                    self._subtests.append(subtest(event))
                case {"event": "finished", "test": str(test)} if self._running and test == self._running.test:
                    self._keep(finished(self._running, event, worker.output))
                    self._done = True
                    self._turn(worker)
                case {"event": "trouble", "scope": str(scope), "where": str(where)}:
                    self._note_trouble(scope, where, event)
                case {"event": "spoiled"} if self._running is None and self._is_progress():
                    return False
                case {"event": "idle"} if self._running is None:
                    self._settle_kept_from_starting()
                    self._settle_rest(Outcome.ERRORED, "the worker left it out")
                    return True
                case _:
                    raise WorkerGoneError(f"the worker said {str(event)[:200]} out of turn")

    def _is_progress(self) -> bool:
        """Whether the worker settled a test: it ran one, or tells of a fixture without which one cannot run."""
        return self._done or any(self._kept_from_starting(test) for test in self._pending or ())

    def _may_start(self, test: str) -> bool:
        return self._running is None and test in (self._pending or ())

    def _turn(self, worker: Worker) -> None:
        """A test begins or has ended: time and space are given anew."""
        self._deadline = time.monotonic() + self._order.seconds
        worker.begin()

    def _note_trouble(self, scope: str, where: str, event: Mapping[str, Any]) -> None:
        troubles = self._tear_down if where.startswith("tearDown") else self._set_up
        _, before = troubles.get(scope, (None, ""))
        told = f"{where}\n{event.get('detail')}"
        # Each worker that comes by a class or module tells the same of it.
        troubles[scope] = outcome_of(event), before if told in before else f"{before}\n{told}".lstrip()

    def _blame(self, worker: Worker, outcome: Outcome, what: str) -> None:
        """A worker is lost: the test that was running is to blame, or the first one's class, to which it never came.

        What it is lost for between two tests, or after the last, is told beside the one that ended: it may be
        the tear-down of a class or of the module. What killed it before the first may have been of another
        place, such as a system that is out of memory: only a second worker that does not come to it is proof.
        Then it is the fixture of the class, before each of its tests; or the suite itself, if there was no greeting.
        """
        self._last_loss = what
        if self._running is not None:
            output = worker.last_output(self._output_from)
            self._keep(evolve(self._running, outcome=outcome, detail=what, output=output))
        elif self._begun:
            last = self._course.results[-1].test
            self._keep(self._result(after(last), outcome, what, worker.last_output(0)))
        elif not self._greeted:
            self._silent += 1
            if self._silent > 1:
                self._give_up(outcome, what, worker.last_output(0))
        else:
            pending = self._pending or []
            first = next((test for test in pending if self._kept_from_starting(test) is None), None)
            if first is not None and (outcome is Outcome.TIMED_OUT or first == self._suspect):
                what = f"{what}, before the test could start"
                fellows = [test for test in pending if class_of(test) == class_of(first)]
                self._settle(fellows, outcome, what, worker.last_output(0))
            self._suspect = first

    def _give_up(self, outcome: Outcome, what: str, output: str) -> None:
        """No worker loads the suite, or loads it again."""
        if self._pending is None:
            self._course.broken = f"{what}\n{output}".rstrip()
        else:
            what = f"not run: two workers in a row did not load the suite again, the last one so: {what}"
            self._settle(self._pending, outcome, what, output)

    def _settle_rest(self, outcome: Outcome, detail: str) -> None:
        """Give all tests that never started an outcome."""
        self._settle(self._pending or (), outcome, detail)

    def _settle(self, tests: Iterable[str], outcome: Outcome, detail: str, output: str = "") -> None:
        for test in list(tests):
            self._keep(self._result(test, outcome, detail, output))

    def _settle_kept_from_starting(self) -> None:
        """Give the tests whose class or module could not be set up an outcome: the trouble it had."""
        for test in list(self._pending or ()):
            why = self._kept_from_starting(test)
            if why is not None:
                self._keep(self._result(test, *why))

    def _settle_tear_downs(self) -> None:
        """Give the trouble behind a class's or module's tests, which have their outcomes, a result of its own."""
        for scope, (outcome, detail) in self._tear_down.items():
            if outcome is not Outcome.SKIPPED:
                self._keep(self._result(tear_down(scope), outcome, detail))

    def _kept_from_starting(self, test: str) -> tuple[Outcome, str] | None:
        """The trouble of the test's class or module, if that had any."""
        return next((why for scope, why in self._set_up.items() if is_within(test, scope)), None)

    def _result(self, test: str, outcome: Outcome, detail: str = "", output: str = "") -> Result:
        order = self._order
        return Result(order.cell.name, test, outcome, detail, output=output, attempt=order.attempt)

    def _keep(self, result: Result) -> None:
        assert self._pending is not None
        if self._running is not None:
            result = evolve(result, subtests=tuple(self._subtests))
        self._running = None
        if result.test in self._pending:
            self._pending.remove(result.test)
        self._course.results.append(result)
        self._listener.test_finished(result)
