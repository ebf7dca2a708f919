"""Whose a change to an exception's chain is: told where the exception was shown, it is not told again."""

from __future__ import annotations

from typing import Any

from conformance.differential.comparing import compare
from conformance.differential.events import Trace
from traces import error

CANCELLED = "asyncio.exceptions.CancelledError"
OURS, THEIRS = "asyncio.exceptions.TimeoutError", "builtins.TimeoutError"


def link(cls: str, number: int = 8, following: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"class": cls, "given": [], "object": number, "next": following}


def raised(origin: str, cls: str, number: int = 1, **chain: Any) -> list[Any]:
    return [origin, "raised", {**error(cls), "object": number, **chain}]


def left(native: Trace, subject: Trace, control: Trace) -> list[tuple[str | int, ...]]:
    return [hunk.path for hunk in compare(native, subject, control).left]


LONGER = link(CANCELLED, 8, {"by": "context", **link(CANCELLED, 9)})


def test_another_class_with_native_s_chain_is_the_control_s_change() -> None:
    native = [raised("t1", THEIRS, cause=link(CANCELLED))]
    control = [raised("t1", OURS, cause=LONGER)]
    assert left(native, [raised("t1", OURS, cause=link(CANCELLED))], control) == []
    assert left(native, control, control) == []


def test_another_class_with_a_chain_that_neither_has_is_left() -> None:
    native = [raised("t1", THEIRS, cause=link(CANCELLED))]
    control = [raised("t1", OURS, cause=LONGER)]
    assert left(native, [raised("t1", OURS)], control) == [(2,)]
    assert left(native, [raised("t1", OURS, cause=link("builtins.ValueError"))], control) == [(2,)]


def test_another_class_than_the_control_s_is_left_whatever_its_chain() -> None:
    native = [raised("t1", THEIRS, cause=link(CANCELLED))]
    subject = [raised("t1", "builtins.ValueError", cause=link(CANCELLED))]
    assert left(native, subject, [raised("t1", OURS, cause=LONGER)]) == [(2,)]


NATIVE = [raised("t1", CANCELLED, context=link(THEIRS)), raised("s0", CANCELLED, context=link(THEIRS))]
SUBJECT = [raised("t1", CANCELLED, context=link(OURS)), raised("s0", CANCELLED, context=link(OURS))]


def test_an_exception_that_is_shown_again_has_its_chain_again() -> None:
    control = [SUBJECT[0], raised("s0", CANCELLED, 2)]
    assert left(NATIVE, SUBJECT, control) == []


def test_a_chain_that_the_control_does_not_show_at_first_is_left() -> None:
    assert left(NATIVE, SUBJECT, NATIVE) == [(2, "context"), (2, "context")]


def test_another_object_does_not_show_that_chain_again() -> None:
    control = [SUBJECT[0], raised("s0", CANCELLED, 2)]
    subject = [SUBJECT[0], raised("s0", CANCELLED, 3, context=link(OURS))]
    assert left(NATIVE, subject, control)


def test_a_chain_that_has_become_another_since_is_left() -> None:
    control = [SUBJECT[0], raised("s0", CANCELLED, 2)]
    subject = [SUBJECT[0], raised("s0", CANCELLED, context=link("builtins.ValueError"))]
    assert left(NATIVE, subject, control) == [(2, "context")]


def test_a_chain_that_is_the_beginning_of_the_control_s_is_the_control_s_change() -> None:
    native, control = [raised("t1", CANCELLED)], [raised("t1", CANCELLED, context=LONGER)]
    assert left(native, [raised("t1", CANCELLED, context=link(CANCELLED))], control) == []


def test_a_chain_that_begins_otherwise_or_goes_beyond_the_control_s_is_left() -> None:
    native, control = [raised("t1", CANCELLED)], [raised("t1", CANCELLED, context=LONGER)]
    assert left(native, [raised("t1", CANCELLED, context=link(THEIRS))], control) == [(2, "context")]
    shorter = [raised("t1", CANCELLED, context=link(CANCELLED))]
    assert left(native, control, shorter) == [(2, "context")]


def test_a_chain_that_is_cut_is_left_whatever_the_control_does() -> None:
    native, control = (
        [raised("t1", CANCELLED, context=link(CANCELLED))],
        [raised("t1", CANCELLED, context=LONGER)],
    )
    assert left(native, [raised("t1", CANCELLED)], control) == [(2, "context")]
