"""Small plans, results and judgements for the tests of judge and report; each has a verdict known beforehand."""

from __future__ import annotations

from pathlib import Path

from conformance.records import (
    NATIVE,
    Cell,
    Implementation,
    Interpreter,
    Judgement,
    Loop,
    Mode,
    Outcome,
    Plan,
    Result,
    Suite,
    Verdict,
)

ASYNCIO = Loop("asyncio", "asyncio:new_event_loop")
UVLOOP = Loop("uvloop", "uvloop:new_event_loop", requires=("uvloop==0.23.0",))
BACKPORT = Implementation("runner_backport", "runner_backport:Runner", task="runner_backport:Task")
TEST = "test_runners.RunnerTests.test_run"
TRACEBACK = """\
Traceback (most recent call last):
  File "test_runners.py", line 7, in test_run
    self.assertEqual(runner.run(f()), 'done')
AssertionError: None != 'done'
"""


def interpreter(version: str) -> Interpreter:
    return Interpreter(version, Path("bin") / f"python{version}", "a build")


def baseline_cell(version: str = "3.8.18", loop: Loop = ASYNCIO, suite: Suite = Suite.RUNNERS) -> Cell:
    native = Implementation(NATIVE, "asyncio:Runner", run="asyncio:run", task="asyncio:Task")
    judged = interpreter(version)
    stands_in = suite is Suite.RUNNERS and judged.release < (3, 11)
    return Cell(interpreter("3.11.7") if stands_in else judged, loop, native, suite, Mode.PLAIN, "v3.11.7")


def subject_cell(
    version: str = "3.8.18",
    loop: Loop = ASYNCIO,
    suite: Suite = Suite.RUNNERS,
    mode: Mode = Mode.PLAIN,
    implementation: Implementation = BACKPORT,
) -> Cell:
    baseline = baseline_cell(version, loop, suite).name
    return Cell(interpreter(version), loop, implementation, suite, mode, "v3.11.7", baseline)


def plan_of(*subjects: Cell) -> Plan:
    """Return a plan of judged cells with the baselines that they need."""
    baselines = {
        cell.baseline: baseline_cell(cell.interpreter.version, cell.loop, cell.suite) for cell in subjects
    }
    return Plan((*baselines.values(), *subjects))


CELL = subject_cell()
PLAN = plan_of(CELL)
BASELINE = PLAN.cells[0]


def of_baseline(outcome: Outcome = Outcome.PASSED, test: str = TEST, detail: str = "") -> Result:
    return Result(BASELINE.name, test, outcome, detail)


def of_subject(
    outcome: Outcome = Outcome.PASSED,
    test: str = TEST,
    detail: str = "",
    exercised: bool | None = True,
    attempt: int = 1,
) -> Result:
    return Result(CELL.name, test, outcome, detail, exercised=exercised, attempt=attempt)


def judgement(
    verdict: Verdict,
    cell: Cell = CELL,
    test: str = TEST,
    *,
    expected: bool = True,
    reason: str = "",
    subject: Result | None = None,
    retried: Result | None = None,
    baseline: Result | None = None,
) -> Judgement:
    """Return a judgement as it would be made; only what the test is about need be said."""
    assert cell.baseline is not None
    return Judgement(
        cell.name,
        test,
        verdict,
        baseline or Result(cell.baseline, test, Outcome.PASSED),
        subject or Result(cell.name, test, Outcome.PASSED),
        retried,
        expected,
        reason,
    )
