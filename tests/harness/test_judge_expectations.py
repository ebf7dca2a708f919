"""Expectations: what they cover, when they come true, and what the file of them may say."""

from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

import conformance
from conformance.errors import UsageError
from conformance.judge import Expectation, judge, met, read_expectations, unmet
from conformance.judge.expectations import fits
from conformance.records import Judgement, Mode, Outcome, Suite, Verdict
from conformance.suites import DEFINITIONS
from results import (
    ASYNCIO,
    CELL,
    PLAN,
    TEST,
    UVLOOP,
    of_baseline,
    of_subject,
    plan_of,
    subject_cell,
)

KNOWN = Expectation(1, TEST, Verdict.DIVERGENT, "known")


def verdict_of(outcome: Outcome, *expectations: Expectation, baseline: Outcome = Outcome.PASSED) -> Judgement:
    (found,) = judge(PLAN, [of_baseline(baseline), of_subject(outcome)], expectations)
    return found


def test_a_declared_verdict_is_expected_for_its_reason() -> None:
    found = verdict_of(Outcome.FAILED, KNOWN)
    assert (found.expected, found.reason) == (True, "known")


def test_a_link_is_part_of_the_reason() -> None:
    entry = Expectation(1, TEST, Verdict.DIVERGENT, "known", link="https://example.org/1")
    assert verdict_of(Outcome.FAILED, entry).reason == "known (https://example.org/1)"


def test_a_declared_verdict_that_does_not_come_true_is_unexpected() -> None:
    found = verdict_of(Outcome.PASSED, KNOWN)
    assert (found.verdict, found.expected) == (Verdict.CONFORMANT, False)
    assert found.reason == "declared divergent in entry 1: known"


@pytest.mark.parametrize("declared", [Verdict.FLAKY, Verdict.INAPPLICABLE, Verdict.UNEXERCISED])
def test_another_verdict_than_the_declared_one_does_not_excuse_a_divergence(declared: Verdict) -> None:
    assert not verdict_of(Outcome.FAILED, Expectation(1, TEST, declared, "known")).expected


def test_an_inapplicable_test_may_be_declared_and_then_must_be_so() -> None:
    entry = Expectation(1, TEST, Verdict.INAPPLICABLE, "known")
    held = verdict_of(Outcome.PASSED, entry, baseline=Outcome.SKIPPED)
    assert (held.expected, held.reason) == (True, "known; baseline skipped")
    assert not verdict_of(Outcome.PASSED, entry).expected
    assert not verdict_of(Outcome.PASSED, KNOWN, baseline=Outcome.SKIPPED).expected


def test_a_flaky_test_may_pass() -> None:
    entry = Expectation(1, TEST, Verdict.FLAKY, "known")
    assert verdict_of(Outcome.PASSED, entry).expected
    results = [of_baseline(), of_subject(Outcome.FAILED), of_subject(attempt=2)]
    (found,) = judge(PLAN, results, [entry])
    assert (found.verdict, found.expected) == (Verdict.FLAKY, True)


def test_the_last_entry_that_names_a_test_counts() -> None:
    general = Expectation(1, "*", Verdict.DIVERGENT, "general")
    particular = Expectation(2, TEST, Verdict.INAPPLICABLE, "particular")
    assert not verdict_of(Outcome.FAILED, general, particular).expected
    assert verdict_of(Outcome.FAILED, particular, general).reason == "general"


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        ({"implementation": "runner_*"}, {"implementation": "native"}),
        ({"suite": "tasks"}, {"suite": "runners"}),
        ({"mode": "context"}, {"mode": "plain"}),
        ({"loop": "uv*"}, {"loop": "asyncio"}),
        ({"loop": "*"}, {"loop": "UVLOOP"}),
    ],
)
def test_each_condition_is_a_glob_on_a_field_of_the_judged_cell(
    fitting: dict[str, Any], other: dict[str, Any]
) -> None:
    cell = subject_cell("3.9.18", UVLOOP, Suite.TASKS, Mode.CONTEXT)
    assert fits(Expectation(1, "*", Verdict.DIVERGENT, "known", **fitting), cell)
    assert not fits(Expectation(1, "*", Verdict.DIVERGENT, "known", **other), cell)


@pytest.mark.parametrize(
    ("python", "versions"),
    [
        (">=3.8,<3.11", ["3.8.18", "3.10.13"]),
        ("==3.13.*", ["3.13.0", "3.13.0+"]),
        (">=3.13", ["3.13.0", "3.13.0+", "3.14.0a2"]),
    ],
)
def test_python_is_a_specifier_on_the_judged_interpreter(python: str, versions: list[str]) -> None:
    entry = Expectation(1, "*", Verdict.DIVERGENT, "known", python=SpecifierSet(python))
    everything = ["3.8.18", "3.10.13", "3.11.7", "3.13.0", "3.13.0+", "3.14.0a2"]
    assert [version for version in everything if fits(entry, subject_cell(version))] == versions


def test_an_entry_without_a_test_is_unmet_and_names_the_cells_that_it_fits() -> None:
    other = subject_cell(loop=UVLOOP)
    plan = plan_of(CELL, other)
    judgements = judge(plan, [of_baseline(), of_subject()], ())
    gone = Expectation(4, "test_runners.Gone.*", Verdict.DIVERGENT, "was so")
    (found,) = unmet([KNOWN, gone], plan, judgements, filtered=False)
    assert (found.number, found.test, found.cells) == (4, gone.test, (CELL.name,))


@pytest.mark.parametrize(
    "entry",
    [
        Expectation(1, "*.test_run", Verdict.DIVERGENT, "matches"),
        Expectation(1, "gone", Verdict.DIVERGENT, "of a cell that is not planned", loop="uvloop"),
    ],
)
def test_an_entry_that_is_met_or_whose_cells_were_not_run_is_left_alone(entry: Expectation) -> None:
    judgements = judge(PLAN, [of_baseline(), of_subject()], ())
    assert unmet([entry], PLAN, judgements, filtered=False) == ()


def test_the_entries_that_are_met_are_those_with_a_test_of_a_cell_that_was_run() -> None:
    judgements = judge(PLAN, [of_baseline(), of_subject()], ())
    entries = [
        Expectation(1, "gone", Verdict.DIVERGENT, "was so"),
        Expectation(2, "*.test_run", Verdict.DIVERGENT, "whether it comes true or not"),
        Expectation(3, TEST, Verdict.DIVERGENT, "of a cell that is not planned", loop="uvloop"),
        Expectation(4, TEST, Verdict.INAPPLICABLE, "the same test"),
    ]
    assert met(entries, PLAN, judgements) == (2, 4)
    assert met(entries, PLAN, []) == ()


def test_a_cell_of_the_plan_without_a_verdict_was_not_run() -> None:
    gone = Expectation(1, "gone", Verdict.DIVERGENT, "was so")
    assert unmet([gone], PLAN, [], filtered=False) == ()


def test_where_only_some_tests_were_asked_for_no_entry_is_unmet() -> None:
    judgements = judge(PLAN, [of_baseline(), of_subject()], ())
    gone = Expectation(1, "gone", Verdict.DIVERGENT, "was so")
    assert unmet([gone], PLAN, judgements, filtered=True) == ()


ENTRY = '[[expectation]]\ntest = "t.*"\nverdict = "divergent"\nreason = "known"\n'


def read(folder: Path, text: str) -> tuple[Expectation, ...]:
    path = folder / "expectations.toml"
    path.write_text(text, "utf-8")
    return read_expectations(path)


def test_a_file_says_all_that_an_expectation_has(tmp_path: Path) -> None:
    text = (
        f'{ENTRY}link = "https://example.org"\nimplementation = "runner_*"\nsuite = "tasks"\nmode = "context"\n'
        f'loop = "uvloop"\npython = ">=3.8"\n{ENTRY}'
    )
    full, short = read(tmp_path, text)
    assert full == Expectation(
        number=1,
        test="t.*",
        verdict=Verdict.DIVERGENT,
        reason="known",
        link="https://example.org",
        implementation="runner_*",
        suite="tasks",
        mode="context",
        loop="uvloop",
        python=SpecifierSet(">=3.8"),
    )
    assert short == Expectation(2, "t.*", Verdict.DIVERGENT, "known")


def test_an_empty_file_declares_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            'verdict = "wrong"',
            "verdict = 'wrong'. It must be one of: divergent, flaky, inapplicable, unexercised.",
        ),
        ('verdict = "conformant"', "verdict = 'conformant'. It must be one of: divergent,"),
        ('suite = "runner"', "suite = 'runner'. It must be one of: runners, tasks, async_case."),
        ('mode = "Plain"', "mode = 'Plain'. It must be one of: plain, context."),
        ('python = "3.8"', "python = '3.8'. It must be like '>=3.8,<3.11'"),
        ('reason = " "', "reason = ' '. It must be a text that is not empty."),
        ("loop = 3", "loop = 3. It must be a text"),
        (
            'lop = "x"',
            "unknown key 'lop'. The keys are: implementation, suite, mode, loop, python, test, verdict,",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_accepted(tmp_path: Path, line: str, complaint: str) -> None:
    key = line.partition(" ")[0]
    entry = "".join(f"{old}\n" for old in ENTRY.splitlines() if not old.startswith(f"{key} "))
    with pytest.raises(UsageError) as caught:
        read(tmp_path, f"{ENTRY}{entry}{line}\n")
    assert f"{tmp_path / 'expectations.toml'}, entry 2 (t.*) has {complaint}" in str(caught.value)


@pytest.mark.parametrize("key", ["test", "verdict", "reason"])
def test_an_entry_lacks_none_of_what_it_needs(tmp_path: Path, key: str) -> None:
    entry = "".join(f"{line}\n" for line in ENTRY.splitlines() if not line.startswith(key))
    with pytest.raises(
        UsageError, match=rf"entry 1 \(.*\) has no {key}\. Every entry has test, verdict, reason"
    ):
        read(tmp_path, entry)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"[[expectation", "is not valid TOML"),
        (b"\xff", "is not valid TOML"),
        (b"[[expectations]]", "has the unknown key 'expectations'"),
        (b"[expectation]", "'expectation' is not a list of tables"),
        (b"expectation = [1]", "'expectation' is not a list of tables"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "expectations.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_expectations(path)
    assert str(path) in str(caught.value)
    assert complaint in str(caught.value)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.toml cannot be read: No such file or directory\."):
        read_expectations(tmp_path / "gone.toml")


def test_the_project_s_own_file_declares_what_native_does_not_pass() -> None:
    entries = read_expectations(Path(conformance.__file__).with_name("expectations.toml"))
    cells = [
        subject_cell(version, loop, suite)
        for version in ("3.8.18", "3.12.1", "3.13.0")
        for loop in (ASYNCIO, UVLOOP)
        for suite in DEFINITIONS
    ]
    covered = {
        (entry.test, entry.verdict, cell.suite, cell.interpreter.series, cell.loop.name)
        for entry in entries
        for cell in cells
        if fits(entry, cell)
    }
    debug, uncancel = (
        "test_runners.RunTests.test_asyncio_run_debug",
        "test_runners.RunTests.test_asyncio_run_without_uncancel",
    )
    assert covered == {
        (debug, Verdict.INAPPLICABLE, Suite.RUNNERS, "3.8", "uvloop"),
        (debug, Verdict.INAPPLICABLE, Suite.RUNNERS, "3.12", "uvloop"),
        (debug, Verdict.INAPPLICABLE, Suite.RUNNERS, "3.13", "uvloop"),
        (uncancel, Verdict.INAPPLICABLE, Suite.RUNNERS, "3.13", "asyncio"),
    }
