"""A cell's key: another for whatever can change its results, and the same for all else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.records import NATIVE, Cell, Mode, Suite
from conformance.store import Options, cell_key
from miniatures import write
from results import UVLOOP, baseline_cell, subject_cell

HARNESS = Path(__file__).parents[2] / "conformance"
RUNNING = ("execute", "worker")
PACKAGES = {"uvloop": "0.23.0", "runner_backport": "0.1.0"}


def environment(folder: Path, packages: Mapping[str, str]) -> Path:
    """Make what is looked at of an environment, and return its Python."""
    for name, version in packages.items():
        info = folder / "lib" / "python3.8" / "site-packages" / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return folder / "bin" / "python"


@frozen
class Run:
    """All that a key is made of."""

    cell: Cell
    blobs: Mapping[str, str]
    python: Path
    options: Options
    harness: Path

    @property
    def key(self) -> str:
        return cell_key(self.cell, self.blobs, self.python, self.options, harness=self.harness)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(
        subject_cell(suite=Suite.TASKS),
        {"Lib/test/support/__init__.py": "ae82", "Lib/test/test_asyncio/test_tasks.py": "c402"},
        environment(tmp_path / "3.8.18-0123456789abcdef", PACKAGES),
        Options(timeout=60.0, memory=4 << 30, shuffle=None, repeat=1, variables={"LANG": "C.UTF-8"}),
        HARNESS,
    )


Change = Callable[[Run, Path], Run]


def cell(**changes: Any) -> Change:
    return lambda run, _folder: evolve(run, cell=evolve(run.cell, **changes))


def interpreter(**changes: Any) -> Change:
    return lambda run, _folder: evolve(
        run, cell=evolve(run.cell, interpreter=evolve(run.cell.interpreter, **changes))
    )


def implementation(**changes: Any) -> Change:
    return lambda run, _folder: evolve(
        run, cell=evolve(run.cell, implementation=evolve(run.cell.implementation, **changes))
    )


def options(**changes: Any) -> Change:
    return lambda run, _folder: evolve(run, options=evolve(run.options, **changes))


def packages(changed: Mapping[str, str]) -> Change:
    return lambda run, folder: evolve(
        run, python=environment(folder / "elsewhere" / run.python.parents[1].name, changed)
    )


def variables(**changed: str) -> Change:
    return options(variables=changed)


def source(package: str, change: Callable[[Path], object]) -> Change:
    """Change a package in a copy of what is looked at of the harness."""

    def changed(run: Run, folder: Path) -> Run:
        for name in RUNNING:
            shutil.copytree(run.harness / name, folder / "harness" / name)
        change(folder / "harness" / package)
        return evolve(run, harness=folder / "harness")

    return changed


MATTERS: dict[str, Change] = {
    "suite": cell(suite=Suite.RUNNERS),
    "mode": cell(mode=Mode.CONTEXT),
    "loop": cell(loop=evolve(UVLOOP, name="asyncio")),
    "version": interpreter(version="3.8.19"),
    "build": interpreter(build="another"),
    "executable": interpreter(executable=Path("elsewhere", "python3.8.18")),
    "runner": implementation(runner="another:Runner"),
    "run": implementation(run="another:run"),
    "task": implementation(task="another:Task"),
    "no task": implementation(task=None),
    "native": implementation(name=NATIVE),
    "a blob": lambda run, _: evolve(run, blobs={**run.blobs, "Lib/test/support/__init__.py": "f311"}),
    "a file more": lambda run, _: evolve(run, blobs={**run.blobs, "Lib/test/support/more.py": "f311"}),
    "a file less": lambda run, _: evolve(run, blobs={"Lib/test/test_asyncio/test_tasks.py": "c402"}),
    "environment": lambda run, folder: evolve(run, python=environment(folder / "3.8.18-another", PACKAGES)),
    "a package's version": packages({**PACKAGES, "uvloop": "0.24.0"}),
    "a package more": packages({**PACKAGES, "coverage": "7.6"}),
    "no packages": packages({}),
    "timeout": options(timeout=61.0),
    "memory": options(memory=0),
    "shuffle": options(shuffle=0),
    "repeat": options(repeat=2),
    "a variable": variables(LANG="de_DE.UTF-8"),
    "a variable more": variables(LANG="C.UTF-8", ANOTHER=""),
    "no variables": variables(),
    "a file of the worker": source("worker", lambda folder: (folder / "serve.py").write_text("")),
    "a new file of the worker": source("worker", lambda folder: (folder / "more.py").write_text("")),
    "a file of the worker renamed": source(
        "worker", lambda folder: (folder / "serve.py").rename(folder / "more.py")
    ),
    "a file that runs the worker": source("execute", lambda folder: (folder / "keeper.py").write_text("")),
    "a new file that runs the worker": source("execute", lambda folder: (folder / "more.py").write_text("")),
}


@pytest.mark.parametrize("what", MATTERS)
def test_what_can_change_a_result_changes_the_key(run: Run, tmp_path: Path, what: str) -> None:
    assert MATTERS[what](run, tmp_path).key != run.key


@pytest.mark.parametrize("what", MATTERS)
def test_two_that_differ_in_the_same_way_have_the_same_key(run: Run, tmp_path: Path, what: str) -> None:
    changes = [MATTERS[what](run, tmp_path / name) for name in ("one", "other")]
    assert len({change.key for change in changes}) == 1


def test_no_two_of_these_have_the_same_key(run: Run, tmp_path: Path) -> None:
    keys = [change(run, tmp_path / str(number)).key for number, change in enumerate(MATTERS.values())]
    assert len(set(keys)) == len(keys)


DOES_NOT_MATTER: dict[str, Change] = {
    "the loop's name": cell(loop=evolve(subject_cell().loop, name="another")),
    "the implementation's name": implementation(name="another"),
    "what is required, which the environment has": implementation(requires=("another==1",)),
    "where its source is, which is in the environment's wheel": implementation(path=Path("elsewhere")),
    "the tag, whose files are the same": cell(tag="v3.8.19"),
    "the baseline": cell(baseline="another"),
    "the place of the environments": packages(PACKAGES),
    "the order of the packages": packages(dict(reversed(PACKAGES.items()))),
    "the place of the harness": source("worker", lambda _folder: None),
    "what is no source": source("worker", lambda folder: (folder / "notes.txt").write_text("")),
    "who runs it": variables(LANG="C.UTF-8", USER="somebody", LOGNAME="else"),
    "the order of the blobs": lambda run, _: evolve(run, blobs=dict(reversed(list(run.blobs.items())))),
}


@pytest.mark.parametrize("what", DOES_NOT_MATTER)
def test_what_cannot_change_a_result_does_not_change_the_key(run: Run, tmp_path: Path, what: str) -> None:
    assert DOES_NOT_MATTER[what](run, tmp_path).key == run.key


@pytest.mark.parametrize("what", ["the loop's name", "the implementation's name"])
def test_the_name_by_which_an_order_is_drawn_matters_to_a_shuffled_cell(
    run: Run, tmp_path: Path, what: str
) -> None:
    shuffled = options(shuffle=7)(run, tmp_path)
    assert DOES_NOT_MATTER[what](shuffled, tmp_path).key != shuffled.key


def test_native_is_itself_whatever_stands_for_it(run: Run) -> None:
    native = evolve(run, cell=baseline_cell(suite=Suite.TASKS))
    other = evolve(
        native, cell=evolve(native.cell, implementation=evolve(native.cell.implementation, run=None))
    )
    assert native.key == other.key


PATHS = st.text(st.sampled_from('ab/"\\:, \ud800'), max_size=3)


@settings(derandomize=True, database=None, deadline=None)
@given(st.dictionaries(PATHS, PATHS, max_size=3), st.dictionaries(PATHS, PATHS, max_size=3))
def test_keys_are_equal_only_where_the_blobs_are(one: dict[str, str], other: dict[str, str]) -> None:
    plain = Options(60.0, 0, None, 1, {})
    keys = [cell_key(subject_cell(), blobs, Path("no", "bin", "python"), plain) for blobs in (one, other)]
    assert (keys[0] == keys[1]) is (one == other)


SOURCES = {"ours/__init__.py": "", "ours/_task.py": "", "ours/_runner.py": "from . import _task"}


def local(run: Run, folder: Path, **files: str) -> Run:
    """Have a cell judge a local source, with other text in the files named by their stems."""
    environment = folder / run.python.parents[1].name
    for path, text in SOURCES.items():
        write(environment / "lib" / "python3.8" / "site-packages" / path, files.get(Path(path).stem, text))
    info = environment / "lib" / "python3.8" / "site-packages" / "ours-1.0.dist-info"
    write(info / "METADATA", "Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
    write(info / "direct_url.json", "{}")
    write(info / "RECORD", "".join(f"{path},,\n" for path in SOURCES))
    judged = evolve(
        run.cell.implementation, runner="ours._runner:Runner", run=None, task="ours._task:Task", path=folder
    )
    return evolve(run, cell=evolve(run.cell, implementation=judged), python=environment / "bin" / "python")


def test_a_file_of_a_local_source_matters_where_the_cell_can_load_it(run: Run, tmp_path: Path) -> None:
    before, after = local(run, tmp_path / "one"), local(run, tmp_path / "other", _runner="# changed")
    assert before.key != after.key
    only_task = [
        evolve(each, cell=evolve(each.cell, implementation=evolve(each.cell.implementation, runner=None)))
        for each in (before, after)
    ]
    assert only_task[0].key == only_task[1].key


def test_another_wheel_with_the_same_files_is_the_same_source(run: Run, tmp_path: Path) -> None:
    one, other = local(run, tmp_path / "one"), local(run, tmp_path / "other")
    place = other.python.parents[1]
    renamed = place.rename(place.with_name("3.8.18-of-another-wheel"))
    assert evolve(other, python=renamed / "bin" / "python").key == one.key
