"""The events of one worker, read off its pipe: whatever is written there, it takes no more than it may; in execute."""

from __future__ import annotations

import json
import math
import os
from collections import deque
from typing import Any

from conformance.execute.failures import WorkerGoneError

_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 24
_MOST_OF_ONE_TEST = 32 << 20


class Events:
    """What is written to the other end of ``descriptor``, which is only read where that does not block."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: deque[bytes] = deque()
        self._unfinished: list[bytes] = []
        self._unfinished_size = 0
        self._allowed = _MOST_OF_ONE_TEST

    def begin(self) -> None:
        """Count anew what is written: a test begins or has ended."""
        self._allowed = _MOST_OF_ONE_TEST

    def next(self) -> dict[str, Any] | None:
        """The next event, or None before there is a whole one. Raises WorkerGoneError for anything else."""
        line = self.next_line()
        if line is None:
            return None
        try:
            event = json.loads(line, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise WorkerGoneError(f"the worker wrote {line[:200]!r} instead of an event")
        return event

    def next_line(self) -> bytes | None:
        """The line of the next event, as it is, or None before there is a whole one. Raises WorkerGoneError for too much."""
        if not self._lines:
            return None
        line = self._lines.popleft()
        self._allowed -= len(line)
        if self._allowed < 0:
            raise WorkerGoneError(
                f"the worker wrote more than {_MOST_OF_ONE_TEST >> 20} MiB of events in one test"
            )
        return line

    def read(self) -> bool:
        """Take in some of what is written; False at the end. Raises WorkerGoneError for a line without end."""
        chunk = os.read(self._descriptor, _CHUNK)
        first, *others = chunk.split(b"\n")
        self._unfinished.append(first)
        self._unfinished_size += len(first)
        if self._unfinished_size > _LONGEST_LINE:
            raise WorkerGoneError("the worker wrote a line without end instead of an event")
        if others:
            self._lines.append(b"".join(self._unfinished))
            self._lines.extend(others[:-1])
            self._unfinished = others[-1:]
            self._unfinished_size = len(others[-1])
        return bool(chunk)


def _finite(text: str) -> float:
    """A number that a document can hold; ``NaN`` and the like are not in JSON. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
