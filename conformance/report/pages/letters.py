"""The letters that stand for verdicts on the pages, so that nothing is told by colour alone; for every module of the pages."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.records import Judgement, Verdict

LETTERS: Mapping[Verdict, str] = {verdict: verdict[0].upper() for verdict in Verdict}
"""One letter a verdict; in the data a small one says that the verdict was not expected."""
NONE = "."
"""In the data: there is no verdict, for the test is not in the cell's file or was not run."""
MEANINGS: Mapping[Verdict, str] = {
    Verdict.CONFORMANT: "it passes, as on native",
    Verdict.DIVERGENT: "native passes and it does not",
    Verdict.FLAKY: "it was not the same each time",
    Verdict.INAPPLICABLE: "native itself does not pass: it can prove nothing",
    Verdict.UNEXERCISED: "it makes no Runner or Task of the implementation: it can prove nothing",
}
assert len(set(LETTERS.values())) == len(Verdict)


def letter(judgement: Judgement) -> str:
    """Return the judgement's letter, a small one where it was not expected."""
    found = LETTERS[judgement.verdict]
    return found if judgement.expected else found.lower()
