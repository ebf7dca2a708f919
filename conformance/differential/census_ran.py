"""What of a program's marks its trace shows to have happened: the same words, each told by an event at its place.

An operation, a value or a place counts where the operation has an event other than that it found nothing to do. What
several operations are to each other is told by what the trace says they came to: a cancelled task was done, as ``cancel``
returned false; a leftover had begun, and had not ended, when its Runner began to close.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from attrs import Factory, define, field

from conformance.differential.census_marks import called_back, cancellation_then, own_marks
from conformance.differential.census_places import FUNCTION, Places, Where, placed
from conformance.differential.census_runs import Event, Runs, is_cancellation
from conformance.differential.operations import Operation
from conformance.differential.program import Program

Trace = Sequence[Event]
"""What a worker observed: events, each with its origin and what happened."""

NOTHING = "nothing"
"""What an operation notes that found nothing to do."""

_TIMEOUT = "TimeoutError"
_KEYWORDS = 4
"""So many parts has the event of a task factory that takes keywords."""


def marks_ran(program: Program, trace: Trace) -> set[str]:
    """Return the marks of a program that its trace shows to have happened."""
    watching = _Watching(Places(program))
    for event in trace:
        if event[1] != NOTHING:
            watching.see(event)
    return watching.found


@define
class _Watching:
    """What was seen so far of a trace."""

    places: Places
    found: set[str] = Factory(set)
    counted: set[str] = Factory(set)
    """Origins whose operations' own marks are in what was found."""
    runs: Runs = field(init=False)
    cancelled: Counter[str] = Factory(Counter)
    awaited: dict[str, set[int]] = Factory(dict)
    tokens: dict[int, Where] = Factory(dict)

    def __attrs_post_init__(self) -> None:
        self.runs = Runs(self.places, self.found)

    def see(self, event: Event) -> None:
        """Take note of an event."""
        origin, what = event[0], event[1]
        of_loop = _OF_THE_LOOP.get(what)
        if of_loop is not None and of_loop(self, event):
            return
        at = self.places.by_origin.get(origin)
        if at is None:
            if origin[:1] == "t" and origin[1:].isdigit():
                self.runs.of_task(int(origin[1:]), event)
            return
        operation, where = at
        if origin not in self.counted:
            self.counted.add(origin)
            self.found.update(own_marks(operation))
            self.found |= placed(operation, where)
        handler = _BY_OPERATION.get(operation["op"])
        if handler is not None:
            handler(self, operation, where, event)

    # Events of the loop, which have the origin of a step: whether there is no more to an event.

    def _ignore(self, _event: Event) -> bool:
        return True

    def _budget(self, _event: Event) -> bool:
        self.runs.blind = True
        return True

    def _state(self, event: Event) -> bool:
        # Of all; else it is of one task or future, which the operation of that name has looked at.
        return isinstance(event[2], dict)

    def _handled(self, event: Event) -> bool:
        if not isinstance(event[2], dict):
            return False
        self.found.add("exception handler called")
        return True

    def _own_handler(self, _event: Event) -> bool:
        self.found.add("own handler called")
        return True

    def _task_factory_called(self, event: Event) -> bool:
        self.found.add(f"task factory called, {'keywords' if len(event) >= _KEYWORDS else 'legacy'}")
        return True

    def _idle(self, _event: Event) -> bool:
        self.found.add("interrupt while waiting")
        self.runs.interrupted()
        return True

    # Events of operations.

    def _run(self, operation: Operation, _where: Where, event: Event) -> None:
        runner = operation.get("runner", FUNCTION)
        if event[1] == "raised":
            # A closed one refuses, and runs nothing that could fail.
            if runner in self.runs.closed:
                self.found.add("run after close")
            self.runs.failed.add(runner)
        if event[1] in {"raised", "returned"} and runner == FUNCTION:
            self.runs.close_ended()

    def _close(self, operation: Operation, _where: Where, event: Event) -> None:
        runner = operation["runner"]
        if event[1].startswith("begin"):
            if runner in self.runs.closed:
                self.found.add("close twice")
            self.runs.closing(runner)
        elif event[1] != "state":
            self.runs.closed.add(runner)
            self.runs.close_ended()

    def _gather(self, _operation: Operation, _where: Where, event: Event) -> None:
        if event[1] == "gather" and len(set(event[3])) > 1:
            self.found.add("gather of several different")

    def _wait_for(self, _operation: Operation, _where: Where, event: Event) -> None:
        if event[1] == "raised" and event[2]["class"].endswith(_TIMEOUT):
            self.found.add("wait_for runs out")

    def _await(self, _operation: Operation, where: Where, event: Event) -> None:
        if event[1] == "begin await":
            by = self.awaited.setdefault(event[2], set())
            by.add(where.context)
            self.found |= {"awaited by several"} if len(by) > 1 else set()

    def _try(self, operation: Operation, where: Where, event: Event) -> None:
        if event[1] == "caught" and is_cancellation(event):
            self.found.add(cancellation_then(operation))
            self.runs.met_a_cancellation(where.task)

    def _callback(self, operation: Operation, _where: Where, event: Event) -> None:
        if event[1] == "called back":
            self.found.add(called_back(operation))

    def _cancel(self, _operation: Operation, where: Where, event: Event) -> None:
        if event[1] != "cancelled":
            return
        label = _label(event[2])
        if label not in self.places.makers:
            return
        self.cancelled[event[2]] += event[3]
        self.found |= {"cancel of a done task"} if not event[3] else set()
        self.found |= {"cancel twice"} if self.cancelled[event[2]] > 1 else set()
        self.found |= {"cancel of a sibling"} if self.places.is_sibling(label, where) else set()

    def _set(self, operation: Operation, where: Where, _event: Event) -> None:
        self.tokens[operation["token"]] = where

    def _reset(self, operation: Operation, where: Where, event: Event) -> None:
        # Unknown where the budget was used up when it was set.
        made = self.tokens.get(operation["token"])
        if made is not None and made.run != where.run:
            self.found.add("token of another run")
        elif made is not None and event[1] == "raised" and event[2] == "ValueError":
            self.found.add("token of another context")

    def _interrupt(self, _operation: Operation, _where: Where, _event: Event) -> None:
        self.runs.interrupted()

    def _job(self, operation: Operation, _where: Where, event: Event) -> None:
        if event[1] == "job begun":
            self.runs.jobs[operation["label"]] = self.runs.running

    def _release(self, operation: Operation, _where: Where, _event: Event) -> None:
        self.runs.jobs.pop(operation["of"], None)

    def _next(self, operation: Operation, _where: Where, event: Event) -> None:
        if event[1] == "got":
            self.runs.generators[operation["of"]] = self.runs.running

    def _generator(self, operation: Operation, _where: Where, event: Event) -> None:
        if event[1] == "left" and operation["leave"]:
            self.runs.generators[operation["label"]] = self.runs.running
        elif event[1] == "generator ends":
            self.runs.generators.pop(operation["label"], None)


def _label(name: object) -> int:
    """Return the label in ``task 4``; -1 for what has none."""
    number = str(name).removeprefix("task ")
    return int(number) if number.isdigit() else -1


_IGNORED = (
    "loop factory",
    "debug mode",
    "stuck",
    "warned",
    "logged",
    "unraisable",
    "interrupt went unnoticed",
)
_OF_THE_LOOP: dict[str, Callable[[_Watching, Event], bool]] = {
    **dict.fromkeys(_IGNORED, _Watching._ignore),
    "state": _Watching._state,
    "budget": _Watching._budget,
    "handler": _Watching._handled,
    "own handler": _Watching._own_handler,
    "task factory": _Watching._task_factory_called,
    "interrupted while idle": _Watching._idle,
}
_BY_OPERATION: dict[str, Callable[[_Watching, Operation, Where, Event], None]] = {
    "run": _Watching._run,
    "run_function": _Watching._run,
    "close": _Watching._close,
    "exit": _Watching._close,
    "gather": _Watching._gather,
    "wait_for": _Watching._wait_for,
    "await": _Watching._await,
    "try": _Watching._try,
    "callback": _Watching._callback,
    "cancel": _Watching._cancel,
    "set": _Watching._set,
    "reset": _Watching._reset,
    "interrupt": _Watching._interrupt,
    "interrupt_from_thread": _Watching._interrupt,
    "job": _Watching._job,
    "release": _Watching._release,
    "next": _Watching._next,
    "async_for": _Watching._generator,
    "generator": _Watching._generator,
}
