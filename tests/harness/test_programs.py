"""A program that is run for the driver ends with all that it started, whenever the driver is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread, main_thread
from typing import Any

import pytest

from conformance import programs
from conformance.plan import find_interpreters
from conformance.programs import Program, StoppedError
from conformance.provision.uv import call_uv
from miniatures import DRIVER, PATIENCE_SECONDS, Lifeline, write

pytest_plugins = ["miniatures"]
LEAVING = """
import os, signal, sys
os.setsid()
os.write(os.open(sys.argv[1], os.O_WRONLY), str(os.getpid()).encode())
signal.pause()
"""


def interrupt() -> None:
    """As a Ctrl-C does, which comes to the main thread wherever that is."""
    number = main_thread().ident
    assert number is not None
    signal.pthread_kill(number, signal.SIGINT)


def waiting(lifeline: Lifeline) -> str:
    """A shell's command for a program that says that it is here, and stays; it is a child of the shell."""
    code = (
        f"import os, signal; os.write(os.open({str(lifeline.path)!r}, os.O_WRONLY), b'here'); signal.pause()"
    )
    return f'"{sys.executable}" -c "{code}"; exit 1'


def script(file: Path, text: str) -> Path:
    write(file, f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_it_says_how_it_ended_and_what_it_wrote(tmp_path: Path) -> None:
    program = Program(["/bin/sh", "-c", "pwd; echo $A >&2; exit 3"], {"A": "variable"}, tmp_path)
    done = program.run()
    assert (done.returncode, done.stdout, done.stderr) == (3, f"{tmp_path.resolve()}\n", "variable\n")


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Program([str(tmp_path / "nothing")], {}).run()


def test_one_that_was_stopped_before_it_began_does_not_begin(tmp_path: Path) -> None:
    program = Program(["/bin/sh", "-c", "echo > begun"], {}, tmp_path)
    program.stop()
    with pytest.raises(StoppedError):
        program.run()
    assert not (tmp_path / "begun").exists()


def test_one_that_is_stopped_is_not_waited_for_by_whoever_runs_it(lifeline: Lifeline) -> None:
    command = ["/bin/sh", "-c", '"$@" & wait', "sh", sys.executable, "-c", LEAVING, str(lifeline.path)]
    program = Program(command, os.environ)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(program.run)
        left = int(lifeline.said())
        try:
            program.stop()
            with pytest.raises(StoppedError):
                running.result(PATIENCE_SECONDS)
        finally:
            os.kill(left, signal.SIGKILL)


def test_one_that_has_ended_is_not_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    signalled: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "killpg", lambda *signal: signalled.append(signal))
    program = Program(["/bin/sh", "-c", ":"], {})
    program.run()
    program.stop()
    assert signalled == []


def test_an_interruption_while_it_is_started_leaves_nothing_of_it(
    lifeline: Lifeline, interrupts_arrive: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Started(subprocess.Popen[str]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            assert lifeline.said() == "here"
            interrupt()

    uv = script(tmp_path / "uv", waiting(lifeline))
    monkeypatch.setattr("conformance.uv_command.find_uv_bin", lambda: str(uv))
    monkeypatch.setattr(subprocess, "Popen", Started)
    with pytest.raises(KeyboardInterrupt):
        call_uv([], failing="It could not be called")
    assert lifeline.is_cut()


def test_an_interruption_before_it_is_waited_for_leaves_nothing_of_it(
    lifeline: Lifeline, interrupts_arrive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Begun(Thread):
        def start(self) -> None:
            super().start()
            assert lifeline.said() == "here"
            interrupt()

    monkeypatch.setattr(programs, "Thread", Begun)
    with pytest.raises(KeyboardInterrupt):
        Program(["/bin/sh", "-c", waiting(lifeline)], os.environ).run()
    assert lifeline.is_cut()


@pytest.mark.parametrize("asked", ["uv", "the interpreter"])
def test_an_interruption_while_interpreters_are_looked_for_leaves_nothing_of_what_looks(
    lifeline: Lifeline,
    interrupts_arrive: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    asked: str,
) -> None:
    hanging = script(tmp_path / "hanging", waiting(lifeline))
    uv = hanging if asked == "uv" else script(tmp_path / "uv", f"echo {hanging}")
    monkeypatch.setattr("conformance.uv_command.find_uv_bin", lambda: str(uv))

    def interrupt_when_here() -> None:
        lifeline.said()
        interrupt()

    interrupting = Thread(target=interrupt_when_here)
    interrupting.start()
    with pytest.raises(KeyboardInterrupt):
        find_interpreters([DRIVER.version])
    interrupting.join()
    assert lifeline.is_cut()
