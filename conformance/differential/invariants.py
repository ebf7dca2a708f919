"""What asyncio's documentation promises of every program, checked on every trace, native's too; beside the judge step.

The oracle tells where an implementation is not native. These tell where one breaks its word, whatever native does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.differential import promises_contexts, promises_runners, promises_tasks
from conformance.differential.events import Trace
from conformance.differential.facts import Facts, Outline

Broken = Iterator[tuple[int, str]]
"""Where in the trace, and how."""


@frozen
class Invariant:
    """One promise."""

    name: str
    source: str
    """The page of Python's documentation and the entry on it."""
    quote: str
    broken: Callable[[Facts], Broken]


@frozen
class Violation:
    """A place in a trace where a promise is broken."""

    invariant: Invariant
    place: int
    """The index of the event that shows it."""
    says: str

    def __str__(self) -> str:
        return f"{self.invariant.name}: {self.says} ({self.invariant.source}: “{self.invariant.quote}”)"


def violations(program: Mapping[str, Any] | Outline, trace: Trace) -> list[Violation]:
    """Return where a trace of the program breaks a promise, in the order of the invariants.

    Who asks of several traces of one program has its outline made once.
    """
    facts = Facts(program if isinstance(program, Outline) else Outline(program), trace)
    return [
        Violation(invariant, place, says)
        for invariant in INVARIANTS
        for place, says in invariant.broken(facts)
    ]


INVARIANTS = (
    Invariant(
        "a token is used once",
        "contextvars, ContextVar.reset",
        "Reset the context variable to the value it had before the ContextVar.set() that created the token was used.",
        promises_contexts.tokens_used_twice,
    ),
    Invariant(
        "runs of one Runner share a context",
        "asyncio-runner, Runner",
        "simplifies multiple async function calls in the same context",
        promises_contexts.values_lost_between_runs,
    ),
    Invariant(
        "a run sets no variable of its caller's",
        "asyncio-runner, Runner.run",
        "The runner's default context is used if None.",
        promises_contexts.values_leaked,
    ),
    Invariant(
        "the SIGINT handler is what it was before",
        "asyncio-runner, Handling Keyboard Interruption",
        "removes it when exiting from the function",
        promises_runners.handlers_left,
    ),
    Invariant(
        "a closed Runner's loop is closed",
        "asyncio-runner, Runner.close",
        "close the event loop",
        promises_runners.loops_left_open,
    ),
    Invariant(
        "a closed Runner runs nothing",
        "asyncio-runner, Runner.close",
        "Close the runner.",
        promises_runners.runs_after_close,
    ),
    Invariant(
        "close finalizes asynchronous generators",
        "asyncio-runner, Runner.close",
        "Finalize asynchronous generators",
        promises_runners.generators_left,
    ),
    Invariant(
        "no run within a run",
        "asyncio-runner, Runner.run",
        "This function cannot be called when another asyncio event loop is running in the same thread.",
        promises_runners.nested_runs,
    ),
    Invariant(
        "only coroutines are run",
        "asyncio-runner, Runner.run",
        "Run a coroutine coro in the embedded loop.",
        promises_runners.runs_of_others,
    ),
    Invariant(
        "run gives what the coroutine gave",
        "asyncio-runner, Runner.run",
        "Return the coroutine's result or raise its exception.",
        promises_runners.results_changed,
    ),
    Invariant(
        "debug is what was asked for",
        "asyncio-runner, Runner",
        "If debug is True, the event loop will be run in debug mode.",
        promises_runners.debug_ignored,
    ),
    Invariant(
        "cancelling is never negative",
        "asyncio-task, Task.cancelling",
        "Return the number of pending cancellation requests to this Task",
        promises_tasks.counts_below_zero,
    ),
    Invariant(
        "cancelling counts cancel less uncancel",
        "asyncio-task, Task.cancelling",
        "the number of calls to cancel() less the number of uncancel() calls",
        promises_tasks.miscounted,
    ),
    Invariant(
        "what is done cannot be cancelled",
        "asyncio-future, Future.cancel",
        "If the Future is already done or cancelled, return False.",
        promises_tasks.cancelled_when_done,
    ),
    Invariant(
        "what is done stays as it is",
        "asyncio-future, Future.done",
        "A Future is done if it was cancelled or if it has a result or an exception set",
        promises_tasks.undone,
    ),
    Invariant(
        "a callback is called once, when the task is done",
        "asyncio-future, Future.add_done_callback",
        "Add a callback to be run when the Future is done.",
        promises_tasks.called_back_wrongly,
    ),
    Invariant(
        "current_task is the task that runs",
        "asyncio-task, current_task",
        "Return the currently running Task instance, or None if no task is running.",
        promises_tasks.wrong_current,
    ),
    Invariant(
        "all_tasks has those that are not finished",
        "asyncio-task, all_tasks",
        "Return a set of not yet finished Task objects run by the loop.",
        promises_tasks.finished_among_all,
    ),
    Invariant(
        "gather keeps the order",
        "asyncio-task, gather",
        "The order of result values corresponds to the order of awaitables in aws.",
        promises_tasks.gathered_in_disorder,
    ),
    Invariant(
        "shield protects",
        "asyncio-task, shield",
        "Protect an awaitable object from being cancelled.",
        promises_tasks.shield_pierced,
    ),
    Invariant(
        "a created task is a Task, with its name",
        "asyncio-task, create_task",
        "Wrap the coro coroutine into a Task and schedule its execution. Return the Task object.",
        promises_tasks.created_wrongly,
    ),
)
