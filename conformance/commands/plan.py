"""``plan``: the cells, without running them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import click

from conformance.commands.selecting import select, select_elsewhere
from conformance.errors import ExitStatus, UsageError
from conformance.records import Cell, Plan


def show_plan(form: str, may_fail: tuple[str, ...], **options: Any) -> ExitStatus:
    """Print the plan as a table, as JSON for a program, or as the matrix of a GitHub workflow.

    ``may_fail`` are interpreters that are in the matrix too, marked so. Raises what the selection raises.
    """
    if form == "github":
        click.echo(_as_github(select_elsewhere(**options, more=may_fail), may_fail))
        return ExitStatus.AS_EXPECTED
    if may_fail:
        raise UsageError("--may-fail is about the matrix of a GitHub workflow.", "Give --format github too.")
    plan = select(**options).plan
    click.echo(_as_json(plan) if form == "json" else _as_table(plan))
    return ExitStatus.AS_EXPECTED


def _as_github(loops: Mapping[str, Sequence[str]], may_fail: Collection[str]) -> str:
    """The lines that a step appends to its $GITHUB_OUTPUT; a job is one interpreter and loop."""
    jobs = [
        {"name": f"{python}-{loop}", "python": python, "loop": loop, "may_fail": python in may_fail}
        for python in loops
        for loop in loops[python]
    ]
    pythons = [python for python in loops if loops[python] and python not in may_fail]
    return f"matrix={json.dumps({'include': jobs})}\npythons={json.dumps(pythons)}"


def _as_json(plan: Plan) -> str:
    missing = [{"python": missing.python, "advice": missing.advice} for missing in plan.missing]
    return json.dumps({"cells": [_fields(cell) for cell in plan.cells], "missing": missing}, indent=2)


def _fields(cell: Cell) -> dict[str, str | None]:
    return {
        "name": cell.name,
        "python": cell.interpreter.version,
        "series": cell.interpreter.series,
        "loop": cell.loop.name,
        "implementation": cell.implementation.name,
        "suite": cell.suite.value,
        "mode": cell.mode.value,
        "tag": cell.tag,
        "baseline": cell.baseline,
    }


def _as_table(plan: Plan) -> str:
    width = max(len(cell.name) for cell in plan.cells)
    lines = [
        f"{cell.name:{width}}  {f'against {cell.baseline}' if cell.baseline else 'baseline'}"
        for cell in plan.cells
    ]
    lines += [f"missing: Python {missing.python}. {missing.advice}" for missing in plan.missing]
    judged = sum(cell.baseline is not None for cell in plan.cells)
    return "\n".join([*lines, f"{judged} cells to judge, {len(plan.cells) - judged} baselines"])
