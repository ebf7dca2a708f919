"""The programs of a seed are always the same, whoever draws them, wherever and beside whatever else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from conformance.differential.census import Census
from conformance.differential.census_marks import marks
from conformance.differential.operations import FORMS
from conformance.differential.stream import BLOCK, Ahead, draw_block, draw_program, drawn
from conformance.errors import UsageError

TREE = Path(__file__).resolve().parents[2]
DRAW = """
import json, sys
from itertools import islice
{before}
from conformance.differential.stream import drawn
print(json.dumps(list(islice(drawn(3), 24))))
"""
# Hypothesis looks for constants in the sources of what is loaded, where these are the user's.
LOADING = "import conformance.cli, conformance.commands.run, conformance.judge"


def elsewhere(folder: Path, before: str = "", **variables: str) -> list[list[object]]:
    done = subprocess.run(
        [sys.executable, "-c", DRAW.format(before=before)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(TREE), **variables},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: list[list[object]] = json.loads(done.stdout)
    return found


def test_another_process_draws_the_same(tmp_path: Path) -> None:
    here = [list(each) for each in islice(drawn(3), 24)]
    assert elsewhere(tmp_path, PYTHONHASHSEED="1") == here
    assert elsewhere(tmp_path, LOADING, PYTHONHASHSEED="2", CI="1") == here


def test_nothing_is_left_where_the_user_happens_to_be(tmp_path: Path) -> None:
    elsewhere(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("seed", "number"), [(0, 0), (7, 5), (2**40, 10**6)])
def test_a_block_does_not_depend_on_what_was_drawn_before(seed: int, number: int) -> None:
    numbers = [number, number + 1, number + 2]
    before = {each: draw_block(seed, each).programs for each in numbers}
    assert {each: draw_block(seed, each).programs for each in reversed(numbers)} == before


def test_seeds_and_blocks_differ() -> None:
    blocks = [draw_block(seed, number).programs for seed in (1, 2) for number in (0, 1)]
    assert all(one != other for one in blocks for other in blocks if one is not other)


def test_an_id_names_the_same_program_as_the_stream() -> None:
    ids = dict(islice(drawn(7), 2 * BLOCK + 1))
    assert list(ids) == [f"7.{number}" for number in range(2 * BLOCK + 1)]
    for identifier in ("7.0", f"7.{BLOCK - 1}", f"7.{BLOCK}", f"7.{2 * BLOCK}"):
        assert draw_program(identifier) == ids[identifier]


@pytest.mark.parametrize("identifier", ["", "7", "7.", ".7", "7.x", "-7.1", "7.1.2", "7.-1", "7.²"])
def test_what_is_no_id_is_refused(identifier: str) -> None:
    with pytest.raises(UsageError, match=r"is no program's id\. An id is the seed, a point and the number"):
        draw_program(identifier)


def test_machines_that_take_turns_draw_all_and_none_twice() -> None:
    parts = [dict(islice(drawn(7, start, 3), 2 * BLOCK)) for start in range(3)]
    whole = dict(islice(drawn(7), 6 * BLOCK))
    assert {identifier: program for part in parts for identifier, program in part.items()} == whole


def test_ahead_yields_what_this_process_would() -> None:
    with Ahead(7, 1, 2) as ahead:
        assert list(islice(ahead, 28 * BLOCK)) == list(islice(drawn(7, 1, 2), 28 * BLOCK))


def test_where_the_other_process_is_lost_this_one_draws_on() -> None:
    with Ahead(7) as ahead:
        programs = iter(ahead)
        first = list(islice(programs, 3))
        ahead.process.kill()
        ahead.process.wait()
        # More than may have been written before.
        rest = list(islice(programs, 30 * BLOCK))
    assert first + rest == list(islice(drawn(7), 3 + 30 * BLOCK))


def test_ahead_ends_its_process() -> None:
    with Ahead(7) as ahead:
        next(iter(ahead))
    assert ahead.process.poll() is not None
    ahead.close()


def test_one_whose_reader_is_gone_ends_itself() -> None:
    ahead = Ahead(7)
    assert ahead.process.stdout is not None
    next(iter(ahead))
    ahead.process.stdout.close()
    assert ahead.process.wait(60) == 0
    ahead.close()


def test_a_ctrl_c_at_the_terminal_does_not_reach_it() -> None:
    with Ahead(7) as ahead:
        assert os.getpgid(ahead.process.pid) != os.getpgid(0)
        next(iter(ahead))


def test_hypothesis_counts_the_same_as_the_census() -> None:
    census = Census()
    with Ahead(7) as ahead:
        for _, program, events in islice(ahead.told(), 30 * BLOCK):
            census.count(program, events)
    assert census.told == census.programs == 30 * BLOCK
    assert len(census.events) > len(FORMS)
    assert census.told_otherwise() == []


def test_what_hypothesis_was_told_stays_with_its_program_where_the_other_process_is_lost() -> None:
    with Ahead(7) as ahead:
        told = ahead.told()
        first = list(islice(told, 3))
        ahead.process.kill()
        ahead.process.wait()
        rest = list(islice(told, 30 * BLOCK))
    assert all(set(events) == marks(program) for _, program, events in first + rest)
