"""Workflows and actions as data: their jobs, their steps, and the shell parts of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from attrs import field, frozen

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS = [ROOT / "action.yml", *sorted((ROOT / ".github" / "actions").glob("*/action.yml"))]


@frozen
class Step:
    """One step of a job, or of a composite action."""

    file: str
    """From the project's folder on."""
    job: str
    """Empty in an action."""
    written: Mapping[str, Any] = field(repr=False)
    """As it stands in the file."""
    env: Mapping[str, str] = field(repr=False)
    """The job's variables and its own."""

    @property
    def name(self) -> str:
        return str(self.written.get("name") or self.written.get("uses") or self.written["run"])

    @property
    def script(self) -> str | None:
        """The shell part; None of a step that uses an action."""
        return self.written.get("run")

    def __str__(self) -> str:
        return f"{self.file} {self.job} {self.name}"


def read(file: Path) -> dict[str, Any]:
    """The file's content, with `on` as the text that GitHub takes it for."""
    content: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each job of each workflow: the file's name, its own, and what it is."""
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            yield file.name, name, job


def steps() -> Iterator[Step]:
    """All steps that there are."""
    for file in WORKFLOWS:
        for name, job in read(file)["jobs"].items():
            for written in job["steps"]:
                env = {**job.get("env", {}), **written.get("env", {})}
                yield Step(str(file.relative_to(ROOT)), name, written, env)
    for file in ACTIONS:
        for written in read(file)["runs"]["steps"]:
            yield Step(str(file.relative_to(ROOT)), "", written, written.get("env", {}))


def step(file: str, name: str, job: str | None = None) -> Step:
    """The one step of that name in the file, or in that job of it."""
    (found,) = [one for one in steps() if one.file == file and one.name == name and job in (None, one.job)]
    return found
