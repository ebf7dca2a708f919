"""What the package's tests share: each loop, each implementation, and a deadline for every test."""

import asyncio
import contextlib
import contextvars
import gc
import importlib
import random
import signal
import sys
from types import FrameType
from typing import Any, Callable, Dict, Generator, Iterator, List, Optional, Tuple

import pytest

import runner_backport
from coroutines import SENDERS, noting, stock
from runner_backport._run import run as own_run
from runner_backport._runner import Runner as OwnRunner
from strategies import Examples
from swallowing import SWALLOWS

LOOPS: Dict[str, Tuple[str, str]] = {
    "asyncio": ("asyncio", "SelectorEventLoop"),
    "uvloop": ("uvloop", "Loop"),
}


def implementations(own: Any, public: Any) -> Dict[str, Any]:
    return {"runner_backport": own} if public is own else {"runner_backport": own, "native": public}


# The public Runner is native on 3.11 and newer, where it shows that the tests state native's behaviour.
RUNNERS = implementations(OwnRunner, runner_backport.Runner)
RUNS = implementations(own_run, runner_backport.run)

CHILD_MAKERS: Dict[str, Callable[..., Any]] = {
    "asyncio.create_task": asyncio.create_task,
    "asyncio.ensure_future": asyncio.ensure_future,
    "loop.create_task": lambda coro: asyncio.get_running_loop().create_task(coro),
    "runner_backport.create_task": runner_backport.create_task,
    "runner_backport.Task": runner_backport.Task,
}

# Long beyond any test, on a machine that is busy with much else too: only a hang comes here.
DEADLINE = 60.0
DEADLINE_AT_SCALE = 10.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--loop",
        action="append",
        choices=sorted(LOOPS),
        metavar="NAME",
        help=f"run on this event loop only (repeatable; default: all of {', '.join(LOOPS)})",
    )
    parser.addoption(
        "--scale",
        type=int,
        default=1,
        metavar="N",
        help="make the tests of growth, those of properties and the deadlines N times as long (nox -s soak: 100)",
    )


def pytest_configure(config: pytest.Config) -> None:
    Examples.scale = config.getoption("--scale", default=1)
    if Examples.scale > 1:
        given = config.getoption("--hypothesis-seed", default=None)
        Examples.seed = random.getrandbits(32) if given is None else int(given)


def pytest_report_header() -> Optional[str]:
    return None if Examples.seed is None else f"the same examples again: --hypothesis-seed={Examples.seed}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "loop_class" in metafunc.fixturenames:
        names = metafunc.config.getoption("--loop", default=None) or list(LOOPS)
        metafunc.parametrize("loop_class", names, indirect=True)


@pytest.fixture
def loop_class(request: pytest.FixtureRequest) -> Any:
    """The class of one event loop, which a test may subclass."""
    module, name = LOOPS[request.param]
    try:
        imported = importlib.import_module(module)
    except ImportError as error:
        reason = f"{request.param} cannot be imported: {error}"
        if request.config.getoption("--loop", default=None):
            pytest.fail(f"{reason}; --loop asks for it", pytrace=False)
        pytest.skip(reason)
    return getattr(imported, name)


@pytest.fixture
def loop_factory(loop_class: Any) -> Any:
    """What a Runner takes to make the loop under test."""
    return loop_class


@pytest.fixture(params=RUNNERS.values(), ids=list(RUNNERS))
def runner_class(request: pytest.FixtureRequest) -> Any:
    """The Runner under test."""
    return request.param


@pytest.fixture(params=RUNS.values(), ids=list(RUNS))
def run(request: pytest.FixtureRequest) -> Any:
    """The function ``run`` under test."""
    return request.param


@pytest.fixture
def runner(runner_class: Any, loop_factory: Any) -> Iterator[Any]:
    """An open Runner on the loop under test."""
    with runner_class(loop_factory=loop_factory) as opened:
        yield opened


@pytest.fixture(params=CHILD_MAKERS.values(), ids=list(CHILD_MAKERS))
def make_child(request: pytest.FixtureRequest) -> Any:
    """One of the ways to make a task in a running loop."""
    return request.param


@pytest.fixture(params=[None, stock, noting], ids=["no factory", "stock factory", "a user's class"])
def any_factory(request: pytest.FixtureRequest) -> Any:
    """A loop's task factory, or None."""
    return request.param


@pytest.fixture
def recording_class(loop_class: Any) -> Any:
    """A loop whose class overrides create_task, as instrumentation does."""

    class Recording(loop_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.made: List[Any] = []

        def create_task(self, coro: Any, **options: Any) -> Any:
            task = super().create_task(coro, **options)
            self.made.append(task)
            return task

    return Recording


@pytest.fixture
def sealed_class(loop_class: Any) -> Any:
    """A loop that takes no attribute create_task, as one with __slots__ would not."""

    class Sealed(loop_class):  # type: ignore[misc]
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "create_task":
                raise AttributeError(name)
            super().__setattr__(name, value)

    return Sealed


@pytest.fixture
def var() -> "contextvars.ContextVar[str]":
    """A context variable of the test's own, "unset" by default."""
    return contextvars.ContextVar("var", default="unset")


@pytest.fixture
def policy(loop_factory: Any) -> Iterator[Any]:
    """An event loop policy that makes the loop under test and notes in ``current`` what set_event_loop gets."""

    class Policy(asyncio.DefaultEventLoopPolicy):  # type: ignore[name-defined,misc,unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.current = []  # type: ignore[var-annotated]

        def new_event_loop(self) -> Any:
            return loop_factory()

        def set_event_loop(self, loop: Any) -> None:
            self.current.append(loop)
            super().set_event_loop(loop)

    before = asyncio.get_event_loop_policy()
    installed = Policy()
    asyncio.set_event_loop_policy(installed)
    yield installed
    asyncio.set_event_loop_policy(before)


@pytest.fixture(params=SENDERS.values(), ids=list(SENDERS))
def send(request: pytest.FixtureRequest) -> Any:
    """One of the ways to send a Ctrl-C."""
    return request.param


@pytest.fixture
def default_sigint() -> Iterator[None]:
    """Python's own handler of SIGINT, which a background job may have inherited ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Let a Ctrl-C that escapes from a test of Ctrl-C fail that test, and not end all of them."""
    try:
        return (yield)
    except KeyboardInterrupt:
        if "default_sigint" not in pyfuncitem.fixturenames:
            raise
        pytest.fail("a KeyboardInterrupt escaped")


@pytest.fixture
def calm_switching() -> Iterator[None]:
    """Threads change only where one waits: a thread that gets to run knows that the others are asleep."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(60)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def without_collector() -> Iterator[None]:
    """No garbage collection but those that the test asks for."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    yield
    if enabled:
        gc.enable()


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> int:
    """How many times as long a test of growth is to be as it usually is."""
    return int(request.config.getoption("--scale", default=1))


@pytest.fixture(autouse=True)
def _deadline(scale: int) -> Iterator[None]:
    """Let a test that hangs fail instead."""
    deadline = max(DEADLINE, DEADLINE_AT_SCALE * scale)
    if not hasattr(signal, "setitimer"):
        yield
        return

    def fail(signum: int, frame: Optional[FrameType]) -> None:
        running = asyncio._get_running_loop()
        if running is not None:
            # uvloop tells its exception handler of what a signal's handler raises, and goes on.
            running.stop()
        pytest.fail(f"hung for {deadline:.0f} s")

    before = signal.signal(signal.SIGALRM, fail)
    # Again and again, since a loop may hand the first to its exception handler.
    signal.setitimer(signal.ITIMER_REAL, deadline, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    """For what a test opens in its middle."""
    with contextlib.ExitStack() as opened:
        yield opened


@pytest.fixture(params=SWALLOWS.values(), ids=list(SWALLOWS))
def swallow(request: pytest.FixtureRequest) -> Any:
    """Be cancelled and swallow it, as a library does."""
    return request.param
