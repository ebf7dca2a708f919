"""Bring the process into the state that every run starts from, and say what is in it."""

import _signal  # type: ignore[import-not-found]
import asyncio
import faulthandler
import gc
import os
import platform
import signal
import sys
from typing import Any, Callable, Dict, Optional


def settle() -> Callable[[], None]:
    """Undo what a worker inherits: a background job has SIGINT ignored, and a parent may block signals.

    Returns what makes the worker ready again for the signal by which the driver asks where it is: a test
    that handles that signal itself, and puts back what Python knows of, takes it away.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for stream in (sys.stdout, sys.stderr):
        # What a test wrote before it killed its interpreter, or was killed, must not be lost with it.
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    # To stderr, but of our own: a test may close or replace the descriptor that it writes to.
    stderr = os.dup(2)
    # On a crash say where it was, and without ending on the signal by which the driver asks for it.
    faulthandler.enable(stderr)
    if not hasattr(faulthandler, "register"):
        return lambda: None
    number = signal.SIGUSR2
    # Bound, as the tests may replace them.
    register, unregister, handler = faulthandler.register, faulthandler.unregister, _signal.getsignal
    register(number, file=stderr, all_threads=True, chain=False)

    def be_ready_to_dump() -> None:
        # Else a class's fixture has use for it.
        if handler(number) is _signal.SIG_DFL:
            # It does nothing where it believes that it is registered.
            unregister(number)
            register(number, file=stderr, all_threads=True, chain=False)

    return be_ready_to_dump


def freeze() -> None:
    """Take all that is imported by now out of garbage collection, which took most of the suites' time."""
    gc.collect()
    gc.freeze()


def describe(packages: Dict[str, str]) -> Dict[str, Any]:
    """What runs here: the interpreter, and the versions of the installed distributions."""
    return {
        "interpreter": platform.python_version(),
        "build": sys.version,
        "c_task": hasattr(asyncio.tasks, "_CTask"),
        "packages": packages,
    }


def installed() -> Dict[str, str]:
    """Name and version of each distribution in the environment."""
    from importlib.metadata import distributions  # noqa: PLC0415  # before the test tree is on the path

    return {str(found.metadata["Name"]): found.version for found in distributions()}


def native_names(names: Dict[str, Optional[str]], resolve: Any) -> Dict[str, bool]:
    """For each of Runner, run and Task, whether the implementation's is asyncio's own object.

    ``names`` maps asyncio's attribute to the implementation's ``module:attribute``, or to None.
    """
    return {
        attribute: resolve(name) is getattr(asyncio, attribute, None)
        for attribute, name in names.items()
        if name is not None
    }
