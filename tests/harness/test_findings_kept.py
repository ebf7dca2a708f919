"""What is found is written whole, and where it cannot be, that is told and nothing else is lost."""

from __future__ import annotations

from typing import Any

from conformance.differential.findings import Difference, as_json
from conformance.differential.judging import Answers
from conformance.differential.kinds import Kind
from conformance.execute.programs import Answer


def kept(**fields: Any) -> dict[str, Any]:
    answers = Answers(Answer(b"[]"), Answer(b"[]"))
    given = {"program": {}, "answers": answers, "left": (), "hellos": {}, **fields}
    return as_json(Difference(Kind("run", "returned", "raised"), "a cell", "program 1.0", **given))


def test_what_was_not_asked_again_is_kept_as_unknown() -> None:
    assert kept()["steady"] is None


def test_the_time_limit_of_a_program_is_kept_with_it() -> None:
    assert kept(seconds=1)["seconds"] == 1
    assert "seconds" not in kept()
