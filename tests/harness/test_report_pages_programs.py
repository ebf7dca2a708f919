"""Generated programs on the report's pages: verdict, differences in full, declared divergences with their witnesses, census."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.report.pages.traces import beside
from paged import Page, paged
from programs_results import CELL, NATIVE, OTHER_CELL, TRACE, difference, programs_of, saved
from results import GOOD, document_of

OLD = [["s0", "get_loop", "old"]]
NAMES = (NATIVE, CELL)


def told(folder: Path, **more: Any) -> str:
    """What the page says of a campaign."""
    return page_of(folder, **more).text("programs")


def page_of(folder: Path, **more: Any) -> Page:
    return paged(folder / "report", document_of(GOOD), programs=[programs_of(folder, **more)])


def declared(**more: Any) -> dict[str, Any]:
    one = {
        "name": "old-loop",
        "reason": "it is the old one",
        "link": "docs/divergences.md",
        "witness": "loop-twice",
        "implementation": "runner_backport",
        "loop": "*",
        "python": "<3.11",
    }
    shown = {
        "divergence": "old-loop",
        "cell": CELL,
        "baseline": NATIVE,
        "native": TRACE,
        "subject": OLD,
        "control": None,
    }
    witness = saved(declared={"old-loop": [CELL, OTHER_CELL]}, traces=[shown])
    return {"divergences": [one], "declared": {"old-loop": 7}, "saved": {"loop-twice": witness}, **more}


def test_a_campaign_is_summed_up_in_its_section_and_in_the_head(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    assert "✓ 2,000 programs on 2 cells, seed 1: 0 differences beyond what is declared" in page.text(
        "programs"
    )
    assert "✓ Generated programs : 2,000 on 2 cells, 0 differences" in page.text("overview")


def test_a_run_that_is_as_expected_beside_a_campaign_that_is_not_is_no_good_report(tmp_path: Path) -> None:
    page = page_of(tmp_path, status=1, differences=[difference()])
    assert "✗ Conformance of" in page.text()


def test_a_difference_has_its_program_its_traces_its_cells_and_its_replay(tmp_path: Path) -> None:
    said = told(tmp_path, differences=[difference(native=TRACE, subject=OLD)], status=1)
    assert "D! get_loop: new → old differential/runner_backport/3.8.18/asyncio, program 1.17" in said
    assert "2 runner0.get_loop()" in said
    assert "s0: get_loop new | s0: get_loop old" in said
    assert f"3 programs differ so: {CELL} (3)" in said
    assert (
        "conformance replay .conformance/differences/runner_backport-3.8.18-asyncio-get_loop.json --python 3.8.18"
        in said
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"shrunk": False}, "It was not made as small as it can be."),
        ({"steady": False}, "It did not differ again in fresh workers"),
        ({"steady": None}, "It was not asked about again"),
    ],
)
def test_how_sure_a_difference_is_is_said(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    assert words in told(tmp_path, differences=[difference(**more)], status=1)


def test_a_difference_without_a_file_is_replayed_by_its_number(tmp_path: Path) -> None:
    assert "conformance replay 1.17 --python" in told(tmp_path, differences=[difference(file=None)], status=1)


def test_a_difference_is_replayed_with_the_configuration_that_it_was_found_with(tmp_path: Path) -> None:
    arguments = ["fuzz", "--config=/own.toml", "--seed=1"]
    said = told(tmp_path, differences=[difference()], status=1, arguments=arguments)
    assert "--implementation runner_backport --config=/own.toml" in said


def test_a_declared_divergence_has_its_reason_and_its_witness_with_traces(tmp_path: Path) -> None:
    said = told(tmp_path, **declared())
    assert (
        "old-loop runner_backport on every loop, Python <3.11 · 7 changes it is the old one. docs/divergences.md"
        in said
    )
    assert f"Witness: loop-twice, A loop that is asked for twice. – shown in {CELL}, {OTHER_CELL}" in said
    # Once there, and once with the saved program.
    assert said.count("s0: get_loop new | s0: get_loop old") == 2


def test_a_witness_that_showed_nothing_is_said_to_have_shown_nothing(tmp_path: Path) -> None:
    said = told(tmp_path, **declared(saved={"loop-twice": saved()}))
    assert "It took no change on the cells of this campaign." in said


def test_each_saved_program_says_how_it_went(tmp_path: Path) -> None:
    wrong = saved(**{"as expected": False}, said="differs: x", differs={CELL: "get_loop: new → old"})
    said = told(
        tmp_path,
        saved={"right": saved(), "wrong": wrong, "unseen": saved(**{"as expected": False}, said="not run")},
        status=1,
    )
    assert "✓ right as expected" in said
    assert "✗ wrong differs: x" in said
    assert "– unseen not run" in said


def test_the_census_shows_what_was_drawn_and_what_ran(tmp_path: Path) -> None:
    said = told(tmp_path)
    assert "Drawn Programs Ran get_loop 4 3 3" in said
    assert "loops twice 3 3" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"complete": False, "status": 130}, "It is incomplete: its campaign was interrupted"),
        ({"complete": False, "status": 3}, "It is incomplete: its campaign could not be completed"),
        (
            {"given up": {CELL: "it cannot start"}, "status": 3},
            f"{CELL} was not asked all programs: it cannot start",
        ),
        ({"never drawn": ["loops: thrice"]}, "Asked for and not exercised by these programs: loops: thrice"),
        ({"no longer needed": ["old-loop is not needed."], "status": 1}, "old-loop is not needed."),
        (
            {"lost": {CELL: {"programs": 2, "first": "1.3", "how": "timed out"}}},
            f"{CELL} lost its worker to 2 programs",
        ),
    ],
)
def test_what_a_campaign_lacks_is_said(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    assert words in told(tmp_path, **more)


@pytest.mark.parametrize(
    "more", [{"complete": False, "status": 130}, {"given up": {CELL: "why"}, "status": 3}]
)
def test_an_incomplete_campaign_makes_an_incomplete_report(tmp_path: Path, more: dict[str, Any]) -> None:
    assert "◐ Conformance of" in page_of(tmp_path, **more).text()


def test_broken_promises_and_the_interpreters_own_are_told(tmp_path: Path) -> None:
    broken = {
        "cell": CELL,
        "invariant": "x",
        "times": 2,
        "first": "program 1.3",
        "says": "a loop stayed open",
    }
    said = told(tmp_path, broken=[broken], status=1)
    assert f"2 a loop stayed open {CELL}, first in program 1.3" in said
    assert "differential/control/3.8.18/asyncio 2 changes of 1 kinds 2 run: x first in program 1.1" in said


def test_markup_in_a_program_and_in_a_trace_is_text(tmp_path: Path) -> None:
    markup = "</pre><script>x</script>"
    program = {"runners": [], "script": [{"op": "raise", "error": "ValueError", "message": markup}]}
    found = difference(program=program, native=[["s0", markup]], subject=[["s0", markup, markup]])
    page = page_of(tmp_path, differences=[found], status=1)
    assert page.text("programs").count(markup) >= 4
    plain = difference(native=TRACE, subject=OLD)
    assert page.count("script") == page_of(tmp_path, differences=[plain], status=1).count("script")


def test_no_link_of_a_declaration_leads_to_a_script(tmp_path: Path) -> None:
    more = declared()
    more["divergences"][0]["link"] = "javascript:alert(1)"
    more["saved"]["loop-twice"]["source"] = "https://example.org/source"
    page = page_of(tmp_path, **more)
    links = [attributes["href"] or "" for tag, attributes in page.elements if tag == "a"]
    assert "https://example.org/source" in links
    assert all(link.startswith(("#", "https://")) for link in links)
    assert "javascript:alert(1)" in page.text("programs")


def signs(native: list[Any], subject: list[Any], control: list[Any] | None = None) -> str:
    return " ".join(line.sign or "=" for line in beside(native, subject, control, names=NAMES).lines)


def test_events_stand_beside_those_that_they_stand_for() -> None:
    first, second, third = (["s0", "begin"], ["s1", "go"], ["s2", "end"])
    assert signs([first, second, third], [first, third]) == "= < ="
    assert signs([first, third], [first, second, third]) == "= > ="
    assert signs([first, ["s1", "go", 1]], [first, ["s1", "go", 2]]) == "= |"


def test_what_the_control_shows_too_is_the_interpreters_own() -> None:
    native, subject = [["s0", "a", 1], ["s1", "b", 1]], [["s0", "a", 2], ["s1", "b", 2]]
    assert signs(native, subject, [["s0", "a", 2], ["s1", "b", 1]]) == "~ |"


def test_of_a_lost_worker_nothing_is_the_interpreters_own() -> None:
    assert signs([["", "timed out"]], [["s0", "a"]], [["s0", "a"]]) == "> <"


def test_events_that_read_alike_are_told_apart_in_full() -> None:
    def raised(name: str) -> list[Any]:
        return [["s0", "raised", {"class": name, "args": [], "object": 1, "cause": None, "context": None}]]

    [line] = beside(raised("builtins.TimeoutError"), raised("asyncio.TimeoutError"), None, names=NAMES).lines
    assert "builtins.TimeoutError" in line.native
    assert "asyncio.TimeoutError" in line.subject
