"""A program as numbered pseudo-code that reads like Python, for a person who looks at what a difference came from.

Each operation begins a line of its own, which can be found by the operation's path: traces are shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import Factory, define, frozen

from conformance.differential.operations import Operation, bodies_of
from conformance.differential.program import Program, full_path

_INDENT = "    "


@frozen
class Pseudocode:
    """The lines of a program, and where in them each operation stands."""

    program: Program
    lines: tuple[str, ...]
    """Without their numbers, of which the first is 1."""
    numbers: Mapping[str, int]
    """The number of an operation's line, by its path from the script on."""

    def number(self, path: str) -> int:
        """Return the number of the line of the operation at a path, of either form; raises KeyError for none."""
        return self.numbers[full_path(self.program, path)]

    def __str__(self) -> str:
        wide = len(str(len(self.lines)))
        return "\n".join(f"{number:>{wide}}  {line}" for number, line in enumerate(self.lines, start=1))


def pseudocode(program: Program) -> Pseudocode:
    """Return the program in pseudo-code."""
    writing = _Writing()
    for number, runner in enumerate(program["runners"]):
        given = [] if runner["debug"] is None else [f"debug={runner['debug']}"]
        given += ["loop_factory=new_loop"] if runner["factory"] else []
        writing.line(0, f"runner{number} = Runner({', '.join(given)})")
    writing.body(program["script"], "s", 0)
    return Pseudocode(program, tuple(writing.lines), writing.numbers)


@define
class _Writing:
    lines: list[str] = Factory(list)
    numbers: dict[str, int] = Factory(dict)

    def line(self, deep: int, text: str) -> None:
        self.lines.append(_INDENT * deep + text)

    def body(self, body: list[dict[str, Any]], path: str, deep: int) -> None:
        for index, operation in enumerate(body):
            self.operation(operation, f"{path}{index}", deep)

    def operation(self, operation: Operation, path: str, deep: int) -> None:
        self.numbers[path] = len(self.lines) + 1
        self.line(deep, _HEADS[operation["op"]](operation))
        items = 0
        for number, field, body in bodies_of(operation):
            head = _PARTS.get((operation["op"], field))
            items += field == "items"
            if head is not None:
                if field in _LEFT_OUT and not body and not _needed(operation, field):
                    continue
                self.line(deep + (field == "items"), head(operation, items - 1))
            inside = deep + 1 + (field == "items")
            self.body(body, f"{path}.{number}.", inside)
            if field == "handler":
                self.line(inside, _THEN[operation["then"]])
            elif not body:
                self.line(inside, "pass")


def _needed(operation: Operation, field: str) -> bool:
    """Whether a part is told of although nothing stands in it."""
    return field == "handler" and operation["catch"] is not None


def _text(value: Any) -> str:
    return repr(value)


def _task(label: object) -> str:
    return f"task{label}" if type(label) is int else str(label)


def _message(operation: Operation) -> str:
    return "" if operation["message"] is None else repr(operation["message"])


def _context(operation: Operation, before: str = ", ") -> str:
    return "" if operation["context"] is None else f"{before}context=context{operation['context']}"


def _create(op: Operation) -> str:
    by = {
        "create_task": "create_task",
        "ensure_future": "ensure_future",
        "loop_create_task": "loop.create_task",
    }
    name = "" if op["name"] is None else f", name={op['name']!r}"
    return f"task{op['label']} = {by[op['how']]}(as follows{name}{_context(op)}):"


def _gather(op: Operation) -> str:
    given = [*(f"task{label}" for label in op["of"])]
    given += ["return_exceptions=True"] if op["return_exceptions"] else []
    return f"task{op['label']} = gather({', '.join(given)})"


def _wait_for(op: Operation) -> str:
    timeout = f"until fire({op['label']})" if op["timeout"] == "fired" else op["timeout"]
    return f"await wait_for(task{op['of']}, timeout={timeout})  # {op['label']}"


def _run_function(op: Operation) -> str:
    given = "" if op["debug"] is None else f", debug={op['debug']}"
    return f"run(task{op['label']} as follows{given}{', loop_factory=new_loop' if op['factory'] else ''}):"


def _async_for(op: Operation) -> str:
    leave = "" if op["leave"] is None else f", left after {op['leave']} items"
    return f"async for each of generator{op['label']}{leave}:"


_HANDLERS: Final = {"default": "default_int_handler", "ignore": "SIG_IGN", "own": "own_handler"}
_WRONG: Final = {
    "future": "a_future",
    "function": "a_function",
    "null": "None",
    "generator": "a_generator",
}
_THEN: Final = {
    "swallow": "pass",
    "raise": "raise",
    "replace": 'raise LookupError("replaced")',
    "keep": "kept.append(error)",
    "uncancel": "current_task().uncancel()",
}

_HEADS: Final[dict[str, Callable[[Operation], str]]] = {
    "run": lambda op: f"runner{op['runner']}.run(task{op['label']} as follows{_context(op)}):",
    "run_function": _run_function,
    "run_wrong": lambda op: f"runner{op['runner']}.run({_WRONG[op['what']]})",
    "get_loop": lambda op: f"runner{op['runner']}.get_loop()",
    "enter": lambda op: f"runner{op['runner']}.__enter__()",
    "exit": lambda op: f"runner{op['runner']}.__exit__(None, None, None)",
    "close": lambda op: f"runner{op['runner']}.close()",
    "task_factory": lambda op: f"runner{op['runner']}.get_loop().set_task_factory({op['kind']})",
    "exception_handler": lambda op: f"runner{op['runner']}.get_loop().set_exception_handler(noting)",
    "handler": lambda op: f"signal(SIGINT, {_HANDLERS[op['kind']]})",
    "thread": lambda _: "in another thread, joined:",
    "collect": lambda _: "gc.collect()",
    "create": _create,
    "gather": _gather,
    "shield": lambda op: f"task{op['label']} = shield(task{op['of']})",
    "wait_for": _wait_for,
    "fire": lambda op: f"fire({op['of']})",
    "await": lambda op: f"await task{op['of']}",
    "sleep": lambda _: "await sleep(0)",
    "future": lambda op: f"task{op['label']} = loop.create_future()",
    "resolve": lambda op: f"task{op['of']}.set_result({_text(op['value'])})",
    "fail": lambda op: f"task{op['of']}.set_exception({op['error']}({_message(op)}))",
    "cancel": lambda op: f"{_task(op['of'])}.cancel({_message(op)})",
    "uncancel": lambda op: f"{_task(op['of'])}.uncancel()",
    "cancelling": lambda op: f"{_task(op['of'])}.cancelling()",
    "callback": lambda op: f"task{op['on']}.add_done_callback(as follows{_context(op)}):",
    "call_soon": lambda op: f"loop.call_soon(as follows{_context(op)}):",
    "current_task": lambda _: "current_task()",
    "all_tasks": lambda _: "all_tasks()",
    "state": lambda op: f"look at task{op['of']}",
    "try": lambda _: "try:",
    "raise": lambda op: f"raise {op['error']}({_message(op)})",
    "return": lambda op: f"return {_text(op['value'])}",
    "call": lambda _: "await a coroutine:",
    "async_with": lambda op: f"async with a manager{' that suppresses' if op['suppress'] else ''}:",
    "async_for": _async_for,
    "generator": lambda op: f"generator{op['label']} = an async generator:",
    "next": lambda op: f"await anext(generator{op['of']})",
    "aclose": lambda op: f"await generator{op['of']}.aclose()",
    "set": lambda op: f"token{op['token']} = var{op['var']}.set({_text(op['value'])})",
    "get": lambda op: f"var{op['var']}.get()",
    "reset": lambda op: f"reset by token{op['token']}",
    "copy_context": lambda op: f"context{op['context']} = copy_context()",
    "context_run": lambda op: f"context{op['context']}.run(as follows):",
    "interrupt": lambda op: "Ctrl-C" if op["times"] == 1 else "Ctrl-C, twice",
    "interrupt_when_idle": lambda _: "Ctrl-C as soon as all wait",
    "interrupt_from_thread": lambda _: "Ctrl-C by another thread",
    "job": lambda op: f"task{op['label']} = run_in_executor(as follows, until {op['until']}):",
    "release": lambda op: f"release({op['of']})",
    "report": lambda _: 'loop.call_exception_handler({"message": "reported"})',
    "nested_run": lambda op: f"{'' if op['runner'] is None else _runner(op)}run(as follows):",
    "run_close": lambda op: f"runner{op['runner']}.close()",
}
_PARTS: Final[dict[tuple[str, str], Callable[[Operation, int], str]]] = {
    ("try", "handler"): lambda op, _: f"except {op['catch'] or 'nothing'} as error:",
    ("try", "finally"): lambda *_: "finally:",
    ("async_with", "enter"): lambda *_: "as it is entered:",
    ("async_with", "body"): lambda *_: "inside:",
    ("async_with", "exit"): lambda *_: "as it is left:",
    ("async_for", "finally"): lambda *_: "finally, in the generator:",
    ("async_for", "items"): lambda _, item: f"before it yields {item}:",
    ("generator", "finally"): lambda *_: "finally, in it:",
    ("generator", "items"): lambda _, item: f"before it yields {item}:",
}
"""What stands above a body that is not the operation's only one."""
_LEFT_OUT: Final = {"handler", "finally", "enter", "exit", "items"}
"""Those of which nothing is told where they are empty."""


def _runner(op: Operation) -> str:
    return f"runner{op['runner']}."
