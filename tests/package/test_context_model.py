"""A Runner's contexts against plain dictionaries, in random programs of runs, sets and resets.

Each step is taken twice, in the real context and in the model, and compared at once; so it does not matter in which
order tasks take their turns.
"""

import asyncio
import contextlib
import contextvars
from typing import Any, Dict, List, Tuple

from hypothesis import given

import runner_backport
from context_programs import (
    CALLER,
    GIVEN,
    OWN,
    VARIABLES,
    Child,
    Coroutine,
    Do,
    Failure,
    Model,
    Outside,
    Run,
    Set,
    ending,
    programs,
)
from strategies import properties

MAKERS: Dict[str, Any] = {
    "loop.create_task": lambda coro, **options: asyncio.get_running_loop().create_task(coro, **options),
    "runner_backport.create_task": runner_backport.create_task,
    "runner_backport.Task": runner_backport.Task,
}


class Reality:
    """The same with a Runner, beside the model; ``differences`` is what the two do not agree about."""

    def __init__(self, runner: Any) -> None:
        self.runner = runner
        self.model = Model()
        self.variables: List[Any] = [contextvars.ContextVar(f"variable {number}") for number in VARIABLES]
        self.tokens: List[Any] = []
        self.given: List[Any] = []
        self.differences: List[Any] = []
        for number in GIVEN:
            # The caller's has nothing in it yet that could be copied.
            self.given.append(contextvars.copy_context() if number else contextvars.Context())
            self.model.contexts[number] = {}

    def play(self, program: Any) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self.runner.close)
            for part in program:
                self.run(part) if isinstance(part, Run) else self.outside(part)
                self.compare()
        self.compare(closed=True)

    def run(self, run: Run) -> None:
        self.open()
        context = OWN if run.context is None else run.context
        error: Any = None
        try:
            self.runner.run(
                self.coroutine(context, run.coroutine),
                context=None if run.context is None else self.given[run.context],
            )
        except (Failure, asyncio.CancelledError) as raised:
            error = type(raised)
        self.expect(run, error, ending(run.coroutine))

    def open(self) -> None:
        # "created at the with body entering or the first call of run()", as a copy of the caller's.
        self.model.contexts.setdefault(OWN, dict(self.model.contexts[CALLER]))

    def outside(self, part: Outside) -> None:
        for step in part.steps:
            if part.context is None:
                self.step(CALLER, step)
            else:
                self.given[part.context].run(self.step, part.context, step)

    def compare(self, closed: bool = False) -> None:
        self.look(CALLER)
        for number, context in enumerate(self.given):
            context.run(self.look, number)
        if OWN in self.model.contexts and not closed:
            self.runner.run(self.coroutine(OWN, Coroutine((), ())))

    def look(self, context: Any) -> None:
        """Compare the context that this runs in."""
        found = {number: variable.get(None) for number, variable in enumerate(self.variables)}
        modelled = {number: self.model.contexts[context].get(number) for number in VARIABLES}
        self.expect(context, found, modelled)

    def expect(self, what: Any, found: Any, modelled: Any) -> None:
        if found != modelled:
            self.differences.append((what, found, modelled))

    def step(self, context: Any, step: Any) -> None:
        if isinstance(step, Set):
            self.tokens.append(self.variables[step.variable].set(step.value))
            self.model.set(context, step)
        elif self.tokens:
            number = -1 - step.token % len(self.tokens)
            error = None
            try:
                self.variables[step.variable].reset(self.tokens[number])
            except (RuntimeError, ValueError) as raised:
                error = type(raised)
            self.expect(step, error, self.model.reset(context, step.variable, number))
        self.look(context)

    async def coroutine(self, context: Any, coroutine: Coroutine) -> None:
        self.look(context)
        try:
            await self.steps(context, coroutine.steps)
        finally:
            await self.steps(context, coroutine.cleanup)

    async def steps(self, context: Any, steps: Tuple[Any, ...]) -> None:
        for step in steps:
            if isinstance(step, Child):
                await self.child(context, step)
            elif not isinstance(step, Do):
                self.step(context, step)
            elif step.what == "fail":
                raise Failure
            elif step.what == "cancel":
                asyncio.current_task().cancel()  # type: ignore[union-attr]
            else:
                await self.pause(context)

    async def pause(self, context: Any) -> None:
        try:
            await asyncio.sleep(0)
        finally:
            self.look(context)

    async def child(self, context: Any, child: Child) -> None:
        if child.context is None:
            # A name that no other context has.
            inside: Any = f"copy {len(self.model.contexts)}"
            self.model.contexts[inside] = dict(self.model.contexts[context])
            task = MAKERS[child.made_by](self.coroutine(inside, child.coroutine))
        else:
            own = self.coroutine(child.context, child.coroutine)
            task = MAKERS[child.made_by](own, context=self.given[child.context])
        # Somebody has to look at its error.
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        if child.awaited:
            await asyncio.wait([task])
            self.look(context)


@properties(max_examples=50)
@given(program=programs())
def test_contexts_are_as_plain_dictionaries(runner_class: Any, loop_factory: Any, program: Any) -> None:
    reality = Reality(runner_class(loop_factory=loop_factory))
    # So that what it sets outside of runs does not stay for the next program.
    contextvars.copy_context().run(reality.play, program)
    assert reality.differences == []
