"""How many workers a cell may lose before the rest of it is given up; in execute."""

from __future__ import annotations

from threading import Lock

_RESTARTS = 20


class Restarts:
    """The budget of one cell, which all its parts draw on, each in a thread of its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lost = 0
        self._last = ""

    def lose(self, how: str) -> None:
        """One more worker was lost, and how."""
        with self._lock:
            self._lost += 1
            self._last = how

    @property
    def spent(self) -> bool:
        """Whether no fresh worker is to take a lost one's place."""
        return self._lost > _RESTARTS

    def __str__(self) -> str:
        return f"{self._lost} workers of this cell were lost before it, the last one so: {self._last}"
