"""What the package exports: exact names, native objects where there are any, documentation, types."""

import asyncio
import importlib.metadata
import inspect
import pkgutil
import re
from types import ModuleType
from typing import Any, Dict, Iterator, List, Set, Tuple

import pytest

import runner_backport
from runner_backport import _loops, _run, _runner, _tasks

NAMES = ["Runner", "Task", "create_task", "run"]
OWN = [_runner.Runner, _tasks.Task, _loops.create_task, _run.run]

RAISES: Dict[str, Set[str]] = {
    "Runner": {"RuntimeError"},
    "Runner.run": {"ValueError", "RuntimeError", "KeyboardInterrupt"},
    "Runner.get_loop": {"RuntimeError"},
    "Runner.close": {"RuntimeError"},
    "Task": {"TypeError", "RuntimeError"},
    "create_task": {"TypeError", "RuntimeError"},
    "run": {"ValueError", "RuntimeError", "KeyboardInterrupt"},
}
"""What an export raises by itself; other tests show each."""


def has_native_runner() -> bool:
    return hasattr(asyncio, "Runner")


def has_native_run() -> bool:
    # gh-99388: asyncio.run takes loop_factory from 3.12 on.
    return "loop_factory" in inspect.signature(asyncio.run).parameters


def documented(thing: Any) -> Iterator[Tuple[str, Any]]:
    yield thing.__name__, thing
    if isinstance(thing, type):
        for name, member in vars(thing).items():
            if not name.startswith("_") and callable(member):
                yield f"{thing.__name__}.{name}", member


DOCUMENTED = [pair for thing in OWN for pair in documented(thing)]
FUNCTIONS = [pair for pair in DOCUMENTED if not isinstance(pair[1], type)]


def named(pairs: List[Tuple[str, Any]]) -> Any:
    return pytest.mark.parametrize(("name", "member"), pairs, ids=[name for name, _ in pairs])


def test_all_is_exactly_the_public_api() -> None:
    assert runner_backport.__all__ == NAMES


def test_the_package_has_no_public_names_beside_all() -> None:
    public = {
        name
        for name, value in vars(runner_backport).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(NAMES)


def test_a_star_import_brings_exactly_these() -> None:
    namespace: Dict[str, Any] = {}
    exec("from runner_backport import *", namespace)
    assert namespace.keys() - {"__builtins__"} == set(NAMES)


def test_every_module_behind_it_is_private() -> None:
    modules = [module.name for module in pkgutil.iter_modules(runner_backport.__path__)]
    assert modules
    assert [name for name in modules if not name.startswith("_")] == []


@pytest.mark.skipif(not has_native_runner(), reason="this interpreter has no native Runner")
@pytest.mark.parametrize("name", ["Runner", "Task", "create_task"])
def test_the_native_object_is_exported_where_there_is_one(name: str) -> None:
    assert getattr(runner_backport, name) is getattr(asyncio, name)


@pytest.mark.skipif(not has_native_run(), reason="this interpreter's asyncio.run takes no loop_factory")
def test_the_native_run_is_exported_where_it_takes_a_loop_factory() -> None:
    assert runner_backport.run is asyncio.run


@pytest.mark.skipif(has_native_runner(), reason="this interpreter has a native Runner")
def test_the_own_objects_are_exported_where_there_are_no_native_ones() -> None:
    assert [getattr(runner_backport, name) for name in NAMES] == OWN


def test_the_types_are_installed() -> None:
    """https://peps.python.org/pep-0561/: "a marker file named py.typed" says that a package is typed."""
    installed = {str(path) for path in importlib.metadata.files("runner_backport") or ()}
    assert "runner_backport/py.typed" in installed


def test_the_tests_run_against_the_installed_package() -> None:
    located = {path.locate() for path in importlib.metadata.files("runner_backport") or ()}  # type: ignore[attr-defined,unused-ignore]
    assert inspect.getsourcefile(_runner) in {str(path) for path in located}


def test_methods_are_looked_at_too() -> None:
    names = [name for name, _ in DOCUMENTED]
    assert {"Runner.run", "Runner.close", "Runner.get_loop", "Task.cancel", "Task.uncancel"} < set(names)
    assert set(RAISES) < set(names)


@named(DOCUMENTED)
def test_the_documentation_names_what_it_takes(name: str, member: Any) -> None:
    taken = [parameter for parameter in inspect.signature(member).parameters if parameter != "self"]
    assert [parameter for parameter in taken if f"``{parameter}``" not in member.__doc__] == []


@named(FUNCTIONS)
def test_the_documentation_says_what_it_returns(name: str, member: Any) -> None:
    if inspect.signature(member).return_annotation is None:
        assert "return" not in member.__doc__.lower()
        return
    # Either it is named for what it returns, or it says that it does return something.
    assert re.match(r"(The|How many) |.*\breturns?\b", member.__doc__, re.DOTALL | re.IGNORECASE)


@named(DOCUMENTED)
def test_the_documentation_names_what_it_raises(name: str, member: Any) -> None:
    raised = re.search(r"\bRaises\b(.*?)(?:\n\n|$)", member.__doc__, re.DOTALL)
    errors = re.findall(r"``(\w+(?:Error|Interrupt))``", raised.group(1)) if raised else []
    assert set(errors) == RAISES.get(name, set())


@named(DOCUMENTED)
def test_the_documentation_names_its_source(name: str, member: Any) -> None:
    link = rf"Source: https://docs\.python\.org/3\.\d+/library/asyncio-\w+\.html#asyncio\.{re.escape(name)}\b"
    assert re.search(link, member.__doc__)


def parameters(function: Any) -> Any:
    signature = inspect.signature(function)
    return [(p.name, p.kind, p.default) for p in signature.parameters.values()]


def test_runner_takes_what_the_native_one_takes(runner_class: Any) -> None:
    keyword = inspect.Parameter.KEYWORD_ONLY
    assert parameters(runner_class) == [("debug", keyword, None), ("loop_factory", keyword, None)]


def test_runner_run_takes_what_the_native_one_takes(runner_class: Any) -> None:
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert parameters(runner_class.run)[1:] == [
        ("coro", positional, inspect.Parameter.empty),
        ("context", inspect.Parameter.KEYWORD_ONLY, None),
    ]


def test_run_takes_what_the_one_of_3_12_takes(run: Any) -> None:
    keyword = inspect.Parameter.KEYWORD_ONLY
    assert parameters(run) == [
        ("main", inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty),
        ("debug", keyword, None),
        ("loop_factory", keyword, None),
    ]
