"""uv is called with what the user and the system have set for it, and with nothing that a project sets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conformance import uv_command
from conformance.errors import ProvisionError
from conformance.provision.uv import call_uv
from miniatures import DRIVER
from provided import set_for_uv

LOOKING = ("python", "find", "--system", str(DRIVER.executable))
WRONG = 'required-version = ">=99"'


def test_a_project_that_a_variable_names_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PROJECT", str(set_for_uv(tmp_path, WRONG)))
    call_uv(LOOKING, failing="It could not be looked for")


@pytest.mark.parametrize("workspace", ["", '\n[tool.uv.workspace]\nmembers = ["**"]'])
def test_a_project_that_the_harness_is_installed_in_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: str
) -> None:
    project = set_for_uv(tmp_path / "project", WRONG + workspace)
    installed = shutil.copytree(uv_command._NO_PROJECT, project / ".venv" / "no_project")
    monkeypatch.setattr(uv_command, "_NO_PROJECT", installed)
    call_uv(LOOKING, failing="It could not be looked for")


def test_what_the_user_has_set_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_for_uv(tmp_path / "uv", WRONG, name="uv.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(ProvisionError) as told:
        call_uv(LOOKING, failing="It could not be looked for")
    assert "Required uv version `>=99`" in told.value.details


def test_what_it_says_has_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(ProvisionError) as told:
        call_uv(["python", "find", "3.99"], failing="It could not be looked for")
    assert told.value.details.startswith("error: No interpreter found")
