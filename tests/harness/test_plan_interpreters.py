"""Interpreters are looked for by series, release or path; each is known by what it says of itself."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.errors import ExitStatus, PlanError
from conformance.places import LOCK
from conformance.plan import find_interpreters, wanted_series
from conformance.sync import read_lock
from miniatures import DRIVER, PATIENCE_SECONDS, write
from provided import fake_uv, set_for_uv


def test_an_interpreter_is_found_by_its_path_and_described_by_itself() -> None:
    found = find_interpreters([str(DRIVER.executable)])
    assert found.missing == ()
    [interpreter] = found.interpreters
    assert (interpreter.version, interpreter.build) == (DRIVER.version, DRIVER.build)


def test_one_interpreter_by_several_names_is_one() -> None:
    found = find_interpreters([DRIVER.series, DRIVER.version, str(DRIVER.executable)])
    assert [one.version for one in found.interpreters] == [DRIVER.version]


@pytest.mark.parametrize("wanted", ["3.99", "3.8.99", "nonsense", "", "--help", "--nonsense"])
def test_what_is_not_here_is_named_with_what_to_do(wanted: str) -> None:
    found = find_interpreters([wanted])
    assert found.interpreters == ()
    [missing] = found.missing
    assert missing.python == wanted
    assert missing.advice.startswith(f"Install it ('uv python install {wanted}', or your version manager)")


@pytest.mark.parametrize("name", ["not there", "."])
def test_a_path_without_an_interpreter_is_named(tmp_path: Path, name: str) -> None:
    [missing] = find_interpreters([str(tmp_path / name)]).missing
    assert missing.advice == "There is no CPython at this path: name an executable."


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "true"])
def test_an_executable_that_is_no_python_is_missing(tmp_path: Path, script: str) -> None:
    false = tmp_path / "python3"
    write(false, f"#!/bin/sh\n{script}\n")
    false.chmod(0o755)
    assert find_interpreters([str(false)]).interpreters == ()


def test_a_path_is_from_the_working_directory_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(DRIVER.executable)
    monkeypatch.chdir(tmp_path)
    [interpreter] = find_interpreters(["bin/python"]).interpreters
    assert interpreter.executable == tmp_path / "bin" / "python"


def test_what_is_no_cpython_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "pypy3.10"
    write(other, "#!/bin/sh\necho \"('pypy', '$0', '3.10.14 (75b3de9d9035, Apr 21 2024, 10:54:48)')\"\n")
    other.chmod(0o755)
    fake_uv(tmp_path, f"echo {other}", monkeypatch)
    found = find_interpreters([str(other)])
    assert found.interpreters == ()
    assert found.missing[0].advice == "There is no CPython at this path: name an executable."


@pytest.mark.parametrize("wanted", [DRIVER.series, "3.99"])
def test_uv_that_cannot_look_is_told_and_says_nothing_about_interpreters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    write(tmp_path / "file", "")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(PlanError) as told:
        find_interpreters([wanted])
    first, *details = str(told.value).splitlines()
    assert (
        first
        == f"Python {wanted} could not be looked for: uv failed. See what it says, mend that, and run again."
    )
    assert str(tmp_path / "file") in "".join(details)
    assert told.value.status is ExitStatus.NOT_COMPLETED


@pytest.mark.parametrize("setting", ['required-version = ">=99"', 'python-preference = "only-managed"'])
def test_a_project_around_the_user_does_not_say_which_interpreters_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.chdir(set_for_uv(tmp_path, setting))
    [found] = find_interpreters([str(DRIVER.executable)]).interpreters
    assert found == DRIVER


def test_an_active_environment_is_no_interpreter_to_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    write(tmp_path / "pyvenv.cfg", f"home = {DRIVER.executable.parent}\nversion_info = {DRIVER.version}\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(DRIVER.executable)
    [interpreter] = find_interpreters([DRIVER.series]).interpreters
    assert not interpreter.executable.is_relative_to(tmp_path)


def test_interpreters_come_in_the_order_of_their_releases() -> None:
    found = find_interpreters(["3.13", "3.8", "3.10"])
    releases = [interpreter.release for interpreter in found.interpreters]
    assert releases == sorted(releases)
    assert len(releases) + len(found.missing) == 3


def test_the_listed_versions_are_read_without_comments(tmp_path: Path) -> None:
    write(tmp_path / ".python-version", "3.11\n\n3.8 # the oldest\n# 3.7\n")
    assert wanted_series(tmp_path) == ["3.11", "3.8"]


@pytest.mark.parametrize("text", [None, "", "# 3.7\n"])
def test_without_a_list_every_series_with_a_tag_is_wanted(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        write(tmp_path / ".python-version", text)
    tags = read_lock(LOCK.parent).entries
    assert wanted_series(tmp_path) == wanted_series(None) == [entry.series for entry in tags]


def test_a_shim_that_goes_by_the_folder_is_told_what_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "bin" / f"python{DRIVER.series}"
    write(
        shim,
        f"""\
        #!/bin/sh
        test "$PYENV_VERSION" = {DRIVER.series} && exec {DRIVER.executable} "$@"
    """,
    )
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:/bin")
    monkeypatch.setenv("PYENV_VERSION", "another")
    monkeypatch.setenv("UV_PYTHON_PREFERENCE", "only-system")
    [found] = find_interpreters([DRIVER.series]).interpreters
    assert found == DRIVER


def test_a_shim_that_goes_by_files_in_the_folder_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "bin" / f"python{DRIVER.series}"
    write(shim, f'#!/bin/sh\ntest -f .tool-versions && exec {DRIVER.executable} "$@"\n')
    shim.chmod(0o755)
    write(tmp_path / ".tool-versions", f"python {DRIVER.version}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{shim.parent}:/bin")
    monkeypatch.setenv("UV_PYTHON_PREFERENCE", "only-system")
    [found] = find_interpreters([DRIVER.series]).interpreters
    assert found == DRIVER


def test_all_are_looked_for_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each waits until the other one has come.
    meeting = tmp_path / "meeting"
    os.mkfifo(meeting)
    fake_uv(
        tmp_path,
        "for last; do :; done; "
        f'if [ "$last" = 3.1 ]; then echo here > {meeting}; else read word < {meeting}; fi; '
        "echo No interpreter found >&2; exit 2",
        monkeypatch,
    )
    pool = ThreadPoolExecutor(1)
    looking = pool.submit(find_interpreters, ["3.1", "3.2"])
    try:
        found = looking.result(PATIENCE_SECONDS)
    finally:
        # Whoever is alone there waits no longer.
        both = os.open(meeting, os.O_RDWR)
        os.write(both, b"here\n")
        pool.shutdown()
        os.close(both)
    assert [missing.python for missing in found.missing] == ["3.1", "3.2"]
