"""One event of a program in a line, for the pages of what programs found; behind the report step of the differential suite."""

from __future__ import annotations

import re

from conformance.differential.events import Event, what
from conformance.differential.hunks import Hunk
from conformance.differential.program import Program
from conformance.differential.pseudocode import pseudocode
from conformance.differential.side_by_side import told

_PLACE = r"(?:end|[st]\d+(?::[\d.]+)?)"
_AT = re.compile(rf"^({_PLACE}): ")
_SHOWN_BEFORE = re.compile(rf"the one of ({_PLACE}) (?=[a-z])")


def event_in_short(event: Event | None, hunk: Hunk) -> str:
    """One side of a hunk in a line; of a state only what differs in it."""
    if event is None:
        return "–"
    match hunk.path:
        case (int(place), name, *inner) if what(event) == "state":
            value = event[place][name]
            if isinstance(value, dict) and inner:
                value = {key: each for key, each in value.items() if key == inner[0]}
            return told([*event[:place], {name: value}])
    return told(event)


def by_lines(shown: str, program: Program) -> str:
    """An event in short with the lines of the pseudo-code, or names of tasks, in the place of paths."""
    code = pseudocode(program)

    def named(path: str) -> str:
        if re.fullmatch(r"t\d+", path):
            return f"task{path[1:]}"
        return "at the end" if path == "end" else f"line {code.number(path)}"

    shown = _AT.sub(lambda found: f"{named(found[1])}: ", shown)
    return _SHOWN_BEFORE.sub(lambda found: f"the one that {named(found[1])} ", shown)
