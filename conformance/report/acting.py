"""The signs that act on a reader instead of being read, for every form of the report step, on a terminal or in a file."""

from __future__ import annotations

import re

# Tests write what they like: an escape sequence must not act on a terminal, nor a mark that turns the direction of
# writing on the line that it stands in. Halves of characters, and what is never one, XML cannot say at all.
_ACTING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def spelled_out(text: str) -> str:
    """Return the text with each sign that would act as Python writes it; lines and tabs stay."""
    return _ACTING.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
