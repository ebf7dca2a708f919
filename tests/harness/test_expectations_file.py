"""What the file of expectations may not say: conditions that no cell can meet, and the same thing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.configuration import read_configuration
from conformance.errors import ExitStatus, UsageError
from conformance.judge import read_expectations
from conformance.judge.possible import refuse_impossible
from conformance.places import EXPECTATIONS

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
        'python = "==3.9.18"\nsuite = "async_case"',
    ],
)
def test_conditions_that_some_cell_meets_somewhere_are_accepted(tmp_path: Path, conditions: str) -> None:
    check(tmp_path, conditions, OWN_LOOP)


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
