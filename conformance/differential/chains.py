"""What a change to an exception does beside its chain, for the judge step that tells whose a change is.

An exception of another class is one change, chain and all: where the subject has the control's class and native's
chain, neither the one nor the other shows the like. A chain that lies between native's, none, and the control's is the
control's change too. And an exception that is shown again has its chain again; one that was shown, as a link of a chain, its class.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from attrs import evolve, frozen

from conformance.differential.events import origin, text_of, what
from conformance.differential.hunks import Hunk, Path, value_at

_CHAIN = ("cause", "context", "next")
_OWN_CHAIN = ("cause", "context")
_CLASS = "class"


def with_chain_of_native(hunk: Hunk) -> Hunk | None:
    """Return the change as it would be if the chain stayed native's; None where it makes no exception another one."""
    native, subject = hunk.native_event, hunk.subject_event
    if native is None or subject is None or not hunk.path:
        return None
    before, after = value_at(native, hunk.path), value_at(subject, hunk.path)
    if not (_is_exception(before) and _is_exception(after)):
        return None
    for key in _CHAIN:
        if key in before:
            after[key] = before[key]
    return evolve(hunk, subject=text_of(subject))


def begins_chain_of(hunk: Hunk, control: Hunk) -> bool:
    """Whether both give an exception a chain where native gives it none, and the subject's is the beginning of the control's.

    On 3.9 and 3.10 each who awaits a cancelled stock task late puts a link more on the chain: who puts fewer is nearer to native.
    """
    if (hunk.place, hunk.path, hunk.native) != (control.place, control.path, control.native):
        return False
    if hunk.native_event is None or hunk.subject_event is None or control.subject_event is None:
        return False
    if not hunk.path or hunk.path[-1] not in _CHAIN or value_at(hunk.native_event, hunk.path) is not None:
        return False
    links = _links(value_at(hunk.subject_event, hunk.path))
    return bool(links) and _links(value_at(control.subject_event, hunk.path))[: len(links)] == links


def _links(link: Any) -> list[dict[str, Any]]:
    links = []
    while isinstance(link, dict):
        links.append({key: value for key, value in link.items() if key != "next"})
        link = link.get("next")
    return links


@frozen
class ChainShown:
    """That an exception, where it was shown, had another chain than native's, or was of another class."""

    shown: str
    """The event that showed it, as canonical texts name it."""
    key: str
    native: str
    subject: str


def chain_shown(hunk: Hunk) -> ChainShown | None:
    """What a change to an exception's chain is, where it is shown; None of another change."""
    found = _chains(hunk)
    if found is None:
        return None
    _, key, before, after = found
    event = hunk.event
    return ChainShown(f"{origin(event)} {what(event)}", key, before, after)


def chain_shown_before(hunk: Hunk, others: Collection[tuple[int, Path]]) -> ChainShown | None:
    """What ``chain_shown`` was for the event that showed the same object last before, had it the same chain there.

    ``others`` are the places and paths of all changes: among them must not be that it is another object.
    """
    found = _chains(hunk)
    if found is None or (hunk.place, (*hunk.path[:-1], "object")) in others:
        return None
    shown, key, before, after = found
    return ChainShown(shown, key, before, after)


def class_shown(hunk: Hunk) -> ChainShown | None:
    """What a change to an exception's class is, where it is shown; None of another change."""
    native, subject = hunk.native_event, hunk.subject_event
    if native is None or subject is None or not hunk.path:
        return None
    before, after = value_at(native, hunk.path), value_at(subject, hunk.path)
    if not (_is_exception(before) and _is_exception(after)):
        return None
    return ChainShown(
        f"{origin(hunk.event)} {what(hunk.event)}", _CLASS, str(before[_CLASS]), str(after[_CLASS])
    )


def class_shown_before(hunk: Hunk) -> ChainShown | None:
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
    return ChainShown(str(after["object"]), _CLASS, str(before[_CLASS]), str(after[_CLASS]))


def _chains(hunk: Hunk) -> tuple[str, str, str, str] | None:
    """Where the exception was shown before, on both sides, and the link that differs."""
    native, subject = hunk.native_event, hunk.subject_event
    if native is None or subject is None or not hunk.path or hunk.path[-1] not in _OWN_CHAIN:
        return None
    error = value_at(subject, hunk.path[:-1])
    if not _is_exception(error):
        return None
    key = str(hunk.path[-1])
    return str(error["object"]), key, text_of(value_at(native, hunk.path)), text_of(error[key])


def _is_exception(value: Any) -> bool:
    return isinstance(value, dict) and "class" in value and "object" in value
