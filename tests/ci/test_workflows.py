"""Workflows and actions hold to what the project holds them to: rights, pins, limits, and no second list of anything."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from conformance.plan import wanted_series
from workflow_files import ACTIONS, ROOT, WORKFLOWS, Step, jobs, read, step, steps

JOBS = list(jobs())
STEPS = list(steps())
NOXFILE = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
SESSIONS = {node.name for node in NOXFILE.body if isinstance(node, ast.FunctionDef) and node.decorator_list}
DRIVER = next(
    ast.literal_eval(node.value)
    for node in NOXFILE.body
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DRIVER"
)


def job(file: str, name: str) -> dict[str, Any]:
    (found,) = [one for in_file, called, one in JOBS if (in_file, called) == (file, name)]
    return found


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_no_rights_but_those_that_its_jobs_name(file: Any) -> None:
    assert read(file)["permissions"] == {}
    assert all("permissions" in job for job in read(file)["jobs"].values())


def test_only_these_jobs_may_write_anything() -> None:
    writing = {
        (file, name, right)
        for file, name, job in JOBS
        for right, may in job["permissions"].items()
        if may == "write"
    }
    assert writing == {
        ("release.yml", "publish", "id-token"),
        ("weekly.yml", "upstream", "contents"),
        ("weekly.yml", "upstream", "pull-requests"),
        ("weekly.yml", "upstream", "actions"),
    }


def test_the_job_that_publishes_runs_nothing_of_the_repository() -> None:
    uses = [one["uses"].partition("@")[0] for one in job("release.yml", "publish")["steps"]]
    assert uses == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert job("release.yml", "publish")["environment"]["name"] == "${{ matrix.project }}"


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_runs_of_a_workflow_do_not_pile_up(file: Any) -> None:
    assert read(file)["concurrency"]["group"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_shell_part_fails_where_any_part_of_a_pipe_does(file: Any) -> None:
    assert read(file)["defaults"]["run"]["shell"] == "bash"


@pytest.mark.parametrize(
    ("file", "name", "job"), JOBS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_job_has_a_time_limit(file: str, name: str, job: dict[str, Any]) -> None:
    assert 0 < job["timeout-minutes"] <= 60


@pytest.mark.parametrize("step", [one for one in STEPS if one.script is not None], ids=str)
def test_nothing_from_outside_is_pasted_into_a_shell_part(step: Step) -> None:
    assert "${{" not in (step.script or "")


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=lambda file: str(file.relative_to(ROOT)))
def test_an_action_is_pinned_by_a_commit_and_its_version_is_said(file: Any) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8"))
    foreign = [(name, said) for name, said in used if not name.startswith("./")]
    assert foreign
    for name, said in foreign:
        assert re.fullmatch(r"[\w-]+/[\w-]+(/\w+)?@[0-9a-f]{40}", name)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", said)


def test_an_action_is_of_one_version_everywhere() -> None:
    used = {one.written["uses"] for one in STEPS if "@" in one.written.get("uses", "")}
    # One repository may have several actions.
    pinned = {("/".join(name.partition("@")[0].split("/")[:2]), name.partition("@")[2]) for name in used}
    repositories = [repository for repository, _commit in pinned]
    assert sorted(repositories) == sorted(set(repositories))


def test_a_checkout_keeps_no_credentials() -> None:
    checkouts = [one for one in STEPS if str(one.written.get("uses", "")).startswith("actions/checkout@")]
    assert checkouts
    assert all(one.written["with"]["persist-credentials"] is False for one in checkouts)


def test_no_file_lists_interpreters_again() -> None:
    named = {
        version
        for file in [*WORKFLOWS, *ACTIONS]
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.strip().startswith(("#", "description:"))
        for version in re.findall(r"(?<![\w.-])3\.\d+(?![\w.])", line)
    }
    # The driver's, and the one that may fail, which no list has.
    assert named == {DRIVER, "3.14"}
    assert "3.14" not in wanted_series(ROOT)


@pytest.mark.parametrize("file", ACTIONS, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_default_python_of_a_job_is_the_driver(file: Any) -> None:
    set_up = [
        one["with"]
        for one in read(file)["runs"]["steps"]
        if str(one.get("uses", "")).startswith("actions/setup-python@")
    ]
    assert set_up[-1] == {"python-version": DRIVER}


def test_the_matrix_is_the_plan() -> None:
    assert job("ci.yml", "cells")["strategy"]["matrix"] == "${{ fromJSON(needs.plan.outputs.matrix) }}"
    for name in ("tests", "macos", "windows"):
        pythons = job("ci.yml", name)["strategy"]["matrix"]["python"]
        assert pythons == "${{ fromJSON(needs.plan.outputs.pythons) }}"


def test_what_may_fail_is_no_part_of_the_report() -> None:
    kept = step(".github/workflows/ci.yml", "Keep the document", "cells").written["with"]["name"]
    taken = job("ci.yml", "report")["steps"][-3]["with"]["pattern"]
    assert kept == "${{ matrix.may_fail && 'may-fail' || 'document' }}-${{ matrix.name }}"
    assert taken == "document-*"


def test_the_upstream_files_are_cached_by_their_lock() -> None:
    caches = [one for one in STEPS if str(one.written.get("uses", "")).startswith("actions/cache/")]
    assert len(caches) == 2
    for cache in caches:
        assert cache.written["with"] == {
            "path": "upstream_tests/v*",
            "key": "upstream-${{ hashFiles('upstream_tests/upstream.lock') }}",
        }


def test_what_is_kept_in_the_cache_is_all_that_the_lock_pins() -> None:
    names = [one.get("name") for one in job("ci.yml", "plan")["steps"]]
    kept = names.index("Keep them for the other jobs")
    before = job("ci.yml", "plan")["steps"][kept - 1]
    assert before["run"] == "python -m conformance sync"
    assert before["if"] == job("ci.yml", "plan")["steps"][kept]["if"]


def test_the_last_job_waits_for_all_that_must_pass() -> None:
    must = {name for file, name, one in JOBS if file == "ci.yml" and one.get("continue-on-error") is not True}
    assert set(job("ci.yml", "passed")["needs"]) == must - {"passed"}


def test_the_sessions_that_it_checks_by_are_there() -> None:
    assert set(job("ci.yml", "checks")["strategy"]["matrix"]["session"]) <= SESSIONS


def test_every_session_that_ci_runs_here_runs_there() -> None:
    here = set(re.findall(r"nox -s (.+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8")))
    sessions = {name for line in here for name in line.split()}
    there = set(job("ci.yml", "checks")["strategy"]["matrix"]["session"]) | {"tests", "conformance"}
    assert sessions <= there


def test_only_the_step_that_opens_the_pull_request_has_a_token() -> None:
    upstream = job("weekly.yml", "upstream")
    assert "env" not in upstream or "GH_TOKEN" not in upstream["env"]
    assert [one["name"] for one in upstream["steps"] if "GH_TOKEN" in one.get("env", {})] == [
        "Open the pull request"
    ]


def test_all_that_coverage_reports_is_kept() -> None:
    kept = job("ci.yml", "coverage")["steps"][-1]["with"]
    assert kept["path"].split() == ["htmlcov/", "coverage.xml", "coverage.json"]
    assert kept["if-no-files-found"] == "error"
