"""The report as it is read, on narrow and wide terminals: the lines that matter, word for word."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import evolve
from rich.console import Console

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import (
    Cell,
    Implementation,
    Judgement,
    Missing,
    Mode,
    Outcome,
    Plan,
    Result,
    Suite,
    Verdict,
)
from conformance.report.terminal import render
from results import (
    BASELINE,
    CELL,
    PLAN,
    TEST,
    TRACEBACK,
    UVLOOP,
    judgement,
    of_subject,
    plan_of,
    subject_cell,
)

FAILED = of_subject(Outcome.FAILED, detail=TRACEBACK)
TITLE = re.compile(r"[\w :]+ ─+")
DIVERGENT = judgement(Verdict.DIVERGENT, expected=False, subject=FAILED)


def rendered(
    judgements: Sequence[Judgement],
    plan: Plan = PLAN,
    *,
    width: int = 80,
    unmet: Sequence[Unmet] = (),
    tracebacks: int = 25,
    encoding: str = "utf-8",
    results: Sequence[Result] | None = None,
    path: Path | None = None,
    status: ExitStatus | None = ExitStatus.AS_EXPECTED,
) -> list[str]:
    """Return the lines of the report without the blanks that they end with."""
    bytes_ = io.BytesIO()
    file = io.TextIOWrapper(bytes_, encoding=encoding)
    console = Console(file=file, width=width, color_system=None)
    if status is ExitStatus.AS_EXPECTED and (unmet or not all(found.expected for found in judgements)):
        status = ExitStatus.UNEXPECTED_VERDICT
    render(
        console,
        plan,
        judgements,
        unmet=unmet,
        status=status,
        results=results,
        path=path,
        tracebacks=tracebacks,
    )
    file.flush()
    lines = [line.rstrip() for line in bytes_.getvalue().decode(encoding).split("\n")]
    assert all(len(line) <= width for line in lines)
    return lines


def section(lines: Sequence[str], title: str) -> list[str]:
    """Return the lines that stand below a title, up to the next title or the closing line."""
    (start,) = (number for number, line in enumerate(lines) if line.startswith(title))
    closing = max(number for number, line in enumerate(lines[:-1]) if not line)
    titles = [number for number in range(start + 1, closing) if TITLE.fullmatch(lines[number])]
    return [line for line in lines[start + 1 : min(titles, default=closing)] if line]


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


def test_declared_divergences_are_a_line_each_with_their_reason_and_no_traceback() -> None:
    declared = evolve(DIVERGENT, expected=True, reason="known [here]")
    lines = rendered([declared])
    assert section(lines, "Divergent or flaky as declared") == [
        f"divergent  {TEST}: known [here]",
        f"           in {CELL.name}",
    ]
    assert not any("Traceback" in line or line.startswith("Unexpected") for line in lines)


def test_declared_tests_with_one_reason_in_the_same_cells_are_told_of_at_once() -> None:
    declared = [
        evolve(DIVERGENT, test=f"t.{number}", cell=cell, expected=True, reason="known")
        for cell in (CELL.name, "another")
        for number in range(5)
    ]
    elsewhere = evolve(DIVERGENT, test="t.9", expected=True, reason="known")
    lines = rendered([*declared, elsewhere])
    assert section(lines, "Divergent or flaky as declared") == [
        "divergent  t.0, t.1 and 3 more tests: known",
        f"           in {CELL.name}, another",
        "divergent  t.9: known",
        f"           in {CELL.name}",
    ]


def test_expectations_that_no_longer_come_true_are_named_with_their_entry() -> None:
    passed = judgement(Verdict.CONFORMANT, expected=False, reason="declared divergent in entry 1: known")
    cells = tuple(f"cell{number}" for number in range(9))
    lines = rendered([passed], unmet=[Unmet(4, "test_gone.*", Verdict.FLAKY, "was so", cells)])
    assert section(lines, "Not as declared") == [
        f"conformant  {TEST}: declared divergent in entry 1:",
        "            known",
        f"            in {CELL.name}",
        "no test     test_gone.*: declared flaky in entry 4: was so",
        "            no such test in cell0, cell1, cell2 and 6 more cells",
        "To take such entries out: python -m conformance expectations update FILE",
    ]
    assert not any(line.startswith("Unexpected") for line in lines)


def test_the_command_that_takes_entries_out_names_the_document() -> None:
    unmet = [Unmet(4, "test_gone.*", Verdict.FLAKY, "was so", (CELL.name,))]
    lines = rendered([judgement(Verdict.CONFORMANT)], unmet=unmet, path=Path("a run.jsonl"), width=120)
    assert section(lines, "Not as declared")[-1].endswith(" expectations update 'a run.jsonl'")


def test_no_entry_is_to_be_taken_out_for_a_baseline_that_was_lost() -> None:
    lost = judgement(Verdict.INAPPLICABLE, expected=False, reason="baseline timed-out: after 60 s")
    assert not any("expectations update" in line for line in rendered([lost]))


@pytest.mark.parametrize("status", [None, ExitStatus.INTERRUPTED])
def test_no_entry_is_to_be_taken_out_for_half_a_run(status: ExitStatus | None) -> None:
    passed = judgement(Verdict.CONFORMANT, expected=False, reason="declared divergent in entry 1: known")
    assert not any("expectations update" in line for line in rendered([passed], status=status))


def test_missing_interpreters_are_named_with_what_to_do() -> None:
    plan = evolve(PLAN, missing=(Missing("3.9", "Run `pyenv install 3.9`."),))
    lines = rendered([judgement(Verdict.CONFORMANT)], plan)
    assert section(lines, "Missing interpreters") == ["3.9  Run `pyenv install 3.9`."]


def test_a_good_run_is_a_table_and_one_line() -> None:
    assert rendered([judgement(Verdict.CONFORMANT)]) == [
        "",
        "runner_backport · runners",
        "  python loop    conformant divergent flaky inapplicable unexercised",
        "  3.8.18 asyncio     1 of 1         ·     ·            ·           · ✓",
        "",
        "All as expected: 1 cell, conformant 1 of 1.",
        "",
    ]


def test_a_report_without_any_judged_cell_can_be_printed() -> None:
    assert rendered([], Plan((BASELINE,)))[-2] == "All as expected: nothing was judged."


def test_colour_is_used_where_there_is_some_and_changes_no_word() -> None:
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system="standard", no_color=False)
    render(console, PLAN, [DIVERGENT], status=ExitStatus.UNEXPECTED_VERDICT)
    assert "\x1b[1;31m" in file.getvalue()
    words = re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()).split()
    assert " ".join(words) == " ".join(" ".join(rendered([DIVERGENT])).split())
