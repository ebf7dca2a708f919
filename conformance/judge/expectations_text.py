"""The file of expectations as text: entries written, taken out and put in, all else left as its author wrote it.

What a run needs of the file is in ``expectations_file``; this is for what renews it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise

import tomlkit
from attrs import frozen

from conformance.judge.conditions import CONDITIONS, conditions
from conformance.judge.expectations import Expectation

_BEGINNING = re.compile(r"[ \t]*\[\[[ \t]*(expectation|\"expectation\"|'expectation')[ \t]*\]\]")


class NotTablesError(ValueError):
    """The file holds its entries in another form than tables named [[expectation]]."""


@frozen
class _Part:
    """Some lines of the file: an entry with the comments that stand directly on it, or what is between entries."""

    text: str
    number: int | None = None
    above: str = ""
    below: str = ""


def block(entry: Expectation) -> str:
    """The entry as a table of the file."""
    keys = {**conditions(entry), "test": entry.test, "verdict": entry.verdict.value, "reason": entry.reason}
    if entry.link:
        keys["link"] = entry.link
    return "".join(["[[expectation]]\n", *(_line(key, value) for key, value in keys.items())])


def edit(text: str, changes: Mapping[int, Sequence[Expectation]], added: Sequence[Expectation]) -> str:
    """Return the file's ``text`` with the entries of these numbers replaced, each by any number of others.

    What is ``added`` stands at its end. Raises NotTablesError where the entries cannot be told apart.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    parts = _parts(text)
    written = ""
    gone = False
    for part in parts:
        if part.number is None:
            # With an entry goes the room that it took, so that what was kept stands no farther apart.
            kept = (
                part.text.lstrip("\r\n") if gone and (not written or written.endswith(end * 2)) else part.text
            )
            written += kept
            if gone and part is parts[-1] and not kept.strip():
                written = written.rstrip("\r\n") + end if written.strip() else ""
            gone = False
        elif part.number not in changes:
            written, gone = written + part.above + part.text + part.below, False
        else:
            pieces = [_changed(part.text, piece).replace("\r\n", "\n") for piece in changes[part.number]]
            gone = gone or not pieces
            if pieces:
                written += part.above + "\n".join(pieces).replace("\n", end) + part.below
    for entry in added:
        room = "" if not written or written.endswith(end * 2) else end if written.endswith("\n") else end * 2
        written += room + block(entry).replace("\n", end)
    return written


def _parts(text: str) -> list[_Part]:
    """The text in parts; joined they are the text."""
    entries = tomllib.loads(text).get("expectation", [])
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    starts = [place for place, line in enumerate(lines) if _BEGINNING.match(line)]
    if len(starts) != len(entries):
        raise NotTablesError
    parts = []
    done = 0
    for number, (start, following) in enumerate(pairwise([*starts, len(lines)]), start=1):
        above = start
        while above > done and _is_comment(lines[above - 1]):
            above -= 1
        last = following
        while not lines[last - 1].strip() or _is_comment(lines[last - 1]):
            last -= 1
        while not _is_whole(lines[start:last]):
            if last == following:
                raise NotTablesError
            last += 1  # what looks like a comment is a line of a text
        below = last
        while below < following and _is_comment(lines[below]):
            below += 1
        if below == following and following < len(lines):
            below = last  # they stand on the next entry
        own, comments = "".join(lines[start:last]), "".join(lines[last:below])
        parts += [
            _Part("".join(lines[done:above])),
            _Part(own, number, above="".join(lines[above:start]), below=comments),
        ]
        done = below
    return [*parts, _Part("".join(lines[done:]))]


def _is_whole(lines: Sequence[str]) -> bool:
    try:
        tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _changed(own: str, entry: Expectation) -> str:
    """The table's text with the entry's test and conditions in place of its own, and all else as it was."""
    document = tomlkit.parse(own)
    table = document["expectation"][0]  # _parts saw that there is one
    wanted = {**conditions(entry), "test": entry.test}
    for key in (*CONDITIONS, "test"):
        if key in table and key not in wanted:
            table.remove(key)
        elif key in table and table[key] != wanted[key]:
            table[key] = wanted[key]
    heading, rest = document.as_string().split("\n", 1)
    new = [_line(key, value) for key, value in wanted.items() if key not in table]
    changed = "".join([heading, "\n", *new, rest])
    return changed if changed.endswith("\n") else f"{changed}\n"


def _line(key: str, value: str) -> str:
    return f"{key} = {tomlkit.item(value).as_string()}\n"
