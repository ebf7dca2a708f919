"""What a campaign counts, whatever answers are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.differential.reading import Reader
from conformance.differential.tally import Tally
from conformance.execute.programs import Answer
from fake_programs import LOOP, named

RAN, DID_NOT = Answer(b'[["s0", "get_loop"]]'), Answer(b'[["s0", "nothing"]]')
ORACLES = ["native on asyncio", "native on uvloop"]


def loops_that_ran(told: Mapping[str, Sequence[Answer]]) -> int:
    tally = Tally()
    tally.take(named([LOOP]), told, Reader(), ORACLES)
    [ran] = [ran for name, _, _, ran in tally.census.rows() if name == "get_loop"]
    return ran


def test_what_ran_is_told_by_the_first_oracle() -> None:
    assert loops_that_ran({ORACLES[0]: [RAN], ORACLES[1]: [DID_NOT]}) == 1
    assert loops_that_ran({ORACLES[0]: [DID_NOT], ORACLES[1]: [RAN]}) == 0


def test_what_ran_is_told_by_another_where_the_first_was_not_asked() -> None:
    assert loops_that_ran({ORACLES[1]: [RAN]}) == 1
    assert loops_that_ran({ORACLES[0]: [], ORACLES[1]: [RAN]}) == 1


def test_nothing_is_said_to_have_run_where_no_oracle_has_an_answer() -> None:
    assert loops_that_ran({"another": [RAN]}) == 0
