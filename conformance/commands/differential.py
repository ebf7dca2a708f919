"""What ``fuzz`` and ``replay`` have in common: the environments of the cells, and who asks them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from conformance.differential.asking import Cells
from conformance.differential.corpus import Saved, read_corpus
from conformance.differential.divergences import Divergence
from conformance.differential.divergences_file import DIVERGENCES, read_divergences
from conformance.execute.programs import ProgramsOrder
from conformance.execute.variables import handed_on
from conformance.places import ENVIRONMENTS
from conformance.plan.differential import DifferentialPlan
from conformance.provision import provide

DEFAULT_JOBS = 2 * (os.cpu_count() or 1)
"""Workers that run programs at a time: one that waits for its threads leaves its core to another, one that hangs keeps
none waiting, and more of them at once were measured to take more processor time, for each other's sake."""


@frozen
class Known:
    """What the harness itself knows of differences."""

    corpus: tuple[Saved, ...]
    divergences: tuple[Divergence, ...]


def read_known() -> Known:
    """Read the saved programs and the declared divergences."""
    corpus = read_corpus()
    divergences = (
        read_divergences(DIVERGENCES, {saved.name for saved in corpus}) if DIVERGENCES.exists() else ()
    )
    return Known(corpus, divergences)


def provided(
    plan: DifferentialPlan, jobs: int | None, say: Callable[[str], None], coverage: Path | None = None
) -> Cells:
    """Make the environments of all cells of the plan, and return who asks their workers. Raises ProvisionError.

    ``coverage`` is the folder for coverage's data; None where nothing is measured.
    """
    extra = () if coverage is None else ("coverage",)
    pythons = provide(plan.all, ENVIRONMENTS, extra=extra, say=say)
    variables = handed_on()
    orders = [
        ProgramsOrder(cell, pythons[cell.environment], variables=variables, coverage=coverage)
        for cell in plan.all
    ]
    return Cells(orders, jobs or DEFAULT_JOBS)
