"""What a user can cause, one exception a step; the command line turns each into a sentence and an exit status.

    UsageError      a wrong option, file or key                          exit 2
    PlanError       an interpreter asked for by name is not there        exit 3
    SyncError       upstream files could not be brought in or verified   exit 3
    ProvisionError  a wheel or an environment could not be made          exit 3
    ExecuteError    no worker could be started at all                    exit 3
    DocumentError   a report document is damaged or incomplete           exit 3

Whatever else escapes is our own defect and keeps its traceback.
"""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of every command."""

    AS_EXPECTED = 0
    UNEXPECTED_VERDICT = 1
    WRONG_USAGE = 2
    NOT_COMPLETED = 3
    INTERRUPTED = 130


class ConformanceError(Exception):
    """Something that a user can cause: what happened, to what, and what to do next."""

    status = ExitStatus.NOT_COMPLETED

    # No attrs: the command line imports this, and is to answer --help at once.
    def __init__(self, what: str, advice: str, details: str = "") -> None:
        """Take what happened, to what; what to do next; the last words of the tool that failed, where there was one."""
        super().__init__(what, advice, details)
        self.what = what
        self.advice = advice
        self.details = details

    def __str__(self) -> str:
        lines = [f"{self.what} {self.advice}".strip()]
        if self.details:
            lines += [f"    {line}" for line in self.details.rstrip().splitlines()]
        return "\n".join(lines)


class UsageError(ConformanceError):
    """A wrong option, file or key."""

    status = ExitStatus.WRONG_USAGE


class PlanError(ConformanceError):
    """The plan asks by name for something that this machine lacks."""


class SyncError(ConformanceError):
    """Upstream files could not be brought in, or are not what the lock says."""


class ProvisionError(ConformanceError):
    """A wheel could not be built or an environment not be made."""


class ExecuteError(ConformanceError):
    """No worker could be started."""


class DocumentError(ConformanceError):
    """A report document is damaged or incomplete."""
