"""Find out whether a test ever constructs what is judged: one that does not says nothing about it."""

import asyncio
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
        """Let each new task of class ``task`` count.

        asyncio adds every task, of C or Python, to one weak set when it is made. Asking there leaves
        the class as it is: a class that counts would be another one than the one that is judged.
        """
        tasks: Any = asyncio.tasks._all_tasks  # type: ignore[attr-defined]
        add = tasks.add

        def noted(made: Any) -> None:
            if isinstance(made, task):
                self.seen = True
            add(made)

        tasks.add = noted
