"""Whether documents are parts of one whole, and what is lacking for it; the report step asks before it merges them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conformance.errors import DocumentError
from conformance.report.document import Document, Header
from conformance.report.words import some

Source = tuple[Path, Document]
"""A document, and the file that it was read from."""
_SAME_RUN = "Merge documents of the same run alone, or run again with the same options everywhere."


def refuse_other_run(one: Source, other: Source) -> None:
    """Raise DocumentError unless the two are of runs with the same options, and of one plan where they are shards."""
    (path, first), (other_path, second) = one, other
    options = [
        {"-k": header.pattern, "--repeat": header.repeat, "--shuffle": header.shuffle}
        for header in (first.header, second.header)
    ]
    for name, value in options[0].items():
        if options[1][name] != value:
            raise DocumentError(
                f"{path} and {other_path} are of runs with different options: {name} was {_said(value)} and "
                f"{_said(options[1][name])}.",
                _SAME_RUN,
            )
    shard, other_shard = first.header.shard, second.header.shard
    if (shard and shard.count) != (other_shard and other_shard.count):
        raise DocumentError(
            f"{path} and {other_path} are no parts of one whole: the one is {_part(first.header)}, the other "
            f"{_part(second.header)}.",
            "Name the shards of one plan, or documents that are no shards.",
        )
    if shard and first.header.whole != second.header.whole:
        only = sorted({*first.header.whole} ^ {*second.header.whole})
        what = f"only one has {some(only, 1, 'cells')}" if only else "their cells are in another order"
        raise DocumentError(
            f"{path} and {other_path} are shards of different plans: {what}.",
            "Run each shard with the same options and interpreters.",
        )


def lacking_of(sources: Sequence[Source]) -> tuple[str, ...]:
    """Return what the documents lack for a whole, each in a sentence that names the file, the shard or the cell."""
    lacking = [incomplete(path) for path, document in sources if not document.complete]
    shards = {document.header.shard for _path, document in sources} - {None}
    if shards:
        (total,) = {shard.count for shard in shards if shard}
        there = {shard.number for shard in shards if shard}
        gone = [f"{number}/{total}" for number in range(1, total + 1) if number not in there]
        if gone:
            word, verb = ("shard", "is") if len(gone) == 1 else ("shards", "are")
            lacking.append(f"{word} {some(gone, 6, 'shards')} {verb} missing. Name the document of each.")
        cells = {cell.name for _path, document in sources for cell in document.header.plan.cells}
        nowhere = [name for name in sources[0][1].header.whole if name not in cells]
        if nowhere and not gone:
            lacking.append(f"no shard has {some(nowhere, 2, 'cells')}. Run all shards with one version.")
    return tuple(lacking)


def incomplete(path: Path) -> str:
    """Return the sentence about a document whose run did not come to its end."""
    return f"{path} is incomplete: its run did not come to its end. Run it again."


def _said(value: object) -> str:
    return "not given" if value is None else f"'{value}'"


def _part(header: Header) -> str:
    return "no shard" if header.shard is None else f"shard {header.shard}"
