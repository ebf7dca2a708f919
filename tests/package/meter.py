"""How much more memory is in use after many repetitions: what the tests of growth measure with."""

import gc
import sys
import time
from statistics import median
from typing import Any, Iterator, List

# What is kept for each repetition grows in every round. What a cache takes grows in the first ones, until it has
# settled; what is let go of may hide growth in one.
ROUNDS = 3


class Meter:
    """Numbers of repetitions, round by round, and how many more blocks of memory there are after each than before.

    The first round is not measured: what is made once, and what was there before, comes and goes in it.
    """

    leaks = False
    """Whether it is to grow."""
    rounds_to_settle = 12

    def __init__(self, number: int) -> None:
        self.round = number // (1 + ROUNDS)
        self.grown: List[int] = []

    def __iter__(self) -> Iterator[int]:
        began = time.perf_counter()
        most = peak()
        yield self.round
        while len(self.grown) < ROUNDS or (self.grows() and len(self.grown) < self.rounds_to_settle):
            gc.collect()
            before = sys.getallocatedblocks()
            yield self.round
            gc.collect()
            self.grown.append(sys.getallocatedblocks() - before)
        took = time.perf_counter() - began
        # Seen where output is not captured, which is in nox -s soak.
        print(self, f"in {took:.2f} s, {peak() - most} KiB more at most", end=" ")  # noqa: T201

    def grows(self) -> bool:
        """Whether most of the last rounds took at least one small object for every second repetition."""
        return median(self.grown[-ROUNDS:]) > self.round // 2

    def __str__(self) -> str:
        return f"{self.round} each round, blocks more: {self.grown}"


class LeakingMeter(Meter):
    """A meter that keeps one small object for each repetition: what it does not see, no test would see."""

    leaks = True
    # It never settles.
    rounds_to_settle = 2 * ROUNDS

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.kept: List[Any] = []

    def __iter__(self) -> Iterator[int]:
        for number in super().__iter__():
            self.kept += [object() for _ in range(number)]
            yield number


def peak() -> int:
    """The most memory that the process has ever had, in KiB; only told, since nothing can be concluded from it."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
