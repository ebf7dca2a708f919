"""What the property tests share: how Hypothesis runs them, and how their programs are drawn."""

from typing import Any, Dict

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st


def properties(max_examples: int) -> Any:
    """The same examples at every run, as many as a test of milliseconds can afford."""
    return settings(
        max_examples=max_examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[
            # The fixtures that these tests ask for choose a Runner and a loop: nothing goes from example to example.
            HealthCheck.function_scoped_fixture,
            # How fast a machine draws is no property of the package.
            HealthCheck.too_slow,
        ],
    )


def swarm(kinds: Dict[Any, "st.SearchStrategy[Any]"], max_size: int) -> "st.SearchStrategy[Any]":
    """Tuples of a few kinds of step only, drawn first.

    Programs of all kinds at once hold each other up: one that fails early does little else.
    """

    def steps(enabled: Any) -> "st.SearchStrategy[Any]":
        return st.lists(st.one_of([kinds[name] for name in enabled]), max_size=max_size).map(tuple)

    names = st.lists(st.sampled_from(list(kinds)), min_size=1, unique=True)
    return names.flatmap(steps)
