"""What the programs are to cover, as the project asks for it, and by which marks each is known to be drawn and to run.

A mark of a program's text says that it is plainly meant to come so: ``cancel of a done task`` is drawn where a task is
cancelled after it was awaited, ``leftover`` where none awaits a task. The same mark of a trace says that it did come so,
meant or not: that ``cancel`` returned false, or that the task was at work when its Runner began to close. What the trace
cannot tell is no part of a mark: that two waited for one at the same time, or that a variable that was looked at had
been set.
"""

from __future__ import annotations

from typing import Final

ASKED: Final[dict[str, tuple[str, ...]]] = {
    "create": ("create how=create_task", "create how=ensure_future", "create how=loop_create_task"),
    "create with a context and a name": ("create with context", "create with name"),
    "gather, shield": (
        "gather",
        "gather of several different",
        "shield",
        "gather return_exceptions=true",
        "gather return_exceptions=false",
    ),
    "wait_for": (
        "wait_for timeout=null",
        "wait_for timeout=0",
        "wait_for timeout=fired",
        "fire",
        "wait_for runs out",
    ),
    "TaskGroup-like patterns": ("cancel in a callback", "cancel in a handler"),
    "await": ("await", "awaited by several"),
    "cancel": (
        "cancel of=self",
        "cancel of=parent",
        "cancel of a sibling",
        "cancel of a done task",
        "cancel with message",
        "cancel without message",
        "cancel twice",
    ),
    "uncancel, cancelling": ("uncancel", "cancelling", "uncancel in a handler"),
    "callbacks": (
        "callback called with context",
        "callback called without context",
        "cancel in a callback",
        "set in a callback",
        "raise in a callback",
    ),
    "current_task, all_tasks": ("current_task", "all_tasks"),
    "tasks left behind": ("leftover", "leftover that resists"),
    "what CancelledError is met by": (
        "cancellation then=swallow",
        "cancellation then=raise",
        "cancellation then=uncancel",
        "cancellation then=replace",
        "cancellation then=keep",
        "await in finally",
    ),
    "raise": (
        "raise error=ValueError",
        "raise error=CancelledError",
        "raise error=KeyboardInterrupt",
        "raise error=SystemExit",
    ),
    "return": (
        "return value=null",
        "return value=false",
        "return value=0",
        'return value=""',
        "return value=[]",
    ),
    "async with, async for": ("async_with", "async_for", "generator left open", "call"),
    "contextvars": (
        "set",
        "get",
        "reset",
        "token of another run",
        "token of another context",
        "copy_context",
        "context_run",
    ),
    "variables seen elsewhere": (
        "get in a callback",
        "get in a child",
        "get in call_soon",
        "get in a job",
        "get in a generator",
    ),
    "Runner": (
        "get_loop",
        "runner debug=true",
        "runner debug=false",
        "runner debug=null",
        "runner factory=false",
        "context of two runs",
        "several runners",
        "several runs of one runner",
    ),
    "task factories": (
        "task_factory kind=none",
        "task factory called, legacy",
        "task factory called, keywords",
    ),
    "Runner, used wrongly": ("run after close", "nested_run", "run_wrong", "run_close", "close twice"),
    "an error and then another run": ("run after an error",),
    "exception handler calls": ("exception handler called", "report"),
    "interrupts": (
        "interrupt",
        "interrupt times=2",
        "interrupt while waiting",
        "interrupt_from_thread",
        "interrupt in a child",
        "interrupt in a callback",
        "interrupt in call_soon",
        "interrupt in finally",
        "interrupt during close",
        "interrupt in a second run",
        "own handler called",
    ),
    "executors": ("release", "job left to close"),
    "other threads": ("thread",),
}
