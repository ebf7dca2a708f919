"""What the file of expectations may not say: conditions that no cell can meet, and the same thing twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from conformance.configuration import read_configuration
from conformance.errors import ExitStatus, UsageError
from conformance.judge import read_expectations, read_with_digest
from conformance.judge.possible import refuse_impossible
from conformance.judge.spots import possible_spots
from conformance.places import EXPECTATIONS
from miniatures import PATIENCE_SECONDS

ENTRY = '[[expectation]]\ntest = "test_*"\nverdict = "divergent"\nreason = "known"\n'
OWN_LOOP = '[[loop]]\nname = "mine"\nfactory = "mine:new"\npython = ">=3.9"\n'


def check(folder: Path, conditions: str, config: str = "") -> None:
    path, declared = folder / "expectations.toml", folder / "config.toml"
    entry = ENTRY.replace('test = "test_*"\n', "") if "test = " in conditions else ENTRY
    path.write_text(f"{ENTRY}\n{entry}{conditions}\n", "utf-8")
    declared.write_text(config, "utf-8")
    refuse_impossible(path, read_expectations(path), read_configuration(declared))


@pytest.mark.parametrize(
    ("conditions", "complaint"),
    [
        ('python = ">=3.12,<3.9"', "python = '<3.9,>=3.12', which no cell can have. Cells are on Python 3.8"),
        ('python = "<3.8"', "python = '<3.8', which no cell can have."),
        (
            'suite = "tasks"\npython = ">=3.11"',
            "suite = 'tasks' beside python = '>=3.11', which no cell can have. The suite tasks judges a Task on "
            "Python >=3.8,<3.11, mode plain and context.",
        ),
        (
            'mode = "context"\nsuite = "runners"',
            "suite = 'runners' beside mode = 'context', which no cell can have. The suite runners judges a "
            "Runner on Python >=3.8, mode plain.",
        ),
        ('suite = "async_case"\npython = "==3.9.7"', "suite = 'async_case' beside python = '==3.9.7', which"),
        (
            'implementation = "gone*"',
            "implementation = 'gone*', which no cell can have. Judged, against native",
        ),
        ('implementation = "native"', "implementation = 'native', which no cell can have. Judged, against"),
        (
            'loop = "trio"',
            "loop = 'trio', which no cell can have. The loops are asyncio (Python >=3.8), uvloop",
        ),
        (
            'implementation = "runner_backport-own"\nsuite = "tasks"\nloop = "uvloop"',
            "implementation = 'runner_backport-own' beside suite = 'tasks', which no cell can have. Judged,",
        ),
        (
            'implementation = "taskgroup"\nsuite = "runners"\npython = ">=3.11"',
            "implementation = 'taskgroup' beside python = '>=3.11', which no cell can have.",
        ),
        (
            'suite = "runners"\ntest = "test_tasks.*"',
            "suite = 'runners' beside test = 'test_tasks.*', which no",
        ),
        (
            'test = "tests_runners.*"',
            "test = 'tests_runners.*', which no cell can have. Tests are called test_ru",
        ),
        ('test = "test_[q]*"', "test = 'test_[q]*', which no cell can have. Tests are called test_runners.…"),
        ('test = "test_runners"', "test = 'test_runners', which no cell can have."),
        ('python = "==1!3.8.18"', "python = '==1!3.8.18', which no cell can have. Cells are on Python 3.8"),
        ('python = "==3.8.18.1"', "python = '==3.8.18.1', which no cell can have."),
        ('python = "==3.8.18+own"', "python = '==3.8.18+own', which no cell can have."),
        ('python = "==3.8.18.post1"', "python = '==3.8.18.post1', which no cell can have."),
        ('python = "===3.8"', "python = '===3.8', which no cell can have."),
        ('loop = "mine"\npython = "<3.9"', "loop = 'mine' beside python = '<3.9', which no cell can have."),
    ],
)
def test_conditions_that_no_cell_meets_are_refused_with_what_there_is(
    tmp_path: Path, conditions: str, complaint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check(tmp_path, conditions, OWN_LOOP)
    assert str(caught.value).startswith(f"{tmp_path / 'expectations.toml'}, entry 2 (test")
    assert f") has {complaint}" in str(caught.value)
    assert caught.value.status is ExitStatus.WRONG_USAGE


@pytest.mark.parametrize(
    "conditions",
    [
        'loop = "mine"',
        'suite = "tasks"\npython = ">=3.10"',
        'mode = "context"',
        'implementation = "runner_backport-own"',
        'python = ">=3.20"',
        'python = "==3.14.0a2"',
        'python = ">3.14.0a2,<3.14.0b1"',
        'python = "===3.8.18"',
        'test = "test_?unners.*"',
        'test = "*"',
        'python = "==3.9.18"\nsuite = "async_case"',
    ],
)
def test_conditions_that_some_cell_meets_somewhere_are_accepted(tmp_path: Path, conditions: str) -> None:
    check(tmp_path, conditions, OWN_LOOP)


def test_a_version_far_away_takes_no_longer_than_a_near_one(tmp_path: Path) -> None:
    path = tmp_path / "expectations.toml"
    path.write_text(f'{ENTRY}python = ">=3.99999"\n', "utf-8")
    universe = possible_spots(read_configuration(), read_expectations(path))
    assert {spot.minor for spot in universe.spots if spot.implementation == "runner_backport"} >= {
        8,
        99999,
        100000,
    }
    assert len(universe.spots) < 1000


@pytest.mark.parametrize("python", ["==3.9", ">=3.8,==3.9", "!=3.9", "<=3.9", ">3.9"])
def test_a_series_without_its_star_is_refused_as_the_one_release_that_it_means(
    tmp_path: Path, python: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check(tmp_path, f'python = "{python}"')
    assert str(caught.value).endswith(
        f" has python = '{python}'. There 3.9 is 3.9.0 alone, and not the series: "
        "write '==3.9.*', '<3.9' or '>=3.9', or the whole version."
    )


@pytest.mark.parametrize("end", ["\r", "\n\r"])
def test_ends_of_lines_that_toml_has_not_are_refused(tmp_path: Path, end: str) -> None:
    path = tmp_path / "expectations.toml"
    path.write_bytes(ENTRY.replace("\n", end).encode())
    with pytest.raises(UsageError, match="is not valid TOML"):
        read_expectations(path)


def test_the_digest_is_that_of_the_bytes_and_the_file_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_with_digest, pipe)
        pipe.write_text(ENTRY, "utf-8")
        entries, digest = reading.result(timeout=PATIENCE_SECONDS)
    assert (len(entries), digest) == (1, sha256(ENTRY.encode()).hexdigest())


def test_the_project_s_own_entries_all_fit_something() -> None:
    refuse_impossible(EXPECTATIONS, read_expectations(EXPECTATIONS), read_configuration())


def test_two_entries_that_say_the_same_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "expectations.toml"
    one = f'{ENTRY}python = ">=3.8,<3.11"\n'
    same = f'{ENTRY}python = "<3.11,>=3.8"\n'
    path.write_text(f"{ENTRY}{one}{same}", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_expectations(path)
    assert str(caught.value) == (
        f"{path}, entry 3 (test_*) says word for word what entry 2 says. Delete one of them."
    )
