"""A release is refused whose tag, versions and changelog are not of one mind."""

from __future__ import annotations

import tomllib

from sandbox import Sandbox
from workflow_files import ROOT, step

REFUSE = step(".github/workflows/release.yml", "Refuse a tag that is not the version of both")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def released(sandbox: Sandbox) -> None:
    """Give the version its day in the changelog."""
    changelog = sandbox.checkout / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    changelog.write_text(text.replace("(not yet released)", "(2026-11-23)"), encoding="utf-8")


def test_the_tag_of_the_version_is_let_through(sandbox: Sandbox) -> None:
    released(sandbox)
    done = sandbox.run(REFUSE, GITHUB_REF_NAME=f"v{VERSION}")
    assert (done.returncode, done.stdout) == (0, "")


def test_another_tag_is_refused(sandbox: Sandbox) -> None:
    released(sandbox)
    done = sandbox.run(REFUSE, GITHUB_REF_NAME="v9.9.9")
    assert done.returncode == 1
    assert done.stdout.startswith("::error::The tag is v9.9.9, the package's version ")


def test_a_harness_of_another_version_is_refused(sandbox: Sandbox) -> None:
    released(sandbox)
    (sandbox.checkout / "conformance" / "__init__.py").write_text('__version__ = "9.9.9"\n', encoding="utf-8")
    done = sandbox.run(REFUSE, GITHUB_REF_NAME=f"v{VERSION}")
    assert done.returncode == 1
    assert "the harness's 9.9.9." in done.stdout


def test_a_changelog_that_says_not_yet_released_is_refused(sandbox: Sandbox) -> None:
    changelog = sandbox.checkout / "CHANGELOG.md"
    changelog.write_text(f"## {VERSION} (not yet released)\n", encoding="utf-8")
    done = sandbox.run(REFUSE, GITHUB_REF_NAME=f"v{VERSION}")
    assert done.returncode == 1
    assert f"CHANGELOG.md says that {VERSION} is not yet released" in done.stdout
