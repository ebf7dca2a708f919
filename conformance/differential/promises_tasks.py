"""Where a trace breaks what is promised of tasks and futures; one function an invariant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.differential.events import Event, classes, text_of
from conformance.differential.facts import ELSEWHERE, Facts

_CANCELLED = "CancelledError"
_OTHER_CANCELLATIONS = frozenset(
    {
        "interrupt",
        "interrupt_when_idle",
        "interrupt_from_thread",
        "gather",
        "wait_for",
        "nested_run",
        "run_close",
    }
)
"""Operations that may cancel a task in ways that no event tells of."""


def counts_below_zero(facts: Facts) -> Iterator[tuple[int, str]]:
    """A count of cancellations that is negative."""
    for place, event in facts.of("cancelling", "uncancel", "state"):
        counts = event[2:]
        if event[1] == "state":
            counts = [count for _, count in _states(event)]
        yield from ((place, f"it is {count}") for count in counts if isinstance(count, int) and count < 0)


def miscounted(facts: Facts) -> Iterator[tuple[int, str]]:
    """A count that is not what a cancel() or uncancel() just before it makes of the one before that."""
    known: dict[str, int] = {}
    body = ""
    for place, event in enumerate(facts.events):
        here = event[0].rpartition(".")[0] or event[0].partition(":")[0]
        if event[1] not in {"cancelling", "uncancel", "cancelled"} or len(event) != 4 or here != body:
            known = {}
        body = here
        if event[1] == "cancelled" and len(event) == 4:
            # What the task waits for is cancelled with it.
            before = known.get(event[2])
            known = {} if before is None else {event[2]: before + (event[3] is True)}
        elif event[1] in {"cancelling", "uncancel"} and len(event) == 4:
            name, count = event[2], event[3]
            expected = known.get(name)
            if expected is not None and event[1] == "uncancel":
                expected = max(expected - 1, 0)
            if expected is not None and count != expected:
                yield place, f"{name} has {count} and not {expected}"
            known[name] = count


def cancelled_when_done(facts: Facts) -> Iterator[tuple[int, str]]:
    """A cancel() of a task that had come to its end, and that returned True."""
    for place, event in facts.of("cancelled"):
        end = facts.ends.get(facts.label(event[2]) or -1, place) if len(event) == 4 else place
        if end < place and event[3] is True:
            yield place, f"{event[2]} was done, and cancel() returned True"


def undone(facts: Facts) -> Iterator[tuple[int, str]]:
    """A task or future that was done, and then is something else."""
    known: dict[int, str] = {}
    for place, event in facts.of("state"):
        found = [(f"task {label}", state) for label, state in _named_states(event)]
        if isinstance(event[2], str):
            found = [(event[2], "done" if event[3] in {"result", "exception"} else event[3])]
        for name, state in found:
            label = facts.label(name)
            if label is None or state == "generator":
                continue
            before = known.setdefault(label, state)
            if before == "pending":
                known[label] = state
            elif state != before:
                yield place, f"{name} is {state}, and was {before}"


def called_back_wrongly(facts: Facts) -> Iterator[tuple[int, str]]:
    """A callback that is called more often than it was added, or before its task is done."""
    left: Counter[str] = Counter()
    for place, event in facts.of("callback", "called back"):
        if event[1] == "callback":
            left[event[0]] += 1
            continue
        left[event[0]] -= 1
        if left[event[0]] < 0 and facts.task_of(event) is not None:
            yield place, "it was called once more than it was added"
        label = facts.label(event[2])
        if label in facts.tasks and facts.ends.get(label, place) >= place and _has_begun(facts, label, place):
            yield place, f"{event[2]} was not done"


def wrong_current(facts: Facts) -> Iterator[tuple[int, str]]:
    """A current task that is not the one whose step it is, or one where no task runs."""
    for place, event in facts.of("current_task"):
        inside = [operation.get("op") for operation, _ in facts.around(event)]
        if ELSEWHERE.intersection(inside):
            if event[2] is not None:
                yield place, f"it is {event[2]} in a callback"
        elif facts.is_direct(event) and facts.task_of(event) is not None:
            label = facts.task_of(event)
            if event[2] != f"task {label}":
                yield place, f"it is {event[2]} in task {label}"


def finished_among_all(facts: Facts) -> Iterator[tuple[int, str]]:
    """A task in all_tasks() that had come to its end."""
    for place, event in facts.of("all_tasks"):
        for name in event[2]:
            if facts.ends.get(facts.label(name) or -1, place) < place:
                yield place, f"{name} was finished"


def gathered_in_disorder(facts: Facts) -> Iterator[tuple[int, str]]:
    """A result of gather that is not what the child in its place has returned."""
    if facts.names.keys() & {"resolve", "fail"}:
        # A program may do that to what gather gave it, too.
        return
    gathered: dict[str, list[str]] = {}
    awaited: dict[str, str] = {}
    for place, event in facts.of("gather", "begin await", "got"):
        if event[1] == "gather":
            gathered[event[2]] = event[3]
        elif event[1] == "begin await":
            awaited[event[0]] = event[2]
        elif facts.operation(event).get("op") == "await":
            name = awaited.get(event[0], "")
            children = gathered.get(name)
            if children is not None and facts.label(name) is not None:
                yield from ((place, says) for says in _misplaced(facts, children, event[2]))


def shield_pierced(facts: Facts) -> Iterator[tuple[int, str]]:
    """A task that was cancelled though only its shield was."""
    if facts.names.keys() & _OTHER_CANCELLATIONS or any(
        operation.get("error") == _CANCELLED for operation in facts.operations
    ):
        return
    inner: dict[str, int] = {}
    pierced: dict[int, int] = {}
    for place, event in enumerate(facts.events):
        operation = facts.operation(event)
        # Of two tasks of one label it may be the other's operation that is found.
        if (
            event[1] == "shield"
            and operation.get("op") == "shield"
            and facts.label(event[2]) == operation["label"]
        ):
            inner[event[2]] = operation["of"]
        elif event[1] == "cancelled" and len(event) == 4 and event[3] is True:
            if event[2] not in inner:
                return
            pierced[inner[event[2]]] = place
        elif event[1] == "stuck" or (event[0].startswith("s") and event[1] in {"returned", "raised"}):
            # From here on leftovers are cancelled.
            return
        elif facts.task_of(event) in pierced and any(_CANCELLED in each for each in classes(event)):
            yield place, f"task {facts.task_of(event)} was shielded"
            return


def created_wrongly(facts: Facts) -> Iterator[tuple[int, str]]:
    """A created task that is no asyncio.Task, or has another name than it was given."""
    for place, event in facts.of("created"):
        name = facts.operation(event).get("name")
        if event[3] is not True:
            yield place, f"{event[2]} is none"
        elif name is not None and event[4] != name:
            yield place, f"{event[2]} was named {name!r}, and is {event[4]!r}"


def _states(event: Event) -> list[tuple[str, object]]:
    """State and count of each task in the state after a step; nothing of an operation that looks at one alone."""
    return (
        [tuple(each) for each in event[2]["tasks"].values() if isinstance(each, list)]
        if _is_whole(event)
        else []
    )


def _named_states(event: Event) -> list[tuple[str, str]]:
    if not _is_whole(event):
        return []
    return [(label, each[0]) for label, each in event[2]["tasks"].items() if isinstance(each, list)]


def _is_whole(event: Event) -> bool:
    return isinstance(event[2], dict)


def _has_begun(facts: Facts, label: int, place: int) -> bool:
    """Whether the coroutine began: one that was cancelled before that has no end to be seen."""
    return any(facts.events[at][0] == f"t{label}" for at, _ in facts.of("begin") if at < place)


def _is_cancelled(value: object) -> bool:
    return isinstance(value, dict) and _CANCELLED in str(value.get("class"))


def _misplaced(facts: Facts, children: list[str], values: object) -> Iterator[str]:
    if not isinstance(values, list) or len(values) != len(children):
        yield f"there are {len(children)} children, and the result is {values!r}"
        return
    for number, (child, value) in enumerate(zip(children, values, strict=True)):
        end = facts.ends.get(facts.label(child) or -1)
        if end is None:
            continue
        of_child = facts.events[end]
        if _is_cancelled(value):
            # Cancelled in its last step, by whomever, a task ends so, though its coroutine has returned.
            continue
        if of_child[1] == "returned" and text_of(of_child[2]) != text_of(value):
            yield f"result {number} is {value!r}, and {child} returned {of_child[2]!r}"
