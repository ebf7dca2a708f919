"""Each program runs for each subject, in processes that take turns, and what it gives is kept as pyperf keeps it."""

import asyncio
import gc
import io
import json
import signal
import subprocess
import sys
import types
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Dict, Iterator, List

import pytest

import paired
import programs
import runner_backport
import worker
from behaviours import PAID_FOR, missing
from measured import read, state_of
from rows import ROWS
from subjects import LOOPS, OURS, RUNNERS, STOCK, BareLoop, named

BENCH = Path(__file__).parents[2] / "benchmarks" / "bench.py"


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "error", str(BENCH), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(autouse=True)
def interrupts_arrive() -> Iterator[None]:
    """A background job has SIGINT ignored: what waits for one would wait for good."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_brief_run_measures_all_that_applies_here(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    done = bench("--brief", "--subject", STOCK, "--subject", OURS, str(file))
    assert (done.returncode, done.stderr) == (0, "")
    series, package, results = read(file)
    assert series == sys.version_info[:2]
    assert package == state_of(Path(runner_backport.__file__).parent)
    assert set(results) == {
        (row.program, loop, subject)
        for row in ROWS
        for loop in row.loops
        for subject in row.subjects(sys.version_info[:2])
        if subject in (STOCK, OURS)
    }
    assert all(value > 0 for measured in results.values() for value in measured.values)


@pytest.mark.parametrize(
    "arguments", [["--program", "sleep"], ["--loop", "trio"], []], ids=["program", "loop", "file"]
)
def test_a_wrong_argument_is_told_in_a_sentence(arguments: List[str], tmp_path: Path) -> None:
    done = bench(*arguments, *([str(tmp_path / "x.json")] if arguments else []))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr


def test_what_does_not_apply_here_is_said(tmp_path: Path) -> None:
    done = bench("--program", "import_time", "--loop", "uvloop", str(tmp_path / "x.json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing was measured" in done.stdout


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="there are no peers to measure from 3.11 on")
def test_a_peer_that_is_not_installed_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = bench("--brief", "--program", "run", "--loop", "asyncio", str(tmp_path / "x.json"))
    assert done.returncode == 1
    assert "cannot be measured on asyncio: No module named" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("loop", sorted(LOOPS))
def test_nothing_that_is_paid_for_is_missing_of_ours(loop: str) -> None:
    make_runner = partial(named(RUNNERS[OURS]), loop_factory=named(LOOPS[loop]))
    assert {program: missing(program, make_runner) for program in PAID_FOR} == {
        program: [] for program in PAID_FOR
    }


@pytest.mark.parametrize("loop", sorted(LOOPS))
@pytest.mark.skipif(sys.version_info >= (3, 11), reason="the loop's own tasks count from 3.11 on")
def test_what_a_loop_alone_lacks_is_found(loop: str) -> None:
    make_runner = partial(BareLoop, loop_factory=named(LOOPS[loop]))
    assert missing("child_life", make_runner) == ["children count", "children take contexts"]
    assert missing("main_step", make_runner) == ["context is kept", "main task counts"]


@pytest.mark.parametrize(
    "program", ["child_step", "child_life", "awaited_child", "main_step", "run", "open_run_close"]
)
def test_a_program_does_as_many_operations_as_it_is_told(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: Dict[str, int] = {"turn": 0, "nothing": 0}

    @types.coroutine
    def turn() -> Any:
        done["turn"] += 1
        yield

    async def nothing() -> None:
        done["nothing"] += 1

    monkeypatch.setattr(programs, "turn", turn)
    monkeypatch.setattr(programs, "nothing", nothing)
    make_runner = partial(named(RUNNERS[OURS]), loop_factory=asyncio.new_event_loop)
    programs.PROGRAMS[program](make_runner, 300)
    # Before it is timed a child takes its first step, and main lets it; a Runner runs once.
    untimed = {"child_step": 1, "run": 1}.get(program, 0)
    assert done["turn" if "step" in program else "nothing"] == 300 + untimed


def ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], subject: str
) -> List[Dict[str, Any]]:
    """What a worker answers whose peer is ``subject``, when it is told once to measure."""
    monkeypatch.setattr(worker, "RUNNERS", {"peer": subject})
    monkeypatch.setattr(worker, "PEERS", ("peer",))
    monkeypatch.setattr(sys, "argv", ["worker.py", "main_step", "asyncio", "peer"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("100\n"))
    worker.main()
    gc.unfreeze()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_worker_says_what_its_peer_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said, measured = ask(monkeypatch, capsys, "subjects:BareLoop")
    assert "context is kept" in said["lacks"]
    assert measured["took"] > 0


@pytest.mark.parametrize(
    ("subject", "word"), [("subjects:named", "fails"), ("no_such_module:Runner", "absent")]
)
def test_a_worker_says_that_its_peer_fails_or_is_not_there(
    subject: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (said,) = ask(monkeypatch, capsys, subject)
    assert list(said) == [word]


def test_a_worker_handles_a_ctrl_c_that_its_job_has_ignored(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ask(monkeypatch, capsys, "subjects:BareLoop")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


class Fake:
    """A worker whose operations take as long as it is told, and which notes when it is asked."""

    def __init__(self, name: str, asked: List[str], second_per_operation: float = 1.0) -> None:
        self._name, self._asked, self._each = name, asked, second_per_operation

    def take(self, count: int) -> float:
        self._asked.append(self._name)
        return count * self._each


def test_they_take_turns_and_another_begins_each_time() -> None:
    asked: List[str] = []
    workers: Dict[str, Any] = {name: Fake(name, asked, len(name)) for name in ("a", "bb", "ccc")}
    taken = paired.take_turns(workers, turns=2, count=10, first=1)
    # Once each to warm up, then in turns.
    assert asked == ["a", "bb", "ccc", "bb", "ccc", "a", "ccc", "a", "bb"]
    assert taken == {"a": [1, 1], "bb": [2, 2], "ccc": [3, 3]}


class Peer:
    """In place of a worker: one that fails in the second process of the peer's."""

    started: ClassVar[List[str]] = []

    def __init__(self, program: str, loop: str, subject: str) -> None:
        self.started.append(subject)
        fails = subject == "peer" and self.started.count("peer") == 2
        self.said = {"fails": "once"} if fails else {"lacks": []}

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def take(self, count: int) -> float:
        return count


def test_one_that_fails_once_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paired, "Worker", Peer)
    Peer.started.clear()
    measured = paired.measure("run", "asyncio", ["stock", "peer"], paired.Effort(3, 1), 100)
    assert measured.values == {"stock": [[1.0], [1.0], [1.0]]}
    assert measured.fails == {"peer": "once"}
    assert Peer.started.count("peer") == 2


def test_so_many_operations_are_measured_as_take_long_enough() -> None:
    worker: Any = Fake("a", [], 0.001)
    assert paired.calibrated(worker, shortest=0.05) == 100
    assert paired.calibrated(worker, shortest=0.15) == 200
