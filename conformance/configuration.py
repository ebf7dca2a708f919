"""Read which loops and implementations there are: the harness's own, then those of a user's file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from conformance.declared import Entry, declared
from conformance.errors import UsageError
from conformance.places import CHECKOUT
from conformance.records import NATIVE, Implementation, Loop

DEFAULTS = Path(__file__).with_name("defaults.toml")
IN_CHECKOUT = Path(__file__).with_name("checkout.toml")
"""Declares what is judged where the user neither selects nor declares anything."""
DEFAULT_LOOPS = ("asyncio", "uvloop")
"""On which loops, where the user selects none; those that the user declares come to them."""


@frozen
class Configuration:
    """The declared loops and implementations, by name."""

    loops: Mapping[str, Loop]
    implementations: Mapping[str, Implementation]
    default: tuple[str, ...]
    """The names of the implementations that are judged where none is selected; none in an installed harness."""
    default_loops: tuple[str, ...] = DEFAULT_LOOPS
    """The names of the loops that they are judged on where none is selected."""


def read_configuration(user_file: Path | None = None) -> Configuration:
    """The harness's own declarations, with those of ``user_file`` added to or put over them by name.

    Implementations that ``user_file`` declares are judged by default, instead of the harness's own default.
    Raises UsageError, with the file, the entry, the key and the accepted values, for what is wrong.
    """
    ours = _ours()
    if user_file is None:
        return ours
    theirs = _declared(user_file)
    if NATIVE in theirs.implementations:
        raise UsageError(
            f"{user_file}, implementation '{NATIVE}': {NATIVE} is what the others are judged against.",
            "Give it another name.",
        )
    return Configuration(
        loops={**ours.loops, **theirs.loops},
        implementations={**ours.implementations, **theirs.implementations},
        default=tuple(theirs.implementations) or ours.default,
        default_loops=(*DEFAULT_LOOPS, *theirs.loops),
    )


def _ours() -> Configuration:
    """What the harness declares by itself, here."""
    known = _declared(DEFAULTS)
    if CHECKOUT is None:
        return known
    judged = _declared(IN_CHECKOUT).implementations
    return evolve(known, implementations={**judged, **known.implementations}, default=tuple(judged))


def _declared(file: Path) -> Configuration:
    """What one file declares."""
    tables = _read(file)
    loops = [declared(Loop, entry, file) for entry in tables.get("loop", [])]
    implementations = [declared(Implementation, entry, file) for entry in tables.get("implementation", [])]
    return Configuration(
        loops=_by_name(loops, file),
        implementations=_by_name(implementations, file),
        default=(),
    )


def _by_name(entries: Sequence[Entry], file: Path) -> dict[str, Entry]:
    named: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in named:
            kind = type(entry).__name__.lower()
            raise UsageError(
                f"{file}, {kind} '{entry.name}': the name is there twice.",
                f"Give each {kind} a name of its own.",
            )
        named[entry.name] = entry
    return named


def _read(file: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.",
            "Name a file of [[loop]] and [[implementation]] tables.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"{file} is not valid TOML: {error}.", "Mend the file that --config names."
        ) from error
    for name, value in tables.items():
        if name not in ("loop", "implementation"):
            raise UsageError(
                f"{file} has '{name}', which is not known.",
                "A configuration holds [[loop]] and [[implementation]] tables alone.",
            )
        if not isinstance(value, list):
            raise UsageError(f"{file}: '{name}' is no list of tables.", f"Write it under [[{name}]].")
    return tables
