"""Tell the driver of each test as it starts and finishes, with its subtests, what it left, and where its output lies."""

import contextlib
import os
import re
import sys
import time
import unittest
from typing import Any, Callable, List, Optional

from .channel import Channel
from .exercise import Exercise
from .policies import Policies
from .state import State

# From the mildest to the gravest: a test that has several, such as a failure and then an error while it
# is torn down, has the gravest.
_GRAVITY = ("passed", "skipped", "failed", "errored")

# What unittest calls the fixture of a class or a module, such as "setUpClass (test_runners.RunnerTests)".
_FIXTURE = re.compile(r"\w+ \((.*)\)")

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_PACKAGE = re.compile(r"^test\.test_asyncio\.")

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
        after_test: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._channel = channel
        self._exercise = exercise
        self._state = state
        self._policies = policies
        self._after_test = after_test
        self.interrupted = False
        """Whether the latest test was ended by what unittest does not catch."""
        self.spoiled = False
        """Whether a test was interrupted so, or left the process other than it was."""
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
        # Here too: a class's fixture may have set another since the last test.
        self._policies.put_back()
        self._state.begin()
        self._began = _now()

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        seconds = _now() - self._began
        self.interrupted = _exc_info()[0] is not None
        if self.interrupted:
            # unittest lets a KeyboardInterrupt through, and calls this while it passes.
            self._note("errored", self._exc_info_to_string(_exc_info(), test))
        leaks = self._state.left()
        self._policies.put_back()
        super().stopTest(test)
        self._channel.send(
            "finished",
            test=self._test,
            outcome=self._outcome or "passed",
            detail="\n".join(self._details),
            seconds=round(seconds, 6),
            exercised=self._exercise.seen,
            leaks=leaks,
            output=[self._output_from, self._output_size()],
        )
        self._test = None
        if leaks or self.interrupted:
            self.spoiled = True
            self.stop()
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
            return _plainly(err)
        return text


def _plainly(err: Any) -> str:
    """An exception with its places, by nothing that can be replaced; it may not have a working ``str`` either."""
    kind, value, places = err
    lines = []
    while places is not None:
        code = places.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {places.tb_lineno}, in {code.co_name}')
        places = places.tb_next
    try:
        text = str(value)
    except Exception:  # noqa: BLE001  # as above
        text = "it cannot be shown"
    return "\n".join([*lines, f"{kind.__name__}: {text}", ""])


def _within_package(name: str) -> str:
    return _PACKAGE.sub("", name)
