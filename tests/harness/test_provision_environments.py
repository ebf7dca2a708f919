"""An environment is made once and kept; it is there whole or not at all, and what keeps it from being made is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from attrs import evolve

from conformance.errors import ExitStatus, ProvisionError
from conformance.provision import environments, provide
from conformance.provision.uv import Uv
from conformance.provision.wheels import build_wheel
from conformance.records import Cell, Implementation, Mode, Suite
from miniatures import ASYNCIO, DRIVER, PATIENCE_SECONDS, Lifeline
from projects import make_project

pytest_plugins = ["miniatures"]

MODULES = {"small": "VALUE = 'as it was'\n"}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "environments"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_project(tmp_path / "source", "small", MODULES)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A requirement that can be had without a registry."""
    folder = tmp_path_factory.mktemp("small")
    made = build_wheel(make_project(folder / "source", "small", MODULES), folder / "wheels")
    return f"small @ {made.path.as_uri()}"


def cell(*requires: str, path: Path | None = None, suite: Suite = Suite.RUNNERS) -> Cell:
    implementation = Implementation("small", "small:Runner", requires=requires, path=path)
    return Cell(DRIVER, ASYNCIO, implementation, suite, Mode.PLAIN, "v3.11.7")


def provided(folder: Path, *cells: Cell, extra: tuple[str, ...] = ()) -> list[Path]:
    """The Python of each cell's environment."""
    pythons = provide(cells, folder, extra=extra)
    return [pythons[cell.environment] for cell in cells]


def value(python: Path) -> str:
    """What the environment's module says."""
    command = [str(python), "-c", "import small; print(small.VALUE)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def content(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "wheels") if folder.is_dir() else []


def test_an_environment_holds_the_interpreter_and_what_is_required(kept: Path, wheel: str) -> None:
    [python] = provided(kept, cell(wheel))
    assert value(python) == "as it was"
    command = [str(python), "-c", "import platform, sys; print(platform.python_version(), sys.prefix)"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert said == [DRIVER.version, str(python.parents[1])]


def test_one_modules_file_is_packed_and_installed(kept: Path, tmp_path: Path) -> None:
    module = tmp_path / "small.py"
    module.write_text("VALUE = 'as it was'\n")
    [python] = provided(kept, cell(path=module))
    module.unlink()
    assert value(python) == "as it was"


def test_a_changed_module_is_another_environment(kept: Path, tmp_path: Path) -> None:
    module = tmp_path / "small.py"
    module.write_text("VALUE = 'as it was'\n")
    [before] = provided(kept, cell(path=module))
    assert provided(kept, cell(path=module)) == [before]
    module.write_text("VALUE = 'changed'\n")
    [after] = provided(kept, cell(path=module))
    assert (value(before), value(after)) == ("as it was", "changed")


def test_a_local_source_is_built_and_installed(kept: Path, source: Path) -> None:
    [python] = provided(kept, cell(path=source))
    assert value(python) == "as it was"
    # What is judged is what users install: not the folder.
    shutil.rmtree(source)
    assert value(python) == "as it was"


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


def test_other_needs_are_another_environment(kept: Path, wheel: str) -> None:
    one, two = provided(kept, cell(), cell(wheel))
    [three] = provided(kept, cell(), extra=(wheel,))
    other_build = evolve(cell(), interpreter=evolve(DRIVER, build="another build"))
    [four] = provided(kept, other_build)
    assert len({one, two, three, four}) == len(content(kept)) == 4
    assert value(three) == "as it was"


def test_a_changed_source_is_another_environment_and_the_old_one_stays(kept: Path, source: Path) -> None:
    [before] = provided(kept, cell(path=source))
    (source / "small.py").write_text("VALUE = 'changed'\n")
    [after] = provided(kept, cell(path=source))
    assert (value(before), value(after)) == ("as it was", "changed")


def test_a_build_that_asks_is_told_where_to_work(kept: Path, tmp_path: Path) -> None:
    """https://setuptools.pypa.io/en/latest/deprecated/distutils/configfile.html: where setuptools would leave things."""
    first = (
        "import configparser, os; config = configparser.RawConfigParser(); "
        "config.read(os.environ['DIST_EXTRA_CONFIG']); "
        "pathlib.Path(config['egg_info']['egg_base'], 'left').touch(); "
        "pathlib.Path(config['build']['build_base']).mkdir()"
    )
    source = make_project(tmp_path / "source", "small", MODULES, first=first)
    before = sorted(source.rglob("*"))
    provided(kept, cell(path=source))
    assert [path for path in sorted(source.rglob("*")) if "__pycache__" not in path.parts] == before
    assert [path.suffix for path in (kept / "wheels").rglob("*") if path.is_file()] == [".whl"]


def test_an_unchanged_source_is_the_same_environment(kept: Path, source: Path) -> None:
    assert provided(kept, cell(path=source)) == provided(kept, cell(path=source))


@pytest.mark.parametrize(
    ("file", "text"),
    # A backport is for interpreters that may not be here, or are not there to build with.
    [(".python-version", "3.99\n"), ("pyproject.toml", 'requires-python = ">=3.8,<3.9"\n')],
)
def test_a_source_is_built_whatever_python_its_folder_asks_for(
    kept: Path, source: Path, file: str, text: str
) -> None:
    with (source / file).open("a") as opened:
        opened.write(text)
    # What installs it looks at the metadata, which this build leaves open.
    [python] = provided(kept, cell(path=source))
    assert value(python) == "as it was"


@pytest.mark.parametrize("after", ["venv", "pip"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), ProvisionError("It broke.", "Mend it.")])
def test_what_is_cut_short_leaves_nothing_and_is_made_the_next_time(
    kept: Path, wheel: str, monkeypatch: pytest.MonkeyPatch, after: str, error: BaseException
) -> None:
    call = Uv.call

    def cut_short(uv: Uv, arguments: Sequence[str | Path], *, failing: str) -> None:
        call(uv, arguments, failing=failing)
        if arguments[0] == after:
            raise error

    with monkeypatch.context() as patching:
        patching.setattr(Uv, "call", cut_short)
        with pytest.raises(type(error)):
            provided(kept, cell(wheel))
    assert content(kept) == []
    [python] = provided(kept, cell(wheel))
    assert value(python) == "as it was"


def test_what_a_killed_run_left_is_not_taken_for_an_environment(kept: Path, wheel: str) -> None:
    [whole] = provided(kept, cell(wheel))
    whole.parents[1].rename(kept / ".making-abc")
    [python] = provided(kept, cell(wheel))
    assert python == whole
    assert value(python) == "as it was"


def test_after_a_failure_no_further_environment_is_begun(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    heard = Flag()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            heard.set()
            super().shutdown(wait=wait)

    def failing_uv(_uv: Uv, arguments: Sequence[str | Path], *, failing: str) -> None:
        begun.append(arguments)
        if len(begun) > 1:
            assert heard.wait(PATIENCE_SECONDS)
        raise ProvisionError(failing, "Mend it.")

    monkeypatch.setattr(environments, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(environments, "_AT_ONCE", 1)
    monkeypatch.setattr(Uv, "call", failing_uv)
    with pytest.raises(ProvisionError, match="could not be made"):
        provided(kept, *(cell(f"small=={number}") for number in range(5)))
    # The pool may have taken up one more before it heard of the failure.
    assert len(begun) <= 2


def test_an_interruption_while_environments_are_put_in_line_stops_those_that_are_made(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = Flag(), Flag()
    ended = []

    class Pool(ThreadPoolExecutor):
        def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
            if begun.is_set():
                raise KeyboardInterrupt
            future: Future[Any] = super().submit(*arguments, **options)
            assert begun.wait(PATIENCE_SECONDS)
            return future

    def waiting_uv(_uv: Uv, _arguments: Sequence[str | Path], *, failing: str) -> None:
        begun.set()
        ended.append(stopped.wait(PATIENCE_SECONDS))
        raise ProvisionError(failing, "Mend it.")

    monkeypatch.setattr(environments, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(Uv, "call", waiting_uv)
    monkeypatch.setattr(Uv, "stop", lambda _uv: stopped.set())
    with pytest.raises(KeyboardInterrupt):
        provided(kept, cell("small==1"), cell("small==2"))
    assert ended == [True]


def test_what_uv_has_started_ends_with_it(lifeline: Lifeline) -> None:
    program = (
        f"import os, signal; os.write(os.open({str(lifeline.path)!r}, os.O_WRONLY), b'here'); signal.pause()"
    )
    uv = Uv()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            uv.call,
            ["run", "--no-project", "--python", sys.executable, "python", "-c", program],
            failing="It could not be run",
        )
        assert lifeline.said() == "here"
        uv.stop()
        assert lifeline.is_cut()
        with pytest.raises(ProvisionError, match="It could not be run"):
            running.result(PATIENCE_SECONDS)
    with pytest.raises(ProvisionError, match="broken off"):
        uv.call(["--version"], failing="It could not be asked")


def test_another_run_that_was_quicker_is_as_good(
    kept: Path, wheel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Uv.call

    def overtaken(uv: Uv, arguments: Sequence[str | Path], *, failing: str) -> None:
        call(uv, arguments, failing=failing)
        if arguments[0] == "venv":
            with monkeypatch.context() as patching:
                patching.setattr(Uv, "call", call)
                provided(kept, cell(wheel))

    monkeypatch.setattr(Uv, "call", overtaken)
    [python] = provided(kept, cell(wheel))
    assert value(python) == "as it was"
    assert len(content(kept)) == 1


def test_two_runs_at_once_end_with_one_environment(kept: Path, source: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(provided, kept, cell(path=source)) for _ in range(2)]
        [[one], [two]] = [run.result() for run in runs]
    assert one == two
    assert value(one) == "as it was"
    assert len(content(kept)) == 1


def test_a_requirement_that_cannot_be_had_is_told_in_uvs_words(kept: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing-1.0-py3-none-any.whl"
    with pytest.raises(ProvisionError) as told:
        provided(kept, cell(f"missing @ {missing.as_uri()}"))
    first, *details = str(told.value).splitlines()
    assert first == (
        f"The environment of Python {DRIVER.version} could not be made: uv failed. "
        "See what it says, mend that, and run again."
    )
    assert str(missing) in " ".join(details)
    assert told.value.status is ExitStatus.NOT_COMPLETED
    assert content(kept) == []


def test_a_module_that_is_gone_is_told(kept: Path, tmp_path: Path) -> None:
    # It was there when the configuration was read.
    with pytest.raises(ProvisionError, match=r"gone\.py"):
        provided(kept, cell(path=tmp_path / "gone.py"))


def test_a_project_that_does_not_build_is_told_in_uvs_words(kept: Path, tmp_path: Path) -> None:
    first = "raise SystemExit('there is no compiler here')"
    source = make_project(tmp_path / "broken", "broken", MODULES, first=first)
    with pytest.raises(ProvisionError) as told:
        provided(kept, cell(path=source))
    assert str(told.value).startswith(
        f"The wheel of {source} could not be built: uv failed. See what it says"
    )
    assert "there is no compiler here" in told.value.details
    assert content(kept) == []
    assert list((kept / "wheels").iterdir()) == []


def test_an_interpreter_that_is_gone_is_told(kept: Path, tmp_path: Path) -> None:
    gone = evolve(cell(), interpreter=evolve(DRIVER, executable=tmp_path / "gone" / "python"))
    with pytest.raises(ProvisionError, match="could not be made") as told:
        provided(kept, gone)
    assert "gone" in told.value.details


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(ProvisionError) as told:
        provided(tmp_path / "a file" / "environments", cell())
    assert str(tmp_path / "a file" / "environments") in str(told.value)
    assert "Traceback" not in str(told.value)
