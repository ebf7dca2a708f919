"""What the users' programs share: each loop, a Runner in this process, or a process of a program's own."""

import importlib
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest

from runner_backport import Runner

LOOPS: Dict[str, Tuple[str, str]] = {
    "asyncio": ("asyncio", "SelectorEventLoop"),
    "uvloop": ("uvloop", "Loop"),
    "rloop": ("rloop", "new_event_loop"),
}
# What is run when no loop is asked for by name.
USUAL = ("asyncio", "uvloop")

PROGRAMS = Path(__file__).parent / "programs"

# Long beyond any program: only a hang comes here.
DEADLINE = 30.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--loop",
        action="append",
        choices=sorted(LOOPS),
        metavar="NAME",
        help=f"run on this event loop only (repeatable; default: all of {', '.join(USUAL)})",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "loop_name" in metafunc.fixturenames:
        names = metafunc.config.getoption("--loop", default=None) or list(USUAL)
        metafunc.parametrize("loop_name", names, indirect=True)


@pytest.fixture
def loop_name(request: pytest.FixtureRequest) -> Any:
    """One event loop, by its name."""
    module, _ = LOOPS[request.param]
    try:
        importlib.import_module(module)
    except ImportError as error:
        reason = f"{request.param} cannot be imported: {error}"
        if request.config.getoption("--loop", default=None):
            pytest.fail(f"{reason}; --loop asks for it", pytrace=False)
        pytest.skip(reason)
    return request.param


@pytest.fixture
def runner(loop_name: str) -> Iterator[Any]:
    """An open Runner, as a user has it."""
    module, name = LOOPS[loop_name]
    with Runner(loop_factory=getattr(importlib.import_module(module), name)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _default_sigint() -> Iterator[None]:
    """Python's own handler of SIGINT; where it was inherited ignored, a program would inherit that too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """Let a Ctrl-C that escapes fail its test, and not end all of them."""
    try:
        return (yield)
    except KeyboardInterrupt:
        pytest.fail("a KeyboardInterrupt escaped")


class Program:
    """A program in a process of its own."""

    def __init__(self, name: str, *args: str) -> None:
        # The warnings that Python hides are what a careless clean-up is known by.
        command = [
            sys.executable,
            "-u",
            "-W",
            "default::ResourceWarning",
            str(PROGRAMS / f"{name}.py"),
            *args,
        ]
        self._process: Any = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True
        )
        self._printed: List[str] = []
        self._watchdog = threading.Timer(DEADLINE, self._process.kill)
        self._watchdog.start()

    def interrupt_at(self, line: str) -> None:
        """Ctrl-C as soon as the program has printed ``line``; if it never does, its end tells."""
        for printed in self._process.stdout:
            self._printed.append(printed.rstrip("\n"))
            if self._printed[-1] == line:
                self._process.send_signal(signal.SIGINT)
                return

    def printed(self) -> List[str]:
        """The lines that it printed until its end, which is one without an error or a word on stderr."""
        rest, errors = self._process.communicate()
        self._printed += rest.splitlines()
        assert (errors, self._process.returncode) == ("", 0), self._printed
        return self._printed

    def end(self) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def start(loop_name: str) -> Iterator[Callable[..., Program]]:
    """Start a program, by its name and arguments, on the loop under test."""
    started: List[Program] = []

    def start(name: str, *args: str) -> Program:
        started.append(Program(name, loop_name, *args))
        return started[-1]

    yield start
    for program in started:
        program.end()
