"""What keeps an environment from being made is told: whose it is, what uv says, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from conformance.errors import ExitStatus, ProvisionError
from conformance.provision.failing import what_fails, what_to_do
from conformance.provision.uv import call_uv
from conformance.records import NATIVE, Cell
from miniatures import ASYNCIO, DRIVER
from provided import cell, content, fake_uv, make_wheel, provided

pytest_plugins = ["provided"]


def test_a_requirement_that_cannot_be_had_is_told_in_uvs_words(kept: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing-1.0-py3-none-any.whl"
    with pytest.raises(ProvisionError) as told:
        provided(kept, cell(f"missing @ {missing.as_uri()}"))
    first, *details = str(told.value).splitlines()
    assert first == (
        f"The environment of small on asyncio with Python {DRIVER.version} could not be made: uv failed. "
        f"See what it says, and mend that; or leave Python {DRIVER.series} out, with "
        f"python = \"!={DRIVER.series}.*\" in the table of 'small'. Then run again."
    )
    assert str(missing) in " ".join(details)
    assert told.value.status is ExitStatus.NOT_COMPLETED
    assert content(kept) == []


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


def of(name: str, *requires: str, path: Path | None = None, loop: tuple[str, ...] = ()) -> Cell:
    """A cell of an implementation of this name, on a loop that needs ``loop``."""
    made = cell(*requires, path=path)
    on = evolve(ASYNCIO, name="quick", requires=loop) if loop else ASYNCIO
    return evolve(made, implementation=evolve(made.implementation, name=name), loop=on)


def test_a_python_that_it_does_not_install_on_is_told_with_those_that_it_wants(
    kept: Path, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "Requires-Python: >=3.98,<3.99\n")
    with pytest.raises(ProvisionError) as told:
        provided(kept, of("mine", f"small @ {wheel.as_uri()}"))
    first, *details = str(told.value).splitlines()
    assert first == (
        f"The environment of mine on asyncio with Python {DRIVER.version} could not be made: uv failed. "
        "It wants another Python: give python = \">=3.98,<3.99\" in the table of 'mine', and run again."
    )
    assert "small" in "".join(details)


def test_all_are_named_that_it_was_for() -> None:
    assert what_fails([of("mine"), of("yours"), of("mine")]) == (
        f"The environment of mine on asyncio, yours on asyncio with Python {DRIVER.version} could not be made"
    )


@pytest.mark.parametrize(
    ("made", "tables"),
    [
        (of("mine", "a==1"), "'mine'"),
        (of("mine", path=Path("mine.py")), "'mine'"),
        (of("mine", loop=("quick==1",)), "'quick'"),
        (of(NATIVE, "a==1", loop=("quick==1",)), "'quick'"),
        (of("mine", "a==1", loop=("quick==1",)), "'mine' or 'quick'"),
    ],
)
@pytest.mark.parametrize(
    "said", ["does not satisfy Python>=3.9, we can", "does not satisfy\n  Python>=3.9 and"]
)
def test_the_tables_are_named_that_bring_what_does_not_install(made: Cell, tables: str, said: str) -> None:
    assert what_to_do([made], said) == (
        f'It wants another Python: give python = ">=3.9" in the table of {tables}, and run again.'
    )


def test_where_no_table_brings_anything_none_is_named() -> None:
    assert what_to_do([of(NATIVE)], "does not satisfy Python>=3.9 and") == (
        "See what it says, mend that, and run again."
    )


def test_the_last_of_what_uv_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_uv(
        tmp_path, "for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo line $n >&2; done; exit 2", monkeypatch
    )
    with pytest.raises(ProvisionError) as told:
        call_uv([], failing="It could not be called")
    assert told.value.details.splitlines() == [f"line {number}" for number in range(3, 15)]
