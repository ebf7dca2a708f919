"""What the property tests share: how Hypothesis runs them, and how their programs are drawn."""

from typing import Any, Dict, Optional

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st

MOST_TIMES = 20
"""The greatest scale that these tests follow, at which each takes some ten seconds on each loop."""


class Examples:
    """How the examples of this process are drawn, which conftest.py sets before any test is collected."""

    scale = 1
    seed: Optional[int] = None
    """None: the same examples at every run."""


def properties(max_examples: int) -> Any:
    """As many examples as a test of milliseconds can afford; at a greater scale more, and others at every run."""
    examples = settings(
        max_examples=max_examples * min(Examples.scale, MOST_TIMES),
        derandomize=Examples.seed is None,
        database=None,
        deadline=None,
        suppress_health_check=[
            # The fixtures that these tests ask for choose a Runner and a loop: nothing goes from example to example.
            HealthCheck.function_scoped_fixture,
            # How fast a machine draws is no property of the package.
            HealthCheck.too_slow,
        ],
    )
    return examples if Examples.seed is None else lambda test: seed(Examples.seed)(examples(test))


def swarm(kinds: Dict[Any, "st.SearchStrategy[Any]"], max_size: int) -> "st.SearchStrategy[Any]":
    """Tuples of a few kinds of step only, drawn first.

    Programs of all kinds at once hold each other up: one that fails early does little else.
    """

    def steps(enabled: Any) -> "st.SearchStrategy[Any]":
        return st.lists(st.one_of([kinds[name] for name in enabled]), max_size=max_size).map(tuple)

    names = st.lists(st.sampled_from(list(kinds)), min_size=1, unique=True)
    return names.flatmap(steps)
