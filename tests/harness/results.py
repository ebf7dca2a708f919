"""Small plans, results and judgements for the tests of judge and report; each has a verdict known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from conformance.errors import ExitStatus
from conformance.judge import Unmet
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
    Shard,
    Suite,
    Verdict,
)
from conformance.report import Document, Footer, Header
from conformance.report.counts import count_verdicts

ASYNCIO = Loop("asyncio", "asyncio:new_event_loop")
UVLOOP = Loop("uvloop", "uvloop:new_event_loop", requires=("uvloop==0.23.0",))
BACKPORT = Implementation("runner_backport", "runner_backport:Runner", task="runner_backport:Task")
PEER = Implementation("peer", "peer:Runner", task="peer:Task", requires=("peer==1",))
TEST = "test_runners.RunnerTests.test_run"
NOW = "2026-11-23T00:00:00+00:00"
LOCK = {"v3.11.7": {"Lib/test/test_asyncio/test_runners.py": "ae82"}}
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


def document_of(
    *judgements: Judgement,
    plan: Plan = PLAN,
    footer: bool = True,
    interrupted: bool = False,
    unmet: Sequence[Unmet] = (),
    met: Sequence[int] = (),
    **header: Any,
) -> Document:
    """Return a document of the judgements; only what the test is about need be said."""
    results = [
        result
        for found in judgements
        for result in (found.baseline, found.subject, found.retried)
        if result is not None
    ]
    names = tuple(cell.name for cell in plan.cells)
    end = Footer(
        ended=NOW,
        exit_status=ExitStatus.AS_EXPECTED,
        interrupted=interrupted,
        counts=count_verdicts(judgements),
        unmet=tuple(unmet),
        met=tuple(met),
    )
    return Document(
        header=evolve(Header("0.1.0", NOW, ("run",), plan, LOCK), **{"whole": names, **header}),
        hellos=(),
        results=tuple(results),
        judgements=judgements,
        footer=end if footer else None,
    )


OTHER = subject_cell("3.9.18")
GOOD = judgement(Verdict.CONFORMANT)
OTHER_GOOD = judgement(Verdict.CONFORMANT, OTHER)
BAD = judgement(Verdict.DIVERGENT, test="bad", expected=False)
WHOLE = tuple(cell.name for cell in plan_of(CELL, OTHER, subject_cell(loop=UVLOOP)).cells)


def part_of(number: int, count: int = 3, **more: Any) -> Document:
    """Return the document of a shard: the first has a cell on asyncio, the second one on uvloop, others none."""
    if number == 1:
        return document_of(
            GOOD, OTHER_GOOD, plan=plan_of(CELL, OTHER), shard=Shard(1, count), whole=WHOLE, **more
        )
    on_uvloop = subject_cell(loop=UVLOOP)
    found = (judgement(Verdict.CONFORMANT, on_uvloop),) if number == 2 else ()
    plan = plan_of(on_uvloop) if number == 2 else Plan(())
    return document_of(*found, plan=plan, shard=Shard(number, count), whole=WHOLE, **more)
