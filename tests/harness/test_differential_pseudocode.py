"""A program in pseudo-code: each operation once, where one can find it, and as a person would write it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from conformance.differential.drawing import programs
from conformance.differential.operations import FORMS
from conformance.differential.program import size, walk
from conformance.differential.pseudocode import pseudocode

PROGRAM = {
    "runners": [{"debug": True, "factory": True}, {"debug": None, "factory": False}],
    "script": [
        {"op": "copy_context", "context": 0},
        {
            "op": "run",
            "runner": 1,
            "label": 0,
            "context": 0,
            "body": [
                {
                    "op": "create",
                    "how": "loop_create_task",
                    "label": 5,
                    "name": "named",
                    "context": 0,
                    "body": [
                        {
                            "op": "try",
                            "body": [{"op": "sleep"}],
                            "catch": "CancelledError",
                            "handler": [],
                            "then": "swallow",
                            "finally": [{"op": "interrupt", "times": 2}],
                        }
                    ],
                },
                {"op": "wait_for", "of": 5, "timeout": "fired", "label": 6},
                {
                    "op": "async_for",
                    "label": 7,
                    "items": [[], [{"op": "get", "var": 2}]],
                    "body": [],
                    "finally": [],
                    "leave": 1,
                },
                {"op": "call", "body": []},
                {"op": "return", "value": ""},
            ],
        },
    ],
}
TEXT = """\
 1  runner0 = Runner(debug=True, loop_factory=new_loop)
 2  runner1 = Runner()
 3  context0 = copy_context()
 4  runner1.run(task0 as follows, context=context0):
 5      task5 = loop.create_task(as follows, name='named', context=context0):
 6          try:
 7              await sleep(0)
 8          except CancelledError as error:
 9              pass
10          finally:
11              Ctrl-C, twice
12      await wait_for(task5, timeout=until fire(6))  # 6
13      async for each of generator7, left after 1 items:
14          pass
15          before it yields 1:
16              var2.get()
17      await a coroutine:
18          pass
19      return ''"""


def test_it_reads_like_python() -> None:
    assert str(pseudocode(PROGRAM)) == TEXT


@pytest.mark.parametrize(
    ("path", "number"), [("s0", 3), ("s1", 4), ("s1.0.0.0.0.2.0", 11), ("t5:0.2.0", 11), ("t0:2.3.0", 16)]
)
def test_a_line_is_found_by_the_path_of_its_operation(path: str, number: int) -> None:
    assert pseudocode(PROGRAM).number(path) == number


def test_no_line_is_found_by_a_path_that_leads_nowhere() -> None:
    with pytest.raises(KeyError):
        pseudocode(PROGRAM).number("t5:3")


@given(programs())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_each_operation_has_a_line_of_its_own(drawn: dict[str, Any]) -> None:
    written = pseudocode(drawn)
    numbers = [written.number(path) for path, _ in walk(drawn)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == size(drawn)
    assert numbers[-1] <= len(written.lines)


@given(programs())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_what_lies_in_an_operation_is_indented_below_it(drawn: dict[str, Any]) -> None:
    written = pseudocode(drawn)

    def indent(path: str) -> int:
        line = written.lines[written.number(path) - 1]
        return len(line) - len(line.lstrip())

    for path, _ in walk(drawn):
        outer = path.rsplit(".", 2)[0]
        if outer != path:
            assert indent(path) > indent(outer)
            assert written.number(path) > written.number(outer)


def test_every_value_of_an_operation_shows() -> None:
    # The names of what is thrown away or made are seen elsewhere.
    for form in FORMS.values():
        for name, kind in form.fields.items():
            for values in [getattr(kind, "values", ())]:
                texts = {head(form.name, name, value) for value in values}
                assert len(texts) == len(values), (form.name, name)


def head(op: str, field: str, value: object) -> str:
    plain: dict[str, Any] = {"body": [], "items": [[]], "handler": [], "finally": [], "enter": [], "exit": []}
    plain |= {"of": [] if op == "gather" else 1, "then": "raise", "catch": "Exception", "how": "create_task"}
    plain |= {
        "message": None,
        "context": None,
        "name": None,
        "leave": None,
        "timeout": None,
        "until": "close",
    }
    plain |= {
        "error": "ValueError",
        "times": 1,
        "what": "null",
        "value": None,
        "kind": "default",
        "debug": None,
    }
    plain |= {"factory": False, "suppress": False, "return_exceptions": False}
    operation = {"op": op, **{name: plain.get(name, 1) for name in FORMS[op].fields}, field: value}
    if "kind" in operation and field != "kind":
        operation["kind"] = "none"
    runners = [{"debug": None, "factory": False}]
    return str(pseudocode(json.loads(json.dumps({"runners": runners, "script": [operation]}))))
