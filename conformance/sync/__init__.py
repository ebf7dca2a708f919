"""Bring CPython's own test files in, verified against the lock; the second step of the pipeline, behind plan."""

from conformance.sync.bring import sync
from conformance.sync.changes import SuiteChange, TagChange, Update
from conformance.sync.git import without_credentials
from conformance.sync.lock import LOCK_NAME, Lock, TagLock, read_lock
from conformance.sync.renew import update
from conformance.sync.sources import DEFAULT_REMOTE, Source
from conformance.sync.tree import Problem, blob_id, problems, verify

__all__ = [
    "DEFAULT_REMOTE",
    "LOCK_NAME",
    "Lock",
    "Problem",
    "Source",
    "SuiteChange",
    "TagChange",
    "TagLock",
    "Update",
    "blob_id",
    "problems",
    "read_lock",
    "sync",
    "update",
    "verify",
    "without_credentials",
]
