"""Which cells to run: interpreters that are there × loops × implementations × suites, and their baselines."""

from conformance.plan.cells import Selection, make_plan, selected, supports
from conformance.plan.interpreters import Found, find_interpreters, wanted_series
from conformance.plan.shards import parse_shard, shard

__all__ = [
    "Found",
    "Selection",
    "find_interpreters",
    "make_plan",
    "parse_shard",
    "selected",
    "shard",
    "supports",
    "wanted_series",
]
