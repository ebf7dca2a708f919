"""Events of traces as plain data, for the judge step of the differential suite: their canonical form and what is in them.

An event is ``[origin, what, *data]``. Its canonical form is a text, so that it can be a key, and so that ``1`` and ``true``
differ, which Python takes for equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Event = list[Any]
"""``[origin, what, *data]``, as a worker has written it."""
Trace = list[Event]

_NEW = "new"
_SHOWS_OBJECTS = '"object"'
_IN_A_LINK = "next"
# Made once: each call of json.dumps with options makes another.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(trace: Trace) -> list[str]:
    """Return the text of each event, with exception objects named by the event that showed them last before.

    A worker numbers the exception objects that a program shows: one object more at the start gives each later one
    another number. Named by where it was seen last, an object changes where it is another one, and only there.
    """
    shown: dict[int, str] = {}
    places: dict[str, int] = {}
    return [_canonical(event, shown, places) for event in trace]


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


def _canonical(event: Event, shown: dict[int, str], places: dict[str, int]) -> str:
    text = text_of(event)
    # Few events show exceptions, and to look for one in a text costs next to nothing.
    return text_of(_named(event, shown, places)) if _SHOWS_OBJECTS in text else text


def _named(event: Event, shown: dict[int, str], places: dict[str, int]) -> Event:
    if next(errors(event), None) is None:
        return event
    place = f"{origin(event)} {what(event)}"
    times = places[place] = places.get(place, 0) + 1
    if times > 1:
        place = f"{place}, time {times}"
    here: dict[int, str] = {}
    named: Event = _renamed(event, shown, here, place)
    shown.update(here)
    return named


def _renamed(value: Any, shown: dict[int, str], here: dict[int, str], place: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, shown, here, place) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {}
    for key, item in value.items():
        if key == "object" and _IN_A_LINK in value:
            # To be a link of a chain is not to be shown: else another chain would give later events other names.
            renamed[key] = here.get(item, shown.get(item, _NEW))
        elif key == "object" and "class" in value and isinstance(item, int):
            renamed[key] = here.get(item, shown.get(item, _NEW))
            # Where an event shows several, each is one of its own.
            here.setdefault(item, f"{place}, object {len(here) + 1}" if here else place)
        else:
            renamed[key] = _renamed(item, shown, here, place)
    return renamed
