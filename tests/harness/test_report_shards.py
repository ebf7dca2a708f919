"""Shards, each run and judged by itself, written, read and merged, are the whole run."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from rich.console import Console

from conformance.judge import Expectation, judge, met, to_retry, unmet
from conformance.plan import shard
from conformance.records import Cell, Missing, Mode, Outcome, Plan, Result, Shard, Suite, Verdict
from conformance.report import Document, DocumentWriter, Header, exit_status, merge, read_document
from conformance.report.terminal import render
from results import ASYNCIO, BACKPORT, LOCK, NOW, PEER, UVLOOP, plan_of, subject_cell

EACH_TIME_THE_SAME = settings(derandomize=True, database=None, deadline=None, max_examples=60)
TESTS = ("a.test_one", "a.test_two", "b.test_three")
SUBJECTS = [
    subject_cell(version, loop, suite, mode, implementation)
    for version in ("3.8.18", "3.9.18", "3.12.1")
    for loop in (ASYNCIO, UVLOOP)
    for implementation in (BACKPORT, PEER)
    for suite, mode in [(Suite.RUNNERS, Mode.PLAIN), (Suite.TASKS, Mode.PLAIN), (Suite.TASKS, Mode.CONTEXT)]
]
EXPECTATIONS = [
    Expectation(1, "a.*", Verdict.DIVERGENT, "known", loop="uvloop", python=SpecifierSet("<3.9")),
    Expectation(2, "a.test_t*", Verdict.FLAKY, "known", suite="tasks"),
    Expectation(3, "gone", Verdict.DIVERGENT, "was so", implementation="peer"),
    Expectation(4, "c.test_rare", Verdict.FLAKY, "known"),
    Expectation(5, "gone.*", Verdict.INAPPLICABLE, "was so"),
]


@frozen
class World:
    """A machine on which each attempt at a test always ends alike, whichever run it is of."""

    seed: int
    trouble: float
    """How likely an attempt does not pass."""
    repeat: int

    def results(self, plan: Plan) -> list[Result]:
        found = [
            result
            for attempt in range(1, self.repeat + 1)
            for cell in plan.cells
            for test in self.tests(cell.baseline or cell.name)
            for result in self.result(cell.name, test, attempt)
        ]
        again = to_retry(judge(plan, found, (), repeat=self.repeat))
        found += [
            result for cell, tests in again.items() for test in tests for result in self.result(cell, test, 2)
        ]
        return found

    def tests(self, baseline: str) -> tuple[str, ...]:
        """The tests of a baseline and of what is judged against it; one of them only few have."""
        return (*TESTS, "c.test_rare") if self.chance(baseline).random() < 0.2 else TESTS

    def result(self, cell: str, test: str, attempt: int) -> list[Result]:
        """One result, or none, as of a worker that was lost."""
        chance = self.chance(cell, test, attempt)
        if chance.random() >= self.trouble:
            return [Result(cell, test, Outcome.PASSED, exercised=True, attempt=attempt)]
        outcome = chance.choice([*Outcome, None])
        return [] if outcome is None else [Result(cell, test, outcome, detail="why", attempt=attempt)]

    def chance(self, *what: object) -> Random:
        return Random(f"{self.seed}/{what}")


def run(folder: Path, world: World, whole: Plan, part: Shard | None, pattern: str | None) -> Path:
    """Do as the command does, without workers, and return the document."""
    plan = shard(whole, part) if part else whole
    header = Header(
        version="0.1.0",
        started=NOW,
        arguments=("run",),
        plan=plan,
        lock=LOCK,
        pattern=pattern,
        repeat=world.repeat,
        shard=part,
        whole=tuple(cell.name for cell in whole.cells),
    )
    path = folder / f"{part.number if part else 'whole'}.jsonl"
    with DocumentWriter(path, header) as writer:
        writer.keys({cell.name: f"key of {cell.name}" for cell in plan.cells})
        results = [result for result in world.results(plan) if pattern is None or pattern in result.test]
        for result in results:
            writer.result(result)
        judgements = judge(plan, results, EXPECTATIONS, repeat=world.repeat)
        for found in judgements:
            writer.judgement(found)
        filtered = pattern is not None
        stale = unmet(EXPECTATIONS, plan, judgements, filtered=filtered)
        status = exit_status(plan, judgements, stale, filtered=filtered, shard=part)
        writer.finish(NOW, status, stale, met(EXPECTATIONS, plan, judgements))
    return path


def rendered(document: Document) -> str:
    assert document.footer is not None
    console = Console(file=io.StringIO(), width=160, color_system=None)
    render(
        console,
        document.header.plan,
        document.judgements,
        results=document.results,
        unmet=document.footer.unmet,
        status=document.footer.exit_status,
    )
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@EACH_TIME_THE_SAME
@given(
    cells=st.lists(st.sampled_from(SUBJECTS), unique=True, min_size=1, max_size=12),
    seed=st.integers(0, 99),
    trouble=st.sampled_from([0, 0.1, 0.5]),
    repeat=st.sampled_from([1, 3]),
    count=st.integers(1, 5),
    pattern=st.sampled_from([None, "a.", "rare"]),
)
def test_shards_merged_equal_the_whole_run(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[Cell],
    seed: int,
    trouble: float,
    repeat: int,
    count: int,
    pattern: str | None,
) -> None:
    folder, world = tmp_path_factory.mktemp("run"), World(seed, trouble, repeat)
    plan = evolve(plan_of(*cells), missing=(Missing("3.10", "Install it."),))
    whole = read_document(run(folder, world, plan, None, pattern))
    parts = [run(folder, world, plan, Shard(number, count), pattern) for number in range(1, count + 1)]
    Random(seed).shuffle(parts)
    merged = merge([(path, read_document(path)) for path in parts])
    assert merged.document.complete
    assert merged.lacking == ()
    assert whole.footer is not None
    assert merged.document.header == whole.header
    assert merged.document.judgements == whole.judgements
    assert {*merged.document.results} == {*whole.results}
    assert merged.document.keys == whole.keys
    assert merged.document.footer == evolve(whole.footer, ended=NOW)
    assert merged.status is whole.footer.exit_status
    assert rendered(merged.document) == rendered(whole)
