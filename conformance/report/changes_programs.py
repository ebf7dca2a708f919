"""What changed between two documents of programs, cell by cell; beside ``changes``, whose records it fills."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.records import Verdict
from conformance.report.changes import Change, Changes, Direction, NotRun, Side
from conformance.report.programs_document import ProgramsDocument
from conformance.report.programs_records import Programs

_GOOD = Side(Verdict.CONFORMANT, expected=True)


def find_changes_of_programs(old: ProgramsDocument, new: ProgramsDocument) -> Changes:
    """Return what changed: of each saved program, of each promise, and of each kind of difference that was found.

    A saved program and a promise are asked in every campaign. A difference that only one has found is new, or not
    found again: with other programs that says less, and the circumstances say so.
    """
    first, second = old.said, new.said
    before, after = _verdicts(first), _verdicts(second)
    not_run: dict[tuple[str, str, str], int] = {}
    changed: list[Change] = []
    came: list[Change] = []
    gone: list[Change] = []
    same = 0
    for cell, test in {**after, **before}:
        lacks = [("OLD", first)] * (cell not in first.judged) + [("NEW", second)] * (
            cell not in second.judged
        )
        if lacks:
            name, said = lacks[0]
            why = said.given_up.get(cell, "the cell was not judged")
            not_run[name, cell, why] = not_run.get((name, cell, why), 0) + 1
            continue
        one, other = before.get((cell, test)), after.get((cell, test))
        if test.startswith("saved ") and (one is None or other is None):
            kept = Change(cell, test, Direction.OTHER, one, other)
            if other is not None and not other.expected:
                kept = Change(cell, test, Direction.WORSE, one, other)
            (gone if other is None else came).append(kept)
            continue
        # Only what is wrong has an entry: where there is none, nothing was found.
        one, other = one or _GOOD, other or _GOOD
        if one == other:
            same += 1
        elif other.expected:
            changed.append(Change(cell, test, Direction.BETTER, one, other))
        else:
            direction = Direction.WORSE if one.expected else Direction.OTHER
            changed.append(Change(cell, test, direction, one, other))
    return Changes(
        old=old.path,
        new=new.path,
        changed=tuple(changed),
        came=tuple(came),
        gone=tuple(gone),
        same=same,
        not_run=tuple(NotRun(name, cell, count, why) for (name, cell, why), count in not_run.items()),
        circumstances=_circumstances(first, second),
        incomplete=tuple(
            f"{name}, {document.path}, is incomplete: {document.said.lacking}."
            for name, document in (("OLD", old), ("NEW", new))
            if not document.complete
        ),
    )


def _verdicts(said: Programs) -> Mapping[tuple[str, str], Side]:
    found: dict[tuple[str, str], Side] = {}
    for cell in said.judged:
        for name, saved in said.saved.items():
            kind = saved.differs.get(cell)
            side = _GOOD if kind is None else Side(Verdict.DIVERGENT, expected=False, reason=kind)
            found[cell, f"saved program {name}"] = side
    for difference in said.differences:
        for cell in difference.cells:
            side = Side(Verdict.DIVERGENT, expected=False, reason=f"first {difference.from_}")
            found[cell, f"difference {difference.difference}"] = side
    for broken in said.broken:
        side = Side(Verdict.DIVERGENT, expected=False, reason=broken.says)
        found[broken.cell, f"promise {broken.invariant}"] = side
    return found


def _circumstances(old: Programs, new: Programs) -> tuple[str, ...]:
    said = []
    if old.version != new.version:
        said.append(f"The conformance tool was {old.version} and is {new.version}.")
    if (old.seed, old.hypothesis) != (new.seed, new.hypothesis):
        said.append(
            f"Other programs were drawn: seed {old.seed} of Hypothesis {old.hypothesis}, and seed {new.seed} of "
            f"{new.hypothesis}. A difference that was not found again may still be there."
        )
    elif old.programs != new.programs:
        said.append(f"{old.programs:,} programs were run, and then {new.programs:,}.")
    return tuple(said)
