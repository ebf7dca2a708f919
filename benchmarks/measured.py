"""What bench.py has written of each interpreter, and the ratios of it."""

import hashlib
import statistics
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Sequence, Tuple

import pyperf

Series = Tuple[int, ...]
# As pyperf keeps no empty texts.
NOTHING = "nothing"


class Measured(NamedTuple):
    """What one benchmark has given, what its subject lacks of native's behaviour there, and who failed beside it."""

    values: Sequence[float]
    lacks: str = NOTHING
    fails: str = NOTHING


# By program, loop and subject.
Results = Dict[Tuple[str, str, str], Measured]


class Interpreter(NamedTuple):
    """What was measured on one interpreter, such as (3, 8), and of which state of the package."""

    series: Series
    package: str
    results: Results


def read(file: Path) -> Interpreter:
    """What one file of bench.py's holds."""
    try:
        suite = pyperf.BenchmarkSuite.load(str(file))
        metadata = suite.get_metadata()
        package = metadata["package"]
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise SystemExit(
            f"{file} is not what bench.py writes ({error!r}): measure again, with `nox -s bench`."
        ) from error
    results: Results = {}
    for benchmark in suite.get_benchmarks():
        program, loop, subject = benchmark.get_name().split("-", 2)
        own = benchmark.get_metadata()
        results[program, loop, subject] = Measured(benchmark.get_values(), own["lacks"], own["fails"])
    series = tuple(map(int, metadata["python_version"].split()[0].split(".")[:2]))
    return Interpreter(series, package, results)


def state_of(package: Path) -> str:
    """A name for what a package's modules hold, and those that measure it.

    What was measured of another package, or by other programs, says nothing of this one.
    """
    state = hashlib.sha256()
    for folder in (package, Path(__file__).parent):
        for module in sorted(folder.glob("*.py")):
            if module.name not in ("table.py", Path(__file__).name):
                state.update(module.name.encode() + module.read_bytes())
    return state.hexdigest()[:16]


def ratio(results: Results, program: str, loop: str, over: str, under: str) -> Optional[float]:
    """The median of what one subject took over what the other took at the same time; None if either is missing."""
    first, second = results.get((program, loop, over)), results.get((program, loop, under))
    if first is None or second is None:
        return None
    return statistics.median(one / other for one, other in zip(first.values, second.values))


def name_of(series: Series) -> str:
    """As users write it: 3.8."""
    return ".".join(map(str, series))
