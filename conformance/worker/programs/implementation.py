"""What programs are run with in this worker: the judged Runner and run, the loop, and the count of cancellations."""

import asyncio
import inspect
from typing import Any, Callable, Optional

from ..loops import factory_of
from ..objects import resolve_callable


class Implementation:
    """Resolve what the driver names, ``module:attribute`` each; None for asyncio's own.

    ``control`` puts the harness's own Runner over stock tasks in the place of all. Raises what the imports raise, and
    LookupError where asyncio has no Runner.
    """

    def __init__(self, *, loop: str, runner: Optional[str], run: Optional[str], control: bool) -> None:
        self.factory: Callable[[], Any] = factory_of(loop)
        self.control: Any = None
        self.run: Any = None
        if control:
            from . import control as stock  # noqa: PLC0415  # not where something else is judged

            self.control = stock
            self.runner, self.run = stock.Runner, stock.run
        elif runner is not None:
            self.runner = resolve_callable(runner)
            self.run = self._run_of_runner if run is None else resolve_callable(run)
        elif hasattr(asyncio, "Runner"):
            self.runner, self.run = asyncio.Runner, asyncio.run
        else:
            raise LookupError("This interpreter's asyncio has no Runner; name one with --runner.")
        self._run_takes_factory = "loop_factory" in _parameters(self.run)

    def run_once(self, coro: Any, *, debug: Optional[bool], factory: Optional[Callable[[], Any]]) -> Any:
        """Call the implementation's run; one that takes no loop factory, as 3.11's, becomes what 3.12's does with it."""
        options = {} if debug is None else {"debug": debug}
        if factory is None:
            return self.run(coro, **options)
        if self._run_takes_factory:
            return self.run(coro, loop_factory=factory, **options)
        return self._run_of_runner(coro, loop_factory=factory, **options)

    def _run_of_runner(
        self, coro: Any, *, loop_factory: Optional[Callable[[], Any]] = None, **options: Any
    ) -> Any:
        """As asyncio's documentation puts it; its parameters are 3.12's."""
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("asyncio.run() cannot be called from a running event loop")
        if loop_factory is not None:
            options["loop_factory"] = loop_factory
        with self.runner(**options) as runner:
            return runner.run(coro)

    def cancelling(self, task: Any) -> int:
        count: int = task.cancelling() if self.control is None else self.control.cancelling(task)
        return count

    def uncancel(self, task: Any) -> int:
        count: int = task.uncancel() if self.control is None else self.control.uncancel(task)
        return count


def _parameters(function: Any) -> Any:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return ()
