"""Reading test ids from source; what unittest loads of the real files is compared in test_sync_rule."""

from __future__ import annotations

import textwrap

import pytest

from conformance.sync.testids import test_ids as ids_of


def ids(text: str) -> set[str]:
    return {name.removeprefix("m.") for name in ids_of(textwrap.dedent(text).encode(), "m")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class A(unittest.TestCase):\n def test_a(self): ...\n async def test_b(self): ...", {"A.test_a", "A.test_b"}),
        ("class A(TestCase):\n def test_a(self): ...\n def helper(self): ...", {"A.test_a"}),
        ("class A(unittest.IsolatedAsyncioTestCase):\n def test_a(self): ...", {"A.test_a"}),
        ("class A:\n def test_a(self): ...\nclass B(A, m.TestCase): ...", {"B.test_a"}),
        ("class A(u.TestCase):\n def test_a(self): ...\nclass B(A): ...", {"A.test_a", "B.test_a"}),
        ("class A(u.TestCase):\n def test_a(self): ...\nclass B(A):\n test_a = None", {"A.test_a"}),
        ("class A(u.TestCase): ...\nclass B(m.TestCase, A):\n def test_a(self): ...", {"B.test_a"}),
        ("class A(u.TestCase):\n def f(self): ...\n test_a = f", {"A.test_a"}),
        ("class A(u.TestCase):\n if x:\n  def test_a(self): ...\n else:\n  def test_b(self): ...", {"A.test_a", "A.test_b"}),
        ("try:\n class A(u.TestCase):\n  def test_a(self): ...\nexcept E:\n pass", {"A.test_a"}),
        ("class A(u.TestCase):\n def test_a(self): ...\nclass A(u.TestCase):\n def test_b(self): ...", {"A.test_b"}),
        ("class A(Base):\n def test_a(self): ...", set()),
        ("def test_a(): ...", set()),
    ],
)  # fmt: skip
def test_an_id_is_read_as_unittest_would_load_it(text: str, expected: set[str]) -> None:
    assert ids(text) == expected


def test_a_decorator_of_the_same_file_adds_and_removes_tests() -> None:
    assert ids(
        """
        def changed(cls):
            def test_added(self): ...
            cls.test_added = test_added
            cls.test_removed = None
            other.test_elsewhere = test_added
            return cls

        @unittest.skipUnless(yes, "a decorator from elsewhere")
        @changed
        class A(unittest.TestCase):
            def test_removed(self): ...
            def test_kept(self): ...
        """
    ) == {"A.test_added", "A.test_kept"}
