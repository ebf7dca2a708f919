"""The command line as a user meets it: from a configuration of their own to a verdict, and every way to an exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from attrs import frozen

from conformance.errors import ExitStatus
from conformance.records import Interpreter, Outcome, Verdict
from conformance.report.document import Document
from conformance.report.reading import read_document
from miniatures import PATIENCE_SECONDS, Lifeline, interpreter_or_skip, write
from wrong_runners import DIVERGING, TESTS, bring

pytest_plugins = ["miniatures"]

PROJECT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "conformance")
NARROW = ("--python", "3.11", "--loop", "asyncio", "--suite", "runners", "--source", "interpreter")


@frozen
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str


def conformance(*arguments: object) -> Said:
    # A store of its own for each run: none takes another's results.
    with tempfile.TemporaryDirectory() as folder:
        store = ["--store", f"{folder}/store.sqlite"] if arguments[:1] == ("run",) else []
        done = subprocess.run(
            [*COMMAND, *map(str, arguments), *store],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * PATIENCE_SECONDS,
        )
    assert "Traceback" not in done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def upstream_311() -> Interpreter:
    """The release whose tests are run; without it they would have to be fetched."""
    interpreter = interpreter_or_skip("3.11")
    if interpreter.version != "3.11.7":
        pytest.skip(f"CPython 3.11.7 is not installed, only {interpreter.version}")
    return interpreter


def diverging(name: str, suite: str) -> set[str]:
    """The tests of the suite that should diverge for the Runner of this name."""
    return {test for test in DIVERGING[name] if test.startswith(f"test_{suite}.")}


@frozen
class Judged:
    said: Said
    document: Document


@pytest.fixture(scope="session")
def judged(upstream_311: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """A run over Runners of which all but one are wrong, of each suite that judges a Runner."""
    folder = tmp_path_factory.mktemp("brought")
    config, out = bring(folder, *DIVERGING), folder / "results.jsonl"
    suites = [word for suite in TESTS for word in ("--suite", suite)]
    said = conformance("run", *NARROW, *suites, "--config", config, "--out", out, "--timeout", 10)
    return Judged(said, read_document(out))


def test_wrong_runners_make_an_unexpected_verdict(judged: Judged) -> None:
    assert judged.said.status == ExitStatus.UNEXPECTED_VERDICT
    assert judged.said.err == ""


def test_what_a_users_file_declares_is_judged_and_nothing_else(judged: Judged) -> None:
    plan = judged.document.header.plan
    assert [cell.name for cell in plan.cells] == [
        f"{suite}/{name}/3.11.7/asyncio" for name in ("native", *DIVERGING) for suite in TESTS
    ]


@pytest.mark.parametrize("suite", TESTS)
@pytest.mark.parametrize("name", DIVERGING)
def test_exactly_the_tests_diverge_that_should(judged: Judged, name: str, suite: str) -> None:
    verdicts = {
        judgement.test: judgement.verdict
        for judgement in judged.document.judgements
        if judgement.cell == f"{suite}/{name}/3.11.7/asyncio"
    }
    assert len(verdicts) == TESTS[suite]
    should = diverging(name, suite)
    assert {test for test, verdict in verdicts.items() if verdict is Verdict.DIVERGENT} == should
    assert {verdict for test, verdict in verdicts.items() if test not in should} == {Verdict.CONFORMANT}


def test_what_diverged_ran_again_in_a_fresh_worker(judged: Judged) -> None:
    for judgement in judged.document.judgements:
        assert (judgement.retried is not None) is (judgement.verdict is Verdict.DIVERGENT)


def test_the_terminal_says_what_the_document_says(judged: Judged) -> None:
    assert judged.document.complete
    footer = judged.document.footer
    assert footer is not None
    assert footer.exit_status is ExitStatus.UNEXPECTED_VERDICT
    for name, tests in DIVERGING.items():
        for suite, total in TESTS.items():
            counted = footer.counts[f"{suite}/{name}/3.11.7/asyncio"]
            assert counted.get(Verdict.DIVERGENT, 0) == len(diverging(name, suite))
            assert f"{counted[Verdict.CONFORMANT]} of {total}" in judged.said.out
        for test in tests:
            assert f"divergent {test} " in judged.said.out


def test_a_runner_that_is_right_ends_well(upstream_311: Interpreter, tmp_path: Path) -> None:
    config, out = bring(tmp_path, "wrapper"), tmp_path / "results.jsonl"
    said = conformance("run", *NARROW, "--config", config, "--out", out, "-k", "RunnerTests.test_r")
    assert (said.status, said.err) == (ExitStatus.AS_EXPECTED, "")
    assert {judgement.verdict for judgement in read_document(out).judgements} == {Verdict.CONFORMANT}


def test_an_implementation_that_loads_nowhere_is_told_in_a_sentence(
    upstream_311: Interpreter, tmp_path: Path
) -> None:
    config, out = tmp_path / "mine.toml", tmp_path / "results.jsonl"
    write(config, '[[implementation]]\nname = "gone"\nrunner = "json:not_there.Runner"\n')
    said = conformance("run", *NARROW, "--config", config, "--out", out)
    assert said.status == ExitStatus.NOT_COMPLETED
    assert said.err == (
        "conformance: The implementation 'gone' could not be loaded anywhere: AttributeError: "
        "module 'json' has no attribute 'not_there'. See whether its runner, run, task, path and requires are right.\n"
    )


def test_too_little_memory_is_told_for_what_it_is(upstream_311: Interpreter, tmp_path: Path) -> None:
    config, out = bring(tmp_path, "wrapper"), tmp_path / "results.jsonl"
    said = conformance("run", *NARROW, "--config", config, "--out", out, "--memory", 20)
    assert said.status == ExitStatus.NOT_COMPLETED
    assert "Give workers more with --memory, or 0 for no limit." in said.err


def test_an_implementation_that_loads_on_one_interpreter_alone_diverges_on_the_others(
    upstream_311: Interpreter, tmp_path: Path
) -> None:
    interpreter_or_skip("3.8")
    config, out = tmp_path / "mine.toml", tmp_path / "results.jsonl"
    # A module of the standard library of 3.11 that 3.8 has not; its run is asyncio's own.
    write(config, '[[implementation]]\nname = "new"\nrunner = "asyncio.runners:Runner"\n')
    said = conformance("run", *NARROW, "--python", "3.8", "--config", config, "--out", out)
    assert said.status == ExitStatus.UNEXPECTED_VERDICT
    verdicts: dict[str, set[Verdict]] = {}
    for judgement in read_document(out).judgements:
        verdicts.setdefault(judgement.cell.split("/")[2][:3], set()).add(judgement.verdict)
    assert verdicts == {"3.8": {Verdict.DIVERGENT}, "3.1": {Verdict.CONFORMANT}}
    assert "has no attribute 'Runner'" in said.out


def test_a_reader_that_goes_away_ends_the_run_without_a_verdict(
    upstream_311: Interpreter, tmp_path: Path
) -> None:
    out = tmp_path / "results.jsonl"
    places = ("--out", str(out), "--store", str(tmp_path / "store.sqlite"))
    command = [*COMMAND, "run", *NARROW, "--implementation", "runner_backport-own", *places]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read()
    assert (run.returncode, said) == (ExitStatus.NOT_COMPLETED, "")
    assert not read_document(out).complete
    with subprocess.Popen([*COMMAND, "plan"], cwd=PROJECT, stdout=subprocess.PIPE) as plan:
        assert plan.stdout is not None
        plan.stdout.close()
    assert plan.returncode == ExitStatus.NOT_COMPLETED


@pytest.mark.parametrize(
    ("command", "number", "said"),
    [
        ("plan", signal.SIGINT, "interrupted"),
        ("plan", signal.SIGTERM, "interrupted"),
        ("plan", signal.SIGHUP, "interrupted"),
        ("run", signal.SIGTERM, "interrupted before there was a plan: no document was written"),
    ],
)
def test_an_interruption_while_the_plan_is_made_leaves_nothing(
    tmp_path: Path,
    lifeline: Lifeline,
    interrupts_arrive: None,
    command: str,
    number: signal.Signals,
    said: str,
) -> None:
    hanging, out = tmp_path / "python", tmp_path / "results.jsonl"
    write(
        hanging,
        f"#!/bin/sh\ntrap '' TERM\nexec 3>'{lifeline.path}'\necho here >&3\nwhile true; do sleep 1; done\n",
    )
    hanging.chmod(0o755)
    options = ("--out", str(out)) if command == "run" else ()
    driver = subprocess.Popen(
        [*COMMAND, command, "--python", str(hanging), *options],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    with driver:
        try:
            assert lifeline.said() == "here\n"
            driver.send_signal(number)
            _, err = driver.communicate(timeout=PATIENCE_SECONDS)
        finally:
            driver.kill()
    # click ends the line on which the terminal has shown the Ctrl-C.
    assert (driver.returncode, err.lstrip()) == (ExitStatus.INTERRUPTED, f"conformance: {said}\n")
    assert lifeline.is_cut()
    assert not out.exists()


def test_a_variable_that_is_not_there_is_told_of() -> None:
    ended = conformance("run", "--python", "3.11", "--pass-env", "NOT_THERE", "--coverage", "README.md/data")
    assert ended.err.startswith("conformance: --pass-env NOT_THERE: there is no such variable\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_what_was_finished_and_leaves_no_worker(
    upstream_311: Interpreter,
    tmp_path: Path,
    lifeline: Lifeline,
    interrupts_arrive: None,
    number: signal.Signals,
) -> None:
    config, out = bring(tmp_path, "stuck"), tmp_path / "results.jsonl"
    store = tmp_path / "store.sqlite"
    options = ("--config", config, "--out", out, "--store", store, "--jobs", 1, "--timeout", 600)
    driver = subprocess.Popen(
        [*COMMAND, "run", *NARROW, *map(str, options), "-k", "RunnerTests", "--pass-env", "LIFELINE"],
        cwd=PROJECT,
        env={**os.environ, "LIFELINE": str(lifeline.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with driver:
        try:
            assert lifeline.said() == "stuck"
            driver.send_signal(number)
            _, err = driver.communicate(timeout=PATIENCE_SECONDS)
        finally:
            driver.kill()
    assert driver.returncode == ExitStatus.INTERRUPTED
    again = f"'python -m conformance run --resume {out}' goes on"
    assert err == f"conformance: interrupted; what was finished is in {out}: {again}\n"
    assert lifeline.is_cut()
    document = read_document(out)
    assert not document.complete
    assert document.footer is not None
    assert document.footer.interrupted
    native, stuck = (cell.name for cell in document.header.plan.cells)
    tests = {
        cell: [result.test for result in document.results if result.cell == cell] for cell in (native, stuck)
    }
    assert len(tests[native]) == 16
    # As far as the second run, which stopped for good.
    assert tests[stuck] == tests[native][:5]
    assert {result.outcome for result in document.results} == {Outcome.PASSED}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--suite", "walkers"], "conformance: No suite is called 'walkers'. Known: runners, tasks, async_case.\n"),
        (["--loop", "trio"], "conformance: No loop is called 'trio'. Known: asyncio, uvloop, rloop.\n"),
        (["--implementation", "nobodys"], "conformance: No implementation is called 'nobodys'. Known: runner_backport, "),
        (["--implementation", "native"], "conformance: native is what the others are judged against"),
        (["--python", "2.*"], "conformance: No listed Python matches '2.*'. Listed: "),
        (["--config", "not there.toml"], "conformance: not there.toml cannot be read: No such file"),
        (["--config", "."], "conformance: . cannot be read: Is a directory"),
        (["--expectations", "not there.toml"], "conformance: "),
        (["--frobnicate"], "No such option"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
        (["--repeat", "99999999999999999999999"], "Invalid value for '--repeat'"),
        (["--pass-env", "PYTHONPATH"], "conformance: --pass-env PYTHONPATH: TMPDIR and Python's own variables"),
        (["--pass-env", ""], "conformance: --pass-env names nothing. Name a variable or a glob.\n"),
        (["--pass-env", "TMPDIR"], "conformance: --pass-env TMPDIR: TMPDIR and Python's own variables"),
        (["--timeout", "nan"], "conformance: --timeout is nan. Give a number of seconds.\n"),
        (["--python", ""], "conformance: --python names nothing. Name a version, a glob or a path."),
        (["--coverage", "README.md/data"], "conformance: --coverage README.md/data cannot be written to"),
        (["--timeout", "0"], "Invalid value for '--timeout'"),
        (["--source", "thin air"], "Invalid value for '--source'"),
        (["--out", "README.md/results.jsonl"], "conformance: The report document README.md/results.jsonl cannot be written"),
        (["--out", "README.md"], "conformance: README.md holds something else than a report document. Name another"),
        (["--out", "tests"], "conformance: The report document tests cannot be written"),
    ],
)  # fmt: skip
def test_wrong_usage_is_answered_in_a_sentence(arguments: list[str], said: str) -> None:
    python = [] if "--python" in arguments else ["--python", "3.11"]
    ended = conformance("run", *python, *arguments)
    assert ended.status == ExitStatus.WRONG_USAGE
    assert said in ended.err


def test_a_test_that_nobody_has_is_wrong_usage(upstream_311: Interpreter, tmp_path: Path) -> None:
    config, out = bring(tmp_path, "wrapper"), tmp_path / "results.jsonl"
    ended = conformance("run", *NARROW, "--config", config, "--out", out, "-k", "no such test")
    assert ended.status == ExitStatus.WRONG_USAGE
    assert (
        ended.err == "conformance: No test matches 'no such test'. Give a part of a test's id, or a glob.\n"
    )


@pytest.mark.parametrize("command", ["run", "plan"])
def test_an_interpreter_that_was_asked_for_by_name_and_is_not_here(command: str) -> None:
    ended = conformance(command, "--python", "3.99")
    assert ended.status == ExitStatus.NOT_COMPLETED
    assert ended.err.startswith(
        "conformance: Python 3.99, asked for by name, was not found. Install it ('uv python install 3.99'"
    )


def test_a_document_that_is_not_there() -> None:
    ended = conformance("report", "not there.jsonl")
    assert ended.status == ExitStatus.NOT_COMPLETED
    assert ended.err.startswith("conformance: The document not there.jsonl cannot be read")


@pytest.mark.parametrize("command", ["run", "plan", "sync", "report", "doctor"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    ended = conformance(command, "--help")
    assert ended.status == ExitStatus.AS_EXPECTED
    assert f"Example: python -m conformance {command}" in ended.out


def test_no_command_and_a_wrong_one_are_wrong_usage() -> None:
    assert conformance("walk").status == ExitStatus.WRONG_USAGE
    assert conformance().status == ExitStatus.WRONG_USAGE
