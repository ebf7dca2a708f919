"""What a trace shows of the runs of a program, for the census: what is at work, and what a Runner has to end as it closes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import Factory, define

from conformance.differential.census_marks import runner_marks
from conformance.differential.census_places import FUNCTION, Places
from conformance.differential.operations import Operation

Event = Sequence[Any]
"""Where it is from, what happened, and more."""

_CANCELLED = "asyncio.exceptions.CancelledError"


@define
class Runs:
    """What was seen so far of a trace; the marks that came to pass are added to what was ``found``."""

    places: Places
    found: set[str]
    began: Counter[int] = Factory(Counter)
    """How often each runner has begun a main task."""
    running: int = FUNCTION
    """The runner whose main task began last."""
    failed: set[int] = Factory(set)
    closed: set[int] = Factory(set)
    contexts: Counter[int] = Factory(Counter)
    at_work: dict[int, int] = Factory(dict)
    """The tasks that have begun and not ended, each with its runner; likewise below."""
    jobs: dict[int, int] = Factory(dict)
    """The jobs that were not released."""
    generators: dict[int, int] = Factory(dict)
    """The generators that were left open."""
    left: set[int] = Factory(set)
    """The tasks that were at work when their runner began to close."""
    resisting: set[int] = Factory(set)
    closes: bool = False
    """Whether a runner is closing."""
    blind: bool = False
    """Whether tasks may have ended unseen, as the budget was used up."""

    def of_task(self, label: int, event: Event) -> None:
        """Take note of an event of a task as such."""
        if event[1] == "begin":
            if label in self.places.mains:
                self._main_begins(self.places.mains[label])
            self.at_work[label] = self.running
            return
        self.at_work.pop(label, None)
        if label in self.resisting and not is_cancellation(event):
            self.found.add("leftover that resists")
        if label in self.places.mains and self.places.mains[label]["op"] == "run_function":
            self.closing(FUNCTION)

    def _main_begins(self, run: Operation) -> None:
        runner = self.running = run.get("runner", FUNCTION)
        if runner == FUNCTION:
            return
        self.began[runner] += 1
        self.found |= runner_marks(self.places.program["runners"][runner])
        self.found |= {"several runners"} if len(self.began) > 1 else set()
        self.found |= {"several runs of one runner"} if self.began[runner] > 1 else set()
        self.found |= {"run after an error"} if runner in self.failed else set()
        if run["context"] is not None:
            self.contexts[run["context"]] += 1
            self.found |= {"context of two runs"} if self.contexts[run["context"]] > 1 else set()

    def closing(self, runner: int) -> None:
        """Look what there is for a runner to end; whether it does so is not asked."""
        self.closes = True
        self.left |= {label for label, of in self.at_work.items() if of == runner}
        if self.blind:
            self.left.clear()
        self.found |= {"leftover"} if self.left else set()
        self.found |= {"job left to close"} if runner in self.jobs.values() else set()
        self.found |= {"generator left open"} if runner in self.generators.values() else set()

    def close_ended(self) -> None:
        """Take note that it is closed."""
        self.closes = False
        if self.resisting & self.at_work.keys():
            self.found.add("leftover that resists")
        self.left.clear()
        self.resisting.clear()

    def interrupted(self) -> None:
        """Take note of a Ctrl-C."""
        if self.began[self.running] > 1:
            self.found.add("interrupt in a second run")
        if self.closes:
            self.found.add("interrupt during close")

    def met_a_cancellation(self, label: int | None) -> None:
        """Take note that a task has caught one: as a leftover, it may be about to resist."""
        if label is not None and label in self.left:
            self.resisting.add(label)


def is_cancellation(event: Event) -> bool:
    """Whether the error that an event shows is a cancellation."""
    return len(event) > 2 and isinstance(event[2], dict) and event[2]["class"] == _CANCELLED
