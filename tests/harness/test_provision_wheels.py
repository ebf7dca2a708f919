"""What is declared as a local source is built as users would install it, and is known by what is in its wheel."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from conformance.errors import ProvisionError
from conformance.provision import wheels
from conformance.provision.wheels import build_wheel
from projects import make_project
from provided import MODULES, cell, content, fake_uv, provided, value

pytest_plugins = ["provided"]


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


def test_a_changed_source_is_another_environment_and_the_old_one_stays(kept: Path, source: Path) -> None:
    [before] = provided(kept, cell(path=source))
    (source / "small.py").write_text("VALUE = 'changed'\n")
    [after] = provided(kept, cell(path=source))
    assert (value(before), value(after)) == ("as it was", "changed")


def test_an_unchanged_source_is_the_same_environment(kept: Path, source: Path) -> None:
    assert provided(kept, cell(path=source)) == provided(kept, cell(path=source))


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


@pytest.mark.parametrize(("made", "first"), [(2, "wheel_directory, 'other-1.0-py3-none-any.whl'"), (0, "")])
def test_a_build_of_another_number_of_wheels_is_told(
    kept: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: int, first: str
) -> None:
    if first:
        source = make_project(tmp_path / "two", "small", MODULES, first=f"pathlib.Path({first}).touch()")
    else:
        fake_uv(tmp_path, "exit 0", monkeypatch)
    with pytest.raises(ProvisionError) as told:
        build_wheel(source, kept)
    assert str(told.value) == f"Building {source} made {made} wheels. Its build has to make exactly one."


def test_files_that_together_hold_the_same_are_other_files(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = iter([{"a": b"1b\0002"}, {"a": b"1b\0\0002"}, {"a": b"1", "b": b"2"}])

    def pack(_source: Path, folder: Path) -> None:
        with zipfile.ZipFile(folder / "a-1-py3-none-any.whl", "w") as archive:
            for name, text in next(files).items():
                archive.writestr(name, text)

    monkeypatch.setattr(wheels, "pack_module", pack)
    (tmp_path / "a.py").touch()
    assert len({build_wheel(tmp_path / "a.py", kept).sha256 for _ in range(3)}) == 3
