"""An implementation that loads nowhere is told of in one sentence, with where its mistake is."""

from __future__ import annotations

import io

import pytest
from attrs import evolve
from rich.console import Console

from conformance.commands.unloadable import refuse_unloadable, results_of_unloadable
from conformance.errors import ExecuteError
from conformance.execute import Course
from conformance.judge import judge
from conformance.records import Outcome, Plan, Result
from conformance.report.tracebacks import alike, print_unexpected
from results import UVLOOP, plan_of, subject_cell

TRACEBACK = """\
Traceback (most recent call last):
  File "/somewhere/conformance/worker/objects.py", line 13, in resolve
    importlib.import_module(name)
"""
OF_SYNTAX = f"""{TRACEBACK}\
  File "/site-packages/mine.py", line 7
    class Runner
                ^
SyntaxError: expected ':'
"""


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (f"{TRACEBACK}ModuleNotFoundError: No module named 'mine'\n", "ModuleNotFoundError: No module named 'mine'."),
        (OF_SYNTAX, "SyntaxError: expected ':' (mine.py, line 7)."),
        ("SyntaxError: of its own making", "SyntaxError: of its own making."),
    ],
)  # fmt: skip
def test_the_last_words_say_where_the_mistake_is(broken: str, told: str) -> None:
    cell = evolve(subject_cell(), baseline="its baseline")
    with pytest.raises(ExecuteError) as error:
        refuse_unloadable(Plan(cells=(cell,)), {(cell.name, 1): Course(broken=broken)})
    assert str(error.value) == (
        f"The implementation '{cell.implementation.name}' could not be loaded anywhere: {told} "
        "See whether its runner, run, task, path and requires are right."
    )


def test_a_loop_that_loads_nowhere_is_named() -> None:
    whole = plan_of(subject_cell(), subject_cell(loop=UVLOOP))
    broken = f"{TRACEBACK}ModuleNotFoundError: No module named 'uvlop'\n"
    courses = {(cell.name, 1): Course(broken=broken if cell.loop is UVLOOP else "") for cell in whole.cells}
    with pytest.raises(ExecuteError) as error:
        results_of_unloadable(whole, courses)
    assert str(error.value) == (
        "The loop 'uvloop' could not be loaded anywhere: ModuleNotFoundError: No module named 'uvlop'. "
        "See whether its factory and requires are right."
    )


def test_a_cell_that_did_not_load_says_so_once() -> None:
    old, new = subject_cell("3.8.18"), subject_cell("3.11.7")
    whole = plan_of(old, new)
    words = f'{TRACEBACK}  File "/somewhere/mine.py", line 5, in <module>\nAttributeError: no Runner\n'
    courses = {(cell.name, 1): Course(broken=words if cell is old else "") for cell in whole.cells}
    tests = [f"test_runners.A.test_{number}" for number in range(9)]
    passed = [Result(whole.cells[0].name, test, Outcome.PASSED) for test in tests]
    courses[whole.cells[0].name, 1] = Course(results=passed)
    results = results_of_unloadable(whole, courses)
    assert {result.detail for result in results} == {
        "the suite could not be loaded: AttributeError: no Runner (mine.py, line 5)"
    }
    judgements = judge(evolve(whole, cells=(whole.cells[0], old)), [*passed, *results], ())
    [group] = alike(judgements)
    said = io.StringIO()
    print_unexpected(Console(file=said, width=100), whole, group, "1 of 1")
    text = said.getvalue()
    assert "divergent test_runners.A.test_0 and 8 more tests" in text
    assert text.count("mine.py, line 5") == 1
