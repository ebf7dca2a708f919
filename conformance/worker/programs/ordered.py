"""Have what asyncio keeps in sets gone through in order of its coming, so that there is one order to observe.

That is the tasks of a loop, which who closes it cancels, and its asynchronous generators, which it closes. asyncio itself
promises no order: among four leftovers, 24 were seen. To be called before what is judged is imported.
"""

import asyncio
import weakref
from typing import Any, Callable, Dict, Iterable, Iterator, Set


class _Entries(dict):  # type: ignore[type-arg]  # a typed one is made slowly on 3.8
    """What a WeakSet keeps its references in, in order of their coming: all that it asks of a set."""

    def add(self, reference: Any) -> None:
        self[reference] = None

    def discard(self, reference: Any) -> None:
        super().pop(reference, None)

    def remove(self, reference: Any) -> None:
        del self[reference]

    def pop(self) -> Any:  # type: ignore[override]  # a set's, of what came first
        for reference in self:
            del self[reference]
            return reference
        raise KeyError("pop from an empty set")

    def difference_update(self, references: Iterable[Any]) -> None:
        for reference in set(references):
            self.discard(reference)

    def intersection_update(self, references: Iterable[Any]) -> None:
        self.difference_update(self.keys() - set(references))

    def symmetric_difference_update(self, references: Iterable[Any]) -> None:
        for reference in dict.fromkeys(references):
            if reference in self:
                del self[reference]
            else:
                self.add(reference)

    def issubset(self, references: Iterable[Any]) -> bool:
        return self.keys() <= set(references)

    def issuperset(self, references: Iterable[Any]) -> bool:
        return self.keys() >= set(references)

    def __lt__(self, references: Set[Any]) -> bool:
        return self.keys() < references

    def __gt__(self, references: Set[Any]) -> bool:
        return self.keys() > references

    def __eq__(self, references: object) -> bool:
        return self.keys() == references

    # As a set has none.
    __hash__ = None

    def __repr__(self) -> str:
        return repr(set(self))


class _OrderedWeakSet(weakref.WeakSet):  # type: ignore[type-arg]  # takes none on 3.8
    def __init__(self, data: Any = None) -> None:
        super().__init__()
        self.data = _Entries()
        if data is not None:
            self.update(data)


_tasks: Any = asyncio.tasks
# The set of stock tasks, by either of its names.
_REGISTRY: Any = getattr(_tasks, "_scheduled_tasks", None)
if _REGISTRY is None:
    _REGISTRY = _tasks._all_tasks


class TaskSet(set):  # type: ignore[type-arg]  # as above
    """A set like any other, but that it and what its operations make are gone through in order of the tasks' creation."""

    def __iter__(self) -> Iterator[Any]:
        # Of the keys, and in one step: another thread may make tasks.
        registered = [reference() for reference in list(_REGISTRY.data)]
        found: Dict[Any, None] = dict.fromkeys(task for task in registered if task in self)
        # Eager tasks, those of foreign registries, and what are no tasks, which programs have none of.
        found.update(dict.fromkeys(super().__iter__()))
        return iter(found)

    def pop(self) -> Any:
        for task in self:
            self.remove(task)
            return task
        return super().pop()


def _ordered(name: str) -> Callable[..., Any]:
    stock: Any = getattr(set, name)

    def operation(self: Set[Any], *others: Any) -> Any:
        made = stock(self, *others)
        return made if made is NotImplemented else TaskSet(made)

    operation.__name__ = name
    return operation


for _name in ("and", "or", "sub", "xor"):
    setattr(TaskSet, f"__{_name}__", _ordered(f"__{_name}__"))
    # By which a plain set is the left operand.
    setattr(TaskSet, f"__r{_name}__", _ordered(f"__r{_name}__"))
for _name in ("copy", "difference", "intersection", "symmetric_difference", "union"):
    setattr(TaskSet, _name, _ordered(_name))


def keep_order() -> None:
    """Replace ``all_tasks`` in asyncio and in asyncio.tasks, and the sets that loops are made with, for good."""
    if weakref.WeakSet is _OrderedWeakSet:
        return
    stand_in: Any = weakref
    stand_in.WeakSet = _OrderedWeakSet
    entries = _Entries()
    for reference in _REGISTRY.data:
        entries.add(reference)
    _REGISTRY.data = entries
    stock = _tasks.all_tasks

    def all_tasks(loop: Any = None) -> Set[Any]:
        return TaskSet(stock(asyncio.get_running_loop() if loop is None else loop))

    _tasks.all_tasks = all_tasks
    stand_in = asyncio
    stand_in.all_tasks = all_tasks
