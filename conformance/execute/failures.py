"""How listening to a worker can end without an event; raised by execute's lower parts, caught by supervise."""

from __future__ import annotations


class WorkerGoneError(Exception):
    """The worker ended, or wrote what no worker writes; the text says which."""


class TimeLimitError(Exception):
    """The worker said nothing until the deadline."""


class AbandonedError(Exception):
    """The run was interrupted while we waited for the worker."""
