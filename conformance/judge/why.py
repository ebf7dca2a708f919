"""One line that says why a test did not pass, for the judge step to give as the reason of a verdict."""

from __future__ import annotations

import re

from conformance.records import Outcome, Result

_HEAD = re.compile(r"^Traceback \(most recent call last\):$", re.MULTILINE)
_CHAINED = re.compile(r"^(During handling of the above|The above exception was)", re.MULTILINE)
_RAISES = frozenset({Outcome.FAILED, Outcome.ERRORED})


def why(result: Result) -> str:
    """Return a result's outcome with the one line of its detail that says most.

    Such as ``skipped: needs a mocked clock`` or ``errored: ValueError: closed``.
    """
    detail = result.detail
    if not detail.strip():
        detail = next((part.detail for part in result.subtests if part.detail.strip()), "")
    line = _raised(detail) if result.outcome in _RAISES else _first_line(detail)
    return f"{result.outcome}: {line}" if line else str(result.outcome)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _raised(detail: str) -> str:
    """Return the line that names the exception.

    A detail can hold a test's traceback and its tearDown's behind it, and each can be chained. The first
    traceback that no other one chains on to is the test's own end; what its tearDown says is a consequence.
    """
    _before, *tracebacks = _HEAD.split(detail)
    own = next((text for text in tracebacks if not _CHAINED.search(text)), "")
    return next((line for line in own.splitlines() if line[:1].strip()), "") or _first_line(detail)
