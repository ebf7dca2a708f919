"""Records to plain data and back, strictly, for the report document and the store of results.

Strictly, because a document can be damaged or made by others: a number where a text belongs is refused, not
converted, and so are missing and unknown keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

Record = TypeVar("Record")
Plain = Any
"""What JSON can say: a text, a number, a truth value, None, a list or a mapping of these."""

_Convert = Callable[[Plain, str], object]
"""Takes a value and the key that it stands under; raises ValueError, naming the key, for what it is not."""

_fields: Callable[[Any], Mapping[str, Any]] = cache(get_type_hints)
"""The types of a record's fields by their names; kept, since a document has thousands of results."""
_PLAIN = frozenset({str, int, float, bool, NoneType})


def to_plain(value: object) -> Plain:  # noqa: PLR0911  # one step for each kind there is
    """Return a record, or anything that a record may hold, as plain data."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    names = _names(kind)
    if names is not None:
        # Most of what there is needs no call of its own, and there are a thousand of them a cell.
        return {
            name: item if type(item := getattr(value, name)) in _PLAIN else to_plain(item) for name in names
        }
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
    fields = _converters(record)
    if not isinstance(data, dict):
        raise ValueError(f"{record.__name__.lower()} is {data!r:.40}, which is no mapping")
    if data.keys() != fields.keys():
        for key in fields.keys() - data.keys():
            raise ValueError(f"{record.__name__.lower()} has no {key}")
        for key in data.keys() - fields.keys():
            raise ValueError(f"{record.__name__.lower()} has the unknown key {key}")
    return record(**{key: convert(data[key], key) for key, convert in fields.items()})


def _converter(kind: Any) -> _Convert:  # noqa: PLR0911  # likewise
    if kind is Any:
        return lambda value, _key: value
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        (kind,) = set(arguments) - {NoneType}
        return _optional(_converter(kind)) if NoneType in arguments else _converter(kind)
    if origin is tuple:
        return _tuple(_converter(arguments[0]))
    if origin is Mapping:
        return _mapping(_converter(arguments[0]), _converter(arguments[1]))
    if attrs.has(kind):
        return lambda value, _key: from_plain(kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind)
    if kind is float:
        return _exactly({int, float}, float)
    if kind is Path:
        return _exactly({str}, Path)
    return _exactly({kind} & {str, int, bool}, None)


def _exactly(kinds: Collection[type], make: Callable[[Any], object] | None) -> _Convert:
    """Take values of these very types: True is an int otherwise."""

    def convert(value: Plain, key: str) -> object:
        if type(value) not in kinds:
            raise _wrong(value, key)
        return value if make is None else make(value)

    return convert


def _optional(convert: _Convert) -> _Convert:
    return lambda value, key: None if value is None else convert(value, key)


def _tuple(item: _Convert) -> _Convert:
    def convert(value: Plain, key: str) -> object:
        if not isinstance(value, list):
            raise _wrong(value, key)
        return tuple([item(each, key) for each in value])

    return convert


def _mapping(name: _Convert, item: _Convert) -> _Convert:
    def convert(value: Plain, key: str) -> object:
        if not isinstance(value, dict):
            raise _wrong(value, key)
        return {name(each, key): item(found, f"{key}.{each}") for each, found in value.items()}

    return convert


def _member(kind: type[Enum]) -> _Convert:
    # Also by type, since 1 is equal to True.
    members = {(type(member.value), member.value): member for member in kind}

    def convert(value: Plain, key: str) -> object:
        found = members.get((type(value), value)) if isinstance(value, Hashable) else None
        if found is None:
            raise _wrong(value, key)
        return found

    return convert


def _wrong(value: Plain, key: str) -> ValueError:
    return ValueError(f"{key} is {value!r:.40}")


def _find_names(kind: type) -> tuple[str, ...] | None:
    return tuple(_fields(kind)) if attrs.has(kind) else None


def _find_converters(record: type) -> Mapping[str, _Convert]:
    return {name: _converter(kind) for name, kind in _fields(record).items()}


_names: Callable[[Any], tuple[str, ...] | None] = cache(_find_names)
"""The names of a record's fields; None for what is no record. Kept, as is how to read each of them."""
_converters: Callable[[Any], Mapping[str, _Convert]] = cache(_find_converters)
