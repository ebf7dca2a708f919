"""The same program gives the same trace, however often, and whatever was performed before it in the same worker."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from conformance.differential.stream import drawn
from performing import Performer, op, program, run

pytest_plugins = ["performing"]

OFTEN = 100
DRAWN = 60
ODD_POLICY = {"debug": True, "factory": False}


def child(label: int, *body: dict[str, Any]) -> dict[str, Any]:
    return op("create", label=label, body=list(body))


def much() -> dict[str, Any]:
    """A program with something of all whose order or identity could be chance."""
    waiting = [op("future", label=20), op("await", of=20)]
    resisting = op(
        "try", body=[*waiting], catch="CancelledError", handler=[op("sleep")], finally_=[op("get")]
    )
    failing = op("raise", error="ValueError", message="x")
    generators = [op("async_for", label=label, items=[[], []], leave=1) for label in (11, 12, 13)]
    return program(
        op("exception_handler"),
        op("set", value="x", token=1),
        run(
            *(child(label, resisting) for label in range(1, 6)),
            *generators,
            child(6, failing),
            op("sleep"),
            op("job", label=7, until="release", body=[op("set", value=0)]),
            op("release", of=7),
            op("await", of=7),
            op("job", label=8, until="close"),
            op("gather", of=[1, 2, 3], return_exceptions=True, label=9),
            op("wait_for", of=9, timeout=0),
        ),
        run(op("interrupt_when_idle"), *waiting, label=10, runner=1),
        run(op("interrupt_from_thread"), *waiting, label=10, runner=1),
        op("run_function", label=14, body=[op("report"), child(15, failing)]),
        op("collect"),
        op("close"),
        runners=[{"debug": None, "factory": True}, ODD_POLICY],
    )


def leaving() -> dict[str, Any]:
    """A program that leaves everything behind that it can."""
    left = [op("future", label=1), child(2, op("await", of=1)), child(3, op("raise", error="ValueError"))]
    left += [
        op("job", label=4, until="close"),
        op("async_for", label=5, items=[[], []], leave=1),
        op("sleep"),
    ]
    return program(
        op("handler", kind="own"),
        op("set", value=1),
        op("task_factory", runner=1, kind="legacy"),
        op("thread", body=[run(*left, runner=2)]),
        run(*left, op("interrupt_when_idle"), op("try", body=[op("raise", error="ValueError")], then="keep")),
        run(*left, runner=1, label=6),
        op("handler", kind="ignore"),
        runners=[ODD_POLICY, {"debug": True, "factory": True}, ODD_POLICY],
    )


@pytest.mark.parametrize("kind", ["native", "native_uvloop", "backport"])
def test_a_hundred_times(request: pytest.FixtureRequest, kind: str) -> None:
    performer: Performer = request.getfixturevalue(kind)
    traces = [seen.trace for seen in performer.perform(*[much()] * OFTEN)]
    assert len(traces[0]) > 120
    for number, trace in enumerate(traces):
        assert trace == traces[0], f"number {number}"


@pytest.mark.parametrize("kind", ["native", "native_uvloop", "backport"])
def test_alone_and_after_others(request: pytest.FixtureRequest, kind: str) -> None:
    performer: Performer = request.getfixturevalue(kind)
    [alone] = performer.perform(much())
    _, after, _, again = performer.perform(leaving(), much(), leaving(), much())
    assert after == alone
    assert again == alone


def cut_short(rounds: int) -> dict[str, Any]:
    """A program whose callbacks go on while its Runner closes, until one of them presses Ctrl-C."""
    callback = op("interrupt", times=1)
    for _ in range(rounds):
        callback = op("call_soon", body=[callback])
    job = op("job", label=1, until="close")
    return program(op("run_function", factory=True, body=[job, callback]), op("collect"))


@pytest.mark.parametrize("kind", ["native", "native_uvloop", "backport"])
def test_a_shutdown_of_the_executor_that_is_cut_short(request: pytest.FixtureRequest, kind: str) -> None:
    # The thread that shuts it down, and the loop, which is closed meanwhile: who is first must not show.
    performer: Performer = request.getfixturevalue(kind)
    left = set()
    for rounds in range(2, 30, 2):
        first, *again = performer.perform(*[cut_short(rounds)] * 4)
        assert again == [first] * len(again), f"after {rounds} rounds"
        left.add(first.state("s0")["threads"])
    assert left == {0, 1}


@pytest.mark.parametrize("kind", ["native", "native_uvloop", "backport"])
def test_two_loops_in_turn(request: pytest.FixtureRequest, kind: str) -> None:
    performer: Performer = request.getfixturevalue(kind)
    waiting = [op("future", label=1), op("interrupt_when_idle"), op("await", of=1)]
    alternating = program(
        run(op("sleep")), run(op("sleep"), runner=1), run(*waiting), runners=[ODD_POLICY, ODD_POLICY]
    )
    first, *again = performer.perform(*[alternating] * 20)
    assert not first.all("stuck")
    assert again == [first] * len(again)


def test_a_loop_that_is_closed_in_many_rounds(native_uvloop: Performer) -> None:
    body = [op("generator", label=1), op("aclose", of=1), op("async_for", label=2, items=[[], []], leave=1)]
    seen = native_uvloop(op("run_function", body=body), run(*body), op("close"))
    assert not seen.all("stuck")


def test_drawn_programs_in_any_order(perform: Performer) -> None:
    programs = [each for _, each in itertools.islice(drawn(3), DRAWN)]
    forth = perform.perform(*programs)
    back = perform.perform(*reversed(programs))
    assert forth == back[::-1]
