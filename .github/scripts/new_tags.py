"""Say which of CPython's tags are newer than those that the lock pins; what weekly.yml pins anew.

Takes what ``git ls-remote --tags`` printed on its standard input, and the lock as its argument. Prints one tag a line,
the newest release of each series that the lock pins and that has a newer one.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

Release = tuple[int, int, int]
# A final release: alphas, betas and candidates are not what users run.
_TAG = re.compile(r"refs/tags/v(\d+)\.(\d+)\.(\d+)", re.ASCII)


def new_tags(listed: str, pinned: list[str]) -> list[str]:
    """The tags to pin in place of ``pinned``, such as ``v3.8.18``, by what git ``listed``, oldest series first."""
    newest: dict[tuple[int, int], Release] = {}
    for line in listed.splitlines():
        release = _release(line.split("\t")[-1])
        if release is not None:
            newest[release[:2]] = max(newest.get(release[:2], release), release)
    now = sorted(
        release for release in (_release(f"refs/tags/{tag}") for tag in pinned) if release is not None
    )
    newer = [newest[release[:2]] for release in now if newest.get(release[:2], release) > release]
    return [f"v{'.'.join(map(str, release))}" for release in newer]


def _release(ref: str) -> Release | None:
    form = _TAG.fullmatch(ref)
    return (int(form[1]), int(form[2]), int(form[3])) if form else None


if __name__ == "__main__":
    lock = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for tag in new_tags(sys.stdin.read(), list(lock["tags"])):
        print(tag)  # noqa: T201  # what it is for
