"""How a worker is started: which Python, and what it is told on its command line; in execute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from conformance.execute.order import Order
from conformance.records import NATIVE, Cell, Implementation

START_SECONDS = 120.0
"""How long a worker may take to import everything, on a machine that is busy with its fellows."""
_SCRIPT = Path(__file__).resolve().parents[1] / "worker" / "__main__.py"


@frozen
class Start:
    """What a worker is started with, whatever it is to run."""

    cell: str
    """The name of the cell that it is for."""
    python: Path
    arguments: tuple[str, ...]
    memory: int
    """How much address space it may take, in bytes; 0 for no limit."""
    variables: Mapping[str, str]
    """The environment variables that it gets beside its own HOME, PATH and TMPDIR."""

    def command(self, commands: int, events: int) -> list[str]:
        """The program and its arguments; its working directory is another, so all paths are absolute."""
        descriptors = ("--commands", str(commands), "--events", str(events))
        return [str(self.python.absolute()), str(_SCRIPT), *descriptors, *self.arguments]


def start_of(order: Order) -> Start:
    """How to start the worker that runs the order's tests."""
    cell = order.cell
    arguments = ["--tree", str(order.tree.absolute()), "--suite", cell.suite.value, "--mode", cell.mode.value]
    arguments += ["--loop", cell.loop.factory, *judged(cell.implementation)]
    arguments += measured(cell, order.coverage)
    return Start(cell.name, order.python, tuple(arguments), order.memory, order.variables)


def measured(cell: Cell, folder: Path | None) -> list[str]:
    """What a worker is told of coverage, whose data goes to ``folder``; nothing where that is None, or all is the interpreter's own."""
    judged_name = cell.implementation.runner or cell.implementation.task
    if folder is None or judged_name is None or cell.implementation.name == NATIVE:
        return []
    beginning = folder.absolute() / f".coverage.{cell.name.replace('/', '-')}"
    package = re.split("[.:]", judged_name)[0]
    return ["--coverage", str(beginning), "--coverage-context", cell.name, "--coverage-source", package]


def judged(implementation: Implementation) -> list[str]:
    """What a worker is told of the implementation; nothing when that is native."""
    if implementation.name == NATIVE:
        return []
    names = {option: getattr(implementation, option) for option in ("runner", "run", "task")}
    return [word for option, name in names.items() if name is not None for word in (f"--{option}", name)]
