"""What a worker and all that it starts write to stdout and stderr, kept where it takes no memory; in execute."""

from __future__ import annotations

import fcntl
import os
import tempfile

_KEPT = 1 << 14


class Output:
    """A file and not a pipe: a test may print as much as it likes, and nobody has to read along."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the worker
        # A test may move the place at which all who share the file write; what is appended goes to its end.
        flags = fcntl.fcntl(self._file, fcntl.F_GETFL)
        fcntl.fcntl(self._file, fcntl.F_SETFL, flags | os.O_APPEND)

    def fileno(self) -> int:
        return self._file.fileno()

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self.fileno()).st_size

    def text(self, start: int, end: int | None = None) -> str:
        """What was written between two offsets, in bytes; the last part of it if much."""
        size = self.size
        end = size if end is None else min(end, size)
        start = min(max(start, 0), size)
        first = max(start, end - _KEPT)
        text = os.pread(self.fileno(), max(0, end - first), first).decode(errors="replace")
        return text if first == start else f"[{first - start} bytes are left out here]\n{text}"

    def close(self) -> None:
        self._file.close()
