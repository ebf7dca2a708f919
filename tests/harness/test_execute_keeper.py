"""The process between driver and worker: it outlives a driver that is killed, and leaves nothing behind."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve

from conformance.execute import kept
from conformance.execute.keeper import _remove
from miniatures import PATIENCE_SECONDS, Lifeline, Making
from planting import MARK, marked

pytest_plugins = ["miniatures"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")

SEEING = """
    import os, resource, signal, tempfile, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            {deed}
"""
TOLD = SEEING.format(deed="self.fail(repr({expression}))")


def told(making: Making, expression: str, **changes: object) -> str:
    """What the expression is in a worker."""
    detail = making.runners(TOLD.format(expression=expression)).run(**changes)["test_a"].detail
    return detail.rpartition("AssertionError: ")[2].strip()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The driver's own temporary folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_worker_has_an_empty_folder_of_its_own(making: Making, temporary: Path) -> None:
    folder = told(making, "os.getcwd()").strip("'")
    assert Path(folder).parent == temporary
    assert not Path(folder).exists()


def test_that_folder_is_empty_and_takes_the_temporary_files(making: Making, temporary: Path) -> None:
    expression = "(os.listdir(), tempfile.gettempdir() == os.environ['TMPDIR'] == os.getcwd())"
    assert told(making, expression) == "([], True)"


def test_each_worker_has_another(making: Making, temporary: Path, tmp_path: Path) -> None:
    suite = """
        import os, unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                print(os.getcwd())
                os._exit(1)

            def test_b(self):
                self.fail(os.getcwd())
    """
    seen = making.runners(suite).run()
    assert seen["test_a"].output.strip() not in seen["test_b"].detail


def test_a_worker_leads_a_session_of_its_own(making: Making) -> None:
    assert told(making, "os.getsid(0) == os.getpgrp() == os.getpid()") == "True"


@linux
def test_a_worker_is_limited(making: Making) -> None:
    limits = "[resource.getrlimit(getattr(resource, 'RLIMIT_' + name)) for name in ('CORE', 'FSIZE', 'AS')]"
    assert told(making, limits, memory=1 << 30) == repr([(0, 0), (1 << 30,) * 2, (1 << 30,) * 2])


@linux
def test_a_lower_limit_of_the_users_own_stays(making: Making) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 29, hard))
    try:
        assert told(making, "resource.getrlimit(resource.RLIMIT_FSIZE)[0]") == str(1 << 29)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def without_privileges() -> Iterator[Path]:
    """A folder of somebody for whom the modes of folders count, whom this process is as long as it is there."""
    folder = Path(tempfile.mkdtemp())
    nobody = 65534
    if os.geteuid() == 0:
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
        yield folder
        os.seteuid(0)
    else:
        yield folder
    for found in (*folder.rglob("*"), folder):
        if found.is_dir():
            found.chmod(0o700)
    shutil.rmtree(folder)


def test_folders_that_nobody_may_look_into_are_removed_and_what_a_link_leads_to_is_not(
    without_privileges: Path,
) -> None:
    own, others = without_privileges / "own", without_privileges / "others"
    others.mkdir()
    inner = own / "x" / "y"
    inner.mkdir(parents=True)
    (inner / "z").touch()
    (own / "link").symlink_to(others)
    others.chmod(0o500)
    for folder in (inner, inner.parent, own):
        folder.chmod(0)
    _remove(str(own))
    assert not own.exists()
    assert others.stat().st_mode & 0o777 == 0o500


def test_what_a_link_in_place_of_the_folder_leads_to_is_left_alone(tmp_path: Path) -> None:
    inner = tmp_path / "others" / "inner"
    inner.mkdir(parents=True)
    inner.chmod(0o750)
    link = tmp_path / "own"
    link.symlink_to(inner.parent)
    _remove(str(link))
    assert not link.is_symlink()
    assert inner.stat().st_mode & 0o777 == 0o750


def test_no_limit_of_memory_is_none(making: Making) -> None:
    assert told(making, "resource.getrlimit(resource.RLIMIT_AS)", memory=0) == repr(
        resource.getrlimit(resource.RLIMIT_AS)
    )


def test_paths_are_taken_from_the_drivers_working_directory(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    miniature = making.runners(SEEING.format(deed="pass"))
    monkeypatch.chdir(making.folder)
    relative = [path.relative_to(making.folder) for path in (miniature.tree, miniature.python)]
    seen = evolve(miniature, tree=relative[0], python=relative[1]).run()
    assert seen.course.broken == ""
    assert seen.outcomes == {"test_a": "passed"}


Keep = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    """Starts a keeper of a program as a test may see it: with its orders and news."""
    started: list[subprocess.Popen[bytes]] = []

    def made(*program: str) -> subprocess.Popen[bytes]:
        commands, events = os.pipe()
        arguments = [str(tmp_path / "folder"), "0", str(commands), str(events), *program]
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", kept._SCRIPT, *arguments],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(commands, events),
        )
        os.close(commands)
        os.close(events)
        started.append(keeper)
        return keeper

    yield made
    for keeper in started:
        keeper.kill()
        keeper.wait()
        for stream in (keeper.stdin, keeper.stdout, keeper.stderr):
            assert stream is not None
            stream.close()


def news(keeper: subprocess.Popen[bytes]) -> str:
    assert keeper.stdout is not None
    return keeper.stdout.readline().decode().strip()


def order(keeper: subprocess.Popen[bytes], line: str) -> None:
    assert keeper.stdin is not None
    keeper.stdin.write(f"{line}\n".encode())


def test_a_program_that_cannot_be_started_is_news(keep: Keep) -> None:
    keeper = keep("/no/such/program")
    assert news(keeper) == "failed No such file or directory: '/no/such/program'"
    assert keeper.wait(PATIENCE_SECONDS) == 0


def test_the_end_of_a_program_is_news(keep: Keep) -> None:
    assert news(keep("/bin/sh", "-c", "exit 7")) == "ended 7"


def test_signals_are_passed_on_and_what_they_do_is_news(keep: Keep, tmp_path: Path) -> None:
    keeper = keep("/bin/sh", "-c", "kill -STOP $$; exec sleep 1000")
    assert news(keeper) == f"stopped {int(signal.SIGSTOP)}"
    order(keeper, f"worker {int(signal.SIGCONT)}")
    assert news(keeper) == "continued"
    order(keeper, f"group {int(signal.SIGTERM)}")
    assert news(keeper) == f"ended -{int(signal.SIGTERM)}"
    assert keeper.wait(PATIENCE_SECONDS) == 0
    assert not (tmp_path / "folder").exists()


def test_the_end_of_the_orders_is_the_end_of_the_program(keep: Keep, lifeline: Lifeline) -> None:
    keeper = keep("/bin/sh", "-c", f"exec 3>'{lifeline.path}'; echo here >&3; trap '' TERM; sleep 1000")
    assert lifeline.said() == "here\n"
    assert keeper.stdin is not None
    keeper.stdin.close()
    assert lifeline.is_cut()
    assert keeper.wait(PATIENCE_SECONDS) == 0


@linux
def test_a_program_does_not_outlive_its_keeper(keep: Keep, lifeline: Lifeline) -> None:
    keeper = keep("/bin/sh", "-c", f"exec 3>'{lifeline.path}'; echo here >&3; exec sleep 1000")
    assert lifeline.said() == "here\n"
    keeper.kill()
    assert lifeline.is_cut()


@linux
def test_a_program_finds_the_signals_as_nobody_has_touched_them(keep: Keep) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
    try:
        keeper = keep("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert news(keeper) == "ended 0"
    assert keeper.stderr is not None
    assert [int(line.split()[1], 16) for line in keeper.stderr] == [0, 0]


HANGING = """
    import os, signal, subprocess, sys, time, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            open("something", "w").close()
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
            print(os.getcwd(), file=open({path!r}, "w"), flush=True)
            {deed}
"""
DRIVER_OF_ONE = """
import pathlib, sys, threading
from conformance.execute.supervise import see_through
from miniatures import Making, Watch

suite = pathlib.Path(sys.argv[2]).read_text()
variables = dict([sys.argv[3].split("=")])
order = Making(pathlib.Path(sys.argv[1])).runners(suite).order(seconds=600, variables=variables)
see_through(order, Watch(), threading.Event())
"""


@linux
@pytest.mark.parametrize(
    "deed",
    ["time.sleep(1000)", "os.kill(os.getpid(), signal.SIGSTOP)"],
    ids=["the worker hangs", "the worker is stopped"],
)
def test_nothing_outlives_a_driver_that_is_killed(deed: str, tmp_path: Path, lifeline: Lifeline) -> None:
    suite = tmp_path / "suite.py"
    suite.write_text(HANGING.format(path=str(lifeline.path), deed=deed))
    root, beside = Path(kept.__file__).parents[2], Path(__file__).parent
    words = f"{MARK}=killed driver"
    mark = words.encode()
    environment = {**os.environ, MARK: "killed driver", "PYTHONPATH": f"{root}:{beside}"}
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER_OF_ONE, str(tmp_path), str(suite), words], env=environment
    )
    try:
        folder = Path(lifeline.said().strip())
        # The driver, the keeper, the worker and its child, whose environment is not there yet for a moment.
        deadline = time.monotonic() + 10
        while len(marked(mark)) < 4 and time.monotonic() < deadline:
            pass
        assert len(marked(mark)) == 4
        assert (folder / "something").exists()
    finally:
        driver.kill()
        driver.wait()
    deadline = time.monotonic() + 1.0
    while (marked(mark) or folder.exists()) and time.monotonic() < deadline:
        os.sched_yield()
    assert marked(mark) == []
    assert not folder.exists()
