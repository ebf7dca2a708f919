"""What each suite of upstream's tests is: which files it runs, what of an implementation it judges, and where it can run.

Plan, sync, execute and report ask here. How a worker loads a suite's files is in ``worker/suites.py``, under
the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from conformance.records import Interpreter, Mode, Suite

MODEL_SERIES = "3.11"
"""The series whose Runner is backported: its tests judge one on every interpreter, and its native one is
the model for the interpreters that have none."""


@frozen
class Definition:
    """One suite, as the driver has to know it."""

    files: tuple[str, ...]
    """The upstream files that are the suite's own; its tests are in ``test_`` and its name."""
    judges: Literal["runner", "task"]
    """What of an implementation: one that lacks it is not judged by the suite."""
    series: str | None = None
    """The series whose tag's files every interpreter runs; None where each runs those of its own."""
    modes: tuple[Mode, ...] = (Mode.PLAIN,)
    python: str = ">=3.8"
    """On which interpreters there is something to judge, and the files can run."""

    def series_for(self, interpreter: Interpreter) -> str:
        """The series whose tag's files the suite runs on ``interpreter``."""
        return self.series or interpreter.series


DEFINITIONS: Mapping[Suite, Definition] = {
    Suite.RUNNERS: Definition(
        files=("Lib/test/test_asyncio/test_runners.py",),
        judges="runner",
        series=MODEL_SERIES,
    ),
    Suite.TASKS: Definition(
        files=("Lib/test/test_asyncio/test_tasks.py",),
        judges="task",
        modes=tuple(Mode),
        # From 3.11 on the task class is the interpreter's own: there is nothing of an implementation's to judge.
        python=">=3.8,<3.11",
    ),
    Suite.ASYNC_CASE: Definition(
        files=("Lib/unittest/async_case.py", "Lib/unittest/test/test_async_case.py"),
        judges="runner",
        series=MODEL_SERIES,
        # async_case.py stands on the interpreter's own TestCase. On 3.8, and before 3.9.8 and 3.10.1 (bpo-45238),
        # its debug() knows nothing of asyncSetUp and coroutines: 6 of the 13 tests fail there, whatever the Runner.
        python=">=3.9.8,!=3.10.0.*",
    ),
}
