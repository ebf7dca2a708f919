"""Where the system has no more open files for workers, that is said, and as few run at once as can."""

from __future__ import annotations

import errno
import gc
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from conformance.errors import ExecuteError
from conformance.execute import execute, pool, worker
from conformance.execute.supervise import see_through
from miniatures import Making, Watch

pytest_plugins = ["miniatures"]

QUICK = """
    import unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            pass
"""


@pytest.fixture
def limit() -> Iterator[Callable[[int], None]]:
    """Sets the limit of open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda number: resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def highest() -> Iterator[int]:
    """The highest descriptor that is open, below which none is free."""
    # Else what another test left as garbage may be closed meanwhile.
    gc.collect()
    filling = [os.dup(0)]
    taken = {int(file.name) for file in Path("/dev/fd").iterdir()}
    while filling[-1] < max(taken):
        filling.append(os.dup(0))
    yield filling[-1]
    for descriptor in filling:
        os.close(descriptor)


def test_a_worker_for_which_there_are_no_descriptors_is_told_and_leaves_none_open(
    making: Making, limit: Callable[[int], None], highest: int
) -> None:
    order = making.runners(QUICK).order()
    # All that a worker needs but one, two and so on: whichever it is that fails.
    for more in range(1, 10):
        limit(highest + more)
        with pytest.raises(ExecuteError) as raised:
            see_through(order, Watch(), Flag())
        limit(highest + 100)
        free = os.dup(0)
        os.close(free)
        assert free == highest + 1
        assert raised.value.what.endswith("could not be started: Too many open files.")
        assert raised.value.advice == "Use fewer --jobs, or raise the limit of open files (ulimit -n)."


def test_no_more_workers_run_at_once_than_there_are_open_files_for(
    making: Making, limit: Callable[[int], None], highest: int
) -> None:
    miniature, watch = making.runners(QUICK), Watch()
    limit(highest + 64)
    execute([miniature.order(attempt=number) for number in range(8)], 8, watch, lambda *_: None)
    assert len(watch.finished) == 8


@pytest.mark.parametrize(("files", "workers"), [(1, 1), (16 + 16, 1), (16 + 16 * 9, 9)])
def test_there_is_one_worker_at_least(
    limit: Callable[[int], None], files: int, workers: int, highest: int
) -> None:
    # The one more is what they are counted with.
    limit(highest + 1 + 1 + files)
    assert pool._most_jobs() == workers


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (
            BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
            "Resource temporarily unavailable. Use fewer --jobs, or raise the limit of processes (ulimit -u).",
        ),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "gone"),
            "No such file or directory: 'gone'. See whether its Python runs.",
        ),
    ],
)
def test_what_the_system_refuses_is_said_with_its_place_or_its_remedy(
    making: Making, monkeypatch: pytest.MonkeyPatch, refused: OSError, said: str
) -> None:
    def refuse(*_: object) -> None:
        raise refused

    monkeypatch.setattr(worker, "Kept", refuse)
    with pytest.raises(ExecuteError) as raised:
        see_through(making.runners(QUICK).order(), Watch(), Flag())
    assert str(raised.value).endswith(f" could not be started: {said}")
