"""``sync``: upstream files in, or their lock rewritten."""

from __future__ import annotations

import click

from conformance.errors import ExitStatus, UsageError
from conformance.places import CHECKOUT, LOCK, UPSTREAM
from conformance.plan import find_interpreters, wanted_series
from conformance.sync import DEFAULT_REMOTE, Source, read_lock, update
from conformance.sync import sync as sync_tags


def bring_in(source: str, remote: str | None, tags: tuple[str, ...]) -> ExitStatus:
    """Sync every locked tag, or pin ``tags`` anew and show which tests came and went."""
    if tags and CHECKOUT is None:
        raise UsageError(
            f"--update would rewrite {LOCK}, which belongs to the installed harness.",
            "Update it in a checkout of the project, and install the harness from there.",
        )
    interpreters = find_interpreters(wanted_series(CHECKOUT)).interpreters
    wanted, remote = Source(source), remote or DEFAULT_REMOTE
    if tags:
        changed = update(
            UPSTREAM, tags, source=wanted, remote=remote, interpreters=interpreters, say=click.echo
        )
        click.echo(str(changed))
    else:
        lock = read_lock(LOCK.parent)
        tags = lock.tags
        sync_tags(
            UPSTREAM,
            tags,
            lock=lock,
            source=wanted,
            remote=remote,
            interpreters=interpreters,
            say=click.echo,
        )
        click.echo(f"{len(tags)} tags are in place and verified: {', '.join(tags)}")
    return ExitStatus.AS_EXPECTED
