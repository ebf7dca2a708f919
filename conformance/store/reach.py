"""Which files of a local source a cell can come to load: what is hashed of its environment for the cell's key.

From the modules that an implementation names every import is followed, those inside functions too, and of both
branches of a condition but for one on the interpreter's version, so that more is found than is ever loaded and never
less. Where that cannot be said, as where a module imports by a name that it makes up, all files count.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import operator
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

_DYNAMIC = frozenset(
    {
        *("__import__", "exec", "eval", "importlib", "import_module", "imp", "pkgutil", "runpy", "zipimport"),
        *("__file__", "__path__", "__loader__", "__spec__", "inspect", "linecache"),
        *(
            "pickle",
            "pydoc",
            "subprocess",
            "multiprocessing",
            "copyreg",
            "modules",
            "path",
            "execfile",
            "spawn",
        ),
        "*",  # whatever __all__ names
    }
)
"""What loads or reads a module whose name does not stand there, or finds where it lies."""
_COMPILED = (".so", ".pyd", ".dll", ".dylib", ".pyc")
"""What may import any module, and cannot be read."""
_STARTED = frozenset({"sitecustomize.py", "usercustomize.py"})
"""What Python itself loads."""
_COMPARISONS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class _AllError(Exception):
    """Any file may be loaded."""


def reached(site: Path, modules: Sequence[str], release: Sequence[int]) -> list[tuple[str, str]] | None:
    """Return the files that count, by their path below ``site``, the environment's site-packages, with their hashes.

    They are of what was installed from a file and not from a registry, whose version says what it is. ``modules``
    are those that are imported first, and ``release`` the interpreter's. Returns None where nothing is so installed.
    """
    installed = list(distributions(path=[str(site)]))
    local = [each for each in installed if each.read_text("direct_url.json") is not None]
    if not local:
        return None
    files = {path: site / path for each in local for path in _files(each)}
    sources = {path for path in files if path.endswith(".py") and path not in _STARTED}
    try:
        if any(path.endswith((*_COMPILED, ".pth")) for path in files):
            raise _AllError
        others = [site / path for each in installed if each not in local for path in _files(each)]
        _refuse_users(others, sources)
        counted = _closure(site, sources, modules, tuple(release[:2]))
    except _AllError:
        counted = sources
    kept = sorted(counted | (files.keys() - sources))
    return [
        *((path, hashlib.sha256(files[path].read_bytes()).hexdigest()) for path in kept),
        *(("metadata", _said(each)) for each in local),
    ]


def _files(distribution: Distribution) -> Iterator[str]:
    """What it has installed beside its metadata; bytecode in a folder of its own is made from the rest."""
    rows = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    for path, *_ in rows:
        if ".dist-info/" not in path and "__pycache__/" not in path:
            yield path


def _said(distribution: Distribution) -> str:
    """What a program may ask of its metadata: all but the description, which is for readers."""
    fields = (distribution.read_text("METADATA") or "").partition("\n\n")[0]
    return json.dumps([fields, distribution.read_text("entry_points.txt")])


def _refuse_users(others: Iterable[Path], sources: Iterable[str]) -> None:
    """Raise _AllError where another package may load the source's modules, or its modules stand for Python's own."""
    names = {path.partition("/")[0].removesuffix(".py") for path in sources}
    if names & sys.stdlib_module_names:
        raise _AllError
    for path in others:
        if path.suffix == ".py" and any(name.encode() in path.read_bytes() for name in names):
            raise _AllError


def _closure(site: Path, sources: set[str], modules: Iterable[str], series: tuple[int, ...]) -> set[str]:
    counted: set[str] = set()
    names = frozenset(path.partition("/")[0].removesuffix(".py") for path in sources)
    waiting = [path for module in modules for path in _paths(module) if path in sources]
    if not waiting:
        raise _AllError
    while waiting:
        path = waiting.pop()
        if path not in counted:
            counted.add(path)
            waiting += [
                found
                for module in _imported((site / path).read_bytes(), path, series, names)
                for found in _paths(module)
                if found in sources
            ]
    return counted


def _paths(module: str) -> Iterator[str]:
    """The files that an import of this dotted name may load: the packages that it is in, and itself."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        yield f"{'/'.join(parts[:length])}.py"
        yield f"{'/'.join(parts[:length])}/__init__.py"


@cache
def _imported(content: bytes, path: str, series: tuple[int, ...], names: frozenset[str]) -> frozenset[str]:
    """The dotted names that the module at ``path`` may import; kept, since many environments have the same one.

    Raises _AllError where it may find a module by a text: one of a dotted name or a path below any of ``names``.
    """
    package = path.removesuffix(".py").split("/")[:-1]
    found: set[str] = set()
    try:
        waiting: list[ast.AST] = [ast.parse(content)]
    except (SyntaxError, ValueError):
        # Of a newer Python than ours, say.
        raise _AllError from None
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import():
                found.update(name.name for name in node.names)
            case ast.ImportFrom():
                base = package[: len(package) - node.level + 1] if node.level else []
                dotted = ".".join([*base, *([node.module] if node.module else [])])
                # What is imported from a package may be a module of it.
                found.update(f"{dotted}.{name.name}" for name in node.names)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _DYNAMIC:
                raise _AllError
            case ast.Expr(value=ast.Constant()):
                # A docstring.
                pass
            case ast.Constant(value=str() | bytes() as text):
                _refuse_names(text, names)
            case ast.If() if (holds := _known(node.test, series)) is not None:
                waiting += node.body if holds else node.orelse
            case _:
                waiting += ast.iter_child_nodes(node)
    if any(part in _DYNAMIC for name in found for part in name.split(".")):
        raise _AllError
    return frozenset(found)


def _refuse_names(text: str | bytes, names: Iterable[str]) -> None:
    said = text if isinstance(text, str) else text.decode("latin-1")
    if said in _DYNAMIC or any(f"{name}{mark}" in said for name in names for mark in "./\\"):
        raise _AllError


def _known(test: ast.expr, series: tuple[int, ...]) -> bool | None:
    """What a comparison of ``sys.version_info`` with two numbers comes to; None for any other condition."""
    match test:
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id="sys"), attr="version_info"),
            ops=[comparison],
            comparators=[ast.Tuple(elts=[ast.Constant(value=int(major)), ast.Constant(value=int(minor))])],
        ):
            compare = _COMPARISONS.get(type(comparison))
            # With the release behind: 3.11.7 is more than (3, 11).
            return None if compare is None else bool(compare((*series, 0), (major, minor)))
    return None
