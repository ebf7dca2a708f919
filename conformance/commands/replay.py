"""``replay``: one saved program on the selected cells, traces side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any

import click
from attrs import frozen
from rich.console import Console

from conformance.commands.console import open_console
from conformance.commands.differential import provided, read_known
from conformance.commands.interruption import Interruption
from conformance.commands.selecting import select_differential
from conformance.differential.corpus import file_of
from conformance.differential.judging import Answers, Judge, Judged, compared_with, marked
from conformance.differential.looking import Looking
from conformance.differential.program import Program, refuse_malformed
from conformance.differential.side_by_side import Side, print_program, print_traces
from conformance.differential.stream import draw_program
from conformance.differential.telling import side_beside
from conformance.errors import ExecuteError, ExitStatus, UsageError
from conformance.execute.programs import PROGRAM_SECONDS, BrokenError
from conformance.plan.differential import DifferentialPlan
from conformance.records import Cell
from conformance.report.legible import heading, legible
from conformance.report.words import counted, some

_MOST_CELLS = 4
_SECONDS = "seconds"
_NAMES = (
    "The id of a drawn program is two numbers, such as 1.17; a saved program has the name that 'fuzz' prints."
)
_ADVICE = 'Name a file that \'fuzz\' has kept, or one with a program: {"runners": [...], "script": [...]}.'


@frozen
class Replayed:
    """What a file holds."""

    program: Program
    seconds: float | None = None
    """The program's time limit, where it has one of its own."""


def start(file: Path, jobs: int | None, timeout: float = PROGRAM_SECONDS, **selection: Any) -> ExitStatus:
    """Run the program of the file, the id or the name on the cells that are selected, and show what it came to on each.

    ``timeout`` is its time limit, in seconds, where it has none of its own.
    """
    replayed = read_program(file)
    program = replayed.program
    console = open_console()
    with Interruption() as interruption:
        try:
            with interruption.raising():
                known = read_known()
                plan = select_differential(**selection)
                cells = provided(
                    plan, jobs, lambda line: console.print(legible(console, line), soft_wrap=True)
                )
            with cells:
                looking = Looking(plan, cells, Judge(known.divergences), interruption.noted, timeout)
                told = []
                for cell in plan.judged:
                    try:
                        told.append((cell, *looking.judged(cell, dict(program), replayed.seconds)))
                    except BrokenError as error:
                        raise ExecuteError(
                            f"{cell.name}, or what it is judged by, could not be loaded.",
                            "See what it says.",
                            str(error),
                        ) from error
        except KeyboardInterrupt:
            click.echo("conformance: interrupted", err=True)
            return ExitStatus.INTERRUPTED
        with interruption.raising():
            print_program(console, program)
            _tell(console, plan, told)
    differ = any(judged.left for _, _, judged in told)
    return ExitStatus.UNEXPECTED_VERDICT if differ else ExitStatus.AS_EXPECTED


def read_program(file: Path) -> Replayed:
    """Return the program, and its time limit, of a file that ``fuzz`` has kept, of a saved program's, or of one that holds it alone.

    Where there is no such file it may be the id of a drawn program, such as ``1.17``, or the name of a saved one. Raises UsageError,
    with the file and what is wrong with it.
    """
    if not file.exists():
        if re.fullmatch(r"\d+\.\d+", str(file), re.ASCII):
            return Replayed(draw_program(str(file)))
        file = file_of(str(file)) or file
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.",
            f"{_ADVICE} {_NAMES}",
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} is not JSON: {error}.", _ADVICE) from error
    if not isinstance(data, dict) or not {"program", "script"} & data.keys():
        raise UsageError(f"{file} holds no program.", _ADVICE)
    program = data.get("program", data)
    try:
        refuse_malformed(program)
    except UsageError as error:
        raise UsageError(f"{file}: {error.what}", error.advice) from error
    seconds = data.get(_SECONDS) if program is not data else None
    if seconds is not None and not _is_time(seconds):
        raise UsageError(f"{file} has seconds = {seconds!r:.60}.", "Give a number of seconds above 0.")
    return Replayed(program, seconds)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf


def _tell(console: Console, plan: DifferentialPlan, told: Sequence[tuple[Cell, Answers, Judged]]) -> None:
    """Print the traces, once for all cells that have given the same."""
    groups: dict[tuple[object, ...], list[tuple[Cell, Answers, Judged]]] = {}
    for each in told:
        _, answers, judged = each
        groups.setdefault((compared_with(answers).text, answers.subject.text, judged.left), []).append(each)
    for alike in groups.values():
        cell, answers, judged = alike[0]
        differ = (
            f"differs in {counted(len(judged.left), 'change')}" if judged.left else "does what is expected"
        )
        heading(console, f"{some([each.name for each, _, _ in alike], _MOST_CELLS, 'cells')}: {differ}")
        print_traces(
            console,
            side_beside(plan, cell, answers),
            Side(cell.name, answers.subject.trace()),
            marked(answers, judged.left),
        )
        for name, taken in judged.declared.items():
            console.print(legible(console, f"declared: {name}, {counted(len(taken), 'change')}"))
