"""Say why a selection leaves nothing to judge; ``run`` and ``plan`` do, before anything else begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.configuration import Configuration
from conformance.errors import ConformanceError, UsageError
from conformance.plan import Found, Selection, selected, supports
from conformance.plan.interpreters import no_python
from conformance.records import NATIVE, Implementation, Interpreter, Loop, Suite
from conformance.suites import DEFINITIONS


def nothing_left(configuration: Configuration, selection: Selection, found: Found) -> ConformanceError:
    """Return what to raise where the plan of ``selection`` has no cells: the cause for each implementation."""
    if not found.interpreters:
        return no_python(found)
    implementations = selected(
        "implementation", configuration.implementations, selection.implementations, configuration.default
    )
    loops = selected("loop", configuration.loops, selection.loops, configuration.default_loops)
    suites = selected(
        "suite", {suite.value: suite for suite in DEFINITIONS}, selection.suites, tuple(DEFINITIONS)
    )
    causes = [
        _cause(implementation, loops, suites, found.interpreters)
        for implementation in implementations
        if implementation.name != NATIVE
    ]
    return UsageError(
        f"Nothing is left to judge: {'; '.join(causes)}.",
        "Select others with --python, --loop or --suite, or mend the tables.",
    )


def _cause(
    implementation: Implementation,
    loops: Sequence[Loop],
    suites: Sequence[Suite],
    interpreters: Sequence[Interpreter],
) -> str:
    name = implementation.name
    fitting = _fitting(implementation, interpreters)
    if not fitting:
        return f"the python of {name} is '{implementation.python}', and {_are_selected(interpreters)}"
    running = [one for one in fitting if any(supports(loop, one) for loop in loops)]
    if not running:
        wanted = " and ".join(f"that of the loop {loop.name} is '{loop.python}'" for loop in loops)
        return f"the python of {name} is '{implementation.python}', {wanted}, and {_are_selected(fitting)}"
    has = [part for part in ("runner", "task") if getattr(implementation, part) is not None]
    parts = f"{name} has {' and '.join(f'a {part}' for part in has)}{' alone' if len(has) == 1 else ''}"
    judging = [suite for suite in suites if DEFINITIONS[suite].judges in has]
    if not judging:
        others = " and ".join(f"the suite {suite} judges a {DEFINITIONS[suite].judges}" for suite in suites)
        return f"{parts}, and {others}"
    where = " and ".join(f"the suite {suite} on Python {DEFINITIONS[suite].python}" for suite in judging)
    return f"{parts}, judged by {where}, and {_are_selected(running)}"


def _fitting(entry: Loop | Implementation, interpreters: Iterable[Interpreter]) -> list[Interpreter]:
    return [one for one in interpreters if supports(entry, one)]


def _are_selected(interpreters: Sequence[Interpreter]) -> str:
    versions = ", ".join(one.version for one in interpreters)
    return f"{versions} {'is' if len(interpreters) == 1 else 'are'} selected"
