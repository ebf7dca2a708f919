"""The page of the peers' verdicts: what a run has shown, each divergence under its fact, and nothing that varies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conformance.configuration import read_configuration
from conformance.errors import ExitStatus, UsageError
from conformance.judge import Expectation, read_with_digest
from conformance.records import Judgement, Missing, Plan, Shard, Verdict
from conformance.report import Document, DocumentWriter
from peers.page import main, page_of
from peers.programs import Programs
from peers.programs_facts import read_facts
from results import NOW, PEER, UVLOOP, document_of, judgement, plan_of, subject_cell

ROOT = Path(__file__).parents[2]
FACTS = ROOT / "peers" / "facts.toml"
PROGRAMS_FACTS = ROOT / "peers" / "programs.toml"
PAGE = ROOT / "docs" / "peers.md"

OLD = subject_cell("3.8.18", implementation=PEER)
NEW = subject_cell("3.10.13", UVLOOP, implementation=PEER)
BLIND = Expectation(1, "test_runners.A.*", Verdict.DIVERGENT, "the peer is blind", link="https://b.example")
BLIND_AGAIN = evolve(BLIND, number=2, test="test_runners.B.*")
DEAF = Expectation(3, "test_runners.A.test_2", Verdict.DIVERGENT, "the peer is deaf", loop="uvloop")
NO_PROGRAMS = Programs(0, 0, 1, ())
ALL_FACTS = (BLIND, BLIND_AGAIN, DEAF)

FOUND = (
    judgement(Verdict.CONFORMANT, OLD, "test_runners.A.test_0"),
    judgement(Verdict.DIVERGENT, OLD, "test_runners.A.test_1"),
    judgement(Verdict.DIVERGENT, OLD, "test_runners.A.test_2"),
    judgement(Verdict.INAPPLICABLE, NEW, "test_runners.A.test_0", reason="baseline failed: at 0x7f01"),
    judgement(Verdict.DIVERGENT, NEW, "test_runners.A.test_1"),
    judgement(Verdict.DIVERGENT, NEW, "test_runners.A.test_2"),
    judgement(Verdict.DIVERGENT, NEW, "test_runners.B.test_1"),
)


def document(*judgements: Judgement, plan: Plan | None = None, **header: Any) -> Document:
    """Return the document of a whole run that was judged by the facts."""
    return document_of(
        *(judgements or FOUND), plan=plan or plan_of(OLD, NEW), **{"expectations": "digest", **header}
    )


def page(of: Document | None = None, facts: Sequence[Expectation] = ALL_FACTS) -> list[str]:
    return page_of(of or document(), facts, "digest", NO_PROGRAMS, {}).splitlines()


def test_each_cell_shows_what_is_conformant_of_all_tests_and_what_the_others_are() -> None:
    assert "| suite | python | loop | conformant | divergent | inapplicable |" in page()
    assert "| runners | 3.8.18 | asyncio | 1 of 3 | 2 | – |" in page()
    assert "| runners | 3.10.13 | uvloop | 0 of 4 | 3 | 1 |" in page()


def test_entries_of_one_reason_are_one_fact_with_its_tests_and_cells() -> None:
    lines = page()
    place = lines.index("- The peer is blind ([discussion](https://b.example)).")
    assert lines[place + 1 : place + 3] == [
        "  - 4 divergences, of 3 tests in 2 cells: runners on asyncio 3.8; runners on uvloop 3.10.",
        "  - `A.test_1`, `A.test_2`, `B.test_1`.",
    ]


def test_the_last_fact_that_names_a_test_explains_it() -> None:
    lines = page()
    place = lines.index("- The peer is deaf.")
    assert lines[place + 1 : place + 3] == [
        "  - 1 divergence, of 1 test in 1 cell: runners on uvloop 3.10.",
        "  - `A.test_2`.",
    ]


def test_a_peer_that_diverges_nowhere_is_said_to() -> None:
    whole = document(judgement(Verdict.CONFORMANT, OLD), plan=plan_of(OLD))
    assert "It diverges nowhere." in page(whole)
    assert "Where it diverges, and why:" not in page(whole)


def test_a_run_in_another_order_and_at_another_time_gives_the_same_page() -> None:
    plan = plan_of(OLD, NEW)
    again = document(*reversed(FOUND), plan=plan, started="2030-01-01T00:00:00+00:00")
    assert page(again) == page(document(plan=plan))
    fewer = [evolve(found, baseline=evolve(found.baseline, seconds=9.0)) for found in FOUND]
    assert page(document(*fewer)) == page()


def test_it_says_what_native_did_with_what_is_inapplicable_without_what_is_new_in_each_process() -> None:
    reasons = ["baseline errored: a|b", "baseline failed: at 0x7f01", "baseline failed: at 0x7f02"]
    found = [
        judgement(Verdict.INAPPLICABLE, NEW, f"test_runners.A.test_{number}", reason=reason)
        for number, reason in enumerate(reasons)
    ]
    lines = page(document(*found, plan=plan_of(NEW)))
    place = lines.index("## Why inapplicable")
    assert lines[place + 2 : place + 7] == [
        "| verdicts | loop | what native did |",
        "| ---: | --- | --- |",
        "| 2 | uvloop | failed: at 0x… |",
        "| 1 | uvloop | errored: a\\|b |",
        "",
    ]


def test_a_page_on_which_nothing_is_inapplicable_does_not_speak_of_it() -> None:
    assert "## Why inapplicable" not in page(document(judgement(Verdict.CONFORMANT, OLD), plan=plan_of(OLD)))


def test_the_peers_come_by_name() -> None:
    another = evolve(PEER, name="another", requires=("another==2",))
    cell = subject_cell(implementation=another)
    both = document(
        judgement(Verdict.CONFORMANT, OLD), judgement(Verdict.CONFORMANT, cell), plan=plan_of(OLD, cell)
    )
    titles = [line for line in page(both) if line.startswith("## ")]
    assert titles == ["## another", "## peer", "## Made with"]


def test_what_programs_found_in_a_peer_stands_behind_its_verdicts() -> None:
    lines = page()
    assert (
        lines.index("## peer")
        < lines.index("- The peer is deaf.")
        < lines.index("### Generated programs on peer")
    )
    assert "0 programs drawn by seed 1 and 0 saved ones in 0 cells: each did what it does natively." in lines


def test_it_says_what_was_judged_on_what() -> None:
    assert page()[-6:] == [
        "",
        "- Judged: peer==1",
        "- Loops: asyncio itself, uvloop==0.23.0",
        "- Upstream's tests: runners of v3.11.7",
        "- Interpreters: 3.8.18, 3.10.13",
        "- Baselines: native on 3.11.7; that of a Runner below 3.11 is native 3.11's",
    ]


UNEXPECTED = document()
assert UNEXPECTED.footer is not None


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (document(pattern="A"), "The document is not of a whole run"),
        (document(shard=Shard(1, 2)), "The document is not of a whole run"),
        (evolve(document(), footer=None), "The document is not of a whole run"),
        (
            document(plan=evolve(plan_of(OLD, NEW), missing=(Missing("3.9", "Install it."),))),
            r"The run lacks Python 3\.9\. Install it\.",
        ),
        (document(expectations="other"), "The run was judged by other facts than these"),
        (
            evolve(UNEXPECTED, footer=evolve(UNEXPECTED.footer, exit_status=ExitStatus.UNEXPECTED_VERDICT)),
            "Not all that the run found is as the facts have it",
        ),
    ],
)
def test_a_run_that_does_not_say_everything_is_refused(refused: Document, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        page(refused)


def write(path: Path, of: Document) -> None:
    assert of.footer is not None
    with DocumentWriter(path, of.header) as writer:
        for result in of.results:
            writer.result(result)
        for found in of.judgements:
            writer.judgement(found)
        writer.finish(NOW, of.footer.exit_status, ())


def write_programs(path: Path, **changes: Any) -> None:
    """Write what ``fuzz`` says of a campaign that found nothing."""
    whole = {
        "programs": 9,
        "saved": [],
        "seed": 1,
        "status": 0,
        "complete": True,
        "judged": ["differential/peer/3.8.18/asyncio"],
    }
    path.write_text(json.dumps({**whole, "given up": {}, "differences": [], "broken": [], **changes}))


def test_the_page_is_written_from_all_files(tmp_path: Path) -> None:
    run, facts, written = tmp_path / "run.jsonl", tmp_path / "facts.toml", tmp_path / "page.md"
    programs, programs_facts = tmp_path / "programs.json", tmp_path / "programs.toml"
    write_programs(programs)
    programs_facts.touch()
    facts.write_text('[[expectation]]\ntest = "*"\nverdict = "divergent"\nreason = "so it is"\n')
    write(run, document(expectations=read_with_digest(facts)[1]))
    given = [run, facts, programs, programs_facts, written]
    assert main([str(each) for each in given]) == ExitStatus.AS_EXPECTED
    lines = written.read_text(encoding="utf-8").splitlines()
    assert "- So it is." in lines
    assert "9 programs drawn by seed 1 and 0 saved ones in 1 cell: each did what it does natively." in lines


def test_the_page_is_left_as_it_is_for_what_cannot_be_its_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, written = tmp_path / "run.jsonl", tmp_path / "page.md"
    written.write_text("before")
    write(run, document())
    programs, programs_facts = tmp_path / "programs.json", tmp_path / "programs.toml"
    write_programs(programs)
    programs_facts.touch()
    given = [run, FACTS, programs, programs_facts, written]
    assert main([str(each) for each in given]) == ExitStatus.WRONG_USAGE
    assert capsys.readouterr().err == (
        f"{written} is left as it is. The run was judged by other facts than these. "
        "Let 'nox -s peers' make both.\n"
    )
    assert written.read_text() == "before"


def test_a_wrong_number_of_files_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run.jsonl"]) == ExitStatus.WRONG_USAGE
    assert capsys.readouterr().err.startswith(
        "peers.page takes DOCUMENT FACTS PROGRAMS FACTS PAGE, and not 'run.jsonl'."
    )


def test_the_page_that_is_kept_explains_by_the_facts_that_are_kept() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = {line[2:].partition(" ([discussion](")[0].rstrip(".") for line in text.splitlines()}
    facts, _ = read_with_digest(FACTS)
    of_programs = read_facts(PROGRAMS_FACTS)
    assert facts
    assert of_programs
    assert {fact.reason[:1].upper() + fact.reason[1:] for fact in of_programs} - shown == set()
    assert {fact.reason[:1].upper() + fact.reason[1:] for fact in facts} - shown == set()


def test_the_page_that_is_kept_is_of_the_peers_and_loops_that_are_declared() -> None:
    text = PAGE.read_text(encoding="utf-8")
    declared = read_configuration()
    pinned = [
        *declared.implementations["backports.asyncio.runner"].requires,
        *declared.implementations["taskgroup"].requires,
        *declared.loops["uvloop"].requires,
    ]
    assert len(pinned) == 3
    assert [one for one in pinned if one not in text] == []


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/peers.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
