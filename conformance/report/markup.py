"""Texts as GitHub's Markdown shows them as they stand, whatever is in them; for the forms of the report that are Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from conformance.report.accounts import legible

# Whatever begins a construct: code, emphasis, a link, a row's next field, a mention, a formula. As the entity of a sign,
# which is a text and never a construct, also in the HTML that GitHub lets through.
_SIGNS = re.compile(r"[\\`*\[\]#|~@$]|(?<![^\W_])_|_(?![^\W_])|^[-+=]|(?<=^\d)[.)](?=\s)")
_BREAKS = re.compile(r"\s+")


def escaped(text: str) -> str:
    """Return a text, as one line, in which nothing is markup: neither Markdown nor HTML, no mention, no reference."""
    line = html.escape(_BREAKS.sub(" ", legible(text)).strip(), quote=False)
    # The number sign of the entities that are there by now is none of the text's.
    return _SIGNS.sub(lambda match: f"&#{ord(match[0])};", line)


def code(text: str) -> str:
    """Return a text as code within a line; also within a table and an HTML element."""
    return f"<code>{escaped(text)}</code>"


def details(title: str, text: str) -> str:
    """Return a text of many lines that is unfolded by its title, which is markup already."""
    return f"<details><summary>{title}</summary>\n\n{fenced(text)}\n\n</details>"


def fenced(text: str) -> str:
    """Return a text of many lines as a block of code, behind a fence that is longer than any in it."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 0)
    return f"{fence}text\n{legible(text)}\n{fence}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of texts that are markup already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
