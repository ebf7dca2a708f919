"""The table of what is planted: where it is, what is wrong with it, and which operation shows that."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import closing, contexts, counting, interrupts, running, tasks
from .right import planted_in

RIGHT = "planted.right:Runner"
"""What they are changes to."""


class Planted(NamedTuple):
    """One implementation, by the names that the worker takes: ``module:attribute``."""

    runner: str
    run: str
    task: str | None
    """Only where it is the tasks that are wrong."""
    wrong: str
    shown_by: str
    python: tuple[int, int]
    """From which version on it is wrong."""


def _entry(kind: type) -> tuple[str, Planted]:
    module = kind.__module__.rpartition(".")[2]
    words = re.sub("(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
    runner = f"{kind.__module__}:{kind.__name__}"
    return f"{module}-{words}", Planted(
        runner=runner,
        run=f"{runner}.run_function",
        task=f"{runner}.Task" if "TaskBug" in vars(kind) else None,
        wrong=(kind.__doc__ or "").partition("\n")[0],
        shown_by=vars(kind)["shown_by"],
        python=vars(kind).get("python", (3, 8)),
    )


_MODULES = (contexts, counting, tasks, interrupts, closing, running)
PLANTED = dict(_entry(kind) for module in _MODULES for kind in planted_in(module))
