"""Links from a test to its source in CPython's repository, at the tag that was run, for the pages of the report step."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from conformance.records import Cell
from conformance.suites import DEFINITIONS

_REPOSITORY = "https://github.com/python/cpython/blob"


class Upstream:
    """Knows where the tests stand; ``trees`` is the folder that sync brings the tags to."""

    def __init__(self, trees: Path) -> None:
        self._trees = trees
        self._lines = cache(self._read)

    def address(self, cell: Cell, test: str) -> str:
        """Return the address of a test of the cell, with its line where the tag's tree is here and says it.

        Empty where no file of the suite is the test's.
        """
        file = self._file(cell, test)
        if not file or not cell.tag:
            return ""
        line = self._line(self._trees / cell.tag / file, test)
        return f"{_REPOSITORY}/{cell.tag}/{file}{f'#L{line}' if line else ''}"

    def _line(self, path: Path, test: str) -> int:
        """The line that a test begins in; 0 where that is not known."""
        _module, _, rest = test.partition(".")
        owner, _, name = rest.partition(".")
        return self._lines(path).get((owner, name), 0)

    @staticmethod
    def _file(cell: Cell, test: str) -> str:
        definition = DEFINITIONS.get(cell.suite)
        module = test.partition(".")[0]
        files = definition.files if definition else ()
        return next((file for file in files if Path(file).stem == module), "")

    @staticmethod
    def _read(path: Path) -> dict[tuple[str, str], int]:
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, ValueError, SyntaxError):
            return {}
        classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        return {
            (name, method): line for name in classes for method, line in _methods(name, classes, ()).items()
        }


def _methods(name: str, classes: dict[str, ast.ClassDef], above: tuple[str, ...]) -> dict[str, int]:
    """The lines of a class's methods, those of its bases in the same file too; what comes first in the bases counts."""
    node = classes.get(name)
    if node is None or name in above:
        return {}
    found: dict[str, int] = {}
    for base in reversed(node.bases):
        if isinstance(base, ast.Name):
            found |= _methods(base.id, classes, (*above, name))
    own: dict[str, int] = {}
    # What stands further out comes first, and counts: a function within a test is none.
    for statement in ast.walk(node):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            own.setdefault(statement.name, statement.lineno)
    return found | own
