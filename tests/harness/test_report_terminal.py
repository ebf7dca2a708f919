"""The report as it is read, on narrow and wide terminals: the lines that matter, word for word."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve
from rich.console import Console

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import (
    Judgement,
    Missing,
    Outcome,
    Plan,
    Result,
    Shard,
    Verdict,
)
from conformance.report.terminal import render
from results import (
    BASELINE,
    CELL,
    PLAN,
    TEST,
    TRACEBACK,
    judgement,
    of_subject,
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
    results: Sequence[Result] = (),
    path: Path | None = None,
    shards: Sequence[Shard] = (),
    renewal: Sequence[str] = (),
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
        shards=shards,
        renewal=renewal,
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
    lines = rendered(
        [passed], unmet=[Unmet(4, "test_gone.*", Verdict.FLAKY, "was so", cells)], renewal=["run.jsonl"]
    )
    assert section(lines, "Not as declared") == [
        f"conformant  {TEST}: declared divergent in entry 1:",
        "            known",
        f"            in {CELL.name}",
        "no test     test_gone.*: declared flaky in entry 4: was so",
        "            no such test in cell0, cell1, cell2 and 6 more cells",
        "To take such entries out: python -m conformance expectations update run.jsonl",
    ]
    assert not any(line.startswith("Unexpected") for line in lines)


def test_the_command_that_takes_entries_out_is_one_for_a_shell() -> None:
    unmet = [Unmet(4, "test_gone.*", Verdict.FLAKY, "was so", (CELL.name,))]
    renewal = ["a run.jsonl", "--config", "own.toml"]
    lines = rendered([judgement(Verdict.CONFORMANT)], unmet=unmet, renewal=renewal, width=120)
    told = section(lines, "Not as declared")[-1]
    assert told.endswith(": python -m conformance expectations update 'a run.jsonl' --config own.toml")


def test_no_entry_is_to_be_taken_out_for_a_baseline_that_was_lost() -> None:
    lost = judgement(Verdict.INAPPLICABLE, expected=False, reason="baseline timed-out: after 60 s")
    lines = rendered([lost], renewal=["run.jsonl"])
    assert not any("expectations update" in line for line in lines)


def test_no_entry_is_to_be_taken_out_where_that_is_not_possible() -> None:
    passed = judgement(Verdict.CONFORMANT, expected=False, reason="declared divergent in entry 1: known")
    assert not any("expectations update" in line for line in rendered([passed]))


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
    render(console, PLAN, [DIVERGENT], results=(), status=ExitStatus.UNEXPECTED_VERDICT)
    assert "\x1b[1;31m" in file.getvalue()
    words = re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()).split()
    assert " ".join(words) == " ".join(" ".join(rendered([DIVERGENT])).split())
