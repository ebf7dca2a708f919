"""A run that is done in parts is the run done at once: from the store, in shards, and beside another."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import ExitStatus
from conformance.records import Verdict
from conformance.report import Document, read_document
from drivers import Driver
from miniatures import interpreter_or_skip, write
from projects import make_project
from wrong_runners import bring

pytest_plugins = ["miniatures"]

WIDE = ("--python", "3.11", "--suite", "runners", "--suite", "async_case", "--source", "interpreter")


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if interpreter_or_skip("3.11").version != "3.11.7":
        pytest.skip("CPython 3.11.7 is not installed")
    return bring(tmp_path_factory.mktemp("brought"), "wrapper", "forgetful", "untidy")


@pytest.fixture
def driver(tmp_path: Path, config: Path) -> Driver:
    return Driver(tmp_path, (*WIDE, "--loop", "asyncio", "--config", str(config)))


def verdicts(document: Document) -> dict[tuple[str, str], Verdict]:
    return {(judgement.cell, judgement.test): judgement.verdict for judgement in document.judgements}


def names(document: Path) -> list[str]:
    return [cell.name for cell in read_document(document).header.plan.cells]


def test_what_is_known_is_not_run_again_and_is_marked(driver: Driver) -> None:
    first = driver.run()
    cold = read_document(driver.document)
    assert not any(result.cached for result in cold.results)
    second = driver.run()
    warm = read_document(driver.document)
    assert second.status == first.status == ExitStatus.UNEXPECTED_VERDICT
    assert all(result.cached for result in warm.results)
    assert verdicts(warm) == verdicts(cold)
    assert f"{len(warm.results)} of {len(warm.results)} results from the store" in second.out
    assert "from the store" not in first.out


def test_without_the_cache_all_runs_again(driver: Driver) -> None:
    driver.run()
    driver.run(*driver.arguments, "--out", driver.document, "--no-cache")
    assert not any(result.cached for result in read_document(driver.document).results)


_MOODY = """
import os, unittest
from asyncio import Runner

def fail(of_class):
    raise RuntimeError("not put away")

if os.path.exists({flag!r}):
    unittest.TestCase.tearDownClass = classmethod(fail)
"""


def test_the_trouble_of_a_fixture_that_a_later_run_did_not_have_is_not_believed(
    driver: Driver, tmp_path: Path
) -> None:
    flag, config = tmp_path / "flag", tmp_path / "moody.toml"
    make_project(tmp_path / "source", "moody", {"moody": _MOODY.format(flag=str(flag))})
    write(config, '[[implementation]]\nname = "moody"\npath = "source"\nrunner = "moody:Runner"\n')
    narrow = ("--loop", "asyncio", "--implementation", "moody", "--config", config, "--out", driver.document)
    flag.touch()
    assert driver.run(*WIDE[:4], *WIDE[-2:], *narrow).status == ExitStatus.UNEXPECTED_VERDICT
    flag.unlink()
    assert driver.run(*WIDE[:4], *WIDE[-2:], *narrow, "--no-cache").status == ExitStatus.AS_EXPECTED
    assert driver.run(*WIDE[:4], *WIDE[-2:], *narrow).status == ExitStatus.AS_EXPECTED
    assert all(result.cached for result in read_document(driver.document).results)


def test_another_time_limit_is_another_run(driver: Driver) -> None:
    driver.run()
    driver.run(*driver.arguments, "--out", driver.document, "--timeout", 50)
    assert not any(result.cached for result in read_document(driver.document).results)


def test_another_value_of_what_is_handed_on_is_another_run(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDED_ON", "one")
    driver.run(*driver.arguments, "--out", driver.document, "--pass-env", "HANDED_ON")
    monkeypatch.setenv("HANDED_ON", "another")
    driver.run(*driver.arguments, "--out", driver.document, "--pass-env", "HANDED_ON")
    assert not any(result.cached for result in read_document(driver.document).results)


def test_a_resumed_run_hands_on_what_it_was_begun_with_and_its_value_is_written_nowhere(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDED_ON", "hush-hush")
    driver.run(*driver.arguments, "--out", driver.document, "--pass-env", "HANDED_ON")
    before = read_document(driver.document)
    lines = driver.document.read_text().splitlines(keepends=True)
    driver.document.write_text("".join(lines[: len(lines) // 4]))
    driver.run("--resume", driver.document)
    after = read_document(driver.document)
    assert after.complete
    assert after.header.arguments == before.header.arguments
    assert after.keys == before.keys
    assert not any(b"hush-hush" in file.read_bytes() for file in driver.folder.iterdir())


def test_shards_merged_are_the_whole_run(driver: Driver, tmp_path: Path) -> None:
    whole = driver.run(*driver.arguments, "--out", driver.document)
    parts = [tmp_path / f"{number}.jsonl" for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        options = ("--no-cache", "--shard", f"{number}/3", "--out", part)
        assert driver.run(*driver.arguments, *options).status in {0, whole.status}
    cells = [name for part in parts for name in names(part)]
    assert sorted(cells) == sorted(names(driver.document))
    merged, alone = driver.report(*parts), driver.report(driver.document)
    assert merged == alone
    assert merged.status == whole.status == ExitStatus.UNEXPECTED_VERDICT


def test_two_runs_at_once_do_not_disturb_each_other(driver: Driver, tmp_path: Path) -> None:
    places = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    runs = [driver.start(*driver.arguments, "--out", place) for place in places]
    said = [run.communicate() for run in runs]
    assert [err for _out, err in said] == ["", ""]
    assert [run.returncode for run in runs] == [ExitStatus.UNEXPECTED_VERDICT] * 2
    one, two = map(read_document, places)
    assert verdicts(one) == verdicts(two)


def test_what_is_repeated_is_found_steady(driver: Driver) -> None:
    ended = driver.run(*driver.arguments, "--out", driver.document, "--repeat", 3, "--shuffle", 7)
    document = read_document(driver.document)
    assert {judgement.rate for judgement in document.judgements if judgement.rate} != set()
    assert all(judgement.rate and judgement.rate.runs == 3 for judgement in document.judgements)
    assert Verdict.FLAKY not in verdicts(document).values()
    assert "ran 3 times each: all steady" in ended.out


def test_an_option_that_changes_what_is_run_does_not_go_with_resume(driver: Driver) -> None:
    driver.run()
    ended = driver.run("--resume", driver.document, "--loop", "uvloop")
    assert ended.status == ExitStatus.WRONG_USAGE
    assert ended.err.startswith("conformance: --loop does not go with --resume")
