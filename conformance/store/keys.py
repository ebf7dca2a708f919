"""The key of a cell in the store: a hash of all that can change its results, and of nothing else.

Names do not count, but what they stand for: so results are found again after a rename, and never believed of
anything that has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from attrs import asdict, frozen

from conformance.records import NATIVE, Cell

_WORKER = Path(__file__).parents[1] / "worker"


@frozen
class Options:
    """The options of a run that can change what happens to a test."""

    timeout: float
    """The time limit of each test, in seconds."""
    memory: int
    """How much address space a worker may take, in bytes; 0 for no limit."""
    shuffle: int | None
    """The seed of the tests' order; None for the suites' own."""
    repeat: int
    """How often each test runs."""


def cell_key(
    cell: Cell, blobs: Mapping[str, str], python: Path, options: Options, *, worker: Path = _WORKER
) -> str:
    """Return the key, 64 hex digits.

    ``blobs`` are the ids of all files of the tree that the cell loads, by path; ``python`` is the executable of
    its environment, which is made by now; ``worker`` is the folder of the worker's source.
    """
    interpreter, implementation = cell.interpreter, cell.implementation
    native = implementation.name == NATIVE
    content = {
        "suite": cell.suite,
        "mode": cell.mode,
        "blobs": dict(blobs),
        "interpreter": [interpreter.version, interpreter.build, str(interpreter.executable)],
        # Its name is a hash of the wheel and of what it was made from.
        "environment": _environment(python).name,
        "packages": _packages(python),
        "loop": cell.loop.factory,
        # A worker is told nothing of native, and so sees nothing being constructed.
        "implementation": None
        if native
        else [implementation.runner, implementation.run, implementation.task],
        "worker": _sources(worker),
        "options": asdict(options),
        # The order of a shuffled cell's tests is drawn by its name too.
        "order": None if options.shuffle is None else cell.name,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _environment(python: Path) -> Path:
    return python.parents[1]


@cache
def _packages(python: Path) -> list[tuple[str, str]]:
    """The installed packages with their versions. Kept: an environment that is made does not change in a run."""
    places = [str(place) for place in _site_packages(_environment(python))]
    return sorted((str(each.metadata["Name"]), each.version) for each in distributions(path=places))


def _site_packages(environment: Path) -> Iterator[Path]:
    yield from environment.glob("lib/python*/site-packages")
    yield from environment.glob("Lib/site-packages")


@cache
def _sources(folder: Path) -> list[tuple[str, str]]:
    """The Python files in a folder with the hashes of their contents. Kept: each worker would hash them anew."""
    return sorted(
        (file.relative_to(folder).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest())
        for file in folder.rglob("*.py")
    )
