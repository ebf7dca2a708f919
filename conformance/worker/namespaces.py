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
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple

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
_ABSENT = object()

_Attributes = Mapping[str, Any]
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
        own = [space for key, space in found.items() if key not in map(id, _OTHERS)]
        self._spaces = own + [space for space in found.values() if space not in own]
        self._own = len(own)
        self._views = [space.attributes.values() for space in own]
        self._before: List[Dict[str, Any]] = [{} for _ in self._spaces]
        self._values: List[Any] = []
        self._functions = _functions_of(own)
        self._codes = [function.__code__ for function in self._functions]
        self._imported = [(module.__name__, module) for module in (*modules, *_OTHERS)]
        self._imported_names = [name for name, _ in self._imported]
        self._imported_modules = [module for _, module in self._imported]
        self.begin()

    def begin(self) -> None:
        """Remember how they are."""
        for index, space in enumerate(self._spaces):
            if not _are_identical(space.attributes, self._before[index]):
                self._before[index] = dict(space.attributes)
        self._remember_values()

    def changes(self) -> List[str]:
        """Name the attributes that are not what they were."""
        names: List[str] = []
        if not self._are_own_identical():
            names.extend(self._changed(range(self._own), _are_identical))
        # What is told by `==` may be hidden from it, but it takes a quarter of the time, and these have many constants.
        names.extend(self._changed(range(self._own, len(self._spaces)), _are_equal))
        if [function.__code__ for function in self._functions] != self._codes:
            for function, code in zip(self._functions, self._codes):
                if function.__code__ is not code:
                    names.append(f"{function.__module__}.{function.__qualname__}.__code__")
        if not all(map(is_, map(_modules.get, self._imported_names), self._imported_modules)):
            names.extend(
                f"sys.modules: {name}" for name, module in self._imported if _modules.get(name) is not module
            )
        return names

    def _changed(self, which: range, are_same: Any) -> Iterator[str]:
        forgiven = False
        for index in which:
            space, before = self._spaces[index], self._before[index]
            if are_same(space.attributes, before):
                continue
            names = list(_names_of_changed(space.attributes, before, space.is_module))
            for name in names:
                yield f"{space.name}.{name}"
            if not names:
                # Else each test from now on would be looked at as closely.
                self._before[index] = dict(space.attributes)
                forgiven = True
        if forgiven:
            self._remember_values()

    def _remember_values(self) -> None:
        self._values = list(itertools.chain.from_iterable(map(dict.values, self._before[: self._own])))

    def _are_own_identical(self) -> bool:
        """Whether all of asyncio's are the very objects that they were: what is equal to anything is equal to ours."""
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
        for value in space.attributes.values():
            if isinstance(value, FunctionType) and value.__module__.partition(".")[0] == "asyncio":
                found[id(value)] = value
    return list(found.values())


def _are_identical(attributes: _Attributes, before: Dict[str, Any]) -> bool:
    now = dict(attributes)
    return len(now) == len(before) and all(map(is_, now.values(), before.values()))


def _are_equal(attributes: _Attributes, before: Dict[str, Any]) -> bool:
    try:
        return bool(attributes == before)
    except Exception:  # noqa: BLE001  # an object of the judged code, in the place of ours, may not like to be compared
        return False


def _names_of_changed(attributes: _Attributes, before: Dict[str, Any], is_module: bool) -> Iterator[str]:
    now = dict(attributes)
    for name in {**before, **now}:
        old, new = before.get(name, _ABSENT), now.get(name, _ABSENT)
        if old is new or name in _IGNORED or name in _KEPT_BY_PYTHON:
            continue
        # The registry of warnings, say.
        if is_module and name.startswith("__"):
            continue
        # A module of a package that was not needed before.
        if old is _ABSENT and isinstance(new, ModuleType):
            continue
        yield name
