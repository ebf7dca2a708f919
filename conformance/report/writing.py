"""Write the report document while the run goes on, so that whatever ends the run leaves what was finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from types import MappingProxyType, TracebackType
from typing import Self

from conformance.errors import ExitStatus, UsageError
from conformance.judge import Unmet
from conformance.records import Judgement, Result
from conformance.report.counts import count_verdicts
from conformance.report.document import Document, Footer, Header, Hello
from conformance.report.lines import (
    footer_line,
    header_line,
    hello_line,
    keys_line,
    result_line,
    verdict_line,
)
from conformance.report.place import Place, take_place
from conformance.report.reading import read_document

_NO_KEYS: Mapping[str, str] = MappingProxyType({})


class DocumentWriter:
    """A context manager that makes a document; its methods may be called from any thread.

    Each line is handed to the operating system before the method returns, whole or not at all. Leaving the
    context adds nothing: only ``finish`` or ``interrupt`` write the footer, so a run that ends by an exception
    stays incomplete. Where signals raise exceptions, hold them off during each of the calls: one between a
    result's line and the note that it is written would let it be written twice.

    A run that is resumed gives the document as it was read, the ``done`` results and their ``keys``; they stand
    in the new document before it takes the old one's place. ``only_default`` says that nobody asked for the path: while another run writes
    there, the next free name is taken, and ``path`` says which.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        *,
        done: Iterable[Result] = (),
        keys: Mapping[str, str] = _NO_KEYS,
        resumed: Document | None = None,
        only_default: bool = False,
    ) -> None:
        self.path = path
        self._header = header
        self._done = tuple(done)
        self._keys = keys
        self._resumed = resumed
        self._only_default = only_default
        self._lock = RLock()
        self._written: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        """The tests whose results are written, by cell and attempt: a key for each would be most of the memory."""
        self._judgements: list[Judgement] = []
        self._place: Place | None = None

    def __enter__(self) -> Self:
        """Make the folders, and the file with its header, keys and done results in the place of an older one.

        Raises UsageError when the path cannot be written, when another run is writing there or has done so since
        the resumed document was read, and DocumentError when the disk is full; what stood there before is
        untouched then.
        """
        place = self._place = take_place(self.path, only_default=self._only_default)
        self.path = place.path
        try:
            self._refuse_overtaken()
            self._write(header_line(self._header))
            if self._keys:
                self.keys(self._keys)
            for result in self._done:
                self.result(result)
            place.settle()
        except BaseException:
            place.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._place is not None, "the context was entered"
        self._place.close()

    def keys(self, keys: Mapping[str, str]) -> None:
        """Write the keys that cells' results have in the store; they add to those that are written already."""
        self._write(keys_line(keys))

    def hello(self, hello: Hello) -> None:
        """Write what a worker said about itself; a cell whose worker was started again says it again."""
        self._write(hello_line(hello))

    def result(self, result: Result) -> None:
        """Write a result; raises ValueError when one of the same cell, test and attempt is written already."""
        with self._lock:
            written = self._written[result.cell, result.attempt]
            if result.test in written:
                raise ValueError(f"two results of {result.test} in {result.cell}, attempt {result.attempt}")
            self._write(result_line(result))
            written.add(result.test)

    def judgement(self, judgement: Judgement) -> None:
        """Write a judgement, and before it those of its results that no worker reported."""
        with self._lock:
            for result in (judgement.baseline, judgement.subject, judgement.retried):
                if result is not None and result.test not in self._written[result.cell, result.attempt]:
                    self.result(result)
            self._write(verdict_line(judgement))
            self._judgements.append(judgement)

    def finish(
        self, ended: str, status: ExitStatus, unmet: Sequence[Unmet] = (), met: Sequence[int] = ()
    ) -> Footer:
        """Write and return the footer of a run that came to its end; ``ended`` is a time in ISO 8601.

        ``unmet`` and ``met`` are the expectations that no test, and that some test, of the run's cells answers to.
        """
        return self._footer(ended, status, unmet, met, interrupted=False)

    def interrupt(self, ended: str) -> Footer:
        """Write and return the footer of a run that the user ended early."""
        return self._footer(ended, ExitStatus.INTERRUPTED, (), (), interrupted=True)

    def _footer(
        self,
        ended: str,
        status: ExitStatus,
        unmet: Sequence[Unmet],
        met: Sequence[int],
        *,
        interrupted: bool,
    ) -> Footer:
        with self._lock:
            footer = Footer(
                ended=ended,
                exit_status=status,
                interrupted=interrupted,
                counts=count_verdicts(self._judgements),
                unmet=tuple(unmet),
                met=tuple(met),
            )
            self._write(footer_line(footer), durable=True)
            return footer

    def _refuse_overtaken(self) -> None:
        # Only now nobody else can write there.
        if self._resumed is not None and read_document(self.path) != self._resumed:
            raise UsageError(
                f"Another run has written the report document {self.path} since it was read.",
                "See what it says, and resume again where it is incomplete.",
            )

    def _write(self, line: bytes, *, durable: bool = False) -> None:
        assert self._place is not None, "a document is written inside its context"
        with self._lock:
            self._place.write(line, durable=durable)
