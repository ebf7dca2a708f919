"""Read the ids of an upstream file's tests from its source, without running it; update compares them.

Nothing of upstream is imported for this, so a lock can be renewed without an interpreter of the series. The
classes are rebuilt as empty ones with the same bases, and Python itself then says what each inherits. A test
that only appears at run time in another way than by a decorator of the same file is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator


class _Case:
    """Stands for every base from elsewhere that is a test case."""


def test_ids(source: bytes, module: str) -> frozenset[str]:
    """Full ids such as ``test_runners.RunTests.test_asyncio_run_return``; ``module`` is their first part."""
    statements = list(_statements(ast.parse(source).body))
    functions = {node.name: node for node in statements if isinstance(node, ast.FunctionDef)}
    classes: dict[str, type] = {}
    for node in statements:
        if isinstance(node, ast.ClassDef):
            classes[node.name] = _rebuilt(node, classes, functions)
    return frozenset(
        f"{module}.{name}.{attribute}"
        for name, rebuilt in classes.items()
        if issubclass(rebuilt, _Case)
        for attribute in dir(rebuilt)
        if attribute.startswith("test") and getattr(rebuilt, attribute)
    )


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module or class, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            for field in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, field, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def _rebuilt(node: ast.ClassDef, classes: dict[str, type], functions: dict[str, ast.FunctionDef]) -> type:
    bases = dict.fromkeys(_base(base, classes) for base in node.bases)
    # Last, as unittest.TestCase is in every method resolution order: it may be a base beside its own subclass.
    ordered = [base for base in bases if base not in (object, _Case)] + [_Case] * (_Case in bases)
    members: dict[str, object] = {}
    for statement in _statements(node.body):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            members[statement.name] = True
        elif isinstance(statement, ast.Assign):
            members |= {
                target.id: _truth(statement.value)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
    rebuilt = type(node.name, tuple(ordered), members)
    for decorator in reversed(node.decorator_list):
        if isinstance(decorator, ast.Name) and decorator.id in functions:
            _decorate(rebuilt, functions[decorator.id])
    return rebuilt


def _base(base: ast.expr, classes: dict[str, type]) -> type:
    if isinstance(base, ast.Name) and base.id in classes:
        return classes[base.id]
    name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
    return _Case if name.endswith("TestCase") else object


def _decorate(rebuilt: type, function: ast.FunctionDef) -> None:
    """Give the class what a decorator of the same file assigns to it."""
    decorated = function.args.args[0].arg if function.args.args else None
    for statement in _statements(function.body):
        if not isinstance(statement, ast.Assign):
            continue
        for target in statement.targets:
            if (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id == decorated
            ):
                setattr(rebuilt, target.attr, _truth(statement.value))


def _truth(value: ast.expr) -> bool:
    """Whether a name that is given this value may be a test: not if it is a constant, None above all."""
    return not isinstance(value, ast.Constant)
