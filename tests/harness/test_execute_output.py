"""What tests write is captured, and kept with the test that wrote it where that did not pass."""

from __future__ import annotations

from miniatures import Lifeline, Making

pytest_plugins = ["miniatures"]

WRITING = """
    import os, sys, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            print("out of a", end="")
            print("err of a", file=sys.stderr)
            self.fail()

        def test_b(self):
            print("out of b")

        def test_c(self):
            os.system("echo out of a child")
            self.fail()

        def test_d(self):
            self.fail()
"""


def test_output_stays_with_the_test_that_wrote_it(making: Making) -> None:
    seen = making.runners(WRITING).run()
    assert sorted(seen["test_a"].output.splitlines()) == ["err of a", "out of a"]
    assert seen["test_c"].output == "out of a child\n"
    assert seen["test_d"].output == ""


def test_output_of_a_test_that_passed_is_dropped(making: Making) -> None:
    seen = making.runners(WRITING).run()
    assert seen["test_b"].outcome.value == "passed"
    assert seen["test_b"].output == ""


def test_output_stays_with_its_test_after_a_restart(making: Making) -> None:
    suite = """
        import os, unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                print("out of a")

            def test_b(self):
                print("out of b")
                os._exit(1)

            def test_c(self):
                print("out of c")
                self.fail()
    """
    seen = making.runners(suite).run()
    assert seen["test_b"].output == "out of b\n"
    assert seen["test_c"].output == "out of c\n"


def test_long_output_is_shortened_and_says_so(making: Making) -> None:
    suite = """
        import unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                print("the beginning")
                for _ in range(100):
                    print("x" * 999)
                print("the end")
                self.fail()
    """
    output = making.runners(suite).run()["test_a"].output
    first, rest = output.split("\n", 1)
    assert (
        first
        == f"[{len('the beginning') + 1 + 100_000 + len('the end') + 1 - (1 << 14)} bytes are left out here]"
    )
    assert rest.endswith("x\nthe end\n")
    assert len(rest) == 1 << 14


def test_output_that_is_no_text_does_no_harm(making: Making) -> None:
    suite = r"""
        import os, unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                os.write(1, b"\xff\xfe and so on")
                self.fail("\ud800")
    """
    seen = making.runners(suite).run()["test_a"]
    assert seen.output == "\ufffd\ufffd and so on"
    assert "\ud800" in seen.detail


def test_a_test_may_take_its_streams_away(making: Making) -> None:
    suite = """
        import os, sys, unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                sys.stdout = sys.stderr = None

            def test_b(self):
                os.close(1)

            def test_c(self):
                print("heard", file=sys.__stderr__)
                self.fail()
    """
    seen = making.runners(suite).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "passed", "test_c": "failed"}
    assert seen["test_c"].output == "heard\n"


def test_output_after_the_place_to_write_at_was_moved_is_kept(making: Making) -> None:
    suite = """
        import os, unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                print("a" * 100)
                os.lseek(1, 0, os.SEEK_SET)

            def test_b(self):
                print("out of b")
                self.fail()
    """
    assert making.runners(suite).run()["test_b"].output == "out of b\n"


def test_a_file_of_output_that_is_nearly_full_is_for_no_other_test(on_both: Making) -> None:
    suite = """
        import os, unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                # Holes take no room.
                os.ftruncate(1, 1 << 30)
                with self.assertRaises(OSError):
                    os.write(1, b"x")

            def test_b(self):
                print("there is room", flush=True)
    """
    seen = on_both.runners(suite).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "passed"}
    assert seen["test_a"].leaks == ("full standard output",)


LEAVING = """
    import os, signal, subprocess, sys, unittest

    CHILD = "import os, signal, sys; os.write(os.open(sys.argv[1], os.O_WRONLY), b'here'); os.write(1, b'here'); signal.pause()"

    class Tests(unittest.TestCase):
        def test_a(self):
            child = subprocess.Popen([sys.executable, "-c", CHILD, {path!r}], stdout=subprocess.PIPE)
            child.stdout.read(4)
            {deed}
"""


def test_processes_that_a_test_leaves_end_with_its_worker(making: Making, lifeline: Lifeline) -> None:
    deed = "del child"
    seen = making.runners(LEAVING.format(path=str(lifeline.path), deed=deed)).run()
    assert seen.outcomes == {"test_a": "passed"}
    assert lifeline.said() == "here"
    assert lifeline.is_cut()


def test_processes_of_a_test_that_hangs_end_with_its_worker(making: Making, lifeline: Lifeline) -> None:
    deed = "child.wait()"
    seen = making.runners(LEAVING.format(path=str(lifeline.path), deed=deed)).run(seconds=1)
    assert seen.outcomes == {"test_a": "timed-out"}
    assert lifeline.is_cut()


def test_processes_of_a_test_that_crashes_end_with_its_worker(making: Making, lifeline: Lifeline) -> None:
    deed = "os._exit(1)"
    seen = making.runners(LEAVING.format(path=str(lifeline.path), deed=deed)).run()
    assert seen.outcomes == {"test_a": "crashed"}
    assert lifeline.is_cut()
