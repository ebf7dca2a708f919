"""The interpreter does what the operations on tasks and futures say, and writes what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from performing import Performer, op, run

pytest_plugins = ["performing"]

CANCELLED = "CancelledError"


def child(*body: dict[str, Any], label: int = 1, **fields: Any) -> dict[str, Any]:
    return op("create", label=label, body=list(body), **fields)


@pytest.mark.parametrize("how", ["create_task", "ensure_future", "loop_create_task"])
def test_a_task_runs_its_body(perform: Performer, how: str) -> None:
    seen = perform(run(child(op("return", value="x"), how=how), op("await", of=1)))
    assert seen.at("t0:0") == [["created", "task 1", True, None]]
    assert seen.at("t1") == [["begin"], ["returned", "x"]]
    assert seen.at("t0:1") == [["begin await", "task 1"], ["got", "x"]]


def test_a_task_is_named(perform: Performer) -> None:
    assert perform(run(child(how="create_task", name="y"))).at("t0:0")[0][-1] == "y"


def test_a_task_steps_in_the_context_it_is_given(perform: Performer) -> None:
    inside = child(op("set", var=0, value=1), how="loop_create_task", context=0)
    seen = perform(
        run(op("copy_context"), inside, op("await", of=1), op("context_run", body=[op("get")]), op("get"))
    )
    assert seen.values("t0:3.0.0") == [1]
    assert seen.values("t0:4") == ["unset"]


def test_a_task_gets_a_copy_of_its_makers_context(perform: Performer) -> None:
    seen = perform(
        run(op("set", value="x"), child(op("get"), op("set", value=0)), op("await", of=1), op("get"))
    )
    assert seen.values("t1:0") == ["x"]
    assert seen.values("t0:3") == ["x"]


def test_what_a_label_does_not_stand_for_is_nothing(perform: Performer) -> None:
    names: tuple[str, ...] = (
        "await",
        "cancel",
        "wait_for",
        "shield",
        "resolve",
        "fail",
        "state",
        "callback",
        "next",
        "aclose",
    )
    names += ("release", "fire", "uncancel", "cancelling")
    body = [op(name, **{"on" if name == "callback" else "of": 7}) for name in names]
    body += [op("gather", of=[7, 8]), op("reset", token=7), op("context_run", context=7)]
    seen = perform(run(*body, op("create", how="loop_create_task", label=1, context=7)))
    assert [seen.at(f"t0:{index}") for index in range(len(body) + 1)] == [[["nothing"]]] * (len(body) + 1)


def test_gather_gives_all_results(perform: Performer) -> None:
    both = [child(op("return", value=1)), child(op("raise", error="ValueError"), label=2)]
    seen = perform(
        run(*both, op("gather", of=[1, 2], return_exceptions=True, label=3), op("await", of=3), op("sleep"))
    )
    assert seen.at("t0:2") == [["gather", "task 3", ["task 1", "task 2"]]]
    first, second = seen.at("t0:3")[1][1]
    assert first == 1
    assert second["class"] == "builtins.ValueError"


def test_shield_keeps_a_cancellation_away(perform: Performer) -> None:
    seen = perform(
        run(
            op("future", label=1),
            op("shield", of=1, label=2),
            op("cancel", of=2),
            op("sleep"),
            op("state", of=1),
            op("state", of=2),
        )
    )
    assert seen.at("t0:4") == [["state", "task 1", "pending"]]
    assert seen.at("t0:5")[0][2] == "cancelled"


def test_wait_for_without_a_timeout_waits(perform: Performer) -> None:
    seen = perform(run(child(op("sleep"), op("return", value=0)), op("wait_for", of=1)))
    assert seen.at("t0:1") == [["begin wait_for", "task 1", None], ["got", 0]]


def test_wait_for_no_time_at_all_times_out(perform: Performer) -> None:
    seen = perform(run(op("future", label=1), op("wait_for", of=1, timeout=0)))
    assert seen.classes("t0:1") == ["TimeoutError"]


def test_a_timeout_runs_out_when_an_operation_says_so(perform: Performer) -> None:
    firing = child(op("sleep"), op("fire", of=9), op("fire", of=9), label=2)
    seen = perform(run(op("future", label=1), firing, op("wait_for", of=1, timeout="fired", label=9)))
    assert seen.at("t2:1") == [["fired"]]
    assert seen.at("t2:2") == [["nothing"]]
    assert seen.classes("t0:2") == ["TimeoutError"]
    assert not seen.all("stuck")


def test_a_timeout_that_is_not_fired_never_runs_out(perform: Performer) -> None:
    seen = perform(run(op("future", label=1), op("wait_for", of=1, timeout="fired", label=9)))
    assert seen.at("s0")[2] == ["stuck"]
    assert seen.classes("t0:1") == [CANCELLED]


def test_a_future_gets_its_value(perform: Performer) -> None:
    seen = perform(run(op("future", label=1), op("resolve", of=1, value=-1), op("await", of=1)))
    assert seen.values("t0:2") == ["task 1", -1]


def test_a_future_gets_its_error(perform: Performer) -> None:
    seen = perform(
        run(op("future", label=1), op("fail", of=1, error="LookupError", message="x"), op("await", of=1))
    )
    [error] = [event[1] for event in seen.at("t0:2") if event[0] == "raised"]
    assert (error["class"], error["args"]) == ("builtins.LookupError", ["x"])


def test_what_is_done_cannot_be_resolved_again(perform: Performer) -> None:
    seen = perform(run(op("future", label=1), op("resolve", of=1), op("resolve", of=1), op("get")))
    assert seen.classes("t0:2") == ["InvalidStateError"]
    assert seen.at("t0:3")


def test_a_cancellation_is_counted_and_taken_back(perform: Performer) -> None:
    seen = perform(
        run(
            child(op("sleep")),
            op("cancel", of=1),
            op("cancel", of=1),
            op("cancelling", of=1),
            op("uncancel", of=1),
            op("cancelling", of="self"),
        )
    )
    assert [seen.values(f"t0:{index}") for index in range(1, 6)] == [[True], [True], [2], [1], [0]]


def test_a_task_cancels_itself_and_its_maker(perform: Performer) -> None:
    inner = child(op("cancel", of="parent"), op("cancel", of="self"), op("sleep"))
    seen = perform(run(inner, op("await", of=1)))
    assert seen.at("t1:0") == [["cancelled", "task 0", True]]
    assert seen.at("t1:1") == [["cancelled", "task 1", True]]
    assert seen.classes("t1:2") == [CANCELLED]


def test_a_cancellation_has_its_message(native: Performer) -> None:
    seen = native(run(child(op("sleep")), op("sleep"), op("cancel", of=1, message="x"), op("await", of=1)))
    assert [event[2]["args"] for event in seen.all("raised")[:2]] == [["x"], ["x"]]


def test_a_callback_is_called_in_its_context(perform: Performer) -> None:
    called = op("callback", on=1, context=0, body=[op("get")])
    seen = perform(
        run(
            op("future", label=1),
            op("copy_context"),
            op("set", value="x"),
            called,
            op("callback", on=1, body=[op("get")]),
            op("resolve", of=1),
            op("sleep"),
        )
    )
    assert seen.at("t0:3") == [["callback"], ["called back", "task 1"]]
    assert seen.values("t0:3.0.0") == ["unset"]
    assert seen.values("t0:4.0.0") == ["x"]


def test_call_soon_calls_in_its_context(perform: Performer) -> None:
    seen = perform(
        run(
            op("copy_context"),
            op("set", value="x"),
            op("call_soon", context=0, body=[op("get")]),
            op("call_soon", body=[op("get")]),
            op("sleep"),
        )
    )
    assert seen.values("t0:2.0.0") == ["unset"]
    assert seen.values("t0:3.0.0") == ["x"]


def test_tasks_are_looked_at(perform: Performer) -> None:
    seen = perform(run(child(op("sleep")), op("current_task"), op("all_tasks"), op("state", of=1)))
    assert seen.at("t0:1") == [["current_task", "task 0"]]
    assert seen.at("t0:2") == [["all_tasks", ["task 0", "task 1"]]]
    assert seen.at("t0:3") == [["state", "task 1", "pending"]]


def test_the_same_exception_has_the_same_number(perform: Performer) -> None:
    failing = child(op("raise", error="ValueError"))
    seen = perform(run(failing, op("try", body=[op("await", of=1)], catch="Exception"), op("state", of=1)))
    numbers = [
        event[-1]["object"] for event in seen.trace if isinstance(event[-1], dict) and "object" in event[-1]
    ]
    assert len(numbers) == 4
    assert set(numbers) == {1}


def test_a_circle_of_waiting_is_not_closed(perform: Performer) -> None:
    seen = perform(run(child(op("await", of=0)), op("sleep"), op("await", of=1)))
    assert seen.at("t0:2") == [["nothing"]]


def test_leftovers_are_cancelled_in_order_of_creation(perform: Performer) -> None:
    labels = range(1, 25)
    # What awaits a future is woken in the order of the cancellations.
    waiting = [child(op("future", label=50 + each), op("await", of=50 + each), label=each) for each in labels]
    seen = perform(run(*waiting, op("sleep")), op("close"))
    assert [event[0] for event in seen.all("raised")][::2] == [f"t{label}:1" for label in labels]
