"""Where the harness keeps its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UPSTREAM = ROOT / "upstream_tests"
"""The lock, and the trees that sync brings."""
KEPT = ROOT / ".conformance"
"""Environments, wheels, the store and the last document: all of it can be deleted and is made anew."""
ENVIRONMENTS = KEPT / "environments"
STORE = KEPT / "store.sqlite"
"""All results, and what else was found out once: one file for all runs in this checkout."""
DOCUMENT = KEPT / "results.jsonl"
EXPECTATIONS = Path(__file__).resolve().with_name("expectations.toml")
