"""Records to plain data and back, strictly, for the report document and the store of results.

Strictly, because a document can be damaged or made by others: a number where a text belongs is refused, not
converted, and so are missing and unknown keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

Record = TypeVar("Record")
Plain = Any
"""What JSON can say: a text, a number, a truth value, None, a list or a mapping of these."""

_fields: Callable[[Any], Mapping[str, Any]] = cache(get_type_hints)
"""The types of a record's fields by their names; kept, since a document has thousands of results."""


def to_plain(value: object) -> Plain:
    """Return a record, or anything that a record may hold, as plain data."""
    if attrs.has(type(value)):
        return {name: to_plain(getattr(value, name)) for name in _fields(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def from_plain(record: type[Record], data: Plain) -> Record:
    """Return the record that ``to_plain`` made the data from; raises ValueError, naming the key that is wrong."""
    types = _fields(record)
    if not isinstance(data, dict):
        raise ValueError(f"{record.__name__.lower()} is {data!r:.40}, which is no mapping")
    for key in types.keys() - data.keys():
        raise ValueError(f"{record.__name__.lower()} has no {key}")
    for key in data.keys() - types.keys():
        raise ValueError(f"{record.__name__.lower()} has the unknown key {key}")
    return record(**{key: _convert(kind, data[key], key) for key, kind in types.items()})


def _convert(kind: Any, value: Plain, key: str) -> object:  # noqa: C901, PLR0911 - one step for each kind there is
    if kind is Any:
        return value
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        if value is None and NoneType in arguments:
            return None
        (kind,) = set(arguments) - {NoneType}
        return _convert(kind, value, key)
    if origin is tuple and isinstance(value, list):
        return tuple(_convert(arguments[0], item, key) for item in value)
    if origin is Mapping and isinstance(value, dict):
        return {
            _convert(arguments[0], name, key): _convert(arguments[1], item, f"{key}.{name}")
            for name, item in value.items()
        }
    if attrs.has(kind):
        return from_plain(kind, value)
    if kind is float and type(value) in {int, float}:
        return float(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        for member in kind:
            # Also by type, since 1 is equal to True.
            if type(value) is type(member.value) and value == member.value:
                return member
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind in {str, int, bool} and type(value) is kind:
        return value
    raise ValueError(f"{key} is {value!r:.40}")
