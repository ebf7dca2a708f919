"""What shows a planted implementation: only what it does differently, and the right one does not."""

from __future__ import annotations

import json
from typing import Any

from conformance.execute.programs import Answer
from fake_programs import LOOP, program
from planted_judging import PlantedJudge, References
from results import subject_cell

PROGRAM = program(LOOP, LOOP)
NATIVE = [["s0", "loop", 1], ["s1", "loop", 1]]
RIGHT = [["s0", "loop", 2], ["s1", "loop", 1]]
WRONG = [["s0", "loop", 2], ["s1", "loop", 2]]


def shown(planted: list[Any]) -> list[str]:
    native, right, wrong = (Answer(json.dumps(trace).encode()) for trace in (NATIVE, RIGHT, planted))
    found = PlantedJudge().shown(subject_cell(), PROGRAM, wrong, References(native, right))
    assert found.declared == {}
    assert len(found.kinds(PROGRAM)) == len(found.left)
    return [hunk.event[0] for hunk in found.left]


def test_what_the_right_one_does_too_is_not_the_planted_one_s() -> None:
    assert shown(WRONG) == ["s1"]


def test_one_that_does_what_the_right_one_does_shows_nothing() -> None:
    assert shown(RIGHT) == []


def test_one_that_is_like_native_where_the_right_one_is_not_shows_nothing() -> None:
    assert shown(NATIVE) == []
