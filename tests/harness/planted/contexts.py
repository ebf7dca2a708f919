"""Runners that are wrong about contextvars."""

from __future__ import annotations

import contextvars
from typing import Any, Coroutine, Generator

from .right import Runner

# Kept in the caller's context, so that one program does not see another's.
_shared: contextvars.ContextVar[Any] = contextvars.ContextVar("shared")


class Copied(Runner):
    """Each run steps in a copy of the Runner's context."""

    shown_by = "get"

    def context_of_run(self, context: Any) -> Any:
        return super().context_of_run(context).copy()


class TakenAnew(Runner):
    """Each run copies the caller's context of that moment."""

    shown_by = "get"

    def context_of_run(self, context: Any) -> Any:
        return contextvars.copy_context() if context is None else context


class Leaked(Runner):
    """What a run sets is set for who called it, too."""

    shown_by = "get"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        finally:
            for variable, value in self._context.items():
                variable.set(value)


class Shared(Runner):
    """All Runners share the first one's context."""

    shown_by = "get"

    def opened(self) -> None:
        super().opened()
        self._context = _shared.get(self._context)
        _shared.set(self._context)


class TokenBroken(Runner):
    """Values stay from run to run, but no Token can be reset in a later run."""

    shown_by = "reset"

    def context_of_run(self, context: Any) -> Any:
        if context is None:
            context = self._context = self._context.copy()
        return context


class ArgumentIgnored(Runner):
    """``run`` takes no notice of its argument ``context``."""

    shown_by = "run"

    def context_of_run(self, context: Any) -> Any:
        return self._context


class ArgumentCopied(Runner):
    """A context that is given to ``run`` is copied."""

    shown_by = "run"

    def context_of_run(self, context: Any) -> Any:
        return self._context if context is None else context.copy()


class ArgumentKept(Runner):
    """A context that is given to one run is also that of the later ones."""

    shown_by = "run"

    def context_of_run(self, context: Any) -> Any:
        if context is not None:
            self._context = context
        return self._context


class Empty(Runner):
    """The Runner's context has none of the caller's variables."""

    shown_by = "get"

    def opened(self) -> None:
        super().opened()
        self._context = contextvars.Context()


class CopiedTooEarly(Runner):
    """The Runner's context is copied when the Runner is made, and not when it is first used."""

    shown_by = "get"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._early = contextvars.copy_context()

    def opened(self) -> None:
        super().opened()
        self._context = self._early


class ThrownInElsewhere(Runner):
    """An error is thrown into the main coroutine in a copy of its context."""

    shown_by = "set"

    def coroutine_of_run(self, coro: Any) -> Any:
        return _ThrownInElsewhere(super().coroutine_of_run(coro))


class _ThrownInElsewhere(Coroutine[Any, Any, Any]):
    def __init__(self, coro: Any) -> None:
        self._coro = coro

    def send(self, value: Any) -> Any:
        return self._coro.send(value)

    def throw(self, *error: Any) -> Any:
        return contextvars.copy_context().run(self._coro.throw, *error)

    def close(self) -> None:
        self._coro.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise NotImplementedError


class OfTaskIgnored(Runner):
    """The loop's create_task takes no notice of its argument ``context``."""

    shown_by = "create"

    def makes_tasks(self) -> bool:
        return True

    def context_of_task(self, context: Any) -> Any:
        return None


class OfTaskCopied(Runner):
    """A context that is given to the loop's create_task is copied."""

    shown_by = "create"

    def makes_tasks(self) -> bool:
        return True

    def context_of_task(self, context: Any) -> Any:
        return None if context is None else context.copy()


class OfCallbackIgnored(Runner):
    """A task's add_done_callback takes no notice of its argument ``context``."""

    shown_by = "callback"

    class TaskBug:
        def add_done_callback(self, callback: Any, *, context: Any = None) -> None:
            base: Any = super()
            base.add_done_callback(callback)
