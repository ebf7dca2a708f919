"""Measures the judged package while a worker runs, and saves what was measured: the worker's part of `--coverage`."""

from contextlib import suppress
from typing import Any, Callable, Optional


def start(options: Any) -> Optional[Callable[[], None]]:
    """Measure from before the judged package's import on, if the command line asks for it; returns what saves the data.

    ``options`` are those of the command line. None where nothing is measured. Each call saves what was measured since
    the one before, under the cell's name as its context: a worker that is killed loses no more than what it was running.
    """
    if options.coverage is None:
        return None
    import coverage  # noqa: PLC0415  # in the environment only where coverage is asked for

    measuring = coverage.Coverage(
        data_file=options.coverage,
        data_suffix=True,
        branch=True,
        context=options.coverage_context,
        source_pkgs=[options.coverage_source],
        # A file beside the tests is no configuration of ours.
        config_file=False,
        messages=False,
    )
    measuring.start()

    def save() -> None:
        # Such as for want of descriptors, which a test has used up: its outcome is not to depend on that, and what
        # could not be saved is saved with what comes next.
        with suppress(Exception):
            measuring.save()

    return save
