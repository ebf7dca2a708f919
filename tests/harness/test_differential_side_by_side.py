"""One difference on the terminal: the program, the traces side by side, the first difference, how to replay it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from conformance.differential.events import Trace
from conformance.differential.hunks import Hunk, hunks
from conformance.differential.side_by_side import Side, print_difference, told
from traces import error

CANCELLED = "asyncio.exceptions.CancelledError"
PROGRAM: dict[str, Any] = {
    "runners": [{"debug": None, "factory": False}],
    "script": [{"op": "run", "runner": 0, "label": 1, "context": None, "body": [{"op": "sleep"}]}],
}
NATIVE: Trace = [
    *[[f"t1:{place}", "got", place] for place in range(12)],
    ["t1:12", "raised", error(CANCELLED, "gone")],
    ["t1:13", "slept"],
    ["s0", "returned", 1],
    ["s0", "state", {"sigint": "default"}],
]
SUBJECT: Trace = [
    *NATIVE[:12],
    ["t1:12", "raised", error(CANCELLED)],
    ["s0", "returned", True],
    ["s0", "state", {"sigint": "other"}],
    ["end", "warned", "x"],
]
MESSAGE, MISSING, TYPE, HANDLER, NEW = hunks(NATIVE, SUBJECT)


def shown(*left: Hunk, width: int = 100, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width)
    sides = (
        Side("differential/native/3.11.7/asyncio", NATIVE),
        Side("differential/mine/3.8.18/asyncio", SUBJECT),
    )
    print_difference(console, PROGRAM, *sides, left, title="run: state", replay=["replay", "a file.json"])
    file.seek(0)
    return file.read().splitlines()


def lines_with(text: str, lines: list[str]) -> list[str]:
    return [line for line in lines if text in line]


ALL = MESSAGE, MISSING, TYPE, HANDLER, NEW


@pytest.mark.parametrize("width", [100, 160])
def test_both_traces_stand_side_by_side(width: int) -> None:
    lines = shown(*ALL, width=width)
    [line] = lines_with("s0: returned", lines)
    assert line.split() == ["s0:", "returned", "1", "|", "s0:", "returned", "true"]
    assert abs(line.index("|") - width / 2) < 8
    assert max(map(len, lines)) <= width


def test_above_them_stand_their_cells() -> None:
    [line] = lines_with("3.11.7", shown(*ALL))
    assert line.split() == ["differential/native/3.11.7/asyncio", "differential/mine/3.8.18/asyncio"]


def test_the_program_stands_first_with_its_lines_numbered() -> None:
    lines = shown(*ALL)
    [line] = lines_with("sleep(0)", lines)
    assert line.split()[0] == "3"
    assert lines.index(line) < lines.index(lines_with("t1:12", lines)[0])


def test_what_only_one_trace_has_is_marked_as_on_that_side() -> None:
    lines = shown(*ALL)
    assert lines_with("t1:13", lines)[0].split() == ["t1:13:", "slept", "<"]
    assert lines_with("end:", lines)[0].split() == [">", "end:", "warned", "x"]


def test_the_first_difference_is_marked_and_no_other() -> None:
    [line] = lines_with("first >", shown(*ALL))
    assert "t1:12" in line


def test_what_is_the_interpreter_s_own_or_declared_is_not_the_first_difference() -> None:
    lines = shown(TYPE, HANDLER, NEW)
    [line] = lines_with("first >", lines)
    assert "s0: returned" in line
    assert "~" in lines_with("t1:12", lines)[0]
    assert lines_with("~ the interpreter's own, or declared", lines)


def test_without_any_such_change_nothing_is_said_of_them() -> None:
    assert not lines_with("~", shown(*ALL))


def test_equal_events_far_from_all_changes_are_counted() -> None:
    lines = shown(*ALL)
    assert lines_with("… 9 equal events", lines)
    assert not lines_with("t1:8", lines)
    assert lines_with("t1:9", lines)


def test_the_command_that_replays_it_can_be_pasted() -> None:
    [line] = lines_with("To see it again:", shown(*ALL))
    assert line.endswith("conformance replay 'a file.json'")


def test_a_terminal_without_unicode_gets_what_it_can_show() -> None:
    assert lines_with("... 9 equal events", shown(*ALL, encoding="ascii"))


FIRST: dict[str, Any] = {"class": "builtins.ValueError", "given": [1], "object": "t3 raised"}
SECOND: dict[str, Any] = {
    "by": "cause",
    "class": "builtins.LookupError",
    "given": [],
    "object": "new",
    "next": None,
}


def test_an_exception_is_told_as_python_writes_it_with_where_it_was_seen_first() -> None:
    event = [
        "t1:0",
        "raised",
        {**error(CANCELLED, "x"), "object": "t2:1 raised", "context": {**FIRST, "next": SECOND}},
    ]
    assert told(event) == (
        't1:0: raised CancelledError("x"), context ValueError(1) [the one of t3 raised], cause LookupError(), '
        "the one of t2:1 raised"
    )


def test_values_are_told_so_that_they_can_be_told_apart() -> None:
    values: list[Any] = [None, False, 0, "", [], "false"]
    told_values = {told(["t1:0", "got", value]) for value in values}
    assert len(told_values) == len(values)
