"""Tell the driver of each test as it starts and finishes, with its subtests, what it left, and where its output lies."""

import contextlib
import os
import re
import sys
import time
import unittest
from typing import Any, Callable, List, Optional, Type

from .channel import Channel
from .details import shortened, shown_plainly, without_addresses
from .exercise import Exercise
from .fixtures import may_run_between
from .policies import Policies
from .state import State

# From the mildest to the gravest: a test that has several, such as a failure and then an error while it
# is torn down, has the gravest.
_GRAVITY = ("passed", "skipped", "failed", "errored")

# What unittest calls the fixture of a class or a module, such as "setUpClass (test_runners.RunnerTests)".
_FIXTURE = re.compile(r"\w+ \((.*)\)")

_PACKAGE = re.compile(r"^test\.test_asyncio\.")

_MOST_OUTPUT = 1 << 29
"""Bytes. No file of a worker may become twice as large (see keeper), which would fail the tests that write then."""

# Bound before the judged code is there, which may replace what it finds in these modules.
_now, _exc_info, _fstat = time.perf_counter, sys.exc_info, os.fstat


def test_id(test: unittest.TestCase) -> str:
    """The id that reports go by, ``test_runners.RunnerTests.test_run``: the same in every tree."""
    return _within_package(test.id())


class Reporter(unittest.TestResult):
    """A test result that sends what it is told, at once.

    When a test left something that the next would find changed, the rest is left to a fresh worker: `spoiled`.
    """

    def __init__(
        self,
        channel: Channel,
        exercise: Exercise,
        state: State,
        policies: Policies,
        before_test: Callable[[], None] = lambda: None,
        after_test: Optional[Callable[[], None]] = None,
    ) -> None:
        super().__init__()
        self._channel = channel
        self._exercise = exercise
        self._state = state
        self._policies = policies
        self._before_test = before_test
        self._after_test = after_test
        self._class: Optional[Type[unittest.TestCase]] = None
        self.interrupted = False
        """Whether the latest test was ended by what unittest does not catch."""
        self.spoiled = False
        """Whether a test or a fixture was ended so, or a test left the process other than it was."""
        self._test: Optional[str] = None
        self._outcome: Optional[str] = None
        self._details: List[str] = []
        self._began = 0.0
        self._streams = (sys.stdout, sys.stderr)
        # Of our own: a test may close or replace the descriptors that it writes to.
        self._output = os.dup(1)
        self._output_from = 0

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        super().startTest(test)
        self._test = test_id(test)
        self._outcome = None
        self._details = []
        self._output_from = self._output_size()
        self._exercise.begin()
        self._channel.send("started", test=self._test, output=self._output_from)
        self._before_test()
        self._policies.begin()
        if type(test) is not self._class:
            if self._class is None or may_run_between(self._class, type(test)):
                self._state.others_run()
            self._class = type(test)
        self._state.begin()
        self._began = _now()

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        seconds = _now() - self._began
        self.interrupted = _exc_info()[0] is not None
        if self.interrupted:
            # unittest lets a KeyboardInterrupt through, and calls this while it passes.
            self._note("errored", self._exc_info_to_string(_exc_info(), test))
        # First: what the policy alone held, such as a loop, is garbage then.
        self._policies.put_back()
        leaks = self._state.left()
        super().stopTest(test)
        output_to = self._output_size()
        if output_to > _MOST_OUTPUT:
            leaks.append("full standard output")
        self._channel.send(
            "finished",
            test=self._test,
            outcome=self._outcome or "passed",
            detail=shortened("\n".join(self._details)),
            seconds=round(seconds, 6),
            exercised=self._exercise.seen,
            leaks=leaks,
            output=[self._output_from, output_to],
        )
        self._test = None
        if leaks or self.interrupted:
            self.spoiled = True
            self.stop()
        if self._after_test is not None:
            self._after_test()
            self._state.others_run()
        if getattr(test, "_class_cleanups", ()):
            # A test has asked for them; they are gone by the time that the next one starts.
            self._state.others_run()

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        super().addSuccess(test)
        self._note("passed")

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802  # unittest's name
        super().addError(test, err)
        if self._test is None:
            self._trouble(test.id(), "errored", self.errors[-1][1])
        else:
            self._note("errored", self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802  # unittest's name
        super().addFailure(test, err)
        self._note("failed", self.failures[-1][1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802  # unittest's name
        super().addSkip(test, reason)
        if self._test is None:
            self._trouble(test.id(), "skipped", reason)
        else:
            self._note("skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802  # unittest's name
        super().addExpectedFailure(test, err)
        self._note("passed")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        super().addUnexpectedSuccess(test)
        self._note("failed", "The test is marked as an expected failure, and passed.")

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Any) -> None:  # noqa: N802  # unittest's
        outcome, detail = "passed", ""
        before = len(self.failures), len(self.errors)
        super().addSubTest(test, subtest, err)
        if len(self.failures) > before[0]:
            outcome, detail = "failed", self.failures[-1][1]
        elif len(self.errors) > before[1]:
            outcome, detail = "errored", self.errors[-1][1]
        parameters = shortened(without_addresses(subtest._subDescription()))
        told = {"parameters": parameters, "outcome": outcome, "detail": shortened(detail)}
        self._channel.send("subtest", test=self._test, **told)
        self._note(outcome, detail and f"{parameters}\n{detail}")

    def tell_escaped(self, where: str, detail: str) -> None:
        """Tell of what unittest does not catch, as it passes through a class's or module's fixture."""
        self.spoiled = True
        self._trouble(where, "errored", detail)

    def _trouble(self, where: str, outcome: str, detail: str) -> None:
        """Tell of a class's or module's own set-up or tear-down, which belongs to no test that was started."""
        named = _FIXTURE.fullmatch(where)
        scope = _within_package(named.group(1)) if named else ""
        self._channel.send("trouble", where=where, scope=scope, outcome=outcome, detail=shortened(detail))

    def _note(self, outcome: str, detail: str = "") -> None:
        if self._outcome is None or _GRAVITY.index(outcome) > _GRAVITY.index(self._outcome):
            self._outcome = outcome
        if detail:
            self._details.append(detail)

    def flush(self) -> None:
        """Bring what was written to the worker's stdout and stderr into the file that they are."""
        for stream in self._streams:
            # A test may have closed it, or what it leads to.
            with contextlib.suppress(OSError, ValueError):
                stream.flush()

    def _output_size(self) -> int:
        """How much the worker has written to the file that is its stdout and stderr, in bytes."""
        self.flush()
        return _fstat(self._output).st_size

    def _exc_info_to_string(self, err: Any, test: unittest.TestCase) -> str:
        """What unittest makes of an exception, and less where that fails for what the judged code replaced."""
        try:
            # Not in the types of all versions.
            text: str = super()._exc_info_to_string(err, test)  # type: ignore[misc, unused-ignore]
        except Exception:  # noqa: BLE001  # a broken module or exception: whatever it raises
            return shown_plainly(err)
        return text


def _within_package(name: str) -> str:
    return _PACKAGE.sub("", name)
