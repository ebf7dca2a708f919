"""What generated programs found in the peers, for their page; behind the report step of the differential suite.

It is read from a document of ``fuzz --out``. What fresh workers did not show again is left out: it would come and go. What
was not asked again, behind many others, is explained like the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from conformance.differential.comparing import compare
from conformance.differential.kinds import kind
from conformance.differential.program import Program, canonical, size
from conformance.differential.pseudocode import pseudocode
from conformance.errors import ExitStatus, UsageError
from conformance.report.words import counted, some
from peers.programs_facts import Fact
from peers.telling import by_lines, event_in_short

_HOW = "Let 'nox -s peers' make it."
_KINDS = 4


@frozen
class Found:
    """A kind of difference of a peer, or a promise that it breaks, with the cells that show it."""

    peer: str
    kind: str
    cells: tuple[str, ...]
    difference: Mapping[str, Any] | None = None
    """As the document has it; None for a promise."""


@frozen
class Programs:
    """What a whole campaign on the peers came to."""

    programs: int
    """All that ran."""
    saved: int
    """How many of them are saved ones; the others are drawn."""
    seed: int
    found: tuple[Found, ...]
    judged: tuple[str, ...] = field(factory=tuple)
    """The names of the cells."""


def read_programs(path: Path) -> Programs:
    """Return what a document of ``fuzz --out`` tells; raises UsageError for what is none, or not of a whole campaign."""
    try:
        data = json.loads(path.read_bytes())
        done = data["complete"] and not data["given up"] and data["status"] != ExitStatus.NOT_COMPLETED
        lasting = [each for each in data["differences"] if each["steady"] is not False]
        found = [
            Found(_peer(each["cell"]), each["difference"], tuple(each["cells"]), each) for each in lasting
        ]
        promises: dict[tuple[str, str], list[str]] = {}
        for each in data["broken"]:
            broken = _peer(each["cell"]), f"broken: {each['invariant']}"
            promises.setdefault(broken, []).append(each["cell"])
        found += [Found(peer, broken, tuple(cells)) for (peer, broken), cells in promises.items()]
        read = Programs(
            data["programs"], len(data["saved"]), data["seed"], tuple(found), tuple(data["judged"])
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", _HOW) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{path} is no document of 'fuzz --out'.", _HOW) from error
    if not done:
        raise UsageError(f"{path} is not of a whole campaign.", _HOW)
    return read


def explained(programs: Programs, facts: Sequence[Fact]) -> dict[Fact, list[Found]]:
    """Return what each fact explains, in the order of the facts; raises UsageError for a kind without one, and for a fact without a kind.

    A kind that several facts fit is the last one's.
    """
    by_fact: dict[Fact, list[Found]] = {fact: [] for fact in facts}
    for found in programs.found:
        fact = next((each for each in reversed(facts) if each.fits(found.peer, found.kind)), None)
        if fact is None and any(each.fits_sometimes(found.peer, found.kind) for each in facts):
            continue
        if fact is None:
            file = (
                ""
                if found.difference is None
                else f" See .conformance/differences/{found.difference['file']}."
            )
            raise UsageError(
                f"Nothing explains what {found.peer} does in {', '.join(found.cells)}: {found.kind}.{file}",
                "Add to peers/programs.toml why it does so.",
            )
        by_fact[fact].append(found)
    for fact, all_found in by_fact.items():
        if not all_found:
            raise UsageError(
                f"What peers/programs.toml says of {fact.implementation} was not found: {fact.reason}.",
                "Take it out, or mend its kinds.",
            )
    return by_fact


def shown(peer: str, programs: Programs, by_fact: Mapping[Fact, Sequence[Found]]) -> Iterator[str]:
    """The page's section on a peer: an entry for each fact, with the smallest program that shows it."""
    own = {fact: found for fact, found in by_fact.items() if fact.implementation == peer}
    cells = sum(_peer(cell) == peer for cell in programs.judged)
    yield f"### Generated programs on {peer}"
    yield ""
    drawn = f"{counted(programs.programs - programs.saved, 'program')} drawn by seed {programs.seed}"
    ran = f"{drawn} and {programs.saved} saved ones in {counted(cells, 'cell')}"
    if not own:
        yield f"{ran}: each did what it does natively."
        return
    yield f"{ran}. What they found, each with a program that was made as small as it can be:"
    for fact, found in own.items():
        told_there = f" ([discussion]({fact.link}))" if fact.link else ""
        yield ""
        yield f"- {fact.reason[:1].upper()}{fact.reason[1:]}{told_there}."
        ranked = sorted(found, key=lambda each: fact.rank(each.kind))
        yield f"  - On {_places(cell for each in ranked for cell in each.cells)}: {_kinds(ranked)}."
        differences = [each.difference for each in found if each.difference is not None]
        if differences:
            yield ""
            yield from (f"        {line}".rstrip() for line in _telling(peer, fact, differences))


def _telling(peer: str, fact: Fact, differences: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The smallest program of the kind that tells most, and the change in it that it was shrunk for."""
    smallest = min(
        differences, key=lambda each: (not each["shrunk"], fact.rank(each["difference"]), _size(each))
    )
    program: Program = dict(smallest["program"])
    yield from str(pseudocode(program)).splitlines()
    left = compare(smallest["native"], smallest["subject"], smallest["control"]).left
    change = next((each for each in left if str(kind(each, program)) == smallest["difference"]), None)
    if change is not None:
        wide = max(len("native"), len(peer))
        yield ""
        yield f"{'native':<{wide}}  {by_lines(event_in_short(change.native_event, change), program)}"
        yield f"{peer:<{wide}}  {by_lines(event_in_short(change.subject_event, change), program)}"


def _size(difference: Mapping[str, Any]) -> tuple[int, str]:
    return size(dict(difference["program"])), canonical(dict(difference["program"]))


def _kinds(found: Iterable[Found]) -> str:
    return some([f"`{each.kind}`" for each in found], _KINDS, "kinds")


def _places(cells: Iterable[str]) -> str:
    """The interpreters of each loop, in few words."""
    places: dict[str, set[str]] = {}
    for cell in cells:
        _, _, version, loop = cell.split("/")
        places.setdefault(loop, set()).add(version.rpartition(".")[0])
    return "; ".join(
        f"{loop} {', '.join(sorted(series, key=lambda one: int(one.partition('.')[2])))}"
        for loop, series in sorted(places.items())
    )


def _peer(cell: str) -> str:
    return cell.split("/")[1]
