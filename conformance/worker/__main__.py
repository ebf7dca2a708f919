"""Start a worker: ``python conformance/worker --events FD --commands FD --suite …`` (the driver does).

This file is run by path. It takes its own folder off ``sys.path`` again, where it would offer the
worker's modules as top-level ones, and loads the package from its place.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

NAME = "conformance_worker"


def _load_package() -> None:
    folder = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        NAME, str(folder / "__init__.py"), submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    _load_package()
    importlib.import_module(NAME + ".serve").main(sys.argv[1:])
