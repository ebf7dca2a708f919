"""Write the report document while the run goes on, so that whatever ends the run leaves what was finished."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from conformance.errors import DocumentError, ExitStatus, UsageError
from conformance.judge import Unmet
from conformance.records import Judgement, Result
from conformance.report.counts import count_verdicts
from conformance.report.document import Footer, Header, Hello
from conformance.report.lines import (
    Key,
    footer_line,
    header_line,
    hello_line,
    key,
    result_line,
    verdict_line,
)


class DocumentWriter:
    """A context manager that makes a document; its methods may be called from any thread.

    Each line is handed to the operating system before the method returns. Leaving the context adds nothing:
    only ``finish`` or ``interrupt`` write the footer, so a run that ends by an exception stays incomplete.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._header = header
        self._lock = RLock()
        self._written: set[Key] = set()
        self._judgements: list[Judgement] = []
        self._failure: DocumentError | None = None
        self._file: FileIO | None = None

    def __enter__(self) -> Self:
        """Create the file and its folders and write the header; raises UsageError when that is not allowed."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab", buffering=0)
        except OSError as error:
            raise UsageError(
                f"The report document {self.path} cannot be written: {error.strerror}.",
                "Name another place with --out.",
            ) from error
        try:
            self._take()
            self._write(header_line(self._header))
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._file is not None, "the context was entered"
        self._file.close()

    def hello(self, hello: Hello) -> None:
        """Write what a worker said about itself; a cell whose worker was started again says it again."""
        self._write(hello_line(hello))

    def result(self, result: Result) -> None:
        """Write a result; raises ValueError when one of the same cell, test and attempt is written already."""
        with self._lock:
            if key(result) in self._written:
                raise ValueError(f"two results of {result.test} in {result.cell}, attempt {result.attempt}")
            self._write(result_line(result))
            self._written.add(key(result))

    def judgement(self, judgement: Judgement) -> None:
        """Write a judgement, and before it those of its results that no worker reported."""
        with self._lock:
            for result in (judgement.baseline, judgement.subject, judgement.retried):
                if result is not None and key(result) not in self._written:
                    self.result(result)
            self._write(verdict_line(judgement))
            self._judgements.append(judgement)

    def finish(self, ended: str, status: ExitStatus, unmet: Sequence[Unmet] = ()) -> Footer:
        """Write and return the footer of a run that came to its end; ``ended`` is a time in ISO 8601."""
        return self._footer(ended, status, unmet, interrupted=False)

    def interrupt(self, ended: str) -> Footer:
        """Write and return the footer of a run that the user ended early."""
        return self._footer(ended, ExitStatus.INTERRUPTED, (), interrupted=True)

    def _footer(self, ended: str, status: ExitStatus, unmet: Sequence[Unmet], *, interrupted: bool) -> Footer:
        with self._lock:
            footer = Footer(
                ended=ended,
                exit_status=status,
                interrupted=interrupted,
                counts=count_verdicts(self._judgements),
                unmet=tuple(unmet),
            )
            self._write(footer_line(footer))
            return footer

    def _take(self) -> None:
        """Empty the file, unless another run is writing to it; the lock goes with the process."""
        assert self._file is not None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"Another run is writing the report document {self.path}.",
                "Wait for it, or name another with --out.",
            ) from None
        except OSError:
            # A file system without locks: no reason not to run.
            pass
        with contextlib.suppress(OSError):
            # Not for a pipe or a device.
            self._file.truncate(0)

    def _write(self, line: bytes) -> None:
        assert self._file is not None, "a document is written inside its context"
        with self._lock:
            if self._failure is not None:
                # A line behind half a line would make the damage greater.
                raise self._failure
            try:
                while line:
                    line = line[self._file.write(line) :]
            except OSError as error:
                self._failure = DocumentError(
                    f"The report document {self.path} could not be written to its end: {error.strerror}.",
                    "What stands in it is good; make room and run again.",
                )
                raise self._failure from error
