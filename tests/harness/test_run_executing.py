"""What diverges is looked at once more as soon as its cell and the baseline are done, while other cells still run."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from rich.console import Console

from conformance.commands import executing
from conformance.commands.executing import begin, execute_and_judge
from conformance.commands.known import Known
from conformance.commands.prepared import How, Prepared
from conformance.execute import Course, Order
from conformance.records import Outcome, Plan, Result, Verdict
from conformance.report import DocumentWriter, Header
from conformance.store import Store, Unexercised
from conformance.sync import Lock, TagLock
from results import CELL, LOCK, NOW, PEER, plan_of, subject_cell

TEST = "test_runners.A.test_one"
OTHER = subject_cell(implementation=PEER)
PLAN = plan_of(CELL, OTHER)
(BASELINE, *_judged) = (cell.name for cell in PLAN.cells)
Seen = list[tuple[str, list[tuple[str, int]]]]
"""By cell that was done, which orders that led to: their cells and attempts."""


@frozen
class World:
    """A run in which each cell, when its turn comes, has the one test, with a known outcome."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def run(
        self, outcomes: dict[str, Outcome], turns: Sequence[str], plan: Plan = PLAN, **changes: Any
    ) -> tuple[Seen, dict[str, Verdict], str]:
        """Return what each cell's end led to, the verdicts, and what was printed."""
        seen: Seen = []

        def execute(
            orders: Iterable[Order],
            _jobs: int,
            listener: Any,
            on_course: Callable[[Order, Course], Iterable[Order]],
            _interrupted: object,
        ) -> None:
            waiting = sorted(orders, key=lambda order: turns.index(order.cell.name))
            while waiting:
                order = waiting.pop(0)
                name = order.cell.name
                result = Result(name, TEST, outcomes[name], attempt=order.attempt)
                listener.suite_listed(name, [TEST], {"exercised": True})
                listener.cell_started(name, 1)
                listener.test_finished(result)
                listener.cell_finished(name, {result.outcome: 1}, 0.5)
                more = list(on_course(order, Course({"loop": "any"}, (TEST,), [result])) or ())
                seen.append((name, [(again.cell.name, again.attempt) for again in more]))
                waiting += more

        self.monkeypatch.setattr(executing, "execute", execute)
        said = io.StringIO()
        header = Header("0", NOW, (), plan, LOCK)
        how = How(
            **{
                "pattern": None, "jobs": 1, "seconds": 60.0, "memory": 0, "shuffle": None, "repeat": 1,
                "shard": False, "coverage": None, "variables": {}, **changes,
            }
        )  # fmt: skip
        with (
            Store(self.folder / "store.sqlite", pytest.fail) as store,
            DocumentWriter(self.folder / "results.jsonl", header) as document,
        ):
            prepared = Prepared(
                plan=plan,
                lock=Lock((TagLock(CELL.tag, {"Lib/test/test_asyncio/test_runners.py": "abcd"}),)),
                trees={CELL.tag: self.folder},
                pythons={cell.environment: self.folder / "python" for cell in plan.cells},
                declared=(),
                known=Known(store, {cell.name: cell.name for cell in plan.cells}, reuse=True),
                unexercised=Unexercised(store),
            )
            begun = begin(prepared, how)
            judgements, _results = execute_and_judge(
                prepared, how, begun, document, Console(file=said, width=160), lambda: False
            )
        return seen, {judgement.cell: judgement.verdict for judgement in judgements}, said.getvalue()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


OUTCOMES = {BASELINE: Outcome.PASSED, CELL.name: Outcome.FAILED, OTHER.name: Outcome.PASSED}


@pytest.mark.parametrize(
    ("turns", "last"),
    [
        ((BASELINE, CELL.name, OTHER.name), CELL.name),
        ((CELL.name, BASELINE, OTHER.name), BASELINE),
        ((OTHER.name, CELL.name, BASELINE), BASELINE),
    ],
)
def test_the_later_of_a_cell_and_its_baseline_calls_for_the_second_look(
    world: World, turns: Sequence[str], last: str
) -> None:
    seen, verdicts, said = world.run(OUTCOMES, turns)
    assert dict(seen[:3]) == {name: [(CELL.name, 2)] if name == last else [] for name in turns}
    assert seen[3:] == [(CELL.name, [])]
    assert verdicts == {CELL.name: Verdict.DIVERGENT, OTHER.name: Verdict.CONFORMANT}
    assert f"{CELL.name}: divergent in 1 test, looked at once more" in said


def test_a_baseline_calls_for_all_second_looks_that_waited_for_it(world: World) -> None:
    outcomes = {**OUTCOMES, OTHER.name: Outcome.ERRORED}
    seen, _verdicts, _said = world.run(outcomes, (CELL.name, OTHER.name, BASELINE))
    assert seen[2] == (BASELINE, [(CELL.name, 2), (OTHER.name, 2)])


def test_the_progress_counts_the_second_look_from_the_moment_that_it_is_called_for(world: World) -> None:
    _seen, _verdicts, said = world.run(OUTCOMES, (BASELINE, CELL.name, OTHER.name))
    places = [line.split("]")[0] for line in said.splitlines() if line.startswith("[")]
    assert places == ["[1/3", "[2/3", "[3/4", "[4/4"]


@pytest.mark.parametrize(
    ("outcomes", "changes"),
    [
        pytest.param(dict.fromkeys(OUTCOMES, Outcome.PASSED), {}, id="nothing diverges"),
        pytest.param(dict.fromkeys(OUTCOMES, Outcome.FAILED), {}, id="nothing passes for the baseline"),
        pytest.param(OUTCOMES, {"repeat": 2}, id="each test runs several times anyway"),
    ],
)
def test_nothing_else_is_looked_at_again(
    world: World, outcomes: dict[str, Outcome], changes: dict[str, Any]
) -> None:
    seen, _verdicts, _said = world.run(outcomes, tuple(OUTCOMES), **changes)
    assert [more for _name, more in seen if more] == []
