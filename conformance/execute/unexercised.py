"""Remember which tests never construct what is judged, so that only the baseline needs to run them.

It is found out when a test first runs for a subject. It depends on the upstream files, the interpreter,
the loop, and on the implementation too, whose class may be one that nobody sees being constructed: what is
learnt of it must not keep the tests from another. So these make the name under which it is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from conformance.records import Cell, Outcome, Result

_HOW = "__new__"
"""How the worker finds it out: part of the name, so that a change of it starts anew."""


class Unexercised:
    """The findings in ``folder``, one small file each; a file that cannot be read counts as no finding."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, cell: Cell, blobs: str) -> Collection[str]:
        """The tests of ``cell`` that are known to be unexercised; ``blobs`` are the upstream files' ids."""
        try:
            tests = json.loads(self._file(cell, blobs).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return ()
        return frozenset(test for test in tests if isinstance(test, str)) if isinstance(tests, list) else ()

    def learn(self, cell: Cell, blobs: str, results: Iterable[Result], left_out: Collection[str]) -> None:
        """Keep what a run of the whole ``cell`` has shown; a test that did not pass is run again next time."""
        found = {
            result.test
            for result in results
            if result.exercised is False and result.outcome is Outcome.PASSED
        }
        tests = sorted(found.union(left_out))
        # Not to know it costs a little time in the next run: no reason to lose this one.
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as aside:
                json.dump(tests, aside)
            Path(aside.name).replace(self._file(cell, blobs))

    def _file(self, cell: Cell, blobs: str) -> Path:
        interpreter, implementation = cell.interpreter, cell.implementation
        key = [
            _HOW,
            cell.suite,
            cell.mode,
            cell.loop.factory,
            cell.loop.requires,
            interpreter.version,
            interpreter.build,
            implementation.name,
            implementation.runner,
            implementation.run,
            implementation.task,
            implementation.requires,
            str(implementation.path),
            blobs,
        ]
        digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]
        return self._folder / f"{cell.suite}-{interpreter.version}-{cell.loop.name}-{digest}.json"
