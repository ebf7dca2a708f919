"""The words of the harness as plain records; every step of the pipeline takes them and gives them on.

Nothing here does anything: a record is made by one step (interpreters and cells by plan, results by
execute, judgements by judge) and only read by the steps behind it.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from attrs import frozen

NATIVE = "native"
ASYNCIO = "asyncio"
"""The loop that each interpreter brings."""
NOT_LOADED = "the suite could not be loaded: "
"""How the details of a test begin that could not run for this reason; all of its cell's say the same."""


class Outcome(StrEnum):
    """What happened to one test."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"


class Verdict(StrEnum):
    """What an outcome means beside its baseline's."""

    CONFORMANT = "conformant"
    DIVERGENT = "divergent"
    FLAKY = "flaky"
    INAPPLICABLE = "inapplicable"
    UNEXERCISED = "unexercised"


class Suite(StrEnum):
    """What a cell runs: upstream's tests, which ``suites.py`` defines, or generated programs."""

    RUNNERS = "runners"
    TASKS = "tasks"
    ASYNC_CASE = "async_case"
    DIFFERENTIAL = "differential"


class Mode(StrEnum):
    """How the tasks suite makes its tasks: as it is written, or each with a context of its own."""

    PLAIN = "plain"
    CONTEXT = "context"


@frozen(order=True)
class Interpreter:
    """One CPython executable."""

    version: str
    """The full version, such as ``3.8.18``."""
    executable: Path
    build: str
    """What ``sys.version`` says beside the number: date and compiler; it names this very build."""

    @property
    def release(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split(".")[:3] if part.isdigit())

    @property
    def series(self) -> str:
        """The first two numbers, such as ``3.8``."""
        return ".".join(self.version.split(".")[:2])


@frozen
class Loop:
    """An event loop implementation; ``factory`` is ``module:callable``."""

    name: str
    factory: str
    requires: tuple[str, ...] = ()
    python: str = ">=3.8"


@frozen
class Implementation:
    """What is judged; ``runner``, ``run`` and ``task`` are ``module:attribute``: it has a Runner or a Task at least."""

    name: str
    runner: str | None = None
    run: str | None = None
    task: str | None = None
    requires: tuple[str, ...] = ()
    path: Path | None = None
    """A local source folder, or one module's file, to build and install instead of, or beside, ``requires``."""
    python: str = ">=3.8"
    context: bool = True
    """Whether the task takes a context; one that does not is judged by the tests of tasks without one alone."""


@frozen
class Environment:
    """What one virtual environment holds: cells with equal environments share it."""

    interpreter: Interpreter
    requires: tuple[str, ...] = ()
    path: Path | None = None


@frozen
class Cell:
    """Environment × suite: the unit that is planned, run and reported."""

    interpreter: Interpreter
    loop: Loop
    implementation: Implementation
    suite: Suite
    mode: Mode
    tag: str
    """Which tag's test tree is loaded, such as ``v3.11.7``; empty where none is."""
    baseline: str | None = None
    """The name of the cell that this one is judged against; None for a baseline."""

    @property
    def name(self) -> str:
        suite = self.suite if self.mode is Mode.PLAIN else f"{self.suite}+{self.mode}"
        return f"{suite}/{self.implementation.name}/{self.interpreter.version}/{self.loop.name}"

    @property
    def environment(self) -> Environment:
        return Environment(
            interpreter=self.interpreter,
            requires=tuple(sorted({*self.loop.requires, *self.implementation.requires})),
            path=self.implementation.path,
        )


@frozen
class Missing:
    """An interpreter that the plan wanted and this machine lacks, with what to do about it."""

    python: str
    advice: str


@frozen
class Plan:
    """The cells to run, baselines among them, and what could not be planned."""

    cells: tuple[Cell, ...]
    missing: tuple[Missing, ...] = ()

    def cell(self, name: str) -> Cell:
        return next(cell for cell in self.cells if cell.name == name)


@frozen
class Shard:
    """The part ``number`` of ``count`` of a whole plan, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@frozen
class Subtest:
    """One ``subTest`` of a test, named by its parameters."""

    parameters: str
    outcome: Outcome
    detail: str = ""


@frozen
class Result:
    """What happened to one test of one cell in one attempt."""

    cell: str
    test: str
    """The full id, such as ``test_runners.RunnerTests.test_run``."""
    outcome: Outcome
    detail: str = ""
    """The traceback, or why the test was skipped; empty when it passed."""
    seconds: float = 0.0
    exercised: bool | None = None
    """Whether the test constructed the implementation's Runner or Task; None where nobody looked."""
    subtests: tuple[Subtest, ...] = ()
    output: str = ""
    """What the test wrote to stdout and stderr, kept when it did not pass."""
    attempt: int = 1
    leaks: tuple[str, ...] = ()
    """What of its process's state the test left changed, each by name, such as ``handler of SIGUSR1``."""
    cached: bool = False
    """Whether it was taken from the store, or from the document that is resumed, and not run."""


@frozen
class Rate:
    """How often a test passed, of the times that it ran."""

    passed: int
    runs: int


@frozen
class Judgement:
    """The verdict on one test of one cell, with both results that it comes from."""

    cell: str
    test: str
    verdict: Verdict
    baseline: Result
    subject: Result | None
    """None where the test was known to be unexercised or inapplicable and so was not run."""
    retried: Result | None = None
    """The second attempt in a fresh worker, where the first one diverged; where each test ran several times, the
    first that passed, beside one that did not."""
    expected: bool = True
    reason: str = ""
    """Why: of an expectation that applies, or of an inapplicable test."""
    rate: Rate | None = None
    """How steady the subject was, where each test ran several times; None where it ran once."""
