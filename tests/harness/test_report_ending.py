"""How the report ends: with what came from the store, and with how to go on where a run did not come to its end."""

import io
from pathlib import Path

import pytest
from attrs import evolve
from rich.console import Console

from conformance.errors import ExitStatus
from conformance.records import Plan, Shard, Verdict
from conformance.report.terminal import render
from results import PLAN, judgement, of_subject
from test_report_terminal import rendered


@pytest.mark.parametrize("status", [None, ExitStatus.INTERRUPTED])
def test_the_last_line_of_an_unfinished_run_says_how_to_finish_it(status: ExitStatus | None) -> None:
    lines = rendered([], status=status, path=Path("some folder/run.jsonl"))
    assert lines[-2:] == ["To finish it: python -m conformance run --resume 'some folder/run.jsonl'", ""]


def test_the_command_that_finishes_a_run_is_not_broken_into_lines() -> None:
    file = io.StringIO()
    path = Path("/".join(["folder"] * 20))
    render(Console(file=file, width=40), PLAN, [], results=(), status=None, path=path)
    assert f"python -m conformance run --resume {path}\n" in file.getvalue()


@pytest.mark.parametrize("status", [status for status in ExitStatus if status is not ExitStatus.INTERRUPTED])
def test_a_run_that_came_to_its_end_is_not_to_be_finished(status: ExitStatus) -> None:
    assert not any("--resume" in line for line in rendered([], status=status, path=Path("run.jsonl")))


def test_the_closing_line_says_how_many_results_came_from_the_store() -> None:
    results = [evolve(of_subject(test=f"t{number}"), cached=number >= 2) for number in range(1202)]
    assert rendered([judgement(Verdict.CONFORMANT)], results=results, width=120)[-2] == (
        "All as expected: 1 cell, conformant 1 of 1, 1,200 of 1,202 results from the store."
    )


def test_nothing_is_said_of_the_store_where_all_was_run() -> None:
    assert not any("store" in line for line in rendered([judgement(Verdict.CONFORMANT)]))


def test_a_part_of_the_plan_without_a_cell_says_that_there_is_nothing_in_it() -> None:
    assert rendered([], Plan(())) == ["", "All as expected: nothing is in this part of the plan.", ""]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (2, "shard 2/2"),
        (3, "shards 2/3, 3/3"),
        (20, "shards 2/20, 3/20, 4/20, 5/20, 6/20, 7/20 and 13 more shards"),
    ],
)
def test_the_closing_line_names_the_shards_that_are_missing(count: int, said: str) -> None:
    shards = [Shard(number, count) for number in range(2, count + 1)]
    lines = rendered([], Plan(()), status=ExitStatus.NOT_COMPLETED, shards=shards, width=160)
    assert lines[-2] == f"Not completed, without {said}: nothing is in this part of the plan."
