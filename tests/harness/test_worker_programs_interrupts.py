"""The interpreter presses Ctrl-C where a program says so, and keeps nothing alive that tells a Runner otherwise."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miniatures import write
from performing import Performer, op, run

pytest_plugins = ["performing"]

WAITING = (op("future", label=1), op("await", of=1))
HERE, FROM_THREAD, WHEN_IDLE = (
    op("interrupt", times=1),
    op("interrupt_from_thread"),
    op("interrupt_when_idle"),
)


@pytest.mark.parametrize("interrupt", [HERE, FROM_THREAD, WHEN_IDLE], ids=lambda each: each["op"])
def test_it_ends_the_run(perform: Performer, interrupt: dict[str, object]) -> None:
    seen = perform(run(interrupt, *WAITING))
    assert seen.classes("t0:2") == ["CancelledError"]
    assert seen.classes("s0") == ["KeyboardInterrupt"]
    assert not seen.all("stuck")


def test_the_second_raises_at_once(perform: Performer) -> None:
    seen = perform(run(op("interrupt", times=2), op("get")))
    assert seen.classes("t0") == ["KeyboardInterrupt"]
    assert not seen.at("t0:1")


def test_it_comes_when_nothing_else_goes_on(perform: Performer) -> None:
    busy = op("create", label=2, body=[op("sleep")] * 5)
    events = [event[1] for event in perform(run(WHEN_IDLE, busy, *WAITING)).trace]
    assert events.count("slept") == 5
    assert "slept" not in events[events.index("interrupted while idle") :]


def test_one_that_is_ignored_does_nothing(perform: Performer) -> None:
    for interrupt in (HERE, WHEN_IDLE):
        seen = perform(op("handler", kind="ignore"), run(interrupt, *WAITING))
        assert seen.classes("s1") == ["CancelledError"]
        assert seen.all("stuck")
        assert seen.state("s1")["sigint"] == "ignore"


def test_the_programs_own_handler_is_called(perform: Performer) -> None:
    seen = perform(op("handler", kind="own"), run(HERE, op("get")), run(WHEN_IDLE, *WAITING))
    assert ["own handler"] in seen.at("s1")
    assert ["own handler"] in seen.at("s2")
    assert not seen.all("interrupt went unnoticed")
    assert seen.state("end")["sigint"] == "own"


def test_pythons_handler_raises_in_the_loop(perform: Performer) -> None:
    seen = perform(run(op("handler", kind="default"), WHEN_IDLE, *WAITING))
    assert seen.classes("s0") == ["KeyboardInterrupt"]
    assert not seen.classes("t0")


def test_a_callback_is_interrupted(perform: Performer) -> None:
    seen = perform(run(op("call_soon", body=[HERE]), *WAITING))
    assert seen.classes("s0") == ["KeyboardInterrupt"]


def test_in_a_thread_there_is_none(perform: Performer) -> None:
    seen = perform(op("thread", body=[run(HERE, FROM_THREAD, WHEN_IDLE, op("handler"))]))
    assert [seen.at(f"t0:{index}") for index in range(4)] == [[["nothing"]]] * 4


COUNTING = """
import asyncio, gc, warnings

class Runner(asyncio.Runner):
    def run(self, coro, *, context=None):
        value = super().run(coro, context=context)
        warnings.warn(str(sum(isinstance(each, asyncio.CancelledError) for each in gc.get_objects())))
        return value
"""


@pytest.mark.parametrize(("then", "alive"), [("swallow", 0), ("keep", 1)])
def test_an_error_lives_on_only_where_the_program_keeps_it(tmp_path: Path, then: str, alive: int) -> None:
    # Whether a CancelledError is alive is what a Runner may tell by that it has been dealt with.
    write(tmp_path / "counting.py", COUNTING)
    performer = Performer(sys.executable, "--runner", "counting:Runner", path=[tmp_path])
    body = [op("cancel", of="self"), op("sleep")]
    seen = performer(run(op("try", body=body, catch="CancelledError", then=then), op("sleep")))
    performer.close()
    assert [event[-1] for event in seen.all("warned")] == [str(alive)]


@pytest.mark.parametrize("kind", ["native_uvloop", "native"])
def test_a_loop_is_interrupted_in_its_sleep(request: pytest.FixtureRequest, kind: str) -> None:
    perform: Performer = request.getfixturevalue(kind)
    seen = perform(*[run(WHEN_IDLE, *WAITING)] * 3, op("close"))
    assert [seen.classes(f"s{step}") for step in range(3)] == [["KeyboardInterrupt"]] * 3
    assert not seen.all("interrupt went unnoticed")
