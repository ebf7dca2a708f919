"""Read why the peers differ in generated programs, for their page: ``peers/programs.toml``."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.errors import UsageError

_KEYS = ("implementation", "kinds", "reason", "sometimes", "link")
_REQUIRED = _KEYS[:3]


@frozen
class Fact:
    """Why a peer differs in some kinds of differences."""

    implementation: str
    kinds: tuple[str, ...]
    """Globs of what ``fuzz`` calls the kinds, what tells most first; ``broken: …`` for a promise of asyncio's documentation that is broken."""
    reason: str
    sometimes: tuple[str, ...] = ()
    """Globs of the kinds that come and go, with which of two threads is faster."""
    link: str = ""

    def fits(self, peer: str, kind: str) -> bool:
        """Whether this is why the peer differs so."""
        return peer == self.implementation and _any_fits(self.kinds, kind)

    def rank(self, kind: str) -> int:
        """Which of its globs is the first that the kind fits, from 0 on."""
        return next(place for place, glob in enumerate(self.kinds) if fnmatchcase(kind, glob))

    def fits_sometimes(self, peer: str, kind: str) -> bool:
        """Whether this is why the peer now and then differs so."""
        return peer == self.implementation and _any_fits(self.sometimes, kind)


def _any_fits(globs: tuple[str, ...], kind: str) -> bool:
    return any(fnmatchcase(kind, each) for each in globs)


def read_facts(path: Path) -> tuple[Fact, ...]:
    """Return the facts of a TOML file, in its order; raises UsageError, naming the entry, for what is wrong in it."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Name a file that can.") from error
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct the file.") from error
    entries = data.get("fact", [])
    if data.keys() - {"fact"} or not isinstance(entries, list):
        raise UsageError(
            f"{path} holds something else than facts.", "Write tables named [[fact]], and no more."
        )
    return tuple(_fact(path, number, entry) for number, entry in enumerate(entries, start=1))


def _fact(path: Path, number: int, entry: Any) -> Fact:
    try:
        kinds, sometimes = entry["kinds"], entry.get("sometimes", [])
        fact = Fact(
            entry["implementation"], tuple(kinds), entry["reason"], tuple(sometimes), entry.get("link", "")
        )
        texts = (fact.implementation, *fact.kinds, *fact.sometimes, fact.reason)
        right = isinstance(kinds, list) and isinstance(sometimes, list) and bool(kinds)
        right = right and all(isinstance(one, str) and one for one in texts)
        right = right and isinstance(fact.link, str) and not entry.keys() - set(_KEYS)
    except (AttributeError, KeyError, TypeError):
        right = False
    if not right:
        raise UsageError(
            f"{path}, fact {number} is not a fact.",
            f"Give it {', '.join(_REQUIRED)}, and sometimes and link where they apply; kinds and sometimes are lists of texts.",
        )
    return fact
