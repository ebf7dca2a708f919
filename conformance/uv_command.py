"""How uv is called: plan finds interpreters with it, provision makes wheels and environments."""

from __future__ import annotations

from pathlib import Path

from uv import find_uv_bin

_NO_PROJECT = Path(__file__).with_name("no_project")
_LAST_LINES = 12


def uv_command(*arguments: str | Path) -> list[str]:
    """The command that calls ``uv`` with the arguments, and with no settings of a project around the user.

    What the user or the system has set for uv stays in force, such as mirrors and indexes.
    """
    # In the working directory all the same: the shims of some version managers go by it.
    return [find_uv_bin(), "--project", str(_NO_PROJECT), "--color", "never", *map(str, arguments)]


def last_words(said: str) -> str:
    """The last lines of what uv ``said``: why it failed stands there."""
    return "\n".join(said.strip().splitlines()[-_LAST_LINES:])
