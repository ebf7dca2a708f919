"""How a source says no, and how that becomes the one error that a user reads; used all over sync."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from conformance.errors import SyncError


@frozen
class SourceFailed(Exception):
    """One source cannot serve a tag; the next one may."""

    source: str
    """``git`` or ``interpreter``."""
    reason: str
    """What happened, one line without a full stop."""
    advice: str
    """What to do next, a sentence."""

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class Unreachable(SourceFailed):
    """The remote did not answer at all, and so will not for another tag either."""


@frozen
class TagFailed(Exception):
    """No source could serve this tag."""

    tag: str
    failures: tuple[SourceFailed, ...]


def tags_failed(failed: Sequence[TagFailed], purpose: str) -> SyncError:
    """One error for all tags that could not be ``purpose`` (such as ``synced``), with what each source said."""
    reasons = [(tag.tag, failure) for tag in failed for failure in tag.failures]
    advice = dict.fromkeys(failure.advice for _, failure in reasons)
    return SyncError(
        f"{_listed([tag.tag for tag in failed])} could not be {purpose}.",
        " ".join(advice),
        "\n".join(f"{tag}, {failure}" for tag, failure in reasons),
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
