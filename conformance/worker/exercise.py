"""Find out whether a test ever constructs what is judged: one that does not says nothing about it."""

import functools
from typing import Any, Callable, Type


class Exercise:
    """Whether the implementation was constructed since the last `begin`."""

    def __init__(self) -> None:
        self.seen = False

    def begin(self) -> None:
        self.seen = False

    def noting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, but a call of it counts."""

        @functools.wraps(function, updated=())
        def noted(*args: Any, **kwargs: Any) -> Any:
            self.seen = True
            return function(*args, **kwargs)

        return noted

    def watch(self, task: Type[Any]) -> None:
        """Let each construction of ``task`` or a subclass count, also one that its ``__init__`` refuses.

        It is noted in ``__new__``, which is over when ``__init__`` begins: the class keeps its identity,
        and debug mode's traceback of a task's creation shows no frame of ours.
        """
        make: Any = task.__new__
        of_object: Any = object.__new__

        def noted(cls: Type[Any], *args: Any, **kwargs: Any) -> Any:
            self.seen = True
            # object's takes no arguments from a class that has an __init__ alone.
            return make(cls) if make is of_object else make(cls, *args, **kwargs)

        task.__new__ = staticmethod(noted)  # type: ignore[assignment]
