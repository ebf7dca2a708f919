"""The published JSON Schemas: what they allow is what is written, and read, and nothing else; they cannot go stale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator, ValidationError

import schemas
from conformance.commands import fuzz
from conformance.commands.differential import Known
from conformance.differential.corpus import Saved
from conformance.differential.divergences import Divergence, EventPattern, HunkPattern
from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Missing, Outcome, Rate, Shard, Subtest, Verdict
from conformance.report import DocumentWriter, Hello
from conformance.report.programs_document import read_programs
from drivers import Driver
from fake_programs import COLLECT, program
from miniatures import interpreter_or_skip
from programs_results import data, difference, saved
from results import BAD, CELL, GOOD, NOW, PLAN, TRACEBACK, document_of, of_subject
from test_fuzz import Fuzz
from wrong_runners import bring

pytest_plugins = ["miniatures"]
DOCS = Path(__file__).parents[2] / "docs"


def published(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((DOCS / name).read_text(encoding="utf-8"))
    return schema


LINES = Draft202012Validator(published("results.schema.json"))
PROGRAMS = Draft202012Validator(published("programs.schema.json"))


@pytest.mark.parametrize("name", sorted(schemas.FILES))
def test_a_published_schema_is_what_the_records_make(name: str) -> None:
    # 'python tests/harness/schemas.py' renews it.
    assert (DOCS / name).read_text(encoding="utf-8") == schemas.text_of(schemas.FILES[name]())


@pytest.mark.parametrize("name", sorted(schemas.FILES))
def test_a_published_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(published(name))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a document with everything in it that there can be."""
    path = tmp_path_factory.mktemp("document") / "results.jsonl"
    subject = evolve(
        of_subject(Outcome.FAILED, "bad", TRACEBACK),
        seconds=0.25,
        subtests=(Subtest("x=1", Outcome.ERRORED, "no"),),
        output="said",
        leaks=("thread x",),
    )
    bad = evolve(BAD, subject=subject, retried=evolve(subject, attempt=2), rate=Rate(0, 2))
    unexercised = evolve(GOOD, test="other", verdict=Verdict.UNEXERCISED, subject=None)
    header = document_of(
        plan=evolve(PLAN, missing=(Missing("3.9", "Install it."),)),
        pattern="x",
        shuffle=3,
        shard=Shard(1, 2),
    ).header
    with DocumentWriter(path, header) as writer:
        writer.keys({CELL.name: "0" * 64})
        writer.hello(Hello(CELL.name, {"interpreter": "3.8.18"}))
        for found in (GOOD, bad, unexercised):
            writer.judgement(found)
        unmet = Unmet(4, "gone", Verdict.FLAKY, "was so", (CELL.name,))
        writer.finish(NOW, ExitStatus.UNEXPECTED_VERDICT, [unmet], [1])
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_kind_of_line_is_allowed(lines: list[dict[str, Any]]) -> None:
    assert {line["type"] for line in lines} == {*schemas.LINES}
    for line in lines:
        LINES.validate(line)


def test_a_real_run_writes_what_is_allowed(tmp_path: Path) -> None:
    interpreter_or_skip("3.11")
    selected = ["--suite", "runners", "--loop", "asyncio", "--python", "3.11", "-k", "test_run"]
    driver = Driver(tmp_path, (*selected, "--config", str(bring(tmp_path, "wrapper"))))
    assert driver.run().status in {ExitStatus.AS_EXPECTED, ExitStatus.UNEXPECTED_VERDICT}
    written = [json.loads(line) for line in driver.document.read_text().splitlines()]
    assert {"header", "cell", "result", "verdict", "footer"} <= {line["type"] for line in written}
    for line in written:
        LINES.validate(line)


def first(lines: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """A copy of the last line of this kind: it has the most in it."""
    copy: dict[str, Any] = json.loads(json.dumps([line for line in lines if line["type"] == kind][-1]))
    return copy


@pytest.mark.parametrize("kind", sorted(schemas.LINES))
def test_a_line_without_one_of_its_keys_or_with_another_is_refused(
    lines: list[dict[str, Any]], kind: str
) -> None:
    line = first(lines, kind)
    for key in line:
        assert not LINES.is_valid({name: value for name, value in line.items() if name != key}), key
    assert not LINES.is_valid({**line, "more": 1})


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("header", {"format": 2}),
        ("header", {"started": 1}),
        ("header", {"shard": {"number": 1}}),
        ("header", {"plan": {"cells": [{}], "missing": []}}),
        ("header", {"lock": {"v3.11.7": ["x"]}}),
        ("keys", {"keys": {"cell": 1}}),
        ("cell", {"worker": None}),
        ("result", {"outcome": "fine"}),
        ("result", {"seconds": "1"}),
        ("result", {"cached": 1}),
        ("result", {"attempt": 1.5}),
        ("result", {"subtests": [{"parameters": "x=1"}]}),
        ("verdict", {"verdict": "passed"}),
        ("verdict", {"subject": {"cell": "a", "test": "b"}}),
        ("footer", {"exit_status": 4}),
        ("footer", {"counts": {"cell": {"passed": 1}}}),
        ("footer", {"counts": {"cell": {"divergent": None}}}),
        ("footer", {"type": "end"}),
    ],
)
def test_planted_damage_is_refused(lines: list[dict[str, Any]], kind: str, damage: dict[str, Any]) -> None:
    line = first(lines, kind)
    LINES.validate(line)
    with pytest.raises(ValidationError):
        LINES.validate({**line, **damage})


DECLARED = Divergence(
    "known",
    "It is so.",
    "docs/divergences.md",
    "one",
    (HunkPattern("*", EventPattern("*"), EventPattern("*")),),
)
SAVED = Saved("one", "A collection.", "docs/divergences.md", program(COLLECT))


def campaign(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, *declared: Divergence) -> Path:
    """What a campaign writes over fakes of this kind."""
    command = Fuzz(folder, monkeypatch)
    command.judging(kind)
    monkeypatch.setattr(fuzz, "read_known", lambda: Known((SAVED,), declared))
    out = folder / "fuzz.json"
    command("--examples", 20, "--seed", 1, "--out", out)
    return out


@pytest.mark.parametrize(
    ("kind", "declared", "status", "differences"),
    [("Right", (), 0, 0), ("Wrong", (), 1, 1), ("Dies", (), 1, 1), ("Wrong", (DECLARED,), 0, 0)],
)
def test_a_real_campaign_writes_what_is_allowed_and_read(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    declared: tuple[Divergence, ...],
    status: int,
    differences: int,
) -> None:
    out = campaign(tmp_path, monkeypatch, kind, *declared)
    PROGRAMS.validate(json.loads(out.read_bytes()))
    read = read_programs(out).said
    assert (read.status, len(read.differences)) == (status, differences)
    assert read.arguments == ("fuzz", "--examples=20", "--seed=1", f"--out={out}")
    assert read.started <= read.ended
    assert {*read.judged} < read.workers.keys()
    assert [each.name for each in read.divergences] == [each.name for each in declared]


def test_a_saved_program_holds_the_traces_of_what_is_declared_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_programs(campaign(tmp_path, monkeypatch, "Wrong", DECLARED)).said
    (shown,) = read.saved["one"].traces
    (cell,) = read.judged
    assert (shown.divergence, shown.cell, shown.native) == ("known", cell, (["s0", "collect"],))
    assert shown.subject == (["s0", "forgotten"],)
    assert read.saved["one"].declared == {"known": (cell,)}
    assert read.saved["one"].program == SAVED.program


def test_the_document_of_programs_that_the_tests_make_is_allowed() -> None:
    PROGRAMS.validate(data(differences=[difference(), difference(seconds=0.5)]))


@pytest.mark.parametrize("key", sorted(data()))
def test_a_document_of_programs_without_one_of_its_keys_is_refused(key: str) -> None:
    whole = data()
    del whole[key]
    assert not PROGRAMS.is_valid(whole)


@pytest.mark.parametrize(
    "damage",
    [
        {"format": 2},
        {"seed": "1"},
        {"status": 4},
        {"more": 1},
        {"differences": [difference(native=[["s0"]])]},
        {"differences": [difference(steady="yes")]},
        {"saved": {"one": {**saved(), "more": 1}}},
        {"census": {"run": {"drawn": 1}}},
    ],
)
def test_planted_damage_in_a_document_of_programs_is_refused(damage: dict[str, Any]) -> None:
    assert not PROGRAMS.is_valid({**data(), **damage})
