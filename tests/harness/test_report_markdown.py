"""The report as Markdown: all that a reader of a step's summary needs, nothing that acts, and never more than GitHub takes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.judge import Unmet
from conformance.records import Missing, Outcome, Shard, Verdict
from conformance.report import Document, merge
from conformance.report.gathering import Gathered
from conformance.report.markdown import LIMIT_BYTES, markdown
from conformance.report.markup import code, details, escaped, table
from programs_results import CELL as PROGRAMS_CELL
from programs_results import difference, programs_of, saved
from results import (
    CELL,
    GOOD,
    OTHER,
    PLAN,
    TRACEBACK,
    UVLOOP,
    document_of,
    judgement,
    of_subject,
    plan_of,
    subject_cell,
)

ON_UVLOOP = subject_cell(loop=UVLOOP)
FAILED = judgement(
    Verdict.DIVERGENT, test="bad", expected=False, subject=of_subject(Outcome.FAILED, "bad", TRACEBACK)
)


def text_of(document: Document) -> str:
    return markdown(Gathered(merge([(Path("a.jsonl"), document)])))


class _Shown(HTMLParser):
    """What a page shows, and the elements that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(text: str) -> _Shown:
    """Markdown as a reader of GitHub's kind renders it."""
    page = _Shown()
    page.feed(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text))
    return page


def test_the_first_line_says_how_it_ended() -> None:
    assert "✅ **All as expected: 1 cell, conformant 1 of 1.**" in text_of(document_of(GOOD))
    assert "❌" not in text_of(document_of(GOOD))


@pytest.mark.parametrize("document", [document_of(GOOD, footer=False), document_of(GOOD, interrupted=True)])
def test_what_is_incomplete_is_said(document: Document) -> None:
    text = text_of(document)
    assert "⚠️ a.jsonl is incomplete: its run did not come to its end." in text
    assert text.splitlines()[2].startswith("⚠️ **")


def test_the_matrix_has_a_row_for_each_interpreter_and_a_column_for_each_loop() -> None:
    document = document_of(
        GOOD,
        judgement(Verdict.DIVERGENT, ON_UVLOOP, expected=False),
        judgement(Verdict.INAPPLICABLE, ON_UVLOOP, test="other"),
        plan=plan_of(CELL, ON_UVLOOP, OTHER),
    )
    text = text_of(document)
    assert "### runner_backport\n\n| suite | Python | asyncio | uvloop |\n| --- | --- | --- | --- |\n" in text
    assert "| runners | 3.8.18 | ✅ 1 of 1 | ❌ 0 of 2<br>1 divergent<br>1 inapplicable |" in text
    assert "| runners | 3.9.18 | ⚠️ not run | – |" in text


def test_the_legend_says_what_its_mark_is_not_about() -> None:
    legend = "✅: all as expected, declared divergences among it."
    assert legend in text_of(document_of(GOOD))


def test_asyncio_is_the_first_column_whatever_cell_came_first() -> None:
    plan = plan_of(subject_cell("3.8.18", UVLOOP), CELL)
    assert "| suite | Python | asyncio | uvloop |" in text_of(document_of(GOOD, plan=plan))


def test_an_unexpected_verdict_unfolds_to_its_traceback_and_command() -> None:
    text = text_of(document_of(FAILED))
    assert f"<details><summary>divergent <code>bad</code> in <code>{CELL.name}</code></summary>" in text
    assert TRACEBACK.strip() in text
    assert "--suite runners -k bad" in text


def test_what_is_alike_in_several_cells_is_told_once() -> None:
    other = evolve(FAILED, cell=ON_UVLOOP.name)
    text = text_of(document_of(FAILED, other, plan=plan_of(CELL, ON_UVLOOP)))
    assert text.count("<details>") == 1
    assert "2 divergent or flaky verdicts" in text


def test_what_is_declared_stands_with_its_reason() -> None:
    text = text_of(document_of(GOOD, judgement(Verdict.DIVERGENT, test="other", reason="known")))
    assert f"- divergent: known: <code>other</code> in <code>{CELL.name}</code>" in text


def test_what_is_not_as_declared_is_said() -> None:
    unmet = Unmet(4, "gone", Verdict.FLAKY, "was so", (CELL.name,))
    untrue = judgement(Verdict.CONFORMANT, expected=False, reason="declared divergent in entry 1: known")
    text = text_of(document_of(untrue, unmet=[unmet]))
    assert "- conformant: declared divergent in entry 1: known: <code>" in text
    assert "- no test <code>gone</code>: declared flaky in entry 4: was so" in text


def test_a_missing_interpreter_is_said() -> None:
    document = document_of(GOOD, plan=evolve(PLAN, missing=(Missing("3.9", "Install it."),)))
    assert "- Python 3.9 was not found. Install it." in text_of(document)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a | b",
        "`code` **bold** _it_ ~~gone~~ [link](http://x)",
        "![picture](http://x)",
        "@somebody and #17",
        "&lt; &#35;",
        "$x^2$",
        "# no heading",
        "- no list",
        "1. no list",
        "> no quotation",
        "\\*",
        "=====",
        "__init__ and a_b_c",
    ],
)
def test_a_text_is_shown_as_it_stands(text: str) -> None:
    for markup in (
        escaped(text),
        f"before {code(text)} behind",
        f"- {escaped(text)}",
        table(["x"], [[escaped(text)]]),
    ):
        page = shown(markup)
        assert text in page.text
        assert not {"script", "em", "strong", "del", "a", "img", "h1", "ol", "blockquote"} & {*page.elements}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=200, derandomize=True, database=None, deadline=None)
def test_no_text_leaves_the_row_or_the_entry_that_it_stands_in(text: str) -> None:
    page = shown(table(["one", "two"], [[escaped(text), "next"]]))
    assert page.elements == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert page.text.rstrip().endswith("next")
    entry = shown(f"- {escaped(text)} end")
    assert set(entry.elements) <= {"ul", "li"}


@given(st.text("`~\n<>/details- x", max_size=60))
@settings(max_examples=200, derandomize=True, database=None, deadline=None)
def test_no_traceback_leaves_its_block(text: str) -> None:
    page = shown(details("title", f"x{text}x") + "\n\nbehind")
    assert page.elements == ["details", "summary", "pre", "code", "p"]
    assert page.text.rstrip().endswith("behind")


@pytest.mark.parametrize("fence", ["```", "~~~", "``````"])
def test_a_fence_in_a_traceback_does_not_end_its_block(fence: str) -> None:
    page = shown(details("title", f"before\n{fence}\n<b>inside</b>\n{fence}\n") + "\n\nbehind")
    assert page.elements == ["details", "summary", "pre", "code", "p"]


def test_it_is_cut_at_the_limit_and_says_so() -> None:
    many = [
        judgement(
            Verdict.DIVERGENT,
            test=f"test_{number}",
            expected=False,
            subject=of_subject(Outcome.FAILED, f"test_{number}", f"{number} ☃" * 4_000),
        )
        for number in range(200)
    ]
    text = text_of(document_of(*many))
    assert LIMIT_BYTES // 2 < len(text.encode()) <= LIMIT_BYTES
    assert re.search(
        r"\*\*Cut off here:\*\* \d+ parts of this report would go beyond the 1,048,576 bytes",
        text.splitlines()[-1],
    )
    assert text.count("<details>") == text.count("</details>") > 0


def test_what_is_short_enough_is_not_cut() -> None:
    assert "Cut off" not in text_of(document_of(FAILED))


def test_differences_of_programs_are_told_with_the_smallest_program(tmp_path: Path) -> None:
    document = programs_of(
        tmp_path,
        status=1,
        differences=[difference()],
        saved={"loop-twice": saved(differs={PROGRAMS_CELL: "get_loop: x"})},
        declared={"known-one": 12},
    )
    text = markdown(Gathered(None, (document,)))
    assert (
        "❌ **Not as expected: 2,000 programs of seed 1 on 2 cells, 1 difference, 1 saved program not" in text
    )
    assert f"<summary>get_loop: new → old in <code>{PROGRAMS_CELL}</code>: 3 programs</summary>" in text
    assert "1  runner0 = Runner()" in text
    assert f"- saved program <code>loop-twice</code> in <code>{PROGRAMS_CELL}</code>: get_loop: x" in text
    assert "| <code>known-one</code> | 12 |" in text


def test_a_cell_of_a_missing_shard_is_not_taken_for_one_that_there_is_not() -> None:
    on_another = subject_cell("3.9.18", UVLOOP)
    document = document_of(
        judgement(Verdict.CONFORMANT),
        judgement(Verdict.CONFORMANT, on_another),
        plan=plan_of(CELL, on_another),
        shard=Shard(1, 2),
        whole=(CELL.name, on_another.name, ON_UVLOOP.name),
    )
    text = text_of(document)
    assert "| runners | 3.8.18 | ✅ 1 of 1 | ⚠️ not here |" in text
    assert "| runners | 3.9.18 | – | ✅ 1 of 1 |" in text
    assert "Of the whole plan 1 cell is not here" in text
