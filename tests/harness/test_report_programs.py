"""The document of programs as the report step reads it: told from a run's, refused where damaged, and side by side with others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError, ExitStatus
from conformance.report.gathering import gather
from conformance.report.programs_document import is_programs, read_programs
from conformance.report.programs_summary import sentences_of, summarize_programs
from programs_results import CELL, OTHER_CELL, TRACE, data, difference, programs_of, saved


def written(folder: Path, **more: Any) -> Path:
    path = folder / "fuzz.json"
    path.write_text(json.dumps(data(**more), indent=1))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read_programs(path)
    assert caught.value.what.startswith(str(path))
    return str(caught.value).removeprefix(str(path))


def test_all_that_is_written_is_read(tmp_path: Path) -> None:
    shown = {
        "divergence": "known",
        "cell": CELL,
        "baseline": "b",
        "native": TRACE,
        "subject": TRACE,
        "control": None,
    }
    read = programs_of(tmp_path, differences=[difference(seconds=0.5)], saved={"one": saved(traces=[shown])})
    assert read.data["seed"] == read.said.seed == 1
    assert (read.said.differences[0].from_, read.said.differences[0].seconds) == ("program 1.17", 0.5)
    assert read.said.saved["one"].as_expected
    assert read.said.native_by_another_name == ()
    assert read.complete


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        (json.dumps(data(), indent=1), True),
        (json.dumps(data()), True),
        (json.dumps(data(), indent=1)[:200], True),
        (json.dumps(data())[:200], True),
        ('{"difference": "x"}', True),
        ('{"type": "header", "format": 3}\n{"type": "keys"}\n', False),
        ('{"type": "header", "for', False),
        ("", False),
        ("nonsense", False),
        ("[1, 2]", False),
    ],
)
def test_a_document_is_told_by_its_content(tmp_path: Path, text: str, programs: bool) -> None:
    path = tmp_path / "any"
    path.write_text(text)
    assert is_programs(path) is programs


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"seed": "1"}, ": seed is '1'."),
        ({"seed": True}, ": seed is True."),
        ({"unknown": 1}, ": programs has the unknown key unknown."),
        ({"status": 7}, ": status is 7."),
        ({"judged": [1]}, ": judged is 1."),
        ({"format": 2}, " has format 2, and this version of conformance reads 1. Read it with the version"),
        ({"differences": [difference(native=[["s0"]])]}, ": native has the event ['s0']."),
        ({"differences": [difference(subject=[{}])]}, ": subject has the event {}."),
        ({"differences": [difference(program=[])]}, ": program is []."),
        ({"saved": {"one": {}}}, ": savedprogram has no "),
        ({"saved": []}, ": saved is []."),
        ({"differences": [1]}, ": difference is 1, which is no mapping."),
    ],
)
def test_what_is_damaged_is_refused_by_the_key(tmp_path: Path, more: dict[str, Any], complaint: str) -> None:
    assert refusal(written(tmp_path, **more)).startswith(complaint)


@pytest.mark.parametrize("key", sorted(data()))
def test_a_document_without_one_of_its_keys_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / "fuzz.json"
    path.write_text(json.dumps({name: value for name, value in data().items() if name != key}))
    assert refusal(path)


def test_a_document_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text()[:-10])
    assert (
        refusal(path) == " is not JSON, or was cut off. Take an undamaged copy of the document, or run again."
    )


@pytest.mark.parametrize("text", ['{"difference": "x"}', "[]", "{}", "1"])
def test_another_kind_of_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.json"
    path.write_text(text)
    assert refusal(path).startswith(" is no document of a run, and none of programs.")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="none cannot be read: No such file or directory"):
        is_programs(tmp_path / "none")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "All as expected: 2,000 programs of seed 1 on 2 cells, 0 differences."),
        (
            {"status": 1, "differences": [difference()]},
            "Not as expected: 2,000 programs of seed 1 on 2 cells, 1 difference.",
        ),
        (
            {"status": 130, "complete": False},
            "Interrupted: 2,000 programs of seed 1 on 2 cells, 0 differences.",
        ),
        ({"status": 3}, "Not completed: 2,000 programs of seed 1 on 2 cells, 0 differences."),
    ],
)
def test_it_comes_to_one_line(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    assert summarize_programs(programs_of(tmp_path, **more).said) == said


def test_what_it_lacks_is_said_in_sentences(tmp_path: Path) -> None:
    lost = {CELL: {"programs": 2, "first": "program 1.3", "how": "timed out"}}
    said = programs_of(tmp_path, status=3, lost=lost, given_up={OTHER_CELL: "it died"}).said
    assert sentences_of(said) == [
        f"{OTHER_CELL} was not asked all programs: it died",
        f"{CELL} lost its worker to 2 programs: timed out, first in program 1.3.",
    ]


@pytest.mark.parametrize(("status", "told"), [(3, ["gather was never drawn.", "shield never ran."]), (0, [])])
def test_what_was_never_exercised_is_said_where_it_counts(
    tmp_path: Path, status: int, told: list[str]
) -> None:
    said = programs_of(tmp_path, status=status, never_drawn=["gather"], never_ran=["shield"]).said
    assert sentences_of(said) == told


@pytest.mark.parametrize(
    ("statuses", "status"),
    [((0, 0), 0), ((0, 1), 1), ((1, 3), 3), ((3, 130), 130)],
)
def test_of_several_the_gravest_status_counts(tmp_path: Path, statuses: tuple[int, ...], status: int) -> None:
    paths = [
        programs_of(tmp_path, f"{seed}.json", seed=seed, status=each).path
        for seed, each in enumerate(statuses)
    ]
    assert gather(paths).status == ExitStatus(status)


@pytest.mark.parametrize(
    ("status", "why"),
    [(130, "its campaign was interrupted"), (3, "its campaign could not be completed")],
)
def test_a_campaign_that_is_not_complete_is_lacking(tmp_path: Path, status: int, why: str) -> None:
    path = programs_of(tmp_path, status=status, complete=False).path
    (sentence,) = gather([path]).lacking
    assert sentence.startswith(f"{path} is incomplete: {why}. Run ")


def test_a_document_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    path = programs_of(tmp_path).path
    with pytest.raises(DocumentError, match=r"fuzz\.json is named twice"):
        gather([path, path])


def test_two_of_the_same_seed_and_cells_are_refused_by_name(tmp_path: Path) -> None:
    paths = [programs_of(tmp_path, f"{name}.json").path for name in "ab"]
    with pytest.raises(
        DocumentError, match=rf"a\.json and \S+b\.json both judge {CELL}, {OTHER_CELL} by the programs"
    ):
        gather(paths)


@pytest.mark.parametrize("more", [{"seed": 2}, {"judged": []}])
def test_two_of_other_programs_or_cells_stand_side_by_side(tmp_path: Path, more: dict[str, Any]) -> None:
    paths = [programs_of(tmp_path, "a.json").path, programs_of(tmp_path, "b.json", **more).path]
    assert [document.path for document in gather(paths).programs] == paths
