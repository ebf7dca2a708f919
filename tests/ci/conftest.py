"""What the tests of workflows and actions share: the harness's own helpers, and a sandbox for shell parts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "harness"), str(ROOT / ".github" / "scripts")]

from sandbox import Sandbox  # noqa: E402  # what it imports is found by the line above


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A checkout of the project of its own, with recording stand-ins for what would reach out of it."""
    return Sandbox(tmp_path)
