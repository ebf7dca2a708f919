"""Texts as a given terminal can show them, for everything that the report step prints."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

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
# Tests write what they like: an escape sequence must not act on the reader's terminal, nor a mark that turns
# the direction of writing on the line that it stands in.
_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def legible(console: Console, text: str, style: str = "") -> Text:
    """Return a text that the console can show as it stands: nothing in it is markup, a control or unencodable."""
    text = _ACTING.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text.expandtabs(4))
    if not console.encoding.lower().startswith("utf"):
        text = text.translate(_PLAIN_SIGNS)
    text = text.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return Text(text, style=style, overflow="fold")


def heading(console: Console, text: str) -> None:
    """Print the title of a section, with a blank line before it."""
    console.print()
    console.rule(legible(console, text, "bold"), align="left", style="dim")
