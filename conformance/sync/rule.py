"""Which of a tag's files are needed: the one place that says so, read by update when it pins a tag.

The roots are the suites' own files: of every series the tests of asyncio's runners and tasks, and of 3.11,
whose Runner is what is backported, unittest's asynchronous test case with its tests. From the roots every import of the package ``test`` is followed, those inside
functions too. The package ``test.support`` is taken whole, for its modules import each other late.

A file is never parsed as a whole, only each import statement in it: a driver on 3.11 cannot parse the f-strings
of 3.12's test.support, and the same tag must give the same lock on every driver. What only looks like an
import, in a docstring say, does no harm: it counts only if a file of that name exists.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from conformance.records import Suite
from conformance.suites import DEFINITIONS, MODEL_SERIES
from conformance.sync.failures import SourceFailed
from conformance.sync.sources import Tree

SUITE_FILES = (*DEFINITIONS[Suite.RUNNERS].files, *DEFINITIONS[Suite.TASKS].files)
SERIES_FILES = {MODEL_SERIES: DEFINITIONS[Suite.ASYNC_CASE].files}
WHOLE_PACKAGE = "Lib/test/support/"
# It opens certificates, each named in a string; they moved to a folder of their own in 3.11.
NAMES_DATA = "Lib/test/test_asyncio/utils.py"

_COMMENT = re.compile(r"#[^\n]*")
_IMPORT = re.compile(
    r"""(?:^|[:;])[ \t]*                                        # a line's first or a later statement
    ((?:from[ \t]+[\w.]+[ \t]+)?import\b
     (?:[ \t]*\([^)]*\) | (?:[^\n;\\] | \\\n)*))             # names in parentheses or up to the line's end""",
    re.MULTILINE | re.VERBOSE,
)
_CERTIFICATE = re.compile(r"""(["'])([\w.-]+\.pem)\1""")


def bring_needed(tree: Tree, series: str, into: Path) -> frozenset[str]:
    """Bring all that the rule wants of a tag of ``series`` (such as ``3.11``) below ``into``; their paths.

    SourceFailed where the source lacks a root or a certificate.
    """
    names = tree.names()
    roots = {*SUITE_FILES, *SERIES_FILES.get(series, ())}
    if absent := sorted(roots - names):
        raise _incomplete(tree, absent[0])
    wanted = roots | {name for name in names if name.startswith(WHOLE_PACKAGE) and name.endswith(".py")}
    read: set[str] = set()
    # A round for each step away from the roots, so that a remote is asked once a round and not once a file.
    while fresh := wanted - read:
        tree.bring(fresh, into)
        for path in fresh:
            if path.endswith(".py"):
                text = (into / path).read_text(encoding="utf-8")
                wanted |= imported(text, path) & names
                wanted |= _certificates(text, names, tree) if path == NAMES_DATA else set()
        read |= fresh
    return frozenset(wanted)


def imported(text: str, path: str) -> set[str]:
    """The paths that the imports of the package ``test`` in a file may mean, existing or not."""
    return {
        candidate
        for statement in _import_statements(text)
        for dotted in _dotted(statement, path)
        if dotted[0] == "test"
        for length in range(1, len(dotted) + 1)
        for candidate in (
            f"Lib/{'/'.join(dotted[:length])}.py",
            f"Lib/{'/'.join(dotted[:length])}/__init__.py",
        )
    }


def _import_statements(text: str) -> Iterator[ast.stmt]:
    for match in _IMPORT.finditer(_COMMENT.sub("", text)):
        try:
            yield from ast.parse(match[1]).body
        except SyntaxError:
            continue  # prose


def _dotted(statement: ast.stmt, path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(statement, ast.Import):
        for name in statement.names:
            yield tuple(name.name.split("."))
    elif isinstance(statement, ast.ImportFrom):
        base = tuple(statement.module.split(".")) if statement.module else ()
        if statement.level:
            package = PurePosixPath(path).parts[1:-1]
            base = (*package[: len(package) - statement.level + 1], *base)
        # What follows ``import`` may be a module or a name in one: the caller knows which files exist.
        for name in statement.names:
            yield (*base, name.name)


def _certificates(text: str, names: frozenset[str], tree: Tree) -> set[str]:
    named = {match[2] for match in _CERTIFICATE.finditer(text)}
    found = {name for name in names if name.startswith("Lib/test/") and PurePosixPath(name).name in named}
    if absent := sorted(named - {PurePosixPath(name).name for name in found}):
        raise _incomplete(tree, absent[0])
    return found


def _incomplete(tree: Tree, path: str) -> SourceFailed:
    return SourceFailed(
        tree.source,
        f"{tree.label} has no {path}, which the tests need",
        "Use another source, or a tag of a series that has it.",
    )
