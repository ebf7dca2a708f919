"""How often each operation of a coroutine is drawn, beside those that it shares with callbacks."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.differential import drawing_bodies as bodies
from conformance.differential import drawing_calls as calls
from conformance.differential import drawing_holding as holding
from conformance.differential import drawing_waiting as waiting
from conformance.differential.drawing_scope import Drawing

TURNS: Mapping[Drawing, tuple[str, int]] = {
    **{does: (group, weight) for does, (group, weight) in calls.CALLS.items() if does is not calls.raise_},
    calls.raise_: ("raising", 1),
    bodies.sleep: ("tasks", 5),
    waiting.create: ("tasks", 12),
    waiting.await_: ("tasks", 8),
    waiting.future: ("futures", 5),
    waiting.gather: ("waiting", 3),
    waiting.shield: ("waiting", 2),
    waiting.wait_for: ("waiting", 6),
    waiting.callback: ("callbacks", 5),
    holding.try_: ("catching", 12),
    holding.call: ("nesting", 2),
    holding.async_with: ("nesting", 3),
    holding.async_for: ("generators", 3),
    holding.generator: ("generators", 3),
    holding.next_: ("generators", 3),
    holding.aclose: ("generators", 3),
    waiting.job: ("jobs", 4),
    holding.nested_run: ("wrong", 2),
    holding.run_close: ("wrong", 1),
}
"""What is drawn of a coroutine's operations, by which group and how often in it."""
