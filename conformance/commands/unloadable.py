"""What to make of cells whose suite could not be loaded, between execute and judge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from conformance.errors import ExecuteError
from conformance.execute import Course
from conformance.records import ASYNCIO, NOT_LOADED, Outcome, Plan, Result

_PLACE = re.compile(r'^ *File "(.*)", line (\d+)', re.MULTILINE)
_NOT_OF_THE_JUDGED = ("importlib", "/conformance/worker/")
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
            raise ExecuteError(
                f"The implementation '{name}' could not be loaded anywhere: {_last_words(whys[0])}.",
                _advice(whys[0], "See whether its runner, run, task, path and requires are right."),
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
            if loop := _loop_of_nothing(plan, courses):
                raise ExecuteError(
                    f"The loop '{loop}' could not be loaded anywhere: {_last_words(course.broken)}.",
                    _advice(course.broken, "See whether its factory and requires are right."),
                )
            raise ExecuteError(
                f"The baseline {name} could not be loaded, and nothing can be judged against it.",
                f"{_advice(course.broken, 'See what it says.')} What the other cells did is in the report document.",
                course.broken,
            )
        known = {result.test for result in course.results}
        detail = f"{NOT_LOADED}{_last_words(course.broken)}"
        results += [
            Result(name, result.test, Outcome.ERRORED, detail, attempt=attempt)
            for result in courses[baseline, attempt].results
            if result.test not in known
        ]
    return results


def _loop_of_nothing(plan: Plan, courses: Mapping[tuple[str, int], Course]) -> str | None:
    """A loop with which nothing was loaded, while with others something was, or it is not one of asyncio's own."""
    broken: dict[str, list[bool]] = {}
    for cell in plan.cells:
        broken.setdefault(cell.loop.name, []).append(bool(courses[cell.name, 1].broken))
    return next((name for name, each in broken.items() if all(each) and name != ASYNCIO), None)


def _last_words(broken: str) -> str:
    """The traceback's last line, and where in the judged code that was, which stands above."""
    last = broken.strip().splitlines()[-1]
    places = [
        (Path(file).name, line)
        for file, line in _PLACE.findall(broken)
        if not any(part in file for part in _NOT_OF_THE_JUDGED)
    ]
    return f"{last} ({places[-1][0]}, line {places[-1][1]})" if places else last


def _advice(broken: str, otherwise: str) -> str:
    if any(words in broken for words in _OUT_OF_MEMORY):
        return "Give workers more with --memory, or 0 for no limit."
    return otherwise
