"""The conditions of an expectation as its file has them, for what the judge step says of the file."""

from __future__ import annotations

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from conformance.judge.expectations import Expectation

GLOBS = ("implementation", "suite", "mode", "loop")
CONDITIONS = (*GLOBS, "python")


def condition(entry: Expectation, key: str) -> str:
    """The condition's text; empty where the entry has none."""
    if key == "python":
        return _range(entry.python)
    text: str = getattr(entry, key)
    return "" if text == "*" else text


def conditions(entry: Expectation) -> dict[str, str]:
    """The conditions that the entry has, in the order in which they are written."""
    return {key: text for key in CONDITIONS if (text := condition(entry, key))}


def _range(specifiers: SpecifierSet) -> str:
    """The specifiers from the lowest to the highest, exceptions last: a SpecifierSet keeps no order."""

    def place(one: Specifier) -> tuple[bool, Version, str]:
        number = "0" if one.operator == "===" else one.version.removesuffix(".*")
        return one.operator == "!=", Version(number), one.operator

    return ",".join(str(one) for one in sorted(specifiers, key=place))
