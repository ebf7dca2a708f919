"""The judged cells in the order in which the report step shows them: by implementation, then by suite and mode."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from conformance.records import ASYNCIO, Cell, Mode, Plan, Suite


@frozen
class Group:
    """The judged cells of one implementation and one suite and mode, by interpreter and loop."""

    implementation: str
    suite: str
    """The suite's name, with its mode where that is not the plain one."""
    cells: tuple[Cell, ...]


def group_cells(plan: Plan) -> tuple[Group, ...]:
    """Return the plan's judged cells in groups; implementations and loops keep the order the plan has them in."""
    judged = [cell for cell in plan.cells if cell.baseline is not None]
    implementations = _ranks(cell.implementation.name for cell in judged)
    loops = _ranks(cell.loop.name for cell in judged)
    suites, modes = _ranks(Suite), _ranks(Mode)
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in sorted(
        judged,
        key=lambda cell: (
            implementations[cell.implementation.name],
            suites[cell.suite],
            modes[cell.mode],
            cell.interpreter.release,
            cell.interpreter.version,
            loops[cell.loop.name],
        ),
    ):
        groups.setdefault((cell.implementation.name, cell.name.partition("/")[0]), []).append(cell)
    return tuple(
        Group(implementation, suite, tuple(cells)) for (implementation, suite), cells in groups.items()
    )


def sort_loops(names: Iterable[str]) -> list[str]:
    """Return each loop once: asyncio, and then the others in the order in which they come first."""
    return sorted(dict.fromkeys(names), key=lambda name: name != ASYNCIO)


def _ranks(names: Iterable[str]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(dict.fromkeys(names))}
