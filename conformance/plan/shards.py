"""Deal a plan out to several machines, in parts that can be judged by themselves; the last thing of the plan step.

A cell goes where its baseline goes, and all that is judged against one baseline goes with it: no part
needs another one's results. Only names decide who gets what, so machines that make the same plan agree.
"""

from __future__ import annotations

import re

from attrs import evolve

from conformance.errors import UsageError
from conformance.records import ASYNCIO, Cell, Plan, Shard, Suite

_FORM = re.compile(r"([0-9]{1,9})/([0-9]{1,9})", re.ASCII)
_MOST = 9_999
_ADVICE = "Name which part of how many, such as 2/3 for the second of three."
_TASKS_LENGTH = 20
"""test_tasks takes 15 to 30 seconds, the other suites take about one."""
_FOREIGN_LENGTH = 2
"""How much longer a suite takes on another loop than asyncio's; roughly, since it only evens the parts out."""


def parse_shard(text: str) -> Shard:
    """Return what ``I/N`` says; raises UsageError when it is not of this form or there is no such part."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"--shard is '{text:.40}', which is not of the form I/N.", _ADVICE)
    number, count = map(int, form.groups())
    if count == 0:
        raise UsageError(f"--shard is {text}, and no plan can be dealt out to nobody.", _ADVICE)
    if count > _MOST:
        raise UsageError(f"--shard is {text}, which is of more than {_MOST:,} parts.", "Name fewer.")
    if not 1 <= number <= count:
        raise UsageError(f"--shard is {text}, and the parts are 1/{count} to {count}/{count}.", _ADVICE)
    return Shard(number, count)


def shard(plan: Plan, part: Shard) -> Plan:
    """Return the plan of one part: its cells in the plan's order, none where there are more parts than baselines.

    Each cell of the plan is in exactly one of the parts. What is missing is missing in each.
    """
    groups: dict[str, list[Cell]] = {}
    for cell in plan.cells:
        groups.setdefault(cell.baseline or cell.name, []).append(cell)
    lengths = {name: sum(map(_expected_length, cells)) for name, cells in groups.items()}
    burdens = [0] * part.count
    dealt: dict[str, int] = {}
    for name in sorted(groups, key=lambda name: (-lengths[name], name)):
        lightest = burdens.index(min(burdens))
        burdens[lightest] += lengths[name]
        dealt[name] = lightest + 1
    own = tuple(cell for cell in plan.cells if dealt[cell.baseline or cell.name] == part.number)
    return evolve(plan, cells=own)


def _expected_length(cell: Cell) -> int:
    length = _TASKS_LENGTH if cell.suite is Suite.TASKS else 1
    return length if cell.loop.name == ASYNCIO else length * _FOREIGN_LENGTH
