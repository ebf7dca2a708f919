"""The interpreter catches, raises, returns and nests as Python does, asynchronous generators too."""

from __future__ import annotations

from typing import Any

import pytest

from performing import Performer, op, run

pytest_plugins = ["performing"]


def test_an_error_is_caught_and_swallowed(perform: Performer) -> None:
    caught = op(
        "try", body=[op("raise", error="ValueError", message="x")], catch="Exception", handler=[op("get")]
    )
    seen = perform(run(caught, op("return", value=0)))
    assert [event[0] for event in seen.at("t0:0")] == ["try", "caught"]
    assert seen.at("t0:0.1.0")
    assert seen.at("t0")[-1] == ["returned", 0]


def test_an_error_of_another_kind_is_not_caught(perform: Performer) -> None:
    seen = perform(
        run(op("try", body=[op("raise", error="SystemExit")], catch="Exception", handler=[op("get")]))
    )
    assert not seen.at("t0:0.1.0")
    assert seen.classes("s0") == ["SystemExit"]


def test_a_caught_error_is_raised_again(perform: Performer) -> None:
    seen = perform(run(op("try", body=[op("raise", error="ValueError")], catch="Exception", then="raise")))
    assert seen.classes("t0") == ["ValueError"]


def test_a_caught_error_is_replaced(perform: Performer) -> None:
    seen = perform(run(op("try", body=[op("raise", error="ValueError")], catch="Exception", then="replace")))
    error = seen.at("t0")[-1][1]
    assert (error["class"], error["args"]) == ("builtins.LookupError", ["replaced"])
    assert error["context"]["class"] == "builtins.ValueError"


def replacing(*body: dict[str, Any], message: str) -> dict[str, Any]:
    return op(
        "try", body=list(body), catch="Exception", handler=[op("raise", error="ValueError", message=message)]
    )


def test_each_link_of_a_chain_is_told_of(perform: Performer) -> None:
    body = op("raise", error="SystemExit", message="0")
    body = op(
        "try", body=[body], catch="BaseException", handler=[op("raise", error="ValueError", message="1")]
    )
    for message in "2345":
        body = replacing(body, message=message)
    seen = perform(run(op("try", body=[body], catch="Exception", then="replace")))
    error = seen.at("t0")[-1][1]
    shown = {
        event[2]["args"][0]: event[2]["object"] for event in seen.trace if event[1] in ("caught", "raised")
    }
    link, links = error["context"], []
    while link is not None:
        links.append((link["class"], link["given"], link["object"]))
        link = link["next"]
        assert link is None or link["by"] == "context"
    assert links == [("builtins.ValueError", [each], shown[each]) for each in "5432"]


def test_a_cause_comes_before_a_context(native: Performer) -> None:
    caught = op("try", body=[op("wait_for", of=1, timeout=0)], catch="Exception", then="replace")
    seen = native(run(op("future", label=1), caught))
    context = seen.at("t0")[-1][1]["context"]
    assert context["class"] == "builtins.TimeoutError"
    assert (context["next"]["by"], context["next"]["class"]) == ("cause", "asyncio.exceptions.CancelledError")


def test_a_caught_cancellation_is_taken_back(perform: Performer) -> None:
    body = [op("cancel", of="self"), op("sleep")]
    seen = perform(
        run(op("try", body=body, catch="CancelledError", then="uncancel"), op("cancelling", of="self"))
    )
    assert seen.at("t0:0")[-1] == ["uncancel", 0]
    assert seen.values("t0:1") == [0]


def test_finally_comes_last_and_may_await(perform: Performer) -> None:
    seen = perform(run(op("try", body=[op("return", value=1)], finally_=[op("sleep")])))
    assert seen.at("t0:0.2.0") == [["begin sleep"], ["slept"]]
    assert seen.at("t0")[-1] == ["returned", 1]


def test_finally_has_the_last_word(perform: Performer) -> None:
    seen = perform(run(op("try", body=[op("raise", error="ValueError")], finally_=[op("return", value="x")])))
    assert seen.at("t0")[-1] == ["returned", "x"]


@pytest.mark.parametrize(
    "error", ["ValueError", "LookupError", "CancelledError", "KeyboardInterrupt", "GeneratorExit"]
)
def test_an_error_leaves_the_run(perform: Performer, error: str) -> None:
    assert perform(run(op("raise", error=error))).classes("s0") == [error]


def test_stop_iteration_becomes_a_runtime_error(perform: Performer) -> None:
    assert perform(run(op("raise", error="StopIteration"))).classes("t0") == ["RuntimeError"]


@pytest.mark.parametrize("value", [None, False, 0, "", [], -1])
def test_a_value_is_returned_as_it_is(perform: Performer, value: object) -> None:
    [returned] = [
        event for event in perform(run(op("return", value=value))).at("s0") if event[0] == "returned"
    ]
    assert returned[1] == value
    assert type(returned[1]) is type(value)


def test_a_nested_coroutine_returns_for_itself(perform: Performer) -> None:
    seen = perform(run(op("call", body=[op("return", value="x"), op("get")]), op("get")))
    assert seen.at("t0:0") == [["begin call"], ["got", "x"]]
    assert not seen.at("t0:0.0.1")
    assert seen.at("t0:1")


def test_a_manager_sees_the_error_and_may_suppress_it(perform: Performer) -> None:
    managed = op("async_with", enter=[op("get")], body=[op("raise", error="ValueError")], exit=[op("sleep")])
    seen = perform(run({**managed, "suppress": True}, op("get")))
    assert seen.at("t0:0")[0] == ["enter"]
    assert seen.at("t0:0")[1][1]["class"] == "builtins.ValueError"
    assert seen.at("t0:0.2.0")[-1] == ["slept"]
    assert seen.at("t0:1")
    assert perform(run({**managed, "suppress": False})).classes("t0") == ["ValueError"]


def test_a_generator_is_gone_through(perform: Performer) -> None:
    seen = perform(
        run(op("async_for", label=1, items=[[op("sleep")], []], body=[op("get")], finally_=[op("sleep")]))
    )
    assert seen.at("t0:0") == [["async_for"], ["item", 0], ["item", 1], ["generator ends"], ["exhausted"]]
    assert len(seen.at("t0:0.0.0")) == 2
    assert seen.at("t0:0.1.0")[-1] == ["slept"]
    assert seen.at("t0:0.2.0")[-1] == ["slept"]


def test_a_generator_that_is_left_is_closed_with_the_loop(perform: Performer) -> None:
    seen = perform(run(op("async_for", label=1, items=[[], []], leave=1)), op("close"))
    origins = [event[:2] for event in seen.trace]
    assert origins.index(["s1", "begin close"]) < origins.index(["t0:0", "generator ends"])


def test_a_generator_is_advanced_and_closed_by_hand(perform: Performer) -> None:
    made = op("generator", label=1, items=[[], []], finally_=[op("sleep")])
    seen = perform(run(made, op("next", of=1), op("aclose", of=1), op("next", of=1)))
    assert seen.values("t0:1") == ["task 1", 0]
    assert seen.at("t0:2") == [["begin aclose", "task 1"], ["closed"]]
    assert seen.at("t0:0.0.0")[-1] == ["slept"]
    assert seen.at("t0:3")[-1] == ["exhausted"]
