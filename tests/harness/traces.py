"""Traces drawn for the tests of what compares them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.differential.events import Event, Trace

VALUES: st.SearchStrategy[Any] = st.sampled_from([None, False, True, 0, 1, "", "x", [], -1])
CLASSES = st.sampled_from(["builtins.ValueError", "asyncio.exceptions.CancelledError"])


def _links(following: st.SearchStrategy[Any], **ways: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    given = st.lists(VALUES, max_size=1)
    return st.fixed_dictionaries(
        {**ways, "class": CLASSES, "given": given, "object": st.integers(0, 3), "next": following}
    )


def _errors(context: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {
            "class": CLASSES,
            "args": st.lists(VALUES, max_size=1),
            "object": st.integers(0, 3),
            "cause": st.none(),
            "context": context,
        }
    )


_LAST = _links(st.none(), by=st.sampled_from(["cause", "context"]))
ERRORS = _errors(st.none() | _links(st.none() | _LAST))
UNCHAINED_ERRORS = _errors(st.none())
STATES = st.dictionaries(
    st.sampled_from("012"), st.fixed_dictionaries({"state": VALUES, "cancelling": VALUES})
)
WHATS = st.sampled_from(["got", "raised", "state"])


def events(
    origins: st.SearchStrategy[str], errors: st.SearchStrategy[Any] = ERRORS
) -> st.SearchStrategy[Event]:
    data = st.lists(VALUES | errors | STATES, max_size=2)
    return st.builds(lambda origin, what, data: [origin, what, *data], origins, WHATS, data)


_ORIGINS = st.sampled_from(["s0", "t1:0", "t1:1", "t2:0.1.0"])
TRACES: st.SearchStrategy[Trace] = st.lists(events(_ORIGINS), max_size=8)
"""Few places, so that traces have much in common and much that can be mistaken."""
UNCHAINED: st.SearchStrategy[Trace] = st.lists(events(_ORIGINS, UNCHAINED_ERRORS), max_size=8)
"""The same, but that no exception came of another."""


@st.composite
def distinct(draw: st.DrawFn) -> Trace:
    """A trace in which no place comes twice."""
    bare = draw(st.lists(st.tuples(WHATS, VALUES), min_size=1, max_size=8))
    return [[f"t1:{place}", what, value] for place, (what, value) in enumerate(bare)]


@st.composite
def edits(draw: st.DrawFn, native: Trace, places: list[int], by: str) -> dict[int, list[Event]]:
    """What stands instead of the events at some of the places: nothing, another event, or it with a new one before it."""
    made: dict[int, list[Event]] = {}
    for place in places:
        event = native[place]
        changes: list[list[Event]] = [[], [[*event[:2], by]], [[f"t9:{place}", "new", by], event]]
        made[place] = draw(st.sampled_from(changes))
    return made


def edited(native: Trace, changes: dict[int, list[Event]]) -> Trace:
    return [event for place, old in enumerate(native) for event in changes.get(place, [old])]


def error(cls: str, *args: Any, number: int = 0) -> dict[str, Any]:
    return {"class": cls, "args": list(args), "object": number, "cause": None, "context": None}
