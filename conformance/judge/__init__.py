"""The judge step: outcome × baseline → verdict, and what was declared about it."""

from conformance.judge.expectations import Expectation, Unmet, unmet
from conformance.judge.expectations_file import read_expectations
from conformance.judge.judging import judge, to_retry

__all__ = ["Expectation", "Unmet", "judge", "read_expectations", "to_retry", "unmet"]
