"""Texts as a given terminal can show them, for everything that the report step prints."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from conformance.report.acting import spelled_out

_PLAIN_SIGNS = str.maketrans(
    {
        "✓": "ok",
        "✗": "X",
        "·": "-",
        "…": "...",
        "×": "x",
        "–": "-",
        "’": "'",
    }  # what this folder prints itself
)


def legible(console: Console, text: str, style: str = "") -> Text:
    """Return a text that the console can show as it stands: nothing in it is markup, a control or unencodable."""
    text = spelled_out(text.expandtabs(4))
    if not console.encoding.lower().startswith("utf"):
        text = text.translate(_PLAIN_SIGNS)
    text = text.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return Text(text, style=style, overflow="fold")


def heading(console: Console, text: str) -> None:
    """Print the title of a section, with a blank line before it."""
    console.print()
    console.rule(legible(console, text, "bold"), align="left", style="dim")
