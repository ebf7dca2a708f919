"""A section's entries, a short mark and a text beside it each, for all sections that the report step prints."""

from __future__ import annotations

from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.report.legible import legible


def entries(marks: Literal["left", "right"] = "left") -> Table:
    """Return an empty list of entries; ``marks`` says at which side of their column they stand."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify=marks, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def entry(console: Console, name: str, text: str = "", where: str = "") -> Text:
    """Return an entry's text: what it is about, then what is said of it, then on a line of its own where it is."""
    made = legible(console, name, "bold").append_text(legible(console, text))
    return made.append("\n").append_text(legible(console, where, "dim")) if where else made
