"""The limits that the system sets the process, of open files, say: a test can lower them."""

from typing import Iterator, List, Tuple

from .aspect import Aspect

try:
    import resource
except ImportError:  # not on Windows
    ASPECTS: Tuple[Aspect, ...] = ()
else:
    _WHICH = "AS", "CPU", "FSIZE", "NOFILE", "NPROC", "STACK"
    _NAMES = [f"RLIMIT_{name}" for name in _WHICH if hasattr(resource, f"RLIMIT_{name}")]
    _NUMBERS = [getattr(resource, name) for name in _NAMES]
    _getrlimit = resource.getrlimit
    _Limits = List[Tuple[int, int]]

    def _limits() -> _Limits:
        return list(map(_getrlimit, _NUMBERS))

    def _changed(before: _Limits, after: _Limits) -> Iterator[str]:
        return (f"limit {name}" for name, old, new in zip(_NAMES, before, after) if old != new)

    ASPECTS = (Aspect("limits", _limits, _changed),)
