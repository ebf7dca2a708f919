"""The table of verdicts as it is read, on narrow and wide terminals, and the reasons of what was inapplicable."""

import pytest
from attrs import evolve

from conformance.records import Cell, Implementation, Judgement, Mode, Suite, Verdict
from results import CELL, UVLOOP, judgement, plan_of, subject_cell
from test_report_terminal import DIVERGENT, rendered, section


def tally(cell: Cell, **counts: int) -> list[Judgement]:
    return [
        judgement(Verdict(verdict), cell, f"test_{verdict}_{number}", reason=f"why {verdict}")
        for verdict, count in counts.items()
        for number in range(count)
    ]


def test_the_table_has_a_row_for_each_cell_out_of_all_its_tests() -> None:
    tasks = subject_cell("3.10.13", UVLOOP, Suite.TASKS, Mode.CONTEXT)
    peer = subject_cell("3.9.18", implementation=Implementation("peer", "peer:Runner"))
    judgements = [
        *tally(tasks, conformant=1500, divergent=1, flaky=2, inapplicable=204, unexercised=365),
        *tally(CELL, conformant=25, inapplicable=1),
        DIVERGENT,
    ]
    lines = rendered(judgements, plan_of(tasks, subject_cell("3.10.13"), CELL, peer))
    assert lines[: lines.index("Why inapplicable " + "─" * 63)] == [
        "",
        "runner_backport · runners",
        "  python  loop        conformant divergent flaky inapplicable unexercised",
        "  3.8.18  asyncio       25 of 27         1     ·            1           · ✗ 1",
        "  3.10.13 asyncio     no verdict         ·     ·            ·           ·",
        "",
        "runner_backport · tasks+context",
        "  python  loop        conformant divergent flaky inapplicable unexercised",
        "  3.10.13 uvloop  1,500 of 2,072         1     2          204         365 ✓",
        "",
        "peer · runners",
        "  python  loop        conformant divergent flaky inapplicable unexercised",
        "  3.9.18  asyncio     no verdict         ·     ·            ·           ·",
        "",
        "✗ N: N of the cell's verdicts are unexpected; they are told of below",
        "unexercised: the test makes no Runner or Task of the implementation",
        "",
    ]


def test_on_a_narrow_terminal_the_heads_of_the_table_are_short_and_explained() -> None:
    tasks = subject_cell("3.10.13", UVLOOP, Suite.TASKS)
    found = tally(tasks, conformant=1500, divergent=1, flaky=2, inapplicable=204, unexercised=365)
    lines = rendered(found, plan_of(tasks), width=60)
    assert lines[:9] == [
        "",
        "runner_backport · tasks",
        "  python  loop            conf. div. fl. inapp. unex.",
        "  3.10.13 uvloop 1,500 of 2,072    1   2    204   365 ✓",
        "",
        "conf.: conformant, div.: divergent, fl.: flaky, inapp.:",
        "inapplicable, unex.: unexercised",
        "unexercised: the test makes no Runner or Task of the",
        "implementation",
    ]


@pytest.mark.parametrize("width", [50, 60, *range(70, 76), 89, 90])
def test_no_head_of_the_table_is_cut(width: int) -> None:
    lines = rendered([judgement(Verdict.CONFORMANT)], width=width)
    words = {"conformant", "divergent", "flaky", "inapplicable", "unexercised"}
    short = {"conf.", "div.", "fl.", "inapp.", "unex."}
    assert set(lines[2].split()) - {"python", "loop"} in (words, short)


def test_interpreters_stand_in_the_order_of_their_numbers_and_loops_in_that_of_the_plan() -> None:
    cells = [
        subject_cell("3.10.13", UVLOOP),
        subject_cell("3.10.13"),
        subject_cell("3.9.18"),
        subject_cell("3.9.18", UVLOOP),
    ]
    lines = rendered([judgement(Verdict.CONFORMANT, cell) for cell in cells], plan_of(*cells))
    rows = [line.split()[:2] for line in lines if line.startswith("  3.")]
    assert rows == [
        ["3.9.18", "uvloop"],
        ["3.9.18", "asyncio"],
        ["3.10.13", "uvloop"],
        ["3.10.13", "asyncio"],
    ]


def test_suites_and_modes_stand_in_the_order_of_the_design_and_implementations_in_that_of_the_plan() -> None:
    peer = Implementation("a_peer", "peer:Runner")
    cells = [
        subject_cell(suite=Suite.TASKS, mode=Mode.CONTEXT),
        subject_cell(implementation=peer),
        subject_cell(suite=Suite.TASKS),
        subject_cell(),
    ]
    lines = rendered([judgement(Verdict.CONFORMANT, cell) for cell in cells], plan_of(*cells))
    assert [line for line in lines if " · " in line and not line.startswith(" ")] == [
        "runner_backport · runners",
        "runner_backport · tasks",
        "runner_backport · tasks+context",
        "a_peer · runners",
    ]


def test_reasons_of_inapplicable_tests_are_counted_once_for_all_that_share_a_baseline() -> None:
    cells = [
        subject_cell(version, UVLOOP, Suite.TASKS, mode) for version in ("3.8.18", "3.9.18") for mode in Mode
    ]
    judgements = [
        judgement(Verdict.INAPPLICABLE, cell, f"t{number}", reason=reason)
        for cell in cells
        for number, reason in enumerate(
            ["baseline skipped: mocked clock"] * 3 + ["baseline failed: at 0x7f1"]
        )
    ]
    # An address is another one each time.
    judgements[-1] = evolve(judgements[-1], reason="baseline failed: at 0x7f2")
    assert section(rendered(judgements, plan_of(*cells)), "Why inapplicable") == [
        "runner_backport · tasks",
        "runner_backport · tasks+context",
        "  6  baseline skipped: mocked clock",
        "     uvloop 3.8.18 ×3, 3.9.18 ×3",
        "  2  baseline failed: at 0x…",
        "     t3",
        "     uvloop 3.8.18, 3.9.18",
    ]


def test_a_long_list_of_reasons_says_how_much_it_leaves_out() -> None:
    judgements = [
        judgement(Verdict.INAPPLICABLE, test=f"t{number}.{part}", reason=f"reason {number}")
        for number in range(15)
        for part in range(20 - number)
    ]
    lines = section(rendered(judgements), "Why inapplicable")
    assert "  20  reason 0" in lines
    assert lines[-1] == "  21  for 3 more reasons, which the document has"
    assert sum(int(line.split()[0]) for line in lines if line[:6].strip().isdigit()) == len(judgements)
