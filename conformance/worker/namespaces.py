"""The attributes of the modules and classes that the judged code is made of, and which of them a test replaced."""

import _signal  # type: ignore[import-not-found]
import builtins
import contextvars
import json
import os
import signal
import sys
import threading
import time
from types import ModuleType
from typing import Any, Dict, Iterator, List, Mapping, Tuple

_OTHERS = (_signal, builtins, contextvars, json, os, signal, sys, threading, time)
# What type.__flags__ has for a class whose attributes can be set at all.
_HEAP, _IMMUTABLE = 1 << 9, 1 << 8

# Of the policy the state has more to say. The others are kept by sys when it shows an exception.
_IGNORED = frozenset(
    ["_event_loop_policy", "last_exc", "last_traceback", "last_type", "last_value"],
)
_ABSENT = object()

_Attributes = Mapping[str, Any]


class Namespaces:
    """All of asyncio, with its classes, and what else of the standard library the suites' code leans on."""

    def __init__(self) -> None:
        # Each once, though a class is an attribute of more modules than its own.
        found: Dict[int, Tuple[str, _Attributes, bool]] = {}
        for module in (*_modules_of_asyncio(), *_OTHERS):
            found[id(module)] = module.__name__, vars(module), True
        for module in _modules_of_asyncio():
            for value in filter(_is_own_class, list(vars(module).values())):
                found[id(value)] = f"{value.__module__}.{value.__qualname__}", vars(value), False
        self._found = list(found.values())
        self._before: List[Dict[str, Any]] = [dict(attributes) for _, attributes, _ in self._found]

    def begin(self) -> None:
        """Remember how they are."""
        before = self._before
        for index, (_, attributes, _) in enumerate(self._found):
            if not _are_same(attributes, before[index]):
                before[index] = dict(attributes)

    def changes(self) -> List[str]:
        """Name the attributes that are not what they were."""
        names: List[str] = []
        for (name, attributes, is_module), before in zip(self._found, self._before):
            if not _are_same(attributes, before):
                names.extend(f"{name}.{one}" for one in _changed(attributes, before, is_module))
        return names


def _modules_of_asyncio() -> List[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.partition(".")[0] == "asyncio"]


def _is_own_class(value: Any) -> bool:
    if not isinstance(value, type) or not value.__flags__ & _HEAP or value.__flags__ & _IMMUTABLE:
        return False
    return str(value.__module__).partition(".")[0] in ("asyncio", "_asyncio")


def _are_same(attributes: _Attributes, before: Dict[str, Any]) -> bool:
    try:
        return bool(attributes == before)
    except Exception:  # noqa: BLE001  # an object of the judged code, in the place of ours, may not like to be compared
        return False


def _changed(attributes: _Attributes, before: Dict[str, Any], is_module: bool) -> Iterator[str]:
    now = dict(attributes)
    for name in {**before, **now}:
        old, new = before.get(name, _ABSENT), now.get(name, _ABSENT)
        if old is new or name in _IGNORED:
            continue
        # Python's own bookkeeping: the registry of warnings, annotations that are made when they are asked for.
        if name == "__annotations__" or (is_module and name.startswith("__")):
            continue
        # A module of a package that was not needed before.
        if old is _ABSENT and isinstance(new, ModuleType):
            continue
        yield name
