"""Whatever ends a run at whatever moment: no process is left, the document is sound, and the run can be finished."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from attrs import frozen

from conformance.errors import ExitStatus
from conformance.records import Interpreter, Verdict
from conformance.report import Document, read_document
from drivers import Driver
from miniatures import interpreter_or_skip
from wrong_runners import bring

pytest_plugins = ["miniatures"]

NARROW = ("--python", "3.11", "--loop", "asyncio", "--suite", "runners", "--source", "interpreter")
MOMENTS = 6
GONE_SECONDS = 1.0
"""How long what a killed driver leaves may take to end."""


@frozen
class Whole:
    """A run that nobody interrupted, and what it takes to make another."""

    driver: Driver
    calls: int
    document: Document

    def another(self, folder: Path) -> Driver:
        return Driver(folder, self.driver.arguments)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    interpreter: Interpreter = interpreter_or_skip("3.11")
    if interpreter.version != "3.11.7":
        pytest.skip(f"CPython 3.11.7 is not installed, only {interpreter.version}")
    folder = tmp_path_factory.mktemp("whole")
    arguments = (*NARROW, "--config", str(bring(folder, "forgetful")), "--jobs", "2")
    driver = Driver(folder, arguments)
    ended = driver.run()
    assert ended.status == ExitStatus.UNEXPECTED_VERDICT
    assert ended.err == ""
    return Whole(driver, driver.calls(), read_document(driver.document))


def verdicts(document: Document) -> dict[tuple[str, str], Verdict]:
    return {(judgement.cell, judgement.test): judgement.verdict for judgement in document.judgements}


@pytest.mark.parametrize("part", range(MOMENTS))
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["INT", "TERM", "KILL"]
)
def test_at_any_moment(whole: Whole, tmp_path: Path, number: signal.Signals, part: int) -> None:
    driver = whole.another(tmp_path)
    # Between the moments of one signal lie those of the others.
    share = (part + (number % 3) / 3 + 0.1) / MOMENTS
    ended = driver.run(number=number, moment=max(1, int(whole.calls * share)))
    assert driver.left(GONE_SECONDS) == []
    # Before the harness listens, a signal does what it does to any program.
    assert ended.status in {ExitStatus.INTERRUPTED, ExitStatus.UNEXPECTED_VERDICT, -number}
    if not driver.document.exists():
        return
    before = read_document(driver.document)
    # It may come when all is written and only the report is to be shown.
    assert before.complete or ended.status != ExitStatus.UNEXPECTED_VERDICT
    if number == signal.SIGKILL:
        # From the store alone.
        again = driver.run()
    else:
        # From the document alone.
        again = driver.run("--resume", driver.document, "--store", tmp_path / "another.sqlite")
    assert again.status == ExitStatus.UNEXPECTED_VERDICT
    after = read_document(driver.document)
    assert after.complete
    assert verdicts(after) == verdicts(whole.document)
    done = {(result.cell, result.test, result.attempt) for result in before.results}
    new = {(result.cell, result.test, result.attempt) for result in after.results if not result.cached}
    assert before.complete or not done & new
