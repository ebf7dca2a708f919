"""A baseline that failed is asked once more, so that the next run need not ask; its first answer is this run's."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen
from rich.console import Console

from conformance.commands import confirming
from conformance.commands.confirming import ask_again
from conformance.commands.known import Known
from conformance.commands.prepared import How, Prepared
from conformance.execute import Listener, Order
from conformance.records import Cell, Outcome, Result
from conformance.store import Listing, Store, Unexercised
from conformance.sync import Lock, TagLock
from results import BASELINE, CELL, PLAN

KEYS = {BASELINE.name: "b" * 64, CELL.name: "c" * 64}
TESTS = ("test_runners.A.test_one", "test_runners.A.test_two")


@frozen
class World:
    """A run that is over, and what workers would do if they were asked again."""

    store: Store
    folder: Path
    answers: dict[str, Outcome] = field(factory=dict)
    asked: list[tuple[str, str]] = field(factory=list)
    """By cell and test."""

    @property
    def known(self) -> Known:
        return Known(self.store, KEYS, reuse=True)

    def ask(self, *results: Result) -> str:
        """Return what was printed."""
        for result in results:
            if not result.cached:
                self.known.keep(result)
        lock = Lock((TagLock(CELL.tag, {"Lib/test/test_asyncio/test_runners.py": "abcd"}),))
        prepared = Prepared(
            plan=PLAN,
            lock=lock,
            trees={CELL.tag: self.folder},
            pythons={cell.environment: self.folder / "python" for cell in PLAN.cells},
            declared=(),
            known=self.known,
            unexercised=Unexercised(self.store),
        )
        how = How(None, 1, 60.0, 0, None, 1, shard=False, coverage=None, variables={})
        said = io.StringIO()
        ask_again(prepared, how, results, Console(file=said, width=160), lambda: False)
        return said.getvalue()

    def execute(
        self, orders: Sequence[Order], _jobs: int, listener: Listener, *_more: Callable[..., Any]
    ) -> None:
        for order in orders:
            for test in filter(order.only, TESTS):
                self.asked.append((order.cell.name, test))
                listener.test_finished(
                    Result(order.cell.name, test, self.answers[test], attempt=order.attempt)
                )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with Store(tmp_path / "store.sqlite", pytest.fail) as store:
        for key in KEYS.values():
            store.keep_listing(key, Listing(TESTS, {}))
        made = World(store, tmp_path)
        monkeypatch.setattr(confirming, "execute", made.execute)
        yield made


def failed(
    cell: Cell = BASELINE, outcome: Outcome = Outcome.FAILED, test: str = TESTS[0], **more: Any
) -> Result:
    return Result(cell.name, test, outcome, **more)


def test_what_fails_again_is_believed_by_the_next_run(world: World) -> None:
    world.answers[TESTS[0]] = Outcome.FAILED
    said = world.ask(failed())
    assert world.asked == [(BASELINE.name, TESTS[0])]
    assert set(world.known.results(BASELINE, 1)) == {TESTS[0]}
    assert said.startswith("Tests of 1 cell fail for the baseline itself: they are asked once more")


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.FAILED])
def test_what_answers_otherwise_is_forgotten(world: World, outcome: Outcome) -> None:
    world.answers[TESTS[0]] = outcome
    world.ask(failed())
    assert world.store.results(KEYS[BASELINE.name]) == {}


@pytest.mark.parametrize(
    "results",
    [
        pytest.param([failed(CELL)], id="of the implementation"),
        pytest.param([failed(outcome=Outcome.PASSED)], id="passed"),
        pytest.param([failed(outcome=Outcome.SKIPPED)], id="skipped"),
        pytest.param([failed(outcome=Outcome.CRASHED)], id="lost"),
        pytest.param([failed(outcome=Outcome.TIMED_OUT)], id="lost in time"),
        pytest.param([failed(cached=True)], id="believed already"),
        pytest.param([failed(), failed(test="test_runners.A (tear-down)")], id="of a class in trouble"),
    ],
)
def test_nothing_else_is_asked(world: World, results: list[Result]) -> None:
    assert world.ask(*results) == ""
    assert world.asked == []
