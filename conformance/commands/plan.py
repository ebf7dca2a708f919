"""``plan``: the cells, without running them."""

from __future__ import annotations

import json
from typing import Any

import click

from conformance.commands.selecting import select
from conformance.errors import ExitStatus
from conformance.records import Cell, Plan


def show_plan(form: str, **options: Any) -> ExitStatus:
    """Print the plan as a table, or as JSON for a program."""
    plan = select(**options).plan
    click.echo(_as_json(plan) if form == "json" else _as_table(plan))
    return ExitStatus.AS_EXPECTED


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
