"""Lists and numbers in words, for all that the report step says; nothing here knows of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.records import Shard


def some(names: Sequence[str], limit: int, unit: str) -> str:
    """Return the names, separated by commas, at most ``limit`` of them and then how many more units there are."""
    if len(names) <= limit + 1:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit:,} more {unit}"


def shards_in_words(shards: Sequence[Shard]) -> str:
    """Return the shards by their names, or some of them."""
    return f"shard{'' if len(shards) == 1 else 's'} {some([str(shard) for shard in shards], 6, 'shards')}"


def shortened(text: str, first: int, last: int) -> str:
    """Return a text of many lines with its middle left out, and said to be."""
    lines = text.rstrip("\n").split("\n")
    left_out = len(lines) - first - last
    if left_out <= 1:
        return "\n".join(lines)
    note = f"… {left_out:,} lines left out here; the document has them …"
    return "\n".join([*lines[:first], note, *lines[-last:]])


def counted(count: int, unit: str) -> str:
    """Return a number with its unit, in the plural where it belongs."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
