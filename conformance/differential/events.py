"""Events of traces as plain data, for the judge step of the differential suite: their canonical form and what is in them.

An event is ``[origin, what, *data]``. Its canonical form is a text, so that it can be a key, and so that ``1`` and ``true``
differ, which Python takes for equal.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import field, frozen

Event = list[Any]
"""``[origin, what, *data]``, as a worker has written it."""
Trace = list[Event]

AS_SHOWN = "as shown"
"""Stands for the chain of an exception where it is what it was when the exception was shown last; not for none."""
GONE = "gone"
"""Stands for none where there was one."""
_CHAIN = ("cause", "context")
NEW = "new"
"""Names an exception that nothing has shown."""
_SHOWS_OBJECTS = '"object"'
_IN_A_LINK = "next"
# Made once: each call of json.dumps with options makes another.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(trace: Trace) -> list[str]:
    """Return the text of each event, with exception objects named by the event that showed them last before.

    A worker numbers the exception objects that a program shows: one object more at the start gives each later one
    another number. Named by where it was seen last, an object changes where it is another one, and only there. So does
    its chain: it is told where the exception is shown first, and again where it has become another one.
    """
    shown = _Shown()
    return [_canonical(event, shown) for event in trace]


def event_of(text: str) -> Event:
    """Return the event of a canonical text."""
    event: Event = json.loads(text)
    return event


def origin(event: Event) -> str:
    """Where in the program the event comes from."""
    return str(event[0])


def what(event: Event) -> str:
    """What happened there."""
    return str(event[1])


def errors(event: Event) -> Iterator[dict[str, Any]]:
    """The data of the exceptions that an event shows, in its order; not of those in their chains."""
    return _errors(event[2:])


def classes(event: Event) -> tuple[str, ...]:
    """The qualified names of the classes of the exceptions that an event shows."""
    return tuple(error["class"] for error in errors(event))


def text_of(value: Any) -> str:
    """The one text of a value: equal values have equal texts, and others have not."""
    return _ENCODER.encode(value)


def _errors(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "class" in value and "object" in value:
            yield value
            yield from _errors(value.get("args"))
            return
        for _, item in sorted(value.items()):
            yield from _errors(item)
    elif isinstance(value, list):
        for item in value:
            yield from _errors(item)


@frozen
class _Shown:
    """The exception objects that a trace has shown so far, by their numbers."""

    by: dict[int, str] = field(factory=dict)
    """The event that showed it last."""
    chains: dict[int, dict[str, Any]] = field(factory=dict)
    """Its cause and context there, as the worker wrote them."""
    places: Counter[str] = field(factory=Counter)
    """How often each place has shown some."""


def _canonical(event: Event, shown: _Shown) -> str:
    text = text_of(event)
    # Few events show exceptions, and to look for one in a text costs next to nothing.
    return text_of(_named(event, shown)) if _SHOWS_OBJECTS in text else text


def _named(event: Event, shown: _Shown) -> Event:
    if next(errors(event), None) is None:
        return event
    place = f"{origin(event)} {what(event)}"
    shown.places[place] += 1
    if shown.places[place] > 1:
        place = f"{place}, time {shown.places[place]}"
    here: dict[int, str] = {}
    named: Event = _renamed(event, shown, here, place)
    shown.by.update(here)
    return named


def _renamed(value: Any, shown: _Shown, here: dict[int, str], place: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, shown, here, place) for item in value]
    if not isinstance(value, dict):
        return value
    if _IN_A_LINK in value:
        return _link(value, shown, here)
    renamed = {key: _renamed(item, shown, here, place) for key, item in value.items()}
    number = value.get("object")
    if "class" not in value or not isinstance(number, int):
        return renamed
    renamed["object"] = here.get(number, shown.by.get(number, NEW))
    before = shown.chains.get(number, {})
    shown.chains[number] = {key: value[key] for key in _CHAIN if key in value}
    for key, link in shown.chains[number].items():
        if link != before.get(key):
            renamed[key] = GONE if link is None else renamed[key]
        elif link is not None:
            renamed[key] = AS_SHOWN
    # Where an event shows several, each is one of its own.
    here.setdefault(number, f"{place}, object {len(here) + 1}" if here else place)
    return renamed


def _link(value: dict[str, Any], shown: _Shown, here: dict[int, str]) -> dict[str, Any]:
    # To be a link of a chain is not to be shown: else another chain would give later events other names.
    name = here.get(value["object"], shown.by.get(value["object"], NEW))
    following = value[_IN_A_LINK]
    if following is not None:
        told = name != NEW and _is_chain_of(following, shown.chains.get(value["object"], {}))
        following = AS_SHOWN if told else _link(following, shown, here)
    return {**value, "object": name, _IN_A_LINK: following}


def _is_chain_of(following: dict[str, Any], chain: dict[str, Any]) -> bool:
    """Whether a link's next ones begin the chain that its exception was shown with; a worker tells so many links and no more."""
    by = next((key for key in _CHAIN if chain.get(key) is not None), None)
    got = _links(following)
    shown = [] if by is None else [{"by": by, **link} for link in _links(chain[by])]
    return got == shown[: len(got)]


def _links(link: dict[str, Any] | None) -> list[dict[str, Any]]:
    links = []
    while link is not None:
        links.append({key: value for key, value in link.items() if key != _IN_A_LINK})
        link = link[_IN_A_LINK]
    return links
