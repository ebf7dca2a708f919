"""Where the harness keeps its files: in a checkout of this project beside it, installed in the user's cache folder."""

from pathlib import Path

from platformdirs import user_cache_path

_PACKAGE = Path(__file__).resolve().parent
_ABOVE = _PACKAGE.parent
CHECKOUT = (
    _ABOVE
    if (_ABOVE / "upstream_tests" / "upstream.lock").is_file() and (_ABOVE / "runner_backport").is_dir()
    else None
)
"""The checkout that this harness is part of; None where it was installed as a distribution of its own."""
COMMAND = "python -m conformance" if CHECKOUT else "conformance"
"""How the user starts the harness."""
KEPT = CHECKOUT / ".conformance" if CHECKOUT else user_cache_path("runner_backport-conformance")
"""Environments, wheels, the store and the last document: all of it can be deleted and is made anew."""
UPSTREAM = CHECKOUT / "upstream_tests" if CHECKOUT else KEPT / "upstream_tests"
"""The trees that sync brings."""
LOCK = UPSTREAM / "upstream.lock" if CHECKOUT else _PACKAGE / "upstream.lock"
"""What they are verified by; an installed harness brings its own."""
ENVIRONMENTS = KEPT / "environments"
STORE = KEPT / "store.sqlite"
"""All results, and what else was found out once: one file for all runs of this checkout, or of this user."""
DOCUMENT = KEPT / "results.jsonl"
EXPECTATIONS = _PACKAGE / "expectations.toml"


def shown(path: Path) -> str:
    """A path as help texts show it: from the checkout's folder on, or from the user's home."""
    for above, prefix in ((CHECKOUT, Path()), (Path.home(), Path("~"))):
        if above is not None and path.is_relative_to(above):
            return str(prefix / path.relative_to(above))
    return str(path)
