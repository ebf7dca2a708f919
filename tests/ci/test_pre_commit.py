"""What runs before a commit is what the sessions run, of the same versions."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import yaml

from workflow_files import ROOT

GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
(LOCAL,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
# Of no session: they mend what no linter here looks at.
ALONE = {"pre-commit-hooks>=5"}


def test_no_hook_comes_from_another_repository() -> None:
    assert LOCAL["repo"] == "local"


@pytest.mark.parametrize("hook", LOCAL["hooks"], ids=lambda hook: hook["id"])
def test_a_hook_is_of_the_version_that_the_sessions_have(hook: dict[str, Any]) -> None:
    assert {*hook["additional_dependencies"]} <= {*GROUPS["lint"], *GROUPS["actions"]} | ALONE
