"""Output that has no room ends a command with a sentence and with the status that it has then, never with a verdict's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.errors import ExitStatus
from conformance.records import Verdict
from conformance.report import DocumentWriter
from results import judgement
from test_report_document import HEADER, NOW

PROJECT = Path(__file__).parents[2]
FULL = Path("/dev/full")
COMMAND = (sys.executable, "-m", "conformance")
RAISING = """
import errno, os, sys
from conformance import cli

def raising(**_options):
    raise {error}

cli.commands.main = raising
cli.main()
"""

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.judgement(judgement(Verdict.CONFORMANT))
        writer.finish(NOW, ExitStatus.AS_EXPECTED)
    return tmp_path / "run.jsonl"


def without_room(*command: str, out: bool = True, err: bool = False) -> subprocess.CompletedProcess[str]:
    with FULL.open("w") as full:
        return subprocess.run(
            command,
            cwd=PROJECT,
            stdout=full if out else subprocess.DEVNULL,
            stderr=full if err else subprocess.PIPE,
            text=True,
            check=False,
        )


def test_a_report_without_room_is_told(document: Path) -> None:
    ended = without_room(*COMMAND, "report", str(document))
    assert (ended.returncode, ended.stderr) == (
        ExitStatus.NOT_COMPLETED,
        "conformance: The output could not be written: No space left on device. "
        "Send it elsewhere, and run again.\n",
    )


def test_what_another_command_writes_is_told_too() -> None:
    ended = without_room(*COMMAND, "plan", "--help")
    assert ended.returncode == ExitStatus.NOT_COMPLETED
    assert ended.stderr.startswith("conformance: [Errno 28] No space left on device. ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["report", "not there.jsonl"], ExitStatus.NOT_COMPLETED),
        (["run", "--store", "tests"], ExitStatus.WRONG_USAGE),
        (["plan", "--frobnicate"], ExitStatus.WRONG_USAGE),
    ],
)
def test_a_sentence_without_room_leaves_the_status(arguments: list[str], status: ExitStatus) -> None:
    assert without_room(*COMMAND, *arguments, err=True).returncode == status


def test_a_defect_without_room_is_not_taken_for_a_verdict() -> None:
    program = RAISING.format(error="ValueError")
    assert without_room(sys.executable, "-c", program, err=True).returncode == ExitStatus.NOT_COMPLETED


@pytest.mark.parametrize(
    "error",
    ["BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))", 'RuntimeError("can\'t start new thread")'],
    ids=["process", "thread"],
)
def test_a_limit_of_processes_is_told_for_what_it_is(error: str) -> None:
    ended = without_room(sys.executable, "-c", RAISING.format(error=error), out=False)
    assert (ended.returncode, ended.stderr) == (
        ExitStatus.NOT_COMPLETED,
        "conformance: The system starts no more processes. Use fewer --jobs, or raise its limit (ulimit -u).\n",
    )
