"""The peers beside our own in the README: what is summed, what is refused, and what is written where."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from conformance.errors import ExitStatus, UsageError
from conformance.records import Cell, Missing, Suite, Verdict
from conformance.report import Document
from peers.comparison import BEGIN, END, between_marks, compared, main
from results import PEER, UVLOOP, document_of, judgement, plan_of, subject_cell

PEER_OLD = subject_cell("3.8.18", implementation=PEER)
PEER_NEW = subject_cell("3.10.13", implementation=PEER)
PEER_UVLOOP = subject_cell("3.10.13", UVLOOP, implementation=PEER)
OLD, NEW, ON_UVLOOP = subject_cell("3.8.18"), subject_cell("3.10.13"), subject_cell("3.10.13", UVLOOP)
ELSEWHERE = subject_cell("3.11.7")
TASKS = subject_cell("3.8.18", suite=Suite.TASKS)


def document(*found: tuple[Verdict, Cell]) -> Document:
    """Return the document of a whole run that found this, each in a test of its own."""
    judgements = [
        judgement(verdict, cell, f"test_runners.A.test_{number}")
        for number, (verdict, cell) in enumerate(found)
    ]
    return document_of(*judgements, plan=plan_of(*dict.fromkeys(cell for _, cell in found)))


PEERS = document(
    (Verdict.CONFORMANT, PEER_OLD),
    (Verdict.DIVERGENT, PEER_NEW),
    (Verdict.INAPPLICABLE, PEER_NEW),
    (Verdict.FLAKY, PEER_UVLOOP),
)
OURS = document(
    (Verdict.CONFORMANT, OLD),
    (Verdict.CONFORMANT, NEW),
    (Verdict.INAPPLICABLE, NEW),
    (Verdict.CONFORMANT, ON_UVLOOP),
    (Verdict.DIVERGENT, ELSEWHERE),
    (Verdict.DIVERGENT, TASKS),
)


def test_a_row_sums_the_interpreters_on_which_a_peer_is_judged() -> None:
    assert list(compared(PEERS, OURS)) == [
        "| suite | loop | runner_backport | peer |",
        "| --- | --- | ---: | ---: |",
        "| runners | asyncio | 2 of 3 | 1 of 3, 1 divergent |",
        "| runners | uvloop | 1 of 1 | 0 of 1, 1 flaky |",
        "",
        "Summed over 3.8.18, 3.10.13; peer==1, uvloop==0.23.0.",
    ]


def test_a_peer_that_is_not_judged_by_a_suite_has_nothing_there() -> None:
    another = evolve(PEER, name="another", requires=("another==2",))
    cell = subject_cell(suite=Suite.TASKS, implementation=another)
    found = document((Verdict.CONFORMANT, PEER_OLD), (Verdict.CONFORMANT, cell))
    assert "| tasks | asyncio | 0 of 1, 1 divergent | – | 1 of 1 |" in list(compared(found, OURS))


@pytest.mark.parametrize(
    ("peers", "ours", "said"),
    [
        (evolve(PEERS, footer=None), OURS, "The document is not of a whole run"),
        (PEERS, evolve(OURS, header=evolve(OURS.header, pattern="A")), "The document is not of a whole run"),
        (
            PEERS,
            evolve(
                OURS,
                header=evolve(
                    OURS.header, plan=evolve(OURS.header.plan, missing=(Missing("3.9", "Install it."),))
                ),
            ),
            r"The run lacks Python 3\.9",
        ),
        (PEERS, document((Verdict.CONFORMANT, OLD)), r"Ours was not judged in runners/3\.10\.13/asyncio"),
        (
            PEERS,
            evolve(OURS, header=evolve(OURS.header, lock={"v3.11.7": {}})),
            "The two runs are of different upstream files",
        ),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(peers: Document, ours: Document, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        list(compared(peers, ours))


def test_a_run_that_is_not_as_expected_is_refused() -> None:
    assert OURS.footer is not None
    unexpected = evolve(OURS, footer=evolve(OURS.footer, exit_status=ExitStatus.UNEXPECTED_VERDICT))
    with pytest.raises(UsageError, match="Not all that a run found is as expected"):
        list(compared(PEERS, unexpected))


def test_the_table_takes_the_place_of_the_one_before() -> None:
    text = between_marks(f"before\n{BEGIN}\n\nan older one\n\n{END}\nafter\n", "| table |")
    assert text == f"before\n{BEGIN}\n\n| table |\n\n{END}\nafter\n"
    assert between_marks(text, "| table |") == text


def test_a_readme_without_a_place_for_it_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="The table has no place there"):
        between_marks(f"{BEGIN} and no end", "| table |")
    readme = tmp_path / "README.md"
    readme.write_text("before")
    missing = str(tmp_path / "absent.jsonl")
    assert main([missing, missing, str(readme)]) != ExitStatus.AS_EXPECTED
    assert capsys.readouterr().err.startswith(f"{readme} is left as it is. ")
    assert readme.read_text() == "before"


def test_a_wrong_number_of_files_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run.jsonl"]) == ExitStatus.WRONG_USAGE
    assert capsys.readouterr().err.startswith(
        "peers.comparison takes DOCUMENT OURS README, and not 'run.jsonl'."
    )


def test_the_readme_has_a_place_for_it() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
