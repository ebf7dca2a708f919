"""Signs that act on a reader instead of being read: the same ones are shown in every form of a report."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from conformance.report import accounts, legible

ACTING = [
    "\x00",
    "\x1b",
    "\x7f",
    "\x9b",
    "\u061c",
    "\u200e",
    "\u200f",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ud800",
    "\ufffe",
    "\uffff",
]


def on_terminal(text: str) -> str:
    return legible.legible(Console(file=io.TextIOWrapper(io.BytesIO(), "utf-8")), text).plain


@pytest.mark.parametrize("sign", ACTING, ids=ascii)
def test_a_sign_that_acts_is_shown_as_python_writes_it(sign: str) -> None:
    shown = f"a{sign.encode('unicode_escape').decode('ascii')}b"
    assert (accounts.legible(f"a{sign}b"), on_terminal(f"a{sign}b")) == (shown, shown)


@pytest.mark.parametrize("text", ["é – ✓ 漢 \U0001f40d", "two\nlines", "\u200b\u00a0\ufffd"], ids=ascii)
def test_what_is_read_stays(text: str) -> None:
    assert (accounts.legible(text), on_terminal(text)) == (text, text)
