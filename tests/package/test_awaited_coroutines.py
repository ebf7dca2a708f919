"""What a task factory gets, awaited by a coroutine of the factory's own: stepped, thrown into and closed as any other."""

import contextvars
import gc
import types
import weakref
from typing import Any, List

import pytest

from runner_backport._context import ContextCoroutine
from runner_backport._spent import MainCoroutine

var: "contextvars.ContextVar[str]" = contextvars.ContextVar("var", default="outside")


@types.coroutine
def turn(word: str) -> Any:
    """What a step gives and is given."""
    return (yield word)


class Talk:
    """A coroutine that notes in which context it is given what."""

    def __init__(self) -> None:
        self.noted: List[Any] = []

    def note(self, event: Any) -> None:
        self.noted.append((event, var.get()))

    async def coro(self) -> str:
        try:
            self.note(await turn("first"))
            try:
                self.note(await turn("second"))
            except ZeroDivisionError as error:
                self.note(error.args)
            self.note(await turn("third"))
        finally:
            self.note("end")
        return "result"


@pytest.fixture
def context() -> contextvars.Context:
    made = contextvars.copy_context()
    made.run(var.set, "inside")
    return made


@pytest.fixture(params=["await", "yield from"])
def awaiting(request: pytest.FixtureRequest) -> Any:
    """The two ways to await in a coroutine of one's own."""

    async def by_await(coro: Any) -> Any:
        return await coro

    @types.coroutine
    def by_yield_from(coro: Any) -> Any:
        return (yield from coro.__await__())

    return by_await if request.param == "await" else by_yield_from


@pytest.mark.parametrize("followed", [False, True])
def test_each_step_is_in_the_context(awaiting: Any, context: contextvars.Context, followed: bool) -> None:
    talk = Talk()
    coro: Any = ContextCoroutine(talk.coro(), context)
    steps = awaiting(MainCoroutine(coro) if followed else coro)
    assert steps.send(None) == "first"
    assert steps.send("one") == "second"
    assert steps.throw(ZeroDivisionError("thrown")) == "third"
    with pytest.raises(StopIteration) as stop:
        steps.send("three")
    assert stop.value.value == "result"
    assert talk.noted == [
        ("one", "inside"),
        (("thrown",), "inside"),
        ("three", "inside"),
        ("end", "inside"),
    ]


def test_closing_it_closes_the_coroutine(awaiting: Any, context: contextvars.Context) -> None:
    talk = Talk()
    coro = talk.coro()
    steps = awaiting(ContextCoroutine(coro, context))
    steps.send(None)
    steps.close()
    assert [event for event, _ in talk.noted] == ["end"]
    assert coro.cr_frame is None


def test_one_that_is_followed_and_never_ends_is_freed_at_once() -> None:
    """As the main task's is of which an error was thrown in before its loop was closed."""
    talk = Talk()
    main = MainCoroutine(talk.coro())
    main.send(None)
    main.send(None)
    assert main.throw(ZeroDivisionError("thrown")) == "third"
    alive = weakref.ref(main)
    gc.disable()
    try:
        del main
        assert alive() is None
    finally:
        gc.enable()
    assert [event for event, _ in talk.noted] == [None, ("thrown",), "end"]
