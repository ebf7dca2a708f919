"""The pages of docs/: each row says what, where and why, and the tests that it names are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each page, and where the tests are that it names.
PAGES = {
    "divergences.md": ROOT / "tests" / "package",
    "migrating.md": ROOT / "tests" / "users",
}
each_page = pytest.mark.parametrize("page", PAGES)


def text(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def named(page: str) -> set[tuple[str, str]]:
    """The tests that a page names: their modules, from where its tests are, and their names."""
    return set(re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", text(page)))


def functions(module: Path) -> dict[str, ast.FunctionDef]:
    """The tests of a module, by name."""
    body = ast.parse(module.read_text(encoding="utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def expects_a_failure(module: Path) -> set[str]:
    """The tests of a module that are marked xfail, by a decorator or a name that stands for one."""
    marks = {"xfail"}
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and "xfail" in ast.unparse(node.value):
            marks.update(ast.unparse(target) for target in node.targets)
    return {
        name
        for name, node in functions(module).items()
        if any(mark in ast.unparse(decorator) for decorator in node.decorator_list for mark in marks)
    }


@each_page
def test_each_row_is_complete(page: str) -> None:
    rows = [line for line in text(page).splitlines() if re.match(r"\| (?!what )", line)]
    assert len(rows) > 10
    for row in rows:
        *says, tests = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert len(says) == 4, row
        assert all(says), row
        assert re.search(r"`(\w+/)?test_\w+\.py::test_\w+`", tests), row


@each_page
def test_each_test_that_is_named_is_there(page: str) -> None:
    missing = [
        f"{module}::{name}"
        for module, name in sorted(named(page))
        if not (PAGES[page] / module).exists() or name not in functions(PAGES[page] / module)
    ]
    assert missing == []


def test_each_expected_failure_of_the_package_is_a_row() -> None:
    """An xfail says that something is not as native's: it is declared, or it is no xfail."""
    expected = {
        (module.name, name)
        for module in sorted(PAGES["divergences.md"].glob("test_*.py"))
        for name in expects_a_failure(module)
    }
    assert expected != set()
    assert expected - named("divergences.md") == set()


def test_each_comparison_with_a_peer_is_on_the_page() -> None:
    compared = {
        (f"{module.parent.name}/{module.name}", name)
        for module in (PAGES["migrating.md"] / "migrating").glob("test_*.py")
        for name in functions(module)
        if name.startswith("test_") and "subject" in [arg.arg for arg in functions(module)[name].args.args]
    }
    assert len(compared) > 20
    assert compared - named("migrating.md") == set()


@each_page
def test_the_readme_points_here(page: str) -> None:
    assert f"(docs/{page})" in (ROOT / "README.md").read_text(encoding="utf-8")
