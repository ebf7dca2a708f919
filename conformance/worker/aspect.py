"""What is compared of the process before and after each test; `state` puts the aspects of all modules together."""

from typing import Any, Callable, Iterable, NamedTuple, Optional


class Aspect(NamedTuple):
    """Something that a test can change for all that come after it."""

    name: str
    """What a report calls it."""
    ask: Callable[[], Any]
    """Returns how it is now. Bound when the worker starts: what it calls, no test can replace."""
    changes: Optional[Callable[[Any, Any], Iterable[str]]] = None
    """Names what is different from how it was; without it, the aspect's name does where both are not equal."""
    may_pass: bool = False
    """Whether what is different may be so for a moment only, as with threads that are about to end."""
