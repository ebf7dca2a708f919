"""Traces read from what workers wrote, each text once: most answers of a round are alike; between execute and judging."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from conformance.differential.aligning import Event
from conformance.differential.events import Trace
from conformance.differential.hunks import alignable
from conformance.execute.programs import Answer


@frozen
class Reader:
    """Reads answers, and keeps what it has read until it is told to forget. Nobody writes to what it gives."""

    _traces: dict[bytes, Trace] = field(factory=dict, init=False)
    _aligned: dict[bytes, Sequence[Event]] = field(factory=dict, init=False)

    def trace(self, answer: Answer) -> Trace:
        """The trace itself."""
        if answer.text not in self._traces:
            self._traces[answer.text] = answer.trace()
        return self._traces[answer.text]

    def alignable(self, answer: Answer) -> Sequence[Event]:
        """The trace as it is compared."""
        if answer.text not in self._aligned:
            self._aligned[answer.text] = alignable(self.trace(answer))
        return self._aligned[answer.text]

    def forget(self) -> None:
        """Let go of what was read."""
        self._traces.clear()
        self._aligned.clear()
