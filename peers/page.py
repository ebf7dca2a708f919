"""Write what is known of the peers as a page: ``python -m peers.page DOCUMENT FACTS PROGRAMS FACTS PAGE``, behind the report step.

DOCUMENT is a run's, judged by FACTS as its expectations: each divergence is shown under the fact that explains it.
PROGRAMS is what ``fuzz --out`` wrote: each kind of difference is shown under the one of its FACTS that explains it.
Nothing on the page depends on when or how fast the run was: it changes when a verdict does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.errors import ConformanceError, ExitStatus, UsageError
from conformance.judge import Expectation, read_with_digest
from conformance.records import Judgement
from conformance.report.document import Document
from conformance.report.reading import read_document
from peers.programs import Found, Programs, explained, read_programs, shown
from peers.programs_facts import Fact, read_facts
from peers.sections import counts, explanations, inapplicable, made_with

_HOW = "Let 'nox -s peers' make both."
_FILES = 5


def main(arguments: Sequence[str]) -> int:
    """Write the page; what is wrong with the files is said in one sentence, and the page left as it is."""
    if len(arguments) != _FILES:
        sys.stderr.write(
            f"peers.page takes DOCUMENT FACTS PROGRAMS FACTS PAGE, and not {' '.join(arguments)!r}. {_HOW}\n"
        )
        return ExitStatus.WRONG_USAGE
    document, facts, programs, programs_facts, page = map(Path, arguments)
    try:
        generated = read_programs(programs)
        by_fact = explained(generated, read_facts(programs_facts))
        text = page_of(read_document(document), *read_with_digest(facts), generated, by_fact)
    except ConformanceError as error:
        sys.stderr.write(f"{page} is left as it is. {error}\n")
        return error.status
    page.write_text(text, encoding="utf-8")
    return ExitStatus.AS_EXPECTED


def page_of(
    document: Document,
    facts: Sequence[Expectation],
    digest: str,
    programs: Programs,
    by_fact: Mapping[Fact, Sequence[Found]],
) -> str:
    """Return the page's text.

    ``digest`` is the SHA-256 of the file of facts, ``by_fact`` what explains the ``programs``. Raises UsageError for a run that does not say everything
    about each peer, that was judged by other facts, or of which something is not explained.
    """
    refuse_partial(document)
    if document.header.expectations != digest:
        raise UsageError("The run was judged by other facts than these.", _HOW)
    if document.footer is None or document.footer.exit_status is not ExitStatus.AS_EXPECTED:
        raise UsageError(
            "Not all that the run found is as the facts have it.", "Mend the facts, and run again."
        )
    plan = document.header.plan
    by_peer: dict[str, list[Judgement]] = {}
    for found in document.judgements:
        by_peer.setdefault(plan.cell(found.cell).implementation.name, []).append(found)
    lines = [*_HEAD]
    for peer, judgements in sorted(by_peer.items()):
        lines += ["", f"## {peer}", "", *counts(plan, peer, judgements), ""]
        lines += explanations(plan, judgements, facts)
        lines += ["", *shown(peer, programs, by_fact)]
    return "\n".join([*lines, "", *inapplicable(plan, document.judgements), *made_with(plan), ""])


_HEAD = (
    "# The peers, judged by CPython's own tests and by generated programs",
    "",
    "`python3 -m nox -s peers` runs the suites and programs on the Runners and Tasks of the other implementations, and writes this page:",
    "the verdicts come from that run, the explanations from [peers/facts.toml](../peers/facts.toml). A divergence that nothing there",
    "explains fails the session, and so does a fact that no longer comes true. What generated programs do on them is explained by",
    "[peers/programs.toml](../peers/programs.toml) in the same way, and shown by what native and the peer did at a line of a program, – for",
    "nothing. A task that was created is shown with whether it is an `asyncio.Task`, and its name if it was given one; in a state, with",
    "what its `cancelling()` says, which is *uncounted* where it has none and *null* for what is no `asyncio.Task`; an executor, with",
    "whether each call to shut it down waited. What a verdict is, and what the suites are, is in",
    "the [README](../README.md#how-a-verdict-is-reached): *inapplicable* is what native does not pass either on that loop,",
    "*unexercised* what makes no Runner or Task of the peer's and so proves nothing about it.",
)  # fmt: skip


def refuse_partial(document: Document) -> None:
    """Raise UsageError for the document of a run that was not finished, or of a part of the plan."""
    header = document.header
    if not document.complete or header.filtered or header.shard is not None:
        raise UsageError("The document is not of a whole run.", _HOW)
    if header.plan.missing:
        names = ", ".join(missing.python for missing in header.plan.missing)
        raise UsageError(f"The run lacks Python {names}.", header.plan.missing[0].advice)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
