"""However much a test has to say, its report is of a length that somebody reads."""

from __future__ import annotations

from miniatures import Making, Seen

pytest_plugins = ["miniatures"]

HEAD = "import unittest\n\nclass Tests(unittest.TestCase):\n    def test_it(self):\n"
READABLE = 1 << 15


def run(making: Making, *lines: str) -> Seen:
    """Run one test that does what the lines say."""
    return making.runners(HEAD + "".join(f"        {line}\n" for line in lines)).run()


def test_a_long_message_is_told_by_its_beginning_and_its_end(on_both: Making) -> None:
    seen = run(on_both, "self.fail('first words ' + 'x' * 20_000_000 + ' last words')")
    assert seen.outcomes == {"test_it": "failed"}
    detail = seen["test_it"].detail
    assert "first words x" in detail
    assert detail.endswith("x last words\n")
    assert len(detail) < READABLE


def test_what_is_left_out_is_counted(on_both: Making) -> None:
    whole = 1 << 20
    seen = run(on_both, f"self.skipTest('x' * {whole})")
    half = "x" * (1 << 13)
    assert seen["test_it"].detail == f"{half}\n[{whole - (1 << 14)} characters are left out here]\n{half}"


def test_a_subtest_is_told_as_shortly(on_both: Making) -> None:
    seen = run(on_both, "with self.subTest(number='1' * 20_000_000):", "    self.fail('x' * 20_000_000)")
    assert seen.outcomes == {"test_it": "failed"}
    [subtest] = seen["test_it"].subtests
    assert len(subtest.parameters) < READABLE
    assert len(subtest.detail) < READABLE


def test_many_long_subtests_are_together_no_longer(on_both: Making) -> None:
    lines = "for number in range(500):", "    with self.subTest(number=number): self.fail('x' * 20_000)"
    seen = run(on_both, *lines)
    assert len(seen["test_it"].subtests) == 500
    assert len(seen["test_it"].detail) < READABLE


def test_a_long_reason_why_a_class_cannot_be_set_up_is_shortened(on_both: Making) -> None:
    suite = """
        import unittest

        class Tests(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                raise LookupError("x" * 20_000_000)

            def test_it(self):
                pass
    """
    seen = on_both.runners(suite).run()
    assert seen.outcomes == {"test_it": "errored"}
    assert len(seen["test_it"].detail) < READABLE


def test_a_long_reason_why_a_suite_cannot_be_loaded_is_shortened(on_both: Making) -> None:
    broken = on_both.runners("raise LookupError('x' * 20_000_000)").run().course.broken
    assert broken.startswith("Traceback")
    assert len(broken) < READABLE
