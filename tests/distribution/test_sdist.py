"""The sdist: the package, its tests and what is written for its users, and the same wheel once more."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

from archives import ROOT, Distribution, build, contents, tracked
from conformance.plan import wanted_series
from conformance.provision.uv import call_uv

SERIES = sorted(wanted_series(ROOT), key=Version)

HELD = ["runner_backport", "tests/package", "docs", "CHANGELOG.md", "LICENSE", "README.md"]
BESIDE = {"pyproject.toml", "PKG-INFO", ".gitignore"}
"""What every sdist of this build backend has."""


def test_it_holds_the_package_its_tests_and_its_documents(unpacked: Path) -> None:
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert held == tracked(*HELD) | BESIDE


def test_its_metadata_are_the_wheel_s(unpacked: Path, distribution: Distribution) -> None:
    (name,) = [name for name in distribution.files if name.endswith("/METADATA")]
    assert (unpacked / "PKG-INFO").read_bytes() == distribution.files[name]


def test_the_wheel_that_it_builds_is_the_tree_s(distribution: Distribution, tmp_path: Path) -> None:
    rebuilt = build(distribution.sdist, tmp_path, "wheel")
    assert contents(rebuilt) == distribution.files


# The floor and the newest; the same tests run on all six from the tree.
@pytest.mark.parametrize("interpreter", [SERIES[0], SERIES[-1]], indirect=True)
def test_its_tests_run(environment: Path, unpacked: Path) -> None:
    groups = tomllib.loads((unpacked / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    install = ["pip", "install", "--quiet", "--python", environment, unpacked, *groups["tests"]]
    call_uv(install, failing="What the tests need could not be installed")
    # Collecting imports every module with all that it shares; the few that are run need nothing more than that.
    runs = [["--collect-only"], ["--loop=asyncio", "-k", "exports or lifecycle"]]
    for arguments in runs:
        # By its script and not by -m, which would put the unpacked package in front of the installed one.
        command = [
            str(environment.parent / "pytest"),
            "-q",
            "--import-mode=importlib",
            *arguments,
            "tests/package",
        ]
        done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_nothing_of_the_harness_is_in_it(unpacked: Path) -> None:
    assert [
        name for name in ("conformance", "upstream_tests", "noxfile.py") if (unpacked / name).exists()
    ] == []
    assert (ROOT / "conformance").exists()
