"""The attributes of the modules and classes that the judged code is made of, and which of them a test replaced."""

import _signal  # type: ignore[import-not-found]
import builtins
import concurrent.futures
import contextvars
import functools
import itertools
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import weakref
from operator import is_
from types import FunctionType, ModuleType
from typing import Any, Dict, Iterator, List, NamedTuple

_OTHERS = (
    *(_signal, builtins, concurrent.futures, contextvars, functools, json, os, selectors, signal, socket),
    *(subprocess, sys, threading, time, unittest.case, weakref),
)
# What type.__flags__ has for a class whose attributes can be set at all.
_HEAP, _IMMUTABLE = 1 << 9, 1 << 8

# The policy has a module of its own. Then what sys keeps when it shows an exception, and what concurrent.futures
# brings in when it is asked for.
_IGNORED = frozenset(
    [
        *("_event_loop_policy", "last_exc", "last_traceback", "last_type", "last_value"),
        *("ProcessPoolExecutor", "ThreadPoolExecutor"),
    ],
)
# What Python itself keeps in a class when it is first asked for: annotations, and what copying has to copy.
_KEPT_BY_PYTHON = frozenset(["__annotations__", "__annotations_cache__", "__slotnames__"])
_CONSTANTS = (int, float, str, bytes)
_ABSENT = object()

# A dict, or a class's read-only view of one. Both have copy(), which no thread can interrupt; not any mapping has.
_Attributes = Any
_modules = sys.modules


class _Space(NamedTuple):
    name: str
    attributes: _Attributes
    is_module: bool


class Namespaces:
    """All of asyncio, with its classes and functions, and what else of the standard library the suites' code leans on."""

    def __init__(self) -> None:
        modules = _modules_of_asyncio()
        # Each once, though a class is an attribute of more modules than its own.
        found: Dict[int, _Space] = {}
        for module in (*modules, *_OTHERS):
            found[id(module)] = _Space(module.__name__, vars(module), is_module=True)
        for module in modules:
            for value in filter(_is_own_class, list(vars(module).values())):
                name = f"{value.__module__}.{value.__qualname__}"
                found[id(value)] = _Space(name, vars(value), is_module=False)
        self._spaces = list(found.values())
        self._views = [space.attributes.values() for space in self._spaces]
        self._before: List[_Attributes] = []
        self._values: List[Any] = []
        self._functions = _functions_of(self._spaces)
        self._codes = [function.__code__ for function in self._functions]
        self._imported = [*modules, *_OTHERS]
        self._imported_as = [module.__name__ for module in self._imported]
        self.begin()

    def begin(self) -> None:
        """Remember how they are."""
        if not self._are_identical():
            self._before = [space.attributes.copy() for space in self._spaces]
            self._remember_values()

    def changes(self) -> List[str]:
        """Name the attributes that are not what they were."""
        names: List[str] = []
        if not self._are_identical():
            names.extend(self._changed())
        if [function.__code__ for function in self._functions] != self._codes:
            for function, code in zip(self._functions, self._codes):
                if function.__code__ is not code:
                    names.append(f"{function.__module__}.{function.__qualname__}.__code__")
        if not all(map(is_, map(_modules.get, self._imported_as), self._imported)):
            for name, module in zip(self._imported_as, self._imported):
                if _modules.get(name) is not module:
                    names.append(f"sys.modules: {name}")
        return names

    def _changed(self) -> Iterator[str]:
        forgiven = False
        for index, space in enumerate(self._spaces):
            before, now = self._before[index], space.attributes.copy()
            names = list(_names_of_changed(before, now, space.is_module))
            for name in names:
                yield f"{space.name}.{name}"
            if not names:
                # Else each test from now on would be looked at as closely.
                self._before[index] = now
                forgiven = True
        if forgiven:
            self._remember_values()

    def _remember_values(self) -> None:
        self._values = list(itertools.chain.from_iterable(before.values() for before in self._before))

    def _are_identical(self) -> bool:
        """Whether all are the very objects that they were: what is equal to anything is equal to ours."""
        try:
            return sum(map(len, self._views)) == len(self._values) and all(
                map(is_, itertools.chain.from_iterable(self._views), self._values)
            )
        except RuntimeError:  # a thread of the judged code changes one meanwhile
            return False


def _modules_of_asyncio() -> List[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.partition(".")[0] == "asyncio"]


def _is_own_class(value: Any) -> bool:
    if not isinstance(value, type) or not value.__flags__ & _HEAP or value.__flags__ & _IMMUTABLE:
        return False
    return str(value.__module__).partition(".")[0] in ("asyncio", "_asyncio")


def _functions_of(spaces: List[_Space]) -> List[Any]:
    """Asyncio's own functions and methods, each once: another code makes them others without replacing them."""
    found: Dict[int, Any] = {}
    for space in spaces:
        for value in space.attributes.copy().values():
            if isinstance(value, FunctionType) and value.__module__.partition(".")[0] == "asyncio":
                found[id(value)] = value
    return list(found.values())


def _names_of_changed(before: _Attributes, now: _Attributes, is_module: bool) -> Iterator[str]:
    for name in {**before, **now}:
        old, new = before.get(name, _ABSENT), now.get(name, _ABSENT)
        if _is_same(old, new) or name in _IGNORED or name in _KEPT_BY_PYTHON:
            continue
        # The registry of warnings, say.
        if is_module and name.startswith("__"):
            continue
        # A module of a package that was not needed before: the import system puts it there.
        if (
            old is _ABSENT
            and isinstance(new, ModuleType)
            and _modules.get(str(vars(new).get("__name__"))) is new
        ):
            continue
        yield name


def _is_same(old: Any, new: Any) -> bool:
    """Whether it is the object that it was, or a constant made anew, as time's are when the zone is asked for again."""
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    if type(old) is tuple:
        return len(old) == len(new) and all(map(_is_same, old, new))
    return type(old) in _CONSTANTS and bool(old == new)
