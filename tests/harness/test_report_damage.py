"""A damaged report document is refused, with the line and what to do; it never passes for a whole one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError, ExitStatus
from conformance.report import DocumentWriter, read_document
from results import CELL, TEST
from test_report_document import HEADER, write_whole

Line = dict[str, Any]
Damage = Callable[[list[Line]], object]


def damaged(folder: Path, damage: Damage) -> Path:
    path = folder / "run.jsonl"
    write_whole(path)
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    damage(lines)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "ascii")
    return path


def of_type(lines: list[Line], kind: str) -> Line:
    return next(line for line in lines if line["type"] == kind)


CASES: dict[str, tuple[int, str, Damage]] = {
    "no header": (1, "the header is not the first line", lambda lines: lines.pop(0)),
    "two headers": (2, "a second header", lambda lines: lines.insert(1, lines[0])),
    "a line behind the footer": (13, "it stands behind the footer", lambda lines: lines.append(lines[1])),
    "another format": (1, "the document has format 1", lambda lines: lines[0].update(format=1)),
    "no format": (1, "the document has format None", lambda lines: lines[0].pop("format")),
    "a renamed cell": (1, "its cells have other names", lambda lines: lines[0]["plan"]["cells"][0].update(name="x")),
    "a plan without cells": (1, "its plan has no cells", lambda lines: lines[0]["plan"].pop("cells")),
    "a whole without a cell": (1, "its whole plan is not the plan", lambda lines: lines[0]["whole"].pop()),
    "a whole of more cells": (1, "its whole plan is not the plan", lambda lines: lines[0]["whole"].append("x")),
    "a shard that is none": (1, "there is no shard 4/3", lambda lines: lines[0].update(shard={"number": 4, "count": 3})),
    "a key of no cell": (2, "its cell 'other' is not in the plan", lambda lines: lines.insert(1, {"type": "keys", "keys": {"other": "1"}})),
    "an unknown type": (2, "its type 'hello' is unknown", lambda lines: lines[1].update(type="hello")),
    "no type": (2, "it has no type", lambda lines: lines[1].pop("type")),
    "a result twice": (4, f"a second result of {TEST} in ", lambda lines: lines.insert(3, lines[2])),
    "a verdict twice": (7, f"a second verdict on a in {CELL.name}", lambda lines: lines.insert(6, lines[5])),
    "a verdict without its result": (5, "its result is not in the document: a in ", lambda lines: lines.pop(4)),
    "a lost verdict": (11, "the verdicts before the footer are not those that it counts", lambda lines: lines.pop(5)),
    "a cell of no plan": (3, "its cell 'other' is not in the plan", lambda lines: lines[2].update(cell="other")),
    "an unknown outcome": (3, "outcome is 'good'", lambda lines: lines[2].update(outcome="good")),
    "a number for a text": (3, "detail is 7", lambda lines: lines[2].update(detail=7)),
    "a text for a number": (3, "seconds is '1'", lambda lines: lines[2].update(seconds="1")),
    "a truth value for a number": (3, "attempt is True", lambda lines: lines[2].update(attempt=True)),
    "a truth value for a status": (12, "exit_status is True", lambda lines: lines[-1].update(exit_status=True)),
    "a text for a list": (3, "subtests is ''", lambda lines: lines[2].update(subtests="")),
    "a key too few": (3, "result has no output", lambda lines: lines[2].pop("output")),
    "a key too many": (3, "result has the unknown key more", lambda lines: lines[2].update(more=1)),
    "an unknown verdict": (6, "verdict is 'fine'", lambda lines: of_type(lines, "verdict").update(verdict="fine")),
    "a list for a record": (6, "reference is [1], which is no mapping", lambda lines: of_type(lines, "verdict").update(baseline=[1])),
    "a verdict counted that is none": (12, f"counts.{CELL.name} is 'odd'", lambda lines: lines[-1]["counts"].update({CELL.name: {"odd": 1}})),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_damage_is_named_with_its_line(tmp_path: Path, case: str) -> None:
    number, complaint, damage = CASES[case]
    path = damaged(tmp_path, damage)
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert f"{path}, line {number}: {complaint}" in str(caught.value)
    assert caught.value.status is ExitStatus.NOT_COMPLETED
    assert "run again" in caught.value.advice or "version that wrote it (0.1.0)" in caught.value.advice


@pytest.mark.parametrize("garbage", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"\x00"])
def test_a_line_in_the_middle_that_is_not_one_is_damage(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "run.jsonl"
    write_whole(path)
    lines = path.read_bytes().split(b"\n")
    lines.insert(3, garbage)
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(DocumentError, match="line 4: it "):
        read_document(path)


@pytest.mark.parametrize("content", [b"", b'{"type": "hea'])
def test_a_file_without_a_header_is_no_document(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.jsonl").write_bytes(content)
    with pytest.raises(DocumentError, match="has no header"):
        read_document(tmp_path / "run.jsonl")


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"gone\.jsonl cannot be read: No such file or directory"):
        read_document(tmp_path / "gone.jsonl")


def test_a_header_alone_is_an_incomplete_document(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER):
        pass
    assert not read_document(tmp_path / "run.jsonl").complete
