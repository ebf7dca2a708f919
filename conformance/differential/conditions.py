"""What a declared divergence may ask of a run, where the operations of the program cannot tell; used by the judge step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import Factory, frozen

from conformance.differential.events import Event, Trace, classes, origin, what
from conformance.differential.hunks import Hunk, value_at
from conformance.differential.program import at, walk

CANCELLED = "asyncio.exceptions.CancelledError"
_ENDS = frozenset({"raised", "returned"})
_INTERRUPTS = frozenset({"interrupt", "interrupt_from_thread", "interrupted while idle"})
_END_A_RUN = frozenset({"builtins.KeyboardInterrupt", "builtins.SystemExit"})
"""They come through the loop, whoever raises them."""
_RELEASES = frozenset({"swallow", "keep", "uncancel"})
_HANDLING = {"caught": 1, "exit": 2}
"""Of the operations that let go of an error, the number of the body that runs while they still have it."""
_LATER = frozenset({"callback", "call_soon", "job", "thread"})
_DATA = 2


@frozen
class Traces:
    """What a hunk is between."""

    native: Trace
    subject: Trace
    control: Trace = Factory(list)
    """Empty where the control was not asked, or has no answer."""


NO_TRACES = Traces([], [])


def released(hunk: Hunk, program: Mapping[str, Any], traces: Traces) -> bool:
    """Whether the main task of the run that ends with the hunk had caught a CancelledError and let go of it.

    Before the Ctrl-C, and no more cancellations have been asked for since then; or it was another's, which came behind the
    Ctrl-C, and the last. Natively, but where native has made no task.
    """
    native = hunk.native_event
    end = native if native is not None and what(native) in _ENDS else hunk.event
    trace = traces.native if end is native else traces.subject
    label = _operation(program, origin(end)).get("label")
    events = _of_run(trace, end)
    last = max((place for place, event in enumerate(events) if what(event) in _INTERRUPTS), default=None)
    if label is None or last is None:
        return False
    main = _Main(program, label)
    for place in range(last, -1, -1):
        if main.lets_go(events[place]):
            return main.is_over(events[place], events[place + 1 :]) and not any(
                main.is_cancelled(each) for each in events[place + 1 :]
            )
    return _released_since(main, events, last, end)


def _released_since(main: _Main, events: Trace, last: int, end: Event) -> bool:
    """Whether another cancellation, asked for behind the last Ctrl-C, was let go of, while that of the Ctrl-C went on."""
    other = max(
        (place for place in range(last + 1, len(events)) if main.is_cancelled(events[place])), default=None
    )
    if other is None or not any(main.ends_with_it(event) for event in events[other:]):
        return False
    return any(main.lets_go(event) for event in events[other:]) and what(end) == "raised"


@frozen
class _Main:
    """The main task of a run."""

    program: Mapping[str, Any]
    label: int

    def lets_go(self, event: Event) -> bool:
        """Whether it catches a CancelledError that it does not raise again."""
        if CANCELLED not in classes(event) or not self.did(event):
            return False
        operation = _operation(self.program, origin(event))
        match what(event):
            case "caught":
                return operation.get("then") in _RELEASES
            case "exit":
                return operation.get("suppress") is True
        return False

    def is_over(self, caught: Event, after: Trace) -> bool:
        """Whether it has gone on behind what it does while it handles the error."""
        handling = f"{origin(caught)}.{_HANDLING[what(caught)]}."
        return any(self.did(each) and not origin(each).startswith(handling) for each in after)

    def ends_with_it(self, event: Event) -> bool:
        """Whether it comes to its end by a CancelledError."""
        return origin(event) == f"t{self.label}" and what(event) == "raised" and CANCELLED in classes(event)

    def is_cancelled(self, event: Event) -> bool:
        """Whether somebody asks for its cancellation."""
        return what(event) == "stuck" or (
            what(event) == "cancelled" and event[_DATA] in {f"task {self.label}", "main"}
        )

    def did(self, event: Event) -> bool:
        """Whether the event is from its own body, and not from what is called later from there."""
        task, colon, path = origin(event).partition(":")
        if task != f"t{self.label}" or not colon:
            return False
        parts = path.split(".")
        before = (f"{task}:{'.'.join(parts[:count])}" for count in range(1, len(parts), 2))
        return all(_operation(self.program, each).get("op") not in _LATER for each in before)


def _of_run(trace: Trace, end: Event) -> Trace:
    """The events of the run up to its end."""
    place = origin(end)
    last = max(
        (index for index, event in enumerate(trace) if origin(event) == place and what(event) in _ENDS),
        default=0,
    )
    first = max((index for index, event in enumerate(trace[:last]) if _begins(event, place)), default=0)
    return trace[first:last]


def _begins(event: Event, place: str) -> bool:
    return origin(event) == place and what(event).startswith("begin")


def _operation(program: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    try:
        return at(dict(program), path)
    except KeyError:
        return {}


def awaited_late(hunk: Hunk, program: Mapping[str, Any], traces: Traces) -> bool:
    """Whether somebody began to await the task that the hunk's operation looks at when that had already ended."""
    label = _operation(program, origin(hunk.event)).get("of")
    over = False
    for event in traces.native[: hunk.place]:
        if origin(event) == f"t{label}":
            over = what(event) in _ENDS
        elif over and what(event) == "begin await" and event[_DATA] == f"task {label}":
            return True
    return False


def handled_outside(hunk: Hunk, program: Mapping[str, Any], traces: Traces) -> bool:
    """Whether the context that a task's error is given is the failure of a ``run`` that is being closed."""
    if hunk.subject_event is None or not origin(hunk.event).startswith("t"):
        return False
    given = value_at(hunk.subject_event, hunk.path)
    failure = _failure(traces.native[: hunk.place], program)
    return failure is not None and isinstance(given, dict) and given.get("class") == failure


def _failure(before: Trace, program: Mapping[str, Any]) -> str | None:
    """The class of what the ``run`` that is being closed has failed with, if there is one."""
    mains = {
        path: f"t{operation['label']}"
        for path, operation in walk(dict(program))
        if operation["op"] == "run_function"
    }
    running = failure = None
    for event in before:
        place = origin(event)
        if place in mains and what(event).startswith("begin"):
            running, failure = place, None
        elif place == running and what(event) in _ENDS:
            running = failure = None
        elif (
            running is not None
            and what(event) == "raised"
            and (place == mains[running] or classes(event)[0] in _END_A_RUN)
        ):
            failure = classes(event)[0]
    return failure


def of_the_control(hunk: Hunk, program: Mapping[str, Any], traces: Traces) -> bool:  # noqa: ARG001  # as the others
    """Whether the control, too, shows errors of these classes there, and the hunk is but which ones they are."""
    event = hunk.event
    return any(
        origin(each) == origin(event) and what(each) == what(event) and classes(each) == classes(event)
        for each in traces.control
    )


Condition = Callable[[Hunk, Mapping[str, Any], Traces], bool]
CONDITIONS: Mapping[str, Condition] = {
    "released": released,
    "awaited late": awaited_late,
    "handled outside": handled_outside,
    "of the control": of_the_control,
}
"""By the name that the file of divergences calls it by."""
