"""An environment holds what its cells need, is made once and kept, and goes when nothing has used it for long."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from attrs import evolve

from conformance.provision import provide
from conformance.records import Suite
from miniatures import DRIVER
from provided import cell, content, make_wheel, provided, set_for_uv, value

pytest_plugins = ["provided"]


def test_an_environment_holds_the_interpreter_and_what_is_required(kept: Path, wheel: str) -> None:
    [python] = provided(kept, cell(wheel))
    assert value(python) == "as it was"
    command = [str(python), "-c", "import platform, sys; print(platform.python_version(), sys.prefix)"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert said == [DRIVER.version, str(python.parents[1])]


def test_cells_with_equal_needs_share_one(kept: Path) -> None:
    one, two = provided(kept, cell(), cell(suite=Suite.TASKS))
    assert one == two
    assert len(content(kept)) == 1


def test_an_environment_is_made_once(kept: Path, wheel: str) -> None:
    [python] = provided(kept, cell(wheel))
    (python.parents[1] / "a trace").touch()
    said: list[str] = []
    assert provide([cell(wheel)], kept, say=said.append) == {cell(wheel).environment: python}
    assert (python.parents[1] / "a trace").is_file()
    assert said == []


def test_what_is_used_stays_and_what_is_not_goes(kept: Path, source: Path, wheel: str) -> None:
    [used] = provided(kept, cell(path=source))
    [unused] = provided(kept, cell(wheel))
    (kept / "wheels" / "of another source").mkdir()
    for folder in (*kept.iterdir(), *(kept / "wheels").iterdir()):
        os.utime(folder, (0, 0))
    assert provided(kept, cell(path=source)) == [used]
    assert not unused.exists()
    assert value(used) == "as it was"
    assert len(list((kept / "wheels").iterdir())) == 1


def test_what_is_made_is_said(kept: Path, source: Path) -> None:
    said: list[str] = []
    provide([cell(path=source), cell()], kept, say=said.append)
    assert said == [f"building the wheel of {source}", "making 2 of 2 environments"]


def test_a_program_that_comes_with_it_runs_in_the_place_where_it_is_kept(kept: Path, tmp_path: Path) -> None:
    [python] = provided(kept, cell(f"small @ {make_wheel(tmp_path).as_uri()}"))
    said = subprocess.run([python.with_name("small")], check=True, capture_output=True, text=True).stdout
    assert said == "as it was\n"


def test_another_executable_of_the_same_build_is_another_environment(kept: Path, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "python"
    link.parent.mkdir()
    link.symlink_to(DRIVER.executable)
    other = evolve(cell(), interpreter=evolve(DRIVER, executable=link))
    one, two = provided(kept, cell(), other)
    assert one != two


@pytest.mark.parametrize("name", ["pyproject.toml", "uv.toml"])
def test_a_project_around_the_user_does_not_say_how_it_is_made(
    kept: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    setting = 'required-version = ">=99"'
    (tmp_path / "around" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(set_for_uv(tmp_path / "around", setting, name=name) / "deeper")
    # The wheel is built, the environment made, and the wheel installed in it.
    [python] = provided(kept, cell(path=source))
    assert value(python) == "as it was"


def test_other_needs_are_another_environment(kept: Path, wheel: str) -> None:
    one, two = provided(kept, cell(), cell(wheel))
    [three] = provided(kept, cell(), extra=(wheel,))
    other_build = evolve(cell(), interpreter=evolve(DRIVER, build="another build"))
    [four] = provided(kept, other_build)
    assert len({one, two, three, four}) == len(content(kept)) == 4
    assert value(three) == "as it was"
