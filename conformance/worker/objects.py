"""Find what the driver names: ``module:attribute``."""

import importlib
from typing import Any


def resolve(name: str) -> Any:
    """The object at ``module:attribute``; the attribute may have dots. Raises what importing it raises."""
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in path.split("."):
        found = getattr(found, attribute)
    return found
