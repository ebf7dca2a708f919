"""An implementation that loads nowhere is told of in one sentence, with where its mistake is."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.commands.unloadable import refuse_unloadable
from conformance.errors import ExecuteError
from conformance.execute import Course
from conformance.records import Plan
from results import subject_cell

TRACEBACK = """\
Traceback (most recent call last):
  File "/somewhere/objects.py", line 13, in resolve
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
