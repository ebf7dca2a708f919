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
    foreign = link("builtins.ValueError")
    assert left(native, [raised("t1", OURS, cause=foreign)], control) == [(2,)]
    assert left(native, [raised("t1", OURS)], control) == [(2,)]


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
    assert left(NATIVE, SUBJECT, NATIVE) == [(2, "context")]


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


def test_a_chain_of_a_class_that_neither_native_nor_the_control_has_there_is_left() -> None:
    native, control = [raised("t1", CANCELLED)], [raised("t1", CANCELLED, context=LONGER)]
    assert left(native, [raised("t1", CANCELLED, context=link(THEIRS))], control) == [(2, "context")]


def test_a_chain_is_left_where_the_control_s_is_native_s() -> None:
    native = [raised("t1", CANCELLED)]
    assert left(native, [raised("t1", CANCELLED, context=link(CANCELLED))], native) == [(2, "context")]


def test_a_chain_that_is_cut_is_left_whatever_the_control_does() -> None:
    native, control = (
        [raised("t1", CANCELLED, context=link(CANCELLED))],
        [raised("t1", CANCELLED, context=LONGER)],
    )
    assert left(native, [raised("t1", CANCELLED)], control) == [(2, "context")]


TIMED_OUT = {
    "native": raised("t1", THEIRS, cause=link(CANCELLED)),
    "subject": raised("t1", OURS, cause=link(CANCELLED)),
}


def on_top_of(cls: str, number: int = 1, following: str = CANCELLED) -> list[Any]:
    """A CancelledError that came on top of an exception."""
    return raised("t2", CANCELLED, 3, context=link(cls, number, {"by": "cause", **link(following)}))


def test_an_exception_of_another_class_is_of_that_class_as_a_link_of_a_chain() -> None:
    native = [TIMED_OUT["native"], on_top_of(THEIRS)]
    control = [raised("t1", OURS, cause=LONGER), raised("t2", CANCELLED, 3, context=link(CANCELLED))]
    assert left(native, [TIMED_OUT["subject"], on_top_of(OURS)], control) == []


def test_a_link_of_a_class_that_nobody_else_has_in_a_chain_is_left() -> None:
    native = [TIMED_OUT["native"], on_top_of(THEIRS)]
    control = [raised("t1", OURS, cause=LONGER), raised("t2", CANCELLED, 3, context=link(CANCELLED))]
    assert left(native, [TIMED_OUT["subject"], on_top_of("builtins.ValueError")], control) == [(2, "context")]
    # What is a difference where it is shown remains one.
    assert left(native, [TIMED_OUT["subject"], on_top_of(OURS)], native) == [(2,), (2, "context")]


def test_the_timeout_error_of_asyncio_is_the_builtin_one_in_a_chain() -> None:
    native = [raised("t1", CANCELLED, context=link(THEIRS))]
    control = [raised("t1", CANCELLED, context=LONGER)]
    assert left(native, [raised("t1", CANCELLED, context=link(OURS))], control) == []


def test_it_is_of_that_class_as_a_later_link_too() -> None:
    def interrupted(cls: str) -> list[Any]:
        timed_out = {"by": "context", **link(cls, 1, {"by": "cause", **link(CANCELLED)})}
        return raised("s0", "builtins.KeyboardInterrupt", 4, context=link(CANCELLED, 3, timed_out))

    native = [TIMED_OUT["native"], interrupted(THEIRS)]
    control = [raised("t1", OURS, cause=LONGER)]
    assert left(native, [TIMED_OUT["subject"], interrupted(OURS)], [*control, native[1]]) == []
    other = [TIMED_OUT["subject"], interrupted("builtins.ValueError")]
    assert left(native, other, [*control, native[1]]) == [(2, "context", "next")]
