"""Where upstream files come from and in which order it is tried; sync and update both bring files through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from attrs import define, frozen

from conformance.records import Interpreter
from conformance.sync.failures import SourceFailed, TagFailed, Unreachable
from conformance.sync.git import open_remote
from conformance.sync.interpreter import open_interpreter

DEFAULT_REMOTE = "https://github.com/python/cpython"

Taken = TypeVar("Taken")


class Source(StrEnum):
    """Where files may come from; ``auto`` tries git, then an interpreter."""

    AUTO = "auto"
    GIT = "git"
    INTERPRETER = "interpreter"


class Tree(Protocol):
    """One tag, opened at one source."""

    @property
    def source(self) -> str:
        """``git`` or ``interpreter``."""

    @property
    def label(self) -> str:
        """What to call it in a message."""

    def names(self) -> frozenset[str]:
        """The paths of all files that the tag has below Lib/test and Lib/unittest."""

    def bring(self, paths: Collection[str], into: Path) -> None:
        """Copy these paths below ``into``; SourceFailed where one is not there."""


@frozen
class _Way:
    source: Source
    open: Callable[[str, Path], Tree]
    """Takes the tag and an empty folder to work in."""


@define
class Sources:
    """The sources that one call may use, and what it has learnt about them."""

    source: Source
    remote: str
    interpreters: Sequence[Interpreter]
    say: Callable[[str], None]
    _unreachable: Unreachable | None = None

    def take(self, tag: str, work: Path, take: Callable[[Tree, Path], Taken]) -> Taken:
        """What ``take`` makes of the first source that has the tag and satisfies it.

        ``take`` gets the tag's tree and a folder in ``work`` to put files in, and raises SourceFailed to
        refuse a source. TagFailed tells what each source said, where all were refused.
        """
        failures: list[SourceFailed] = []
        ways = list(self._ways())
        for number, way in enumerate(ways, start=1):
            known = self._unreachable
            clone, files = work / way.source / "clone", work / way.source / "files"
            clone.mkdir(parents=True)
            files.mkdir()
            try:
                return take(way.open(tag, clone), files)
            except SourceFailed as failed:
                failures.append(failed)
                # Said once for a remote that is out of reach, not once a tag.
                if number < len(ways) and failed is not known:
                    self.say(f"{tag}: {failed}; trying {ways[number].source}")
        raise TagFailed(tag, tuple(failures))

    def _ways(self) -> Iterator[_Way]:
        if self.source in (Source.AUTO, Source.GIT):
            yield _Way(Source.GIT, self._open_remote)
        if self.source in (Source.AUTO, Source.INTERPRETER):
            yield _Way(Source.INTERPRETER, lambda tag, _: open_interpreter(tag, self.interpreters))

    def _open_remote(self, tag: str, work: Path) -> Tree:
        if self._unreachable is not None:
            raise self._unreachable
        try:
            return open_remote(tag, self.remote, work)
        except Unreachable as unreachable:
            self._unreachable = unreachable
            raise
