"""Which cells run generated programs, what each is judged against, and by what its interpreter's own is told; in plan."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from conformance.configuration import Configuration
from conformance.errors import UsageError
from conformance.plan.cells import FIRST_NATIVE_RUNNER, Selection, model, refuse_twins, selected, supports
from conformance.plan.interpreters import Found, no_python
from conformance.records import NATIVE, Cell, Implementation, Interpreter, Loop, Mode, Plan, Suite

_CONTROL = Implementation("control")
_AGAIN = Implementation("native-again")
"""Native in a process of its own, judged against native: whatever differs there is the harness's own defect."""


@frozen
class DifferentialPlan:
    """The cells that each program runs on, and those that run it where it differs."""

    plan: Plan
    """The oracles first: native 3.11 on each loop. Native of newer interpreters is judged like the others."""
    controls: Mapping[str, Cell]
    """By judged cell, stock tasks under a right Runner on its interpreter and loop: what differs there too is the
    interpreter's own. None for the oracle's own interpreter, of which that is the oracle itself."""

    @property
    def judged(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.plan.cells if cell.baseline is not None)

    @property
    def all(self) -> tuple[Cell, ...]:
        """All cells, those among them that may never be asked; each once."""
        return tuple({cell.name: cell for cell in (*self.controls.values(), *self.plan.cells)}.values())


def differential_cells(configuration: Configuration, selection: Selection, found: Found) -> DifferentialPlan:
    """The cells of ``selection`` on the interpreters that were ``found``; its suites are not looked at.

    Native is judged where an interpreter is newer than the oracle's, unless implementations are selected and it is
    not. Where it is selected by name it is judged on the oracle's own interpreter too, against itself. Raises UsageError for a
    name that matches nothing, or where nothing is left to judge, and PlanError where there is no Python 3.11.
    """
    refuse_twins(found.interpreters)
    loops = selected("loop", configuration.loops, selection.loops, configuration.default_loops)
    default = (*configuration.default, NATIVE)
    implementations = selected(
        "implementation", configuration.implementations, selection.implementations, default
    )
    native = configuration.implementations[NATIVE]
    oracles: dict[str, Cell] = {}
    judged: list[Cell] = []
    controls: dict[str, Cell] = {}
    for interpreter in found.interpreters:
        for loop in loops:
            if not supports(loop, interpreter):
                continue
            oracle = _cell(model(found), loop, native)
            for implementation in implementations:
                cell = _judged(
                    implementation, interpreter, loop, oracle, again=bool(selection.implementations)
                )
                if cell is None:
                    continue
                oracles[oracle.name] = oracle
                judged.append(cell)
                if interpreter != oracle.interpreter:
                    controls[cell.name] = _cell(interpreter, loop, _control(interpreter, native))
    if not judged:
        if not found.interpreters:
            raise no_python(found)
        raise UsageError(
            "Nothing is left to judge.",
            "Give other --python, --loop and --implementation: what is selected goes together nowhere.",
        )
    return DifferentialPlan(Plan((*oracles.values(), *judged), found.missing), controls)


def _judged(
    implementation: Implementation, interpreter: Interpreter, loop: Loop, oracle: Cell, *, again: bool
) -> Cell | None:
    """The cell in which the implementation is judged on the interpreter and loop, if it is."""
    if implementation.runner is None or not supports(implementation, interpreter):
        return None
    if implementation.name == NATIVE:
        if interpreter.release[:2] < FIRST_NATIVE_RUNNER:
            return None
        if interpreter == oracle.interpreter:
            if not again:
                return None
            implementation = _AGAIN
    return evolve(_cell(interpreter, loop, implementation), baseline=oracle.name)


def _control(interpreter: Interpreter, native: Implementation) -> Implementation:
    """Native itself where there is one: it has run the program already, unless only others are judged."""
    return native if interpreter.release[:2] >= FIRST_NATIVE_RUNNER else _CONTROL


def _cell(interpreter: Interpreter, loop: Loop, implementation: Implementation) -> Cell:
    return Cell(interpreter, loop, implementation, Suite.DIFFERENTIAL, Mode.PLAIN, tag="")


def selected_as(cell: Cell) -> str:
    """The name by which a user selects the implementation of a judged cell."""
    return NATIVE if cell.implementation == _AGAIN else cell.implementation.name


def is_control(cell: Cell) -> bool:
    """Whether the cell's worker is to run the harness's own Runner instead of an implementation's."""
    return cell.implementation == _CONTROL
