"""The judge step: outcome × baseline → verdict, and what was declared about it."""

from conformance.judge.attempts import NO_RESULT
from conformance.judge.expectations import Expectation, Unmet, met, unmet
from conformance.judge.expectations_file import read_expectations, read_with_digest
from conformance.judge.judging import judge, to_retry

__all__ = [
    "NO_RESULT",
    "Expectation",
    "Unmet",
    "judge",
    "met",
    "read_expectations",
    "read_with_digest",
    "to_retry",
    "unmet",
]
