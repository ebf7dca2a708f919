"""The data beside the pages: verdicts as letters, results in parts, links to upstream, and the command that runs a test again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from conformance.records import Mode, Outcome, Rate, Result, Subtest, Suite, Verdict
from conformance.report.accounts import legible
from conformance.report.pages import data
from conformance.report.pages.commands import before_test, behind_test
from conformance.report.pages.upstream import Upstream
from paged import paged, part, table
from results import (
    BASELINE,
    CELL,
    TEST,
    TRACEBACK,
    UVLOOP,
    document_of,
    judgement,
    of_baseline,
    plan_of,
    subject_cell,
)

ON_UVLOOP = subject_cell(loop=UVLOOP)
ACTING = "\x1b[2J\u202e\x07"


def test_a_column_has_a_letter_for_each_test(tmp_path: Path) -> None:
    found = (
        judgement(Verdict.CONFORMANT, test="a.b.test_1"),
        judgement(Verdict.DIVERGENT, test="a.b.test_2"),
        judgement(Verdict.DIVERGENT, test="a.b.test_3", expected=False),
        judgement(Verdict.FLAKY, ON_UVLOOP, test="a.b.test_2"),
    )
    paged(tmp_path, document_of(*found, plan=plan_of(CELL, ON_UVLOOP)))
    said = table(tmp_path)
    assert said["columns"] == [
        ["runner_backport", "3.8.18", "asyncio"],
        ["runner_backport", "3.8.18", "uvloop"],
    ]
    assert said["verdicts"] == ["CDd", ".F."]
    assert [said["classes"][owner] + "." + name for _suite, owner, name in said["tests"]] == [
        "a.b.test_1",
        "a.b.test_2",
        "a.b.test_3",
    ]


def test_one_test_in_two_suites_is_two_rows(tmp_path: Path) -> None:
    with_context = subject_cell(suite=Suite.TASKS, mode=Mode.CONTEXT)
    found = (
        judgement(Verdict.CONFORMANT, subject_cell(suite=Suite.TASKS)),
        judgement(Verdict.DIVERGENT, with_context),
    )
    paged(tmp_path, document_of(*found, plan=plan_of(subject_cell(suite=Suite.TASKS), with_context)))
    said = table(tmp_path)
    assert said["suites"] == ["tasks", "tasks+context"]
    assert said["verdicts"] == ["CD"]


def told(folder: Path, row: int = 0) -> list[object]:
    """What is told of a row's first verdict."""
    entry: list[object] = part(folder)["rows"][row][1][0]
    return entry


def test_a_traceback_is_kept_whole(tmp_path: Path) -> None:
    subject = Result(CELL.name, TEST, Outcome.FAILED, TRACEBACK, seconds=0.25, output="said")
    paged(tmp_path, document_of(judgement(Verdict.DIVERGENT, subject=subject)))
    said = part(tmp_path)
    number = said["rows"][0][1][0][3]
    cell, outcome, seconds, cached, detail, output = said["results"][number - 1]
    assert table(tmp_path)["cells"][cell][0] == CELL.name
    assert (table(tmp_path)["outcomes"][outcome], seconds, cached) == ("failed", 0.25, 0)
    assert (said["texts"][detail - 1], said["texts"][output - 1]) == (TRACEBACK, "said")


def test_what_many_results_say_is_kept_once(tmp_path: Path) -> None:
    found = [
        judgement(
            Verdict.DIVERGENT,
            test=f"test_{number}",
            reason="known",
            subject=Result(CELL.name, f"test_{number}", Outcome.FAILED, TRACEBACK),
        )
        for number in range(3)
    ]
    paged(tmp_path, document_of(*found))
    assert part(tmp_path)["texts"].count(TRACEBACK) == 1


def test_a_result_of_the_baseline_is_kept_once_for_all_that_are_judged_by_it(tmp_path: Path) -> None:
    shared = of_baseline()
    peer = subject_cell(mode=Mode.CONTEXT)
    found = (
        judgement(Verdict.CONFORMANT, baseline=shared),
        judgement(Verdict.CONFORMANT, peer, baseline=shared),
    )
    paged(tmp_path, document_of(*found, plan=plan_of(CELL, peer)))
    cells = [result[0] for result in part(tmp_path)["results"]]
    names = [cell[0] for cell in table(tmp_path)["cells"]]
    assert [names[cell] for cell in cells].count(BASELINE.name) == 1


def test_subtests_leaks_attempt_and_rate_are_kept(tmp_path: Path) -> None:
    subtests = (Subtest("(n=1)", Outcome.FAILED, "one"), Subtest("(n=2)", Outcome.PASSED))
    subject = Result(CELL.name, TEST, Outcome.FAILED, subtests=subtests, leaks=("thread x",), attempt=2)
    found = evolve(judgement(Verdict.FLAKY, subject=subject), rate=Rate(1, 2))
    paged(tmp_path, document_of(found))
    said = part(tmp_path)
    entry = said["rows"][0][1][0]
    assert entry[5] == [1, 2]
    _cell, _outcome, _seconds, _cached, _detail, _output, subtests_said, leaks, attempt = said["results"][
        entry[3] - 1
    ]
    [[parameters, _outcome, detail]] = subtests_said
    assert (parameters, said["texts"][detail - 1], leaks, attempt) == ("(n=1)", "one", ["thread x"], 2)


def test_much_is_told_in_several_parts_which_know_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "PART_BYTES", 100)
    found = [judgement(Verdict.CONFORMANT, test=f"test_{number:02}", reason="x" * 60) for number in range(4)]
    paged(tmp_path, document_of(*found))
    starts = table(tmp_path)["parts"]
    assert len(starts) > 1
    lengths = [len(part(tmp_path, number)["rows"]) for number in range(len(starts))]
    assert starts == [sum(lengths[:number]) for number in range(len(lengths))]
    assert sum(lengths) == 4


def test_the_data_are_plain_ascii_whatever_a_test_wrote(tmp_path: Path) -> None:
    detail = "half \ud800 of one, \u2028 and </script> é"
    subject = Result(CELL.name, TEST, Outcome.FAILED, detail)
    paged(tmp_path, document_of(judgement(Verdict.DIVERGENT, subject=subject, expected=False)))
    assert (tmp_path / "details-0.js").read_bytes().isascii()
    assert [text for text in part(tmp_path)["texts"] if text.startswith("half")] == [legible(detail)]


def test_no_text_of_the_data_acts_on_its_reader(tmp_path: Path) -> None:
    said = f"{ACTING} said"
    subject = Result(
        CELL.name,
        said,
        Outcome.FAILED,
        f"detail {said}",
        output=f"output {said}",
        subtests=(Subtest(said, Outcome.FAILED, f"subtest {said}"),),
        leaks=(said,),
    )
    found = judgement(Verdict.DIVERGENT, test=said, subject=subject, reason=f"reason {said}")
    paged(tmp_path, document_of(found, arguments=("run", f"--config={said}")))
    for name in ("data.js", "details-0.js"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert r"\\x1b[2J\\u202e\\x07 said" in text
        assert not re.search(r"(?<!\\)\\u(001b|202e|0007)", text)


def test_the_command_runs_one_test_in_one_cell_again() -> None:
    behind = "--python 3.8.18 --loop asyncio --implementation runner_backport --suite runners"
    assert before_test(("run",)) == "python -m conformance run --no-cache -k"
    assert behind_test(CELL) == behind


def test_the_command_names_the_files_that_the_run_had() -> None:
    arguments = ("run", "--config=own file.toml", "--out=x.jsonl", "-k", "y", "--expectations=e.toml")
    assert (
        before_test(arguments)
        == "python -m conformance run --no-cache '--config=own file.toml' --expectations=e.toml -k"
    )


UPSTREAM = """\
import unittest

class Base:
    def test_inherited(self):
        pass

class Tests(Base, unittest.TestCase):
    async def test_own(self):
        def test_inherited_not():
            pass

    def test_inherited_not(self):
        pass
"""


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    file = tmp_path / "v3.11.7/Lib/test/test_asyncio/test_runners.py"
    file.parent.mkdir(parents=True)
    file.write_text(UPSTREAM)
    return Upstream(tmp_path)


ADDRESS = "https://github.com/python/cpython/blob/v3.11.7/Lib/test/test_asyncio/test_runners.py"


@pytest.mark.parametrize(
    ("test", "line"), [("own", "#L8"), ("inherited", "#L4"), ("inherited_not", "#L12"), ("gone", "")]
)
def test_the_line_of_a_test_is_found_in_its_class_or_a_base(upstream: Upstream, test: str, line: str) -> None:
    assert upstream.address(CELL, f"test_runners.Tests.test_{test}") == f"{ADDRESS}{line}"


def test_a_test_of_no_file_of_its_suite_has_no_address(upstream: Upstream) -> None:
    assert upstream.address(CELL, "elsewhere.Tests.test_own") == ""


def test_without_the_tree_there_is_no_line(tmp_path: Path) -> None:
    assert Upstream(tmp_path).address(CELL, TEST) == ADDRESS


def test_a_row_links_to_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: Upstream
) -> None:
    monkeypatch.setattr(data, "Upstream", lambda _trees: upstream)
    paged(tmp_path / "out", document_of(judgement(Verdict.CONFORMANT, test="test_runners.Tests.test_own")))
    said = part(tmp_path / "out")
    [[links, _entries]] = said["rows"]
    assert said["texts"][links["v3.11.7"] - 1].endswith("/Lib/test/test_asyncio/test_runners.py#L8")
