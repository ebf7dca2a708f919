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


def resolve_callable(name: str) -> Any:
    """Likewise; raises TypeError for what cannot be called."""
    found = resolve(name)
    if not callable(found):
        raise TypeError(f"{name} is a {type(found).__name__}, and cannot be called")
    return found


def resolve_class(name: str) -> Any:
    """Likewise; raises TypeError for what is no class."""
    found = resolve(name)
    if not isinstance(found, type):
        raise TypeError(f"{name} is a {type(found).__name__}, and no class")
    return found
