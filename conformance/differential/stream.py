"""The programs of a seed, numbered: the same on every machine, whichever of them are asked for, and drawn ahead.

They are drawn in small blocks, each by a seed of its own. So a single program costs no more than its block, and
several machines can each take blocks that the others do not.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from attrs import astuple, frozen
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.statistics import collector

from conformance.differential.drawing import programs
from conformance.differential.program import Program
from conformance.errors import UsageError
from conformance.places import KEPT

BLOCK = 8
"""How many programs are drawn at once. From some ten on Hypothesis draws variants of what it has drawn already, of
which one in three is the same program again; and it begins with small ones, which our own sizes bring about."""

_HIGHEST = 2**32
"""No seed has as many blocks."""
_SENT = 25
"""How many blocks the other process writes at once."""
_GOODBYE_SECONDS = 5.0
_PACKAGE = Path(__file__).resolve().parents[1]

Numbered = tuple[str, Program]
"""A program with its id: the seed and the number, from 0 on, as in ``7.123``."""
Told = tuple[str, Program, list[str]]
"""The same with the events that Hypothesis was told as it drew the program: the marks of the census."""


@frozen
class Block:
    """What was drawn at once."""

    programs: list[Program]
    events: list[list[str]]
    """What Hypothesis was told as it drew each of them."""


def draw_block(of_seed: int, number: int) -> Block:
    """Return the block of that number, from 0 on: the same programs for the same seed, always."""
    found: list[Program] = []
    # Otherwise it keeps files of its own wherever the user happens to be.
    set_hypothesis_home_dir(KEPT / "hypothesis")

    # All that a profile or the environment could set otherwise is said here.
    @seed(of_seed * _HIGHEST + number)
    @settings(
        max_examples=BLOCK + 1,
        database=None,
        derandomize=False,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        backend="hypothesis",
    )
    @given(programs())
    def take(program: Program) -> None:
        found.append(program)

    counted: list[Any] = []
    # Said to be None by its first value.
    with collector.with_value(counted.append):  # type: ignore[arg-type]
        take()
    events = [list(case["events"]) for stats in counted for case in stats["generate-phase"]["test-cases"]]
    # The first of all is the simplest there is, in every block the same.
    drawn, told = found[1:], events[1:]
    assert len(drawn) == len(told) == BLOCK, f"block {number} of seed {of_seed} has {len(drawn)} programs"
    return Block(drawn, told)


def draw_program(identifier: str) -> Program:
    """Return the program of an id such as ``7.123``; raises UsageError for what is no id."""
    of_seed, _, number = identifier.partition(".")
    if not all(part.isascii() and part.isdigit() for part in (of_seed, number)):
        raise UsageError(
            f"{identifier} is no program's id.", "An id is the seed, a point and the number: 7.123, for one."
        )
    block, index = divmod(int(number), BLOCK)
    return draw_block(int(of_seed), block).programs[index]


def drawn(of_seed: int, start: int = 0, step: int = 1) -> Iterator[Numbered]:
    """Yield the programs of a seed without end, from block ``start`` on and only those of each ``step``-th block."""
    for identifier, program, _ in _told(of_seed, start, step):
        yield identifier, program


class Ahead:
    """What ``drawn`` yields, drawn by another process while this one does something else; one can be gone through once.

    Where that process is lost, this one draws on: what comes next does not depend on it. Whoever starts one ends it, by
    ``close`` or as a context manager; one whose reader is gone ends itself.
    """

    def __init__(self, of_seed: int, start: int = 0, step: int = 1) -> None:
        """Start drawing the programs of a seed."""
        self._seed, self._next, self._step = of_seed, start, step
        folders = [str(_PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        # A session of its own, since a Ctrl-C at the terminal is the driver's.
        self.process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, str(of_seed), str(start), str(step)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Whatever it fails by, this process is about to fail by too.
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            start_new_session=True,
        )

    def __iter__(self) -> Iterator[Numbered]:
        for identifier, program, _ in self.told():
            yield identifier, program

    def told(self) -> Iterator[Told]:
        """Yield the same, each with what Hypothesis was told."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                blocks = json.loads(line)
            except ValueError:
                break
            for number, found, events in blocks:
                # First, so that what was yielded once is not drawn again.
                self._next = number + self._step
                yield from _numbered(self._seed, number, Block(found, events))
        yield from _told(self._seed, self._next, self._step)

    def close(self) -> None:
        """End the other process. Does no harm twice."""
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.terminate()
        try:
            self.process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


def _told(of_seed: int, start: int, step: int) -> Iterator[Told]:
    number = start
    while True:
        yield from _numbered(of_seed, number, draw_block(of_seed, number))
        number += step


def _numbered(of_seed: int, number: int, block: Block) -> Iterator[Told]:
    first = number * BLOCK
    for index, (program, events) in enumerate(zip(block.programs, block.events, strict=True)):
        yield f"{of_seed}.{first + index}", program, events


def _write(of_seed: int, start: int, step: int) -> None:
    """Write blocks to the standard output until nobody reads it: a line each so many, the first at once."""
    number, many = start, 1
    # What is loaded by now stays, and nearly all else is gone after each program.
    gc.freeze()
    gc.set_threshold(20_000)
    while True:
        numbers = range(number, number + many * step, step)
        blocks = [[each, *astuple(draw_block(of_seed, each), recurse=False)] for each in numbers]
        try:
            sys.stdout.write(json.dumps(blocks) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os._exit(0)
        number, many = numbers[-1] + step, _SENT


if __name__ == "__main__":
    _write(*map(int, sys.argv[1:]))
