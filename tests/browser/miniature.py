"""Small documents for the browser's tests, in which the place of every verdict is known."""

from __future__ import annotations

from attrs import evolve
from results import CELL, PEER, TRACEBACK, UVLOOP, document_of, judgement, plan_of, subject_cell

from conformance.records import Interpreter, Judgement, Outcome, Result, Suite, Verdict
from conformance.report import Document

ON_UVLOOP = subject_cell(loop=UVLOOP)
OF_PEER = subject_cell(implementation=PEER)
TASKS = subject_cell(suite=Suite.TASKS)
PLAN = plan_of(CELL, ON_UVLOOP, OF_PEER, TASKS)
CLASS = "test_runners.RunnerTests"


def failing(cell_name: str, test: str) -> Result:
    return Result(cell_name, test, Outcome.FAILED, TRACEBACK, seconds=0.25)


def miniature() -> Document:
    """Four tests of runners in three columns, and one of tasks: C C D!, C I C, F C C, C, and U."""
    crash, clock, wait, own = (f"{CLASS}.test_{name}" for name in ("crash", "debug", "wait", "zero"))
    peer_failed = failing(OF_PEER.name, crash)
    return document_of(
        judgement(Verdict.CONFORMANT, CELL, crash),
        judgement(Verdict.CONFORMANT, ON_UVLOOP, crash),
        judgement(Verdict.DIVERGENT, OF_PEER, crash, expected=False, subject=peer_failed),
        judgement(Verdict.CONFORMANT, CELL, clock),
        judgement(Verdict.INAPPLICABLE, ON_UVLOOP, clock, reason="a mocked clock"),
        judgement(Verdict.CONFORMANT, OF_PEER, clock),
        judgement(Verdict.FLAKY, CELL, wait, reason="timing", subject=failing(CELL.name, wait)),
        judgement(Verdict.CONFORMANT, ON_UVLOOP, wait),
        judgement(Verdict.CONFORMANT, OF_PEER, wait),
        judgement(Verdict.CONFORMANT, CELL, own),
        judgement(Verdict.UNEXERCISED, TASKS, "test_tasks.CTask_Tests.test_repr"),
        plan=PLAN,
    )


def many(count: int) -> Document:
    """At least so many verdicts: twelve cells of as many tests, of which one in fifty fails with a traceback."""
    cells = [
        evolve(
            subject_cell(f"3.8.{number // 2}", loop=(CELL.loop, UVLOOP)[number % 2]),
            interpreter=Interpreter(f"3.8.{number // 2}", CELL.interpreter.executable, "a build"),
        )
        for number in range(12)
    ]
    tests = [
        f"test_tasks.Tests_{number % 40}.test_what_number_{number}_does" for number in range(-(-count // 12))
    ]
    verdicts: list[Judgement] = []
    for cell in cells:
        for number, test in enumerate(tests):
            if number % 50:
                verdicts.append(judgement(Verdict.CONFORMANT, cell, test))
            else:
                failed = Result(cell.name, test, Outcome.FAILED, f"{number}: {cell.name}\n{TRACEBACK * 5}")
                verdicts.append(judgement(Verdict.DIVERGENT, cell, test, subject=failed, reason="declared"))
    return document_of(*verdicts, plan=plan_of(*cells))
