"""Where the harness keeps its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UPSTREAM = ROOT / "upstream_tests"
"""The lock, and the trees that sync brings."""
KEPT = ROOT / ".conformance"
"""Environments, wheels, findings and the last document: all of it can be deleted and is made anew."""
ENVIRONMENTS = KEPT / "environments"
UNEXERCISED = KEPT / "unexercised"
DOCUMENT = KEPT / "results.jsonl"
EXPECTATIONS = Path(__file__).resolve().with_name("expectations.toml")
