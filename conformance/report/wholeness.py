"""Whether documents are parts of one whole, and what is lacking for it; the report step asks before it merges them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from conformance.errors import DocumentError
from conformance.places import COMMAND
from conformance.records import Shard
from conformance.report.document import Document, Header
from conformance.report.words import shards_in_words, some

Source = tuple[Path, Document]
"""A document, and the file that it was read from."""
_ONE_OF_THEM = "Name the one that counts alone."
_SAME_RUN = "Merge documents of the same run alone, or run again with the same options everywhere."


def refuse_duplicates(sources: Sequence[Source]) -> None:
    """Raise DocumentError where two of the documents are the same part of the whole: file, shard or judged cell."""
    shards: dict[Shard, Path] = {}
    cells: dict[str, Path] = {}
    for place, (path, document) in enumerate(sources):
        if any(path.resolve() == other.resolve() for other, _document in sources[:place]):
            raise DocumentError(f"{path} is named twice.", "Name each document once.")
        shard = document.header.shard
        if shard in shards:
            raise DocumentError(f"{shards[shard]} and {path} are both of shard {shard}.", _ONE_OF_THEM)
        judged = dict.fromkeys(judgement.cell for judgement in document.judgements)
        if both := [name for name in judged if name in cells]:
            raise DocumentError(
                f"{cells[both[0]]} and {path} both judge {some(both, 2, 'cells')}.", _ONE_OF_THEM
            )
        cells.update(dict.fromkeys(judged, path))
        if shard is not None:
            shards[shard] = path


def refuse_other_run(one: Source, other: Source) -> None:
    """Raise DocumentError unless the two are of runs with the same options, upstream files and expectations, and of one plan if shards."""
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
    locks = first.header.lock, second.header.lock
    if changed := [tag for tag in {**locks[0], **locks[1]} if locks[0].get(tag) != locks[1].get(tag)]:
        raise DocumentError(
            f"{path} and {other_path} are of different upstream files of {some(changed, 2, 'tags')}.",
            "Run both with the same upstream.lock.",
        )
    if first.header.expectations != second.header.expectations:
        raise DocumentError(
            f"{path} and {other_path} were judged by different expectations.",
            "Run both with the same expectations.",
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
    lacking = [str(incomplete(path)) for path, document in sources if not document.complete]
    if gone := missing_shards(sources):
        verb = "is" if len(gone) == 1 else "are"
        lacking.append(f"{shards_in_words(gone)} {verb} missing. Name the document of each.")
    elif sources[0][1].header.shard:
        cells = {cell.name for _path, document in sources for cell in document.header.plan.cells}
        nowhere = [name for name in sources[0][1].header.whole if name not in cells]
        if nowhere:
            lacking.append(f"no shard has {some(nowhere, 2, 'cells')}. Run all shards with one version.")
    return tuple(lacking)


def missing_shards(sources: Sequence[Source]) -> tuple[Shard, ...]:
    """Return the shards of the documents' plan that none of them is of."""
    there = {document.header.shard for _path, document in sources}
    count = max((shard.count for shard in there if shard), default=0)
    return tuple(shard for number in range(1, count + 1) if (shard := Shard(number, count)) not in there)


def incomplete(path: Path) -> DocumentError:
    """Return what is to be raised, or said, of a document whose run did not come to its end."""
    return DocumentError(
        f"{path} is incomplete: its run did not come to its end.",
        f"Finish it with '{COMMAND} run --resume {quote(str(path))}'.",
    )


def _said(value: object) -> str:
    return "not given" if value is None else f"'{value}'"


def _part(header: Header) -> str:
    return "no shard" if header.shard is None else f"shard {header.shard}"
