"""Read what a worker reports of its tests; what no worker says is a WorkerGoneError and so an outcome; in execute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from conformance.execute.failures import WorkerGoneError
from conformance.records import Outcome, Result, Subtest

_MOST_LEAKS = 50
_LONGEST_LEAK = 500


def are_ids(tests: list[Any]) -> bool:
    """Whether they can be the ids of a suite's tests."""
    return all(isinstance(test, str) for test in tests) and len(set(tests)) == len(tests)


def finished(running: Result, event: Mapping[str, Any], output: Callable[[int, int], str]) -> Result:
    """What became of the test that was running; ``output`` is asked for what it wrote if it did not pass."""
    match event:
        case {
            "detail": str(detail),
            "seconds": float(seconds),
            "exercised": bool(exercised),
            "output": [int(start), int(end)],
        }:
            outcome = outcome_of(event)
            return evolve(
                running,
                outcome=outcome,
                detail=detail,
                seconds=seconds,
                exercised=exercised,
                output="" if outcome is Outcome.PASSED else output(start, end),
                leaks=_leaks(event.get("leaks", [])),
            )
        case _:
            raise WorkerGoneError(f"the worker finished a test with {str(event)[:200]}")


def outcome_of(event: Mapping[str, Any]) -> Outcome:
    """The outcome that an event tells."""
    told = event.get("outcome")
    if told not in list(Outcome):
        raise WorkerGoneError(f"the worker told the outcome {told!r}")
    return Outcome(told)


def subtest(event: Mapping[str, Any]) -> Subtest:
    """The subtest that an event tells of."""
    return Subtest(
        parameters=str(event.get("parameters")),
        outcome=outcome_of(event),
        detail=str(event.get("detail", "")),
    )


def _leaks(told: object) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(leak, str) for leak in told):
        raise WorkerGoneError(f"the worker told the leaks {str(told)[:200]}")
    if len(told) > _MOST_LEAKS:
        told = [*told[: _MOST_LEAKS - 1], f"and {len(told) - _MOST_LEAKS + 1} more"]
    return tuple(leak[:_LONGEST_LEAK] for leak in told)
