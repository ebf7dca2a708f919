"""docs/divergences.md: each row says what, where and why, and the tests that it names are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE_TESTS = ROOT / "tests" / "package"
DOCUMENT = (ROOT / "docs" / "divergences.md").read_text()
ROWS = [line for line in DOCUMENT.splitlines() if re.match(r"\| (?!what )", line)]
NAMED = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", DOCUMENT))


def functions(module: Path) -> dict[str, ast.FunctionDef]:
    """The tests of a module, by name."""
    body = ast.parse(module.read_text()).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def expects_a_failure(module: Path) -> set[str]:
    """The tests of a module that are marked xfail, by a decorator or a name that stands for one."""
    marks = {"xfail"}
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and "xfail" in ast.unparse(node.value):
            marks.update(ast.unparse(target) for target in node.targets)
    return {
        name
        for name, node in functions(module).items()
        if any(mark in ast.unparse(decorator) for decorator in node.decorator_list for mark in marks)
    }


def test_each_row_is_complete() -> None:
    assert len(ROWS) > 10
    for row in ROWS:
        what, here, native, why, tests = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert all((what, here, native, why)), row
        assert re.search(r"`test_\w+\.py::test_\w+`", tests), row


def test_each_test_that_is_named_is_there() -> None:
    missing = [
        f"{module}::{name}"
        for module, name in sorted(NAMED)
        if not (PACKAGE_TESTS / module).exists() or name not in functions(PACKAGE_TESTS / module)
    ]
    assert missing == []


def test_each_expected_failure_of_the_package_is_a_row() -> None:
    """An xfail says that something is not as native's: it is declared, or it is no xfail."""
    expected = {
        (module.name, name)
        for module in sorted(PACKAGE_TESTS.glob("test_*.py"))
        for name in expects_a_failure(module)
    }
    assert expected != set()
    assert expected - NAMED == set()


def test_the_readme_points_here() -> None:
    assert "docs/divergences.md" in (ROOT / "README.md").read_text()
