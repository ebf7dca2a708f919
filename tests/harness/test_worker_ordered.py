"""The sets that a worker puts in the place of asyncio's: they do what sets do, and are gone through in order of coming."""

from __future__ import annotations

import itertools
import subprocess
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.worker.programs import ordered
from miniatures import interpreter_or_skip

ROOT = Path(__file__).resolve().parents[2]
MANY = 5
CHANGING = ("update", "difference_update", "intersection_update", "symmetric_difference_update")
OPERATORS = ("or", "and", "sub", "xor")
NAMED = ("union", "intersection", "difference", "symmetric_difference")
ASKING = ("issubset", "issuperset", "isdisjoint", "__eq__", "__ne__", "__le__", "__lt__", "__ge__", "__gt__")
OF_TWO = (
    *CHANGING,
    *NAMED,
    *ASKING,
    *(f"__{name}__" for name in OPERATORS),
    *(f"__i{name}__" for name in OPERATORS),
)
OF_ONE = ("add", "discard", "remove", "__contains__")
SEVERAL = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]


class Item:
    """One whose place in a set is known: the later it was made, the earlier it comes."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return MANY - self.number


ITEMS = [Item(number) for number in range(MANY)]
steps = st.tuples(
    st.sampled_from([*OF_TWO, *OF_ONE, "pop", "clear", "copy", "itself"]),
    st.lists(st.sampled_from(ITEMS), max_size=MANY),
    st.booleans(),
)


def numbers(found: Iterable[Any]) -> list[int]:
    return [item.number for item in found]


def outcome(call: Callable[[], Any]) -> Any:
    """What a call comes to: a set as the numbers that are in it."""
    try:
        made = call()
    except Exception as error:  # noqa: BLE001  # whichever
        return type(error)
    return frozenset(numbers(made)) if isinstance(made, set | weakref.WeakSet) else made


def done(kind: type, made: Any, name: str, others: Sequence[Item], *, alike: bool) -> Any:
    """Do a step to a set, the other operand of which is of the same class or, as named methods may have, a list."""
    if name in OF_ONE:
        return outcome(lambda: getattr(made, name)(others[0] if others else ITEMS[0]))
    if name in ("clear", "copy"):
        return outcome(getattr(made, name))
    if name == "itself":
        return outcome(lambda: made.__ixor__(made) if alike else made.__isub__(made))
    other = kind(others) if alike or name.startswith("__") else list(others)
    return outcome(lambda: getattr(made, name)(other))


def same_as(kind: type, stock: Any, given_steps: Sequence[tuple[str, list[Item], bool]]) -> None:
    """Do steps to a set of ours and to one of the stock class: with the same outcomes, and the same left in them."""
    ours, theirs = kind(ITEMS[:2]), stock(ITEMS[:2])
    for name, others, alike in given_steps:
        if name != "pop":
            told = done(kind, ours, name, others, alike=alike)
            assert told == done(stock, theirs, name, others, alike=alike), name
        elif theirs:
            # Whichever of them: here the first.
            popped = next(iter(ours))
            assert ours.pop() is popped
            theirs.remove(popped)
        else:
            pytest.raises(KeyError, ours.pop)
        assert len(ours) == len(theirs)
        assert set(numbers(ours)) == set(numbers(theirs)), name


@given(st.lists(steps, max_size=12))
def test_a_weak_set_does_what_a_stock_one_does(given_steps: list[tuple[str, list[Item], bool]]) -> None:
    same_as(ordered._OrderedWeakSet, weakref.WeakSet, given_steps)


@given(st.lists(steps, max_size=12))
def test_a_set_of_tasks_does_what_a_stock_one_does(given_steps: list[tuple[str, list[Item], bool]]) -> None:
    same_as(ordered.TaskSet, set, given_steps)


@given(st.permutations(ITEMS), st.sets(st.sampled_from(ITEMS)))
def test_a_weak_set_is_gone_through_in_order_of_coming(coming: list[Item], gone: set[Item]) -> None:
    made = ordered._OrderedWeakSet(coming)
    made -= ordered._OrderedWeakSet(gone)
    made |= ordered._OrderedWeakSet(gone)
    assert list(made) == [each for each in coming if each not in gone] + list(ordered._OrderedWeakSet(gone))


def test_a_weak_set_lets_go_of_what_is_gone_when_nobody_goes_through_it_any_more() -> None:
    items = [Item(number) for number in range(3)]
    made = ordered._OrderedWeakSet(items)
    going = iter(made)
    assert next(going) is items[0]
    del items[1]
    assert numbers(going) == [2]
    assert len(made) == len(made.data) == 2


@pytest.mark.parametrize("name", [*OPERATORS, *(f"r{name}" for name in OPERATORS)])
def test_what_an_operation_makes_of_tasks_is_gone_through_in_order_of_creation(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    created = ordered._OrderedWeakSet(ITEMS)
    monkeypatch.setattr(ordered, "_REGISTRY", created)
    for some in itertools.combinations(ITEMS, 3):
        for other in ([], ITEMS[:1], ITEMS[1:4], ITEMS):
            made = getattr(ordered.TaskSet(some), f"__{name}__")(set(other))
            assert type(made) is ordered.TaskSet
            assert numbers(made) == sorted(numbers(made))


@pytest.mark.parametrize("name", [*NAMED, "copy"])
def test_what_a_method_makes_of_tasks_is_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    created = ordered._OrderedWeakSet(ITEMS)
    monkeypatch.setattr(ordered, "_REGISTRY", created)
    operands = [] if name == "copy" else [ITEMS[2:]]
    made = getattr(ordered.TaskSet(ITEMS[:4]), name)(*operands)
    assert numbers(made) == sorted(numbers(made))


@pytest.mark.parametrize("name", CHANGING)
def test_tasks_that_were_changed_are_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    created = ordered._OrderedWeakSet(ITEMS)
    monkeypatch.setattr(ordered, "_REGISTRY", created)
    made = ordered.TaskSet(ITEMS[2:])
    getattr(made, name)(ITEMS[:4])
    assert numbers(made) == sorted(numbers(made))


_TASKS = """
import asyncio, itertools, json, weakref
from conformance.worker.programs import ordered
ordered.keep_order()

counter = itertools.count()

class Task(asyncio.Task):
    def __init__(self, *given, **named):
        self.number = next(counter)
        super().__init__(*given, **named)

    # By which a plain set has the latest first.
    def __hash__(self):
        return 7 - self.number

def numbers(tasks):
    return [task.number for task in tasks]

async def main():
    asyncio.get_running_loop().set_task_factory(lambda loop, coro, **named: Task(coro, loop=loop, **named))
    made = [asyncio.ensure_future(asyncio.sleep(0)) for _ in range(7)]
    own = asyncio.current_task()
    others = asyncio.all_tasks() - {own, made[0]}
    seen = [set(others), others, {own} ^ asyncio.all_tasks(), asyncio.tasks.all_tasks() - {own} & set(made)]
    seen = [numbers(each) for each in seen]
    await asyncio.gather(*made)
    # They are done, and no longer among all tasks.
    return seen, numbers(others), len(asyncio.all_tasks())

class Thing:
    pass

things = [Thing() for _ in range(3)]
subsets = [[thing for n, thing in enumerate(things) if bits & 1 << n] for bits in range(8)]
stock = weakref.WeakSet.__bases__[0]

def told(kind, name, one, other):
    made = kind(one)
    said = getattr(made, name)(kind(other))
    return [set(each) if isinstance(each, stock) else each for each in (made, said)]

wrong = [
    name
    for name in NAMES
    for one, other in itertools.product(subsets, repeat=2)
    if told(weakref.WeakSet, name, one, other) != told(stock, name, one, other)
]
print(json.dumps([asyncio.run(main()), wrong]))
"""


@pytest.mark.parametrize("series", SEVERAL)
def test_they_do_so_on_each_interpreter(series: str) -> None:
    script = f"NAMES = {OF_TWO}\n{_TASKS}"
    ended = subprocess.run(
        [str(interpreter_or_skip(series).executable), "-B", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    in_order = list(range(7))
    assert ended.stdout == (
        f"[[[{in_order[:0:-1]}, {in_order[1:]}, {in_order}, {in_order}], {in_order[1:]}, 1], []]\n"
    )
