"""Tell the driver of each test as it starts and finishes, with its subtests, and where its output lies."""

import contextlib
import os
import re
import sys
import time
import traceback
import unittest
from typing import Any, Callable, List, Optional

from .channel import Channel
from .exercise import Exercise

# From the mildest to the gravest: a test that has several, such as a failure and then an error while it
# is torn down, has the gravest.
_GRAVITY = ("passed", "skipped", "failed", "errored")

# What unittest calls the fixture of a class or a module, such as "setUpClass (test_runners.RunnerTests)".
_FIXTURE = re.compile(r"\w+ \((.*)\)")

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")


def test_id(test: unittest.TestCase) -> str:
    """The id that reports go by, ``test_runners.RunnerTests.test_run``: the same in every tree."""
    return _within_package(test.id())


class Reporter(unittest.TestResult):
    """A test result that sends what it is told, at once; ``after_test`` is called when each has ended."""

    def __init__(
        self, channel: Channel, exercise: Exercise, after_test: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__()
        self._channel = channel
        self._exercise = exercise
        self._after_test = after_test
        self.interrupted = False
        """Whether the latest test was ended by what unittest does not catch."""
        self._test: Optional[str] = None
        self._outcome: Optional[str] = None
        self._details: List[str] = []
        self._began = 0.0
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
        self._began = time.perf_counter()

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        seconds = time.perf_counter() - self._began
        self.interrupted = sys.exc_info()[0] is not None
        if self.interrupted:
            # unittest lets a KeyboardInterrupt through, and calls this while it passes.
            self._note("errored", traceback.format_exc())
        super().stopTest(test)
        self._channel.send(
            "finished",
            test=self._test,
            outcome=self._outcome or "passed",
            detail="\n".join(self._details),
            seconds=round(seconds, 6),
            exercised=self._exercise.seen,
            output=[self._output_from, self._output_size()],
        )
        self._test = None
        self._after_test()

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        super().addSuccess(test)
        self._note("passed")

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802  # unittest's name
        super().addError(test, err)
        if self._test is None:
            self._trouble(test, "errored", self.errors[-1][1])
        else:
            self._note("errored", self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802  # unittest's name
        super().addFailure(test, err)
        self._note("failed", self.failures[-1][1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802  # unittest's name
        super().addSkip(test, reason)
        if self._test is None:
            self._trouble(test, "skipped", reason)
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
        parameters = _ADDRESS.sub("at 0x…", subtest._subDescription())
        self._channel.send("subtest", test=self._test, parameters=parameters, outcome=outcome, detail=detail)
        self._note(outcome, detail and f"{parameters}\n{detail}")

    def _trouble(self, fixture: unittest.TestCase, outcome: str, detail: str) -> None:
        """Tell of a class's or module's own set-up or tear-down, which belongs to no test that was started."""
        where = fixture.id()
        named = _FIXTURE.fullmatch(where)
        scope = _within_package(named.group(1)) if named else ""
        self._channel.send("trouble", where=where, scope=scope, outcome=outcome, detail=detail)

    def _note(self, outcome: str, detail: str = "") -> None:
        if self._outcome is None or _GRAVITY.index(outcome) > _GRAVITY.index(self._outcome):
            self._outcome = outcome
        if detail:
            self._details.append(detail)

    def _output_size(self) -> int:
        """How much the worker has written to the file that is its stdout and stderr, in bytes."""
        for stream in (sys.stdout, sys.stderr):
            # A test that took the stream away or closed it has written nothing to ours.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        return os.fstat(self._output).st_size


def _within_package(name: str) -> str:
    return re.sub(r"^test\.test_asyncio\.", "", name)
