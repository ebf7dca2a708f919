"""An environment is there whole or not at all, whatever cuts its making short or goes on beside it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest

from conformance.errors import ProvisionError
from conformance.provision import environments
from conformance.provision.uv import Uv
from miniatures import PATIENCE_SECONDS, Lifeline
from provided import cell, content, provided, value

pytest_plugins = ["miniatures", "provided"]


@pytest.mark.parametrize("after", ["venv", "pip"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), ProvisionError("It broke.", "Mend it.")])
def test_what_is_cut_short_leaves_nothing_and_is_made_the_next_time(
    kept: Path, wheel: str, monkeypatch: pytest.MonkeyPatch, after: str, error: BaseException
) -> None:
    call = Uv.call

    def cut_short(uv: Uv, arguments: Sequence[str | Path], **said: Any) -> None:
        call(uv, arguments, **said)
        if arguments[0] == after:
            raise error

    with monkeypatch.context() as patching:
        patching.setattr(Uv, "call", cut_short)
        with pytest.raises(type(error)):
            provided(kept, cell(wheel))
    assert content(kept) == []
    [python] = provided(kept, cell(wheel))
    assert value(python) == "as it was"


def test_what_a_killed_run_left_is_not_taken_for_an_environment(kept: Path, wheel: str) -> None:
    [whole] = provided(kept, cell(wheel))
    whole.parents[1].rename(kept / ".making-abc")
    [python] = provided(kept, cell(wheel))
    assert python == whole
    assert value(python) == "as it was"


def test_after_a_failure_no_further_environment_is_begun(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    heard = Flag()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            heard.set()
            super().shutdown(wait=wait)

    def failing_uv(_uv: Uv, arguments: Sequence[str | Path], *, failing: str) -> None:
        begun.append(arguments)
        if len(begun) > 1:
            assert heard.wait(PATIENCE_SECONDS)
        raise ProvisionError(failing, "Mend it.")

    monkeypatch.setattr(environments, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(environments, "_AT_ONCE", 1)
    monkeypatch.setattr(Uv, "call", failing_uv)
    with pytest.raises(ProvisionError, match="could not be made"):
        provided(kept, *(cell(f"small=={number}") for number in range(5)))
    # The pool may have taken up one more before it heard of the failure.
    assert len(begun) <= 2


def test_an_interruption_while_environments_are_put_in_line_stops_those_that_are_made(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = Flag(), Flag()
    ended = []

    class Pool(ThreadPoolExecutor):
        def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
            if begun.is_set():
                raise KeyboardInterrupt
            future: Future[Any] = super().submit(*arguments, **options)
            assert begun.wait(PATIENCE_SECONDS)
            return future

    def waiting_uv(_uv: Uv, _arguments: Sequence[str | Path], *, failing: str) -> None:
        begun.set()
        ended.append(stopped.wait(PATIENCE_SECONDS))
        raise ProvisionError(failing, "Mend it.")

    monkeypatch.setattr(environments, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(Uv, "call", waiting_uv)
    monkeypatch.setattr(Uv, "stop", lambda _uv: stopped.set())
    with pytest.raises(KeyboardInterrupt):
        provided(kept, cell("small==1"), cell("small==2"))
    assert ended == [True]


def test_what_uv_has_started_ends_with_it(lifeline: Lifeline) -> None:
    program = (
        f"import os, signal; os.write(os.open({str(lifeline.path)!r}, os.O_WRONLY), b'here'); signal.pause()"
    )
    uv = Uv()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            uv.call,
            ["run", "--no-project", "--python", sys.executable, "python", "-c", program],
            failing="It could not be run",
        )
        assert lifeline.said() == "here"
        uv.stop()
        assert lifeline.is_cut()
        with pytest.raises(ProvisionError, match="It could not be run"):
            running.result(PATIENCE_SECONDS)
    with pytest.raises(ProvisionError, match="broken off"):
        uv.call(["--version"], failing="It could not be asked")


def test_another_run_that_was_quicker_is_as_good(
    kept: Path, wheel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Uv.call

    def overtaken(uv: Uv, arguments: Sequence[str | Path], **said: Any) -> None:
        call(uv, arguments, **said)
        if arguments[0] == "venv":
            with monkeypatch.context() as patching:
                patching.setattr(Uv, "call", call)
                provided(kept, cell(wheel))

    monkeypatch.setattr(Uv, "call", overtaken)
    [python] = provided(kept, cell(wheel))
    assert value(python) == "as it was"
    assert len(content(kept)) == 1


def test_two_runs_at_once_end_with_one_environment(kept: Path, source: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(provided, kept, cell(path=source)) for _ in range(2)]
        [[one], [two]] = [run.result() for run in runs]
    assert one == two
    assert value(one) == "as it was"
    assert len(content(kept)) == 1
