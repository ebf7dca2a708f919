"""What to make of cells whose suite could not be loaded, between execute and judge."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.errors import ExecuteError
from conformance.execute import Course
from conformance.records import Outcome, Plan, Result

_OUT_OF_MEMORY = ("MemoryError", "failed to map segment", "Cannot allocate memory")


def refuse_unloadable(plan: Plan, courses: Mapping[tuple[str, int], Course]) -> None:
    """Raise ExecuteError for an implementation that loads nowhere: most likely it is declared wrongly.

    ``courses`` are those of the plan's cells, by name and attempt.
    """
    broken: dict[str, list[str]] = {}
    for cell in plan.cells:
        if cell.baseline is not None:
            broken.setdefault(cell.implementation.name, []).append(courses[cell.name, 1].broken)
    for name, whys in broken.items():
        if all(whys):
            last_words = whys[0].strip().splitlines()[-1]
            raise ExecuteError(
                f"The implementation '{name}' could not be loaded anywhere: {last_words}.",
                _advice(whys[0], "See whether its runner, run, task and requires are right."),
            )


def results_of_unloadable(plan: Plan, courses: Mapping[tuple[str, int], Course]) -> list[Result]:
    """Return a result for each test of such a cell that its baseline has: errored, with why it did not load.

    Raises ExecuteError for a baseline that could not be loaded, since nothing can be judged against it.
    """
    results = []
    for (name, attempt), course in courses.items():
        if not course.broken:
            continue
        baseline = plan.cell(name).baseline
        if baseline is None:
            raise ExecuteError(
                f"The baseline {name} could not be loaded, and nothing can be judged against it.",
                f"{_advice(course.broken, 'See what it says.')} What the other cells did is in the report document.",
                course.broken,
            )
        known = {result.test for result in course.results}
        results += [
            Result(name, result.test, Outcome.ERRORED, course.broken, attempt=attempt)
            for result in courses[baseline, attempt].results
            if result.test not in known
        ]
    return results


def _advice(broken: str, otherwise: str) -> str:
    if any(words in broken for words in _OUT_OF_MEMORY):
        return "Give workers more with --memory, or 0 for no limit."
    return otherwise
