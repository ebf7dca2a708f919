"""Have what asyncio keeps in sets gone through in order of its coming, so that there is one order to observe.

That is the tasks of a loop, which who closes it cancels, and its asynchronous generators, which it closes. asyncio itself
promises no order: among four leftovers, 24 were seen. To be called before what is judged is imported.
"""

import asyncio
import weakref
from typing import Any, Iterator, List, Set


class _Entries(dict):  # type: ignore[type-arg]  # a typed one is made slowly on 3.8
    """What a WeakSet keeps its references in, in order of their coming."""

    def add(self, reference: Any) -> None:
        self[reference] = None

    def discard(self, reference: Any) -> None:
        self.pop(reference, None)

    remove = discard


class _OrderedWeakSet(weakref.WeakSet):  # type: ignore[type-arg]  # takes none on 3.8
    def __init__(self, data: Any = ()) -> None:
        super().__init__()
        self.data = _Entries()
        self.update(data or ())


class TaskSet(set):  # type: ignore[type-arg]  # as above
    """A set like any other, but that it is gone through in order of creation."""

    def __init__(self, found: Set[Any], order: List[Any]) -> None:
        super().__init__(found)
        self._order = order

    def __iter__(self) -> Iterator[Any]:
        return iter([task for task in self._order if task in self])


def keep_order() -> None:
    """Replace ``all_tasks`` in asyncio and in asyncio.tasks, and the sets that loops are made with, for good."""
    if weakref.WeakSet is _OrderedWeakSet:
        return
    stand_in: Any = weakref
    stand_in.WeakSet = _OrderedWeakSet
    tasks: Any = asyncio.tasks
    # The set of stock tasks, by either of its names.
    registry = getattr(tasks, "_scheduled_tasks", None)
    if registry is None:
        registry = tasks._all_tasks
    entries = _Entries()
    for reference in registry.data:
        entries.add(reference)
    registry.data = entries
    stock = tasks.all_tasks

    def all_tasks(loop: Any = None) -> Set[Any]:
        if loop is None:
            loop = asyncio.get_running_loop()
        found = stock(loop)
        order = [task for task in registry if task in found]
        known = set(order)
        # Eager ones and those of foreign registries, which programs have none of.
        order += [task for task in found if task not in known]
        return TaskSet(found, order)

    tasks.all_tasks = all_tasks
    stand_in = asyncio
    stand_in.all_tasks = all_tasks
