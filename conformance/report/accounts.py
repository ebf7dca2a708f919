"""What happened in a test or with a program, as plain text, for those forms of the report that are no terminal."""

from __future__ import annotations

import difflib
import json
import shlex
from collections.abc import Collection, Iterable, Mapping

from conformance.differential.pseudocode import pseudocode
from conformance.places import COMMAND, KEPT, shown
from conformance.records import Cell, Judgement, Outcome, Result
from conformance.report.acting import spelled_out
from conformance.report.document import Header
from conformance.report.programs_records import Difference
from conformance.report.words import shortened

_DIFFERENCES = "differences"
"""Where fuzz keeps them."""
_MOST_LINES = (20, 100)
"""Of a traceback so many are shown at its beginning and at its end."""
_MOST_CHARACTERS = 20_000


def legible(text: str) -> str:
    """Return the text with what cannot be shown, or would act, as it is written in Python."""
    return spelled_out(text.replace("\r\n", "\n"))


def account(judgement: Judgement) -> str:
    """Return what the baseline and the subject did in a test: outcomes, tracebacks and output, none of it whole if long."""
    implementation = judgement.cell.split("/")[1]
    parts = [_account_of(f"native, in {judgement.baseline.cell}", judgement.baseline)]
    for attempt, result in (("", judgement.subject), (", again in a fresh worker", judgement.retried)):
        if result is not None:
            parts.append(_account_of(f"{implementation}{attempt}", result))
    return "\n\n".join(parts)


def said_last(judgement: Judgement) -> str:
    """Return the verdict and the last line of what the subject says of it, or why it is unexpected."""
    detail = "" if judgement.subject is None else judgement.subject.detail.strip()
    lines = [line for line in detail.splitlines() if line.strip()]
    said = judgement.reason or (lines[-1].strip() if lines else "")
    return legible(f"{judgement.verdict}: {said}" if said else judgement.verdict)[:_MOST_CHARACTERS]


def command(header: Header, cell: Cell, test: str) -> str:
    """Return the command that runs a test of a cell again."""
    kept = kept_arguments(header.arguments)
    chosen = ["--python", cell.interpreter.version, "--loop", cell.loop.name]
    chosen += ["--implementation", cell.implementation.name, "--suite", cell.suite]
    return f"{COMMAND} {shlex.join(['run', '--no-cache', *kept, *chosen, '-k', test])}"


def kept_arguments(arguments: Iterable[str]) -> list[str]:
    """Return what a run was given that its tests cannot be run again without, or would be judged otherwise."""
    return _given(arguments, {"--config", "--expectations"})


def account_of_difference(difference: Difference, arguments: Iterable[str]) -> str:
    """Return the smallest program that shows a difference, and how the subject's trace leaves native's.

    ``arguments`` are those of the campaign that found it.
    """
    cell = difference.cell
    lines = [
        f"The smallest program that was found, {difference.from_}:",
        "",
        _program(difference.program),
        "",
    ]
    native, subject = (
        [json.dumps(event) for event in trace] for trace in (difference.native, difference.subject)
    )
    lines += difflib.unified_diff(native, subject, "native", cell, n=2, lineterm="")
    lines += ["", f"To run it again: {command_of_difference(difference, arguments)}"]
    return _bounded("\n".join(lines))


def command_of_difference(difference: Difference, arguments: Iterable[str]) -> str:
    """Return the command that runs a difference's program again, for a campaign with these ``arguments``."""
    kept = difference.file and shown(KEPT / _DIFFERENCES / difference.file)
    # A cell's name is its suite, and then these.
    _suite, implementation, version, loop = difference.cell.split("/", 3)
    chosen = ["--python", version, "--loop", loop, "--implementation", implementation]
    chosen += _given(arguments, {"--config"})
    return f"{COMMAND} {shlex.join(['replay', kept or difference.from_.removeprefix('program '), *chosen])}"


def _given(arguments: Iterable[str], options: Collection[str]) -> list[str]:
    return [word for word in arguments if word.partition("=")[0] in options]


def _program(program: Mapping[str, object]) -> str:
    try:
        return str(pseudocode(program))
    except (LookupError, TypeError, ValueError, AttributeError):
        # Of another version, which had other operations.
        return json.dumps(program)


def _account_of(title: str, result: Result) -> str:
    parts = [f"{title}: {result.outcome}"]
    if result.detail.strip():
        parts.append(_shortened(result.detail))
    for subtest in result.subtests:
        if subtest.outcome is not Outcome.PASSED:
            parts.append(f"subtest {subtest.parameters}: {subtest.outcome}")
            if subtest.detail.strip() and subtest.detail not in result.detail:
                parts.append(_shortened(subtest.detail))
    if result.output.strip():
        parts += ["captured output:", _shortened(result.output)]
    return _bounded("\n".join(parts))


def _shortened(text: str) -> str:
    return shortened(text, *_MOST_LINES)


def _bounded(text: str) -> str:
    text = legible(text)
    if len(text) <= _MOST_CHARACTERS:
        return text
    half = _MOST_CHARACTERS // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n… {left_out:,} characters left out here; the document has them …\n{text[-half:]}"
