"""What is on disk after a sync that failed, was interrupted or killed at any stage, or had company."""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import SyncError
from conformance.records import Interpreter
from conformance.sync import LOCK_NAME, Source, bring, sync, verify
from conformance.sync.git import GitTree
from conformance.sync.incoming import workspace
from conformance.sync.interpreter import InterpreterTree
from upstream_fixture import PROJECT, Get, Mirror, clean, needs, snapshot

pytest_plugins = ["upstream_fixture"]

TAG = "v3.11.7"
RUNNERS = "Lib/test/test_asyncio/test_runners.py"

# What is called there, at which of its calls it ends, and whether that call is made before.
STAGES: dict[str, tuple[object, str, int, bool]] = {
    "before the first byte": (InterpreterTree, "bring", 1, False),
    "between two files": (shutil, "copyfile", 7, False),
    "while verifying": (bring, "problems", 3, False),
    "before the old tree is moved": (bring, "put_in_place", 1, False),
    "between the two renames": (Path, "rename", 2, False),
    "after the new tree is in place": (bring, "put_in_place", 1, True),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("before", ["nothing", "a half tree"])
@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError])
def test_an_end_at_any_stage_leaves_the_old_tree_or_the_whole_new_one(
    get: Get,
    folder: Path,
    cpython: Callable[[str], Interpreter],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    before: str,
    end: type[BaseException],
) -> None:
    having = [cpython(TAG)]
    if before == "a half tree":
        get(TAG, having=having)
        (folder / TAG / RUNNERS).unlink()
    kept = snapshot(folder)
    with monkeypatch.context() as patch:
        reached = plant(patch, stage, before, end("planted"))
        with pytest.raises(SyncError if end is OSError else end):
            get(TAG, having=having)
        assert reached

    assert clean(folder)
    if stage == "after the new tree is in place":
        assert verify(folder, TAG) == ()
    else:
        assert snapshot(folder) == kept
    get(TAG, having=having)
    assert verify(folder, TAG) == ()


def plant(patch: pytest.MonkeyPatch, stage: str, before: str, end: BaseException) -> list[str]:
    """Make sync end at a stage; the list says afterwards that it was reached."""
    module, name, call, done = STAGES[stage]
    if name == "rename" and before == "nothing":
        call = 1  # no old tree to move away first
    real = getattr(module, name)
    calls: list[str] = []
    reached: list[str] = []

    def planted(*args: object) -> object:
        calls.append(name)
        if len(calls) != call:
            return real(*args)
        if done:
            real(*args)
        reached.append(stage)
        raise end

    patch.setattr(module, name, planted)
    return reached


@pytest.mark.parametrize("stage", ["copyfile", "rename", "cleanup"])
def test_a_killed_sync_leaves_no_tree_that_passes_for_whole_and_its_leftovers_are_cleared(
    get: Get, folder: Path, cpython: Callable[[str], Interpreter], stage: str
) -> None:
    having = [cpython(TAG)]
    program = f"""
import os, shutil, signal, sys, tempfile
from pathlib import Path
from conformance.records import Interpreter
from conformance.sync import Source, sync
calls = []
def killed(real, number):
    def call(*args, **options):
        calls.append(1)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **options)
    return call
match {stage!r}:
    case "copyfile": shutil.copyfile = killed(shutil.copyfile, 7)
    case "rename": Path.rename = killed(Path.rename, 1)
    case "cleanup": tempfile.TemporaryDirectory.cleanup = killed(None, 1)
sync(Path({str(folder)!r}), [{TAG!r}], source=Source.INTERPRETER, say=print,
     interpreters=[Interpreter("3.11.7", Path({str(having[0].executable)!r}), "")])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not clean(folder)
    if stage == "cleanup":
        assert verify(folder, TAG) == ()
    else:
        assert not (folder / TAG).exists()

    get(TAG, having=having)
    assert verify(folder, TAG) == ()
    assert clean(folder)


def test_a_sync_waits_for_another_one_and_uses_what_that_brought(
    folder: Path,
    tmp_path: Path,
    cpython: Callable[[str], Interpreter],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    having = [cpython(TAG)]
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / LOCK_NAME, other)
    sync(other, [TAG], source=Source.INTERPRETER, interpreters=having, say=print)

    waiting = threading.Event()
    found: list[dict[str, Path]] = []

    def second() -> None:
        found.append(sync(folder, [TAG], source=Source.INTERPRETER, interpreters=[], say=said.append))

    flock = fcntl.flock

    def noticed(handle: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX:
            waiting.set()
        flock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", noticed)
    with workspace(folder, print) as work:  # this is the first
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        assert work.exists()  # which the second one must not take for a leftover
        shutil.move(other / TAG, folder / TAG)
    thread.join(10)
    assert said == ["another sync is at work here: waiting for it to end"]
    assert found == [{TAG: folder / TAG / "Lib"}]


def test_a_whole_tree_is_used_at_once_while_another_sync_is_at_work(
    get: Get, folder: Path, cpython: Callable[[str], Interpreter], said: list[str]
) -> None:
    get(TAG, having=[cpython(TAG)])
    said.clear()
    with workspace(folder, print) as work:
        get(TAG)
        assert work.exists()
    assert said == []


def test_several_syncs_at_once_all_end_with_whole_trees(
    folder: Path, cpython: Callable[[str], Interpreter]
) -> None:
    tags = [TAG, "v3.8.18"]
    having = [cpython(tag) for tag in tags]
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def one() -> None:
        start.wait(10)
        try:
            sync(folder, tags, source=Source.INTERPRETER, interpreters=having, say=lambda _: None)
            assert not any(verify(folder, tag) for tag in tags)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure is told by the test
            failures.append(failure)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert clean(folder)


def test_an_interrupt_while_git_works_leaves_nothing_behind(
    get: Get, folder: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(mirror, TAG)
    real = GitTree.bring

    def interrupted(tree: GitTree, paths: object, into: Path) -> None:
        real(tree, ["Lib/test/__init__.py"], into)
        raise KeyboardInterrupt

    monkeypatch.setattr(GitTree, "bring", interrupted)
    with pytest.raises(KeyboardInterrupt):
        get(TAG, source=Source.GIT, remote=mirror.path)
    assert [path.name for path in folder.iterdir()] == [LOCK_NAME]
