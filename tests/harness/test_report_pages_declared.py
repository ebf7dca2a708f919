"""The first screen of the report's pages: of what differs, how much is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.records import Judgement, Verdict
from paged import paged
from results import BAD, GOOD, document_of, judgement

DECLARED = judgement(Verdict.DIVERGENT, test="other", reason="known")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((GOOD, BAD, DECLARED), "1 not declared"),
        ((DECLARED,), "all declared"),
        ((judgement(Verdict.FLAKY, test="other", reason="known"),), "all declared"),
    ],
)
def test_the_head_says_how_many_of_what_differs_nobody_declared(
    tmp_path: Path, found: tuple[Judgement, ...], words: str
) -> None:
    assert words in paged(tmp_path, document_of(*found)).text("overview")


def test_where_nothing_differs_the_head_says_nothing_of_declarations(tmp_path: Path) -> None:
    said = paged(tmp_path, document_of(GOOD, judgement(Verdict.INAPPLICABLE, test="other"))).text("overview")
    assert "all declared" not in said
    assert "not declared" not in said
