"""What a change to an exception does beside its chain, for the judge step that tells whose a change is.

Chains are compared where stock tasks leave them as they are natively. Where these change one, or make another exception
there, the subject's is what it is. And an exception that was shown has the same class again as a link of a chain.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from conformance.differential.events import AS_SHOWN, NEW, origin, what
from conformance.differential.hunks import Hunk, value_at

_CHAIN = ("cause", "context", "next")
_CLASS = "class"
_GIVEN = "given"
_THE_ONE_OF = "the one of "
_ONE_FROM_3_11_ON = {"asyncio.exceptions.TimeoutError": "builtins.TimeoutError"}


def is_same_but_for_chains(hunk: Hunk, control: Hunk) -> bool:
    """Whether both make the same other exception, or are the same new event, of chains that are such as the control's or native's."""
    if hunk.place != control.place or hunk.path != control.path or hunk.native != control.native:
        return False
    first, second = hunk.subject_event, control.subject_event
    if first is None or second is None or _without_chains(first) != _without_chains(second):
        return False
    natives = None if hunk.native_event is None else _in_chains(hunk.native_event)
    return _is_such(_in_chains(first), _in_chains(second), natives)


def is_chain_of_same(hunk: Hunk, control: Hunk) -> bool:
    """Whether it changes the chain of an exception of which the control changes the chain too, the class or the object.

    On 3.9 and 3.10 each who awaits a cancelled stock task late makes a new error, and puts the old one behind it: how many
    there are, and which, depends on whose tasks there are in between, and is no more to be had from a control.
    """
    depth = next((number for number, key in enumerate(hunk.path) if key in _CHAIN), None)
    if depth is None or hunk.native is None or (hunk.place, hunk.native) != (control.place, control.native):
        return False
    path = hunk.path[:depth]
    if control.path != path and (
        control.path[:depth] != path or control.path[depth] not in (*_CHAIN, "object")
    ):
        return False
    if _GIVEN in hunk.path and not _has_a_known_message(hunk, control):
        return False
    natives, subjects, controls = (
        _in_chains(None if event is None else value_at(event, path))
        for event in (hunk.native_event, hunk.subject_event, control.subject_event)
    )
    return _is_such(subjects, controls, natives)


def _has_a_known_message(hunk: Hunk, control: Hunk) -> bool:
    """Whether what a link was made of is nothing, or what some exception there is made of, natively or with the control."""
    assert hunk.subject_event is not None
    message = value_at(hunk.subject_event, hunk.path[: hunk.path.index(_GIVEN) + 1])
    return message in [[], *_messages(hunk.native_event), *_messages(control.subject_event)]


def _messages(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [each for item in value for each in _messages(item)]
    if not isinstance(value, dict):
        return []
    here = [value[key] for key in ("args", _GIVEN) if key in value]
    return here + [each for item in value.values() for each in _messages(item)]


def _is_such(subject: set[str], control: set[str], native: set[str] | None) -> bool:
    """Whether a chain has no class that neither of the others has, and all that both have; ``native`` is None for a new event."""
    if native is None:
        return _classes(subject) <= _classes(control) and bool(subject or not control)
    return _classes(subject) <= _classes(native | control) and native & control <= subject


def _classes(found: set[str]) -> set[str]:
    return {each for each in found if not each.startswith(_THE_ONE_OF)}


def _in_chains(value: Any) -> set[str]:
    """The classes of all links, and by what event those were shown that were; nothing of the links behind those."""
    if isinstance(value, list):
        return {each for item in value for each in _in_chains(item)}
    if not isinstance(value, dict):
        return set()
    found = {each for item in value.values() for each in _in_chains(item)}
    for link in (value.get(key) for key in _CHAIN if _is_exception(value)):
        if isinstance(link, dict):
            found |= {_class_of(link), f"{_THE_ONE_OF}{link['object']}"}
    return found - {f"{_THE_ONE_OF}{NEW}"}


def _class_of(link: dict[str, Any]) -> str:
    return _ONE_FROM_3_11_ON.get(link[_CLASS], str(link[_CLASS]))


def _without_chains(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_chains(item) for item in value]
    if not isinstance(value, dict):
        return value
    chained = _is_exception(value)
    return {key: None if chained and key in _CHAIN else _without_chains(item) for key, item in value.items()}


def is_told_before(hunk: Hunk) -> bool:
    """Whether one has no chain and the other its own, both as they were when the exceptions were shown last."""
    native, subject = hunk.native_event, hunk.subject_event
    if native is None or subject is None or not hunk.path or hunk.path[-1] not in _CHAIN:
        return False
    values = value_at(native, hunk.path), value_at(subject, hunk.path)
    return AS_SHOWN in values and None in values


def is_of_a_chain(hunk: Hunk) -> bool:
    """Whether the change is to the chain of an exception."""
    return any(key in _CHAIN for key in hunk.path)


@frozen
class ClassShown:
    """That an exception, where it was shown, was of another class than native's."""

    shown: str
    """The event that showed it, as canonical texts name it."""
    native: str
    subject: str


def class_shown(hunk: Hunk) -> ClassShown | None:
    """What a change to an exception's class is, where it is shown; None of another change."""
    native, subject = hunk.native_event, hunk.subject_event
    if native is None or subject is None or not hunk.path:
        return None
    before, after = value_at(native, hunk.path), value_at(subject, hunk.path)
    if not (_is_exception(before) and _is_exception(after)):
        return None
    return ClassShown(f"{origin(hunk.event)} {what(hunk.event)}", str(before[_CLASS]), str(after[_CLASS]))


def class_shown_before(hunk: Hunk) -> ClassShown | None:
    """What ``class_shown`` was for the event that showed an object last before which now is a link of a chain.

    Nothing else of the chain may differ from there on.
    """
    native, subject = hunk.native_event, hunk.subject_event
    if native is None or subject is None or not hunk.path or hunk.path[-1] not in _CHAIN:
        return None
    before, after = value_at(native, hunk.path), value_at(subject, hunk.path)
    if not (_is_exception(before) and _is_exception(after)) or {**before, _CLASS: ""} != {
        **after,
        _CLASS: "",
    }:
        return None
    return ClassShown(str(after["object"]), str(before[_CLASS]), str(after[_CLASS]))


def _is_exception(value: Any) -> bool:
    return isinstance(value, dict) and "class" in value and "object" in value
