"""Random programs of runs, sets and resets, as data, and the plain dictionaries that they are to come out as."""

import asyncio
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

from hypothesis import strategies as st

from strategies import swarm

VARIABLES = range(3)
GIVEN = range(3)
OWN, CALLER = "the Runner's own", "the caller's own"
MAKERS = "loop.create_task", "runner_backport.create_task", "runner_backport.Task"


@dataclass(frozen=True)
class Set:
    variable: int
    value: int


@dataclass(frozen=True)
class Reset:
    variable: int
    token: int
    """How many have been made since."""


@dataclass(frozen=True)
class Do:
    """``pause``, ``cancel`` the task that this stands in, or ``fail``."""

    what: str


@dataclass(frozen=True)
class Coroutine:
    """``steps``, and ``cleanup`` however they end."""

    steps: Tuple[Any, ...]
    cleanup: Tuple[Any, ...]


@dataclass(frozen=True)
class Child:
    coroutine: Coroutine
    made_by: str
    context: Optional[int]
    """A given one, or None for a copy of the parent's."""
    awaited: bool


@dataclass(frozen=True)
class Run:
    coroutine: Coroutine
    context: Optional[int]
    """A given one, or None for the Runner's own."""


@dataclass(frozen=True)
class Outside:
    """Steps outside of any run."""

    steps: Tuple[Any, ...]
    context: Optional[int]
    """A given one, or None for the caller's own."""


class Failure(Exception):
    """What a step fails with."""


def coroutines(depth: int) -> "st.SearchStrategy[Coroutine]":
    sets = st.builds(Set, st.sampled_from(VARIABLES), st.integers(1, 99))
    # The wrong variable for the token every now and then.
    resets = st.builds(Reset, st.sampled_from(VARIABLES), st.integers(0, 3))
    kinds: Dict[str, Any] = {"set": sets, "reset": resets, "pause": st.just(Do("pause"))}
    cleanup = swarm(kinds, 3)
    kinds.update(cancel=st.just(Do("cancel")), fail=st.just(Do("fail")))
    if depth:
        given_or_not = st.none() | st.sampled_from(GIVEN)
        makers = st.sampled_from(MAKERS)
        kinds["child"] = st.builds(Child, coroutines(depth - 1), makers, given_or_not, st.booleans())
    return st.builds(Coroutine, swarm(kinds, 6), cleanup)


def programs() -> "st.SearchStrategy[Any]":
    given_or_not = st.none() | st.sampled_from(GIVEN)
    runs = st.builds(Run, coroutines(2), given_or_not)
    sets_and_resets = coroutines(0).map(lambda drawn: tuple(s for s in drawn.steps if not isinstance(s, Do)))
    return st.lists(st.one_of(runs, runs, st.builds(Outside, sets_and_resets, given_or_not)), max_size=6)


def ending(coroutine: Coroutine) -> Any:
    """The error that a run ends with, or None."""
    cancelled, error = False, None
    for steps in (coroutine.steps, coroutine.cleanup):
        for step in steps:
            if step == Do("cancel"):
                cancelled = True
            elif step == Do("fail"):
                error = Failure
                break
            elif cancelled and (step == Do("pause") or (isinstance(step, Child) and step.awaited)):
                cancelled, error = False, asyncio.CancelledError
                break
    # A cancellation that no step was left to hear of becomes the result all the same.
    return asyncio.CancelledError if cancelled and error is None else error


@dataclass
class Made:
    """A Token's counterpart."""

    context: Any
    variable: int
    before: Optional[int]
    used: bool = False


class Model:
    """What contextvars documents, with a dictionary for each context."""

    def __init__(self) -> None:
        self.contexts: Dict[Any, Dict[int, int]] = {CALLER: {}}
        self.tokens: List[Made] = []

    def set(self, context: Any, step: Set) -> None:
        values = self.contexts[context]
        self.tokens.append(Made(context, step.variable, values.get(step.variable)))
        values[step.variable] = step.value

    def reset(self, context: Any, variable: int, number: int) -> Any:
        """The error that it raises, or None."""
        token = self.tokens[number]
        if token.used:
            return RuntimeError
        if token.variable != variable or token.context != context:
            return ValueError
        token.used = True
        if token.before is None:
            del self.contexts[context][variable]
        else:
            self.contexts[context][variable] = token.before
        return None
