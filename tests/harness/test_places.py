"""In a checkout the harness keeps its files there; installed, it brings the lock and keeps the rest in the user's cache."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_cache_path

from conformance import places
from conformance.sync import read_lock
from miniatures import write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder with the harness's package in it, such as site-packages."""
    (tmp_path / "conformance").mkdir()
    shutil.copy(places.__file__, tmp_path / "conformance" / "places.py")
    return tmp_path.resolve()


def placed(packages: Path) -> dict[str, Any]:
    """The places of the package that lies there."""
    return runpy.run_path(str(packages / "conformance" / "places.py"))


def test_in_a_checkout_all_is_kept_there() -> None:
    assert places.CHECKOUT == ROOT
    kept = (places.KEPT, places.ENVIRONMENTS, places.STORE, places.DOCUMENT, places.UPSTREAM, places.LOCK)
    assert all(place.is_relative_to(ROOT) for place in kept)
    assert read_lock(places.LOCK.parent).tags


def test_an_installed_harness_brings_the_lock_and_the_expectations(packages: Path) -> None:
    found = placed(packages)
    assert found["CHECKOUT"] is None
    assert found["LOCK"] == packages / "conformance" / "upstream.lock"
    assert found["EXPECTATIONS"] == packages / "conformance" / "expectations.toml"


def test_an_installed_harness_keeps_the_rest_in_the_users_cache(packages: Path) -> None:
    found = placed(packages)
    cache = user_cache_path("runner_backport-conformance")
    assert found["KEPT"] == cache
    assert all(
        found[name].is_relative_to(cache) for name in ("ENVIRONMENTS", "STORE", "DOCUMENT", "UPSTREAM")
    )


@pytest.mark.parametrize("lacking", ["lock", "package"])
def test_what_only_resembles_a_checkout_is_none(packages: Path, lacking: str) -> None:
    if lacking != "lock":
        write(packages / "upstream_tests" / "upstream.lock", "")
    if lacking != "package":
        (packages / "runner_backport").mkdir()
    assert placed(packages)["CHECKOUT"] is None


def test_a_copy_of_the_checkout_is_one(packages: Path) -> None:
    write(packages / "upstream_tests" / "upstream.lock", "")
    (packages / "runner_backport").mkdir()
    found = placed(packages)
    assert found["CHECKOUT"] == packages
    assert found["KEPT"] == packages / ".conformance"


def test_a_path_is_shown_from_the_checkout_on(packages: Path) -> None:
    write(packages / "upstream_tests" / "upstream.lock", "")
    (packages / "runner_backport").mkdir()
    found = placed(packages)
    assert found["shown"](found["STORE"]) == ".conformance/store.sqlite"


def test_an_installed_harness_shows_a_path_from_the_users_home_on(packages: Path) -> None:
    found = placed(packages)
    assert found["shown"](Path.home() / "cache" / "store.sqlite") == "~/cache/store.sqlite"
    elsewhere = packages / "store.sqlite"
    assert found["shown"](elsewhere) == str(elsewhere)
