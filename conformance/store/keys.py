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

from attrs import asdict, evolve, frozen

from conformance.records import NATIVE, Cell
from conformance.store.reach import reached

_HARNESS = Path(__file__).parents[1]
_RUNNING = ("execute", "worker")
"""The packages of the harness that run the tests and say what became of them."""
_ONLY_NAMES = frozenset({"USER", "LOGNAME"})
"""Variables that say who runs the tests, and change nothing."""


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
    variables: Mapping[str, str]
    """The driver's environment variables that workers get."""


def cell_key(
    cell: Cell, blobs: Mapping[str, str], python: Path, options: Options, *, harness: Path = _HARNESS
) -> str:
    """Return the key, 64 hex digits.

    ``blobs`` are the ids of all files of the tree that the cell loads, by path; ``python`` is the executable of
    its environment, which is made by now; ``harness`` is the folder of its own source.
    """
    interpreter, implementation = cell.interpreter, cell.implementation
    native = implementation.name == NATIVE
    content = {
        "suite": cell.suite,
        "mode": cell.mode,
        "blobs": dict(blobs),
        "interpreter": [interpreter.version, interpreter.build, str(interpreter.executable)],
        "environment": _content(cell, python),
        "packages": _packages(python),
        "loop": cell.loop.factory,
        # A worker is told nothing of native, and so sees nothing being constructed.
        "implementation": None
        if native
        else [implementation.runner, implementation.run, implementation.task],
        "harness": [_sources(harness / package) for package in _RUNNING],
        "options": asdict(evolve(options, variables=_that_matter(options.variables))),
        # The order of a shuffled cell's tests is drawn by its name too.
        "order": None if options.shuffle is None else cell.name,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _content(cell: Cell, python: Path) -> object:
    """What is in the environment beside packages of a known version.

    Its name is a hash of the wheel and of what it was made from; where the wheel's files can be told apart, those
    that the cell can load stand for it.
    """
    implementation = cell.implementation
    if implementation.path is None:
        return _environment(python).name
    objects = (implementation.runner, implementation.run, implementation.task, cell.loop.factory)
    modules = tuple(each.partition(":")[0] for each in objects if each)
    files = _reached(python, modules, cell.interpreter.release)
    return _environment(python).name if files is None else [cell.environment.requires, files]


@cache
def _reached(
    python: Path, modules: tuple[str, ...], release: tuple[int, ...]
) -> list[tuple[str, str]] | None:
    """Kept, as an environment does not change in a run."""
    return next((reached(site, modules, release) for site in _site_packages(_environment(python))), None)


def _that_matter(variables: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in variables.items() if name not in _ONLY_NAMES}


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
    """The Python files in a folder with the hashes of their contents. Kept: each cell would hash them anew."""
    return sorted(
        (file.relative_to(folder).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest())
        for file in folder.rglob("*.py")
    )
