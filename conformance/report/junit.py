"""The report as JUnit XML, in the form that GitLab, Jenkins and GitHub's actions read: a form of the report step.

One ``testsuite`` is one cell. A ``failure`` is what was not expected; what is divergent or flaky as declared, inapplicable or
unexercised is ``skipped`` with its reason; what the report lacks is an ``error`` of a suite of its own, so that nothing that
was not proved looks green. The readers know a test by class and name alone, so the cell stands in the class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from attrs import field, frozen

from conformance.errors import ExitStatus
from conformance.records import Cell, Judgement, Verdict
from conformance.report.accounts import account, account_of_difference, command, legible, said_last
from conformance.report.document import Document, Header, Hello
from conformance.report.gathering import Gathered
from conformance.report.programs_records import Difference, Programs
from conformance.report.programs_summary import sentences_of
from conformance.report.status import unjudged

_SKIPPED = frozenset({Verdict.INAPPLICABLE, Verdict.UNEXERCISED})
_LACKING = "what is lacking"
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_UNEXERCISED = "unexercised: the test makes no Runner or Task of the implementation"


@frozen
class _Case:
    classname: str
    name: str
    how: str = ""
    """``failure``, ``error`` or ``skipped``; empty where it passed."""
    message: str = ""
    kind: str = ""
    text: str = ""
    seconds: float = 0.0


@frozen
class _Suite:
    name: str
    cases: Sequence[_Case]
    started: str = ""
    properties: Mapping[str, str] = field(factory=dict)


def junit(gathered: Gathered) -> str:
    """Return the text of the XML file, which declares UTF-8."""
    suites: list[_Suite] = []
    lacking = list(gathered.lacking)
    if gathered.merged is not None:
        suites += _of_runs(gathered.merged.document)
        lacking += _lacking_in(gathered.merged.document)
    for document in gathered.programs:
        suites += _of_programs(document.said)
        if document.said.status is not ExitStatus.AS_EXPECTED:
            lacking += sentences_of(document.said)
    cases = [_Case(_LACKING, each, "error", each, "not completed") for each in lacking]
    if gathered.merged is not None:
        # The run did not ask for them by name.
        for each in gathered.merged.document.header.plan.missing:
            said = f"Python {each.python} was not found. {each.advice}"
            cases.append(_Case(_LACKING, f"Python {each.python}", "skipped", said, "missing"))
    if cases:
        suites.append(_Suite(_LACKING, cases))
    counts = _counts([case for suite in suites for case in suite.cases])
    del counts["skipped"]
    root = ET.Element("testsuites", {"name": "conformance", **counts})
    root.extend(_element(suite) for suite in suites)
    ET.indent(root)
    return f"{_DECLARATION}{ET.tostring(root, encoding='unicode')}\n"


def _of_runs(document: Document) -> list[_Suite]:
    header = document.header
    judged: dict[str, list[Judgement]] = {}
    for judgement in document.judgements:
        judged.setdefault(judgement.cell, []).append(judgement)
    hellos = {hello.cell: hello for hello in document.hellos}
    suites = [
        _Suite(
            cell.name,
            [_of_judgement(header, cell, judgement) for judgement in judged[cell.name]],
            header.started,
            _properties(cell, hellos.get(cell.name)),
        )
        for cell in header.plan.cells
        if cell.name in judged
    ]
    unmet = () if document.footer is None else document.footer.unmet
    cases = [
        _Case(
            "expectations",
            f"{entry.number}: {entry.test}",
            "failure",
            f"No test answers to entry {entry.number}, declared {entry.verdict}: {entry.reason}",
            "not as declared",
            f"No such test in {', '.join(entry.cells)}.",
        )
        for entry in unmet
    ]
    return [*suites, _Suite("expectations", cases, header.started)] if cases else suites


def _lacking_in(document: Document) -> list[str]:
    plan = document.header.plan
    nothing = unjudged(plan, document.judgements, filtered=document.header.filtered)
    return [f"Nothing was proved in {name}: none of its tests could show anything." for name in nothing]


def _of_judgement(header: Header, cell: Cell, judgement: Judgement) -> _Case:
    classname, _, name = judgement.test.rpartition(".")
    classname = f"{cell.name}.{classname}" if classname else cell.name
    subject = judgement.subject
    seconds = 0.0 if subject is None else subject.seconds
    if not judgement.expected:
        again = command(header, cell, judgement.test)
        text = f"{account(judgement)}\n\nTo run it again: {again}"
        return _Case(classname, name, "failure", said_last(judgement), judgement.verdict, text, seconds)
    if judgement.verdict is Verdict.CONFORMANT:
        return _Case(classname, name, seconds=seconds)
    message = judgement.reason and f"{judgement.verdict}: {judgement.reason}"
    if judgement.verdict not in _SKIPPED:
        message = f"{judgement.verdict} as declared: {judgement.reason}"
    elif not message:
        message = _UNEXERCISED if judgement.verdict is Verdict.UNEXERCISED else said_last(judgement)
    return _Case(classname, name, "skipped", message, judgement.verdict, seconds=seconds)


def _of_programs(said: Programs) -> list[_Suite]:
    suites = []
    for cell in dict.fromkeys((*said.judged, *(broken.cell for broken in said.broken))):
        cases = [
            _Case(f"{cell}.saved", name, "failure", saved.differs[cell], Verdict.DIVERGENT, saved.what)
            if cell in saved.differs
            else _Case(f"{cell}.saved", name)
            for name, saved in said.saved.items()
        ]
        found = [each for each in said.differences if cell in each.cells]
        cases += [_of_difference(cell, each, said.arguments) for each in found]
        cases += [
            _Case(
                f"{cell}.promises",
                broken.invariant,
                "failure",
                broken.says,
                "broken promise",
                f"{broken.times:,} times, first in {broken.first}",
            )
            for broken in said.broken
            if broken.cell == cell
        ]
        if not found:
            # What was drawn has no names that would be the same with another seed.
            cases.append(_Case(f"{cell}.drawn", "drawn programs"))
        properties = {"seed": str(said.seed), "hypothesis": said.hypothesis, "programs": str(said.programs)}
        suites.append(_Suite(cell, cases, said.started, properties))
    return suites


def _of_difference(cell: str, difference: Difference, arguments: Iterable[str]) -> _Case:
    text = account_of_difference(difference, arguments)
    return _Case(
        f"{cell}.differences",
        difference.difference,
        "failure",
        difference.difference,
        Verdict.DIVERGENT,
        text,
    )


def _properties(cell: Cell, hello: Hello | None) -> dict[str, str]:
    properties = {
        "implementation": cell.implementation.name,
        "python": cell.interpreter.version,
        "loop": cell.loop.name,
        "suite": cell.suite,
        "mode": cell.mode,
        "tag": cell.tag,
        "baseline": cell.baseline or "",
    }
    packages = {} if hello is None else hello.worker.get("packages", {})
    if isinstance(packages, dict):
        properties |= {f"package {name}": str(version) for name, version in packages.items()}
    return properties


def _element(suite: _Suite) -> ET.Element:
    element = ET.Element("testsuite", {"name": legible(suite.name), **_counts(suite.cases)})
    if started := _timestamp(suite.started):
        element.set("timestamp", started)
    if suite.properties:
        properties = ET.SubElement(element, "properties")
        for name, value in suite.properties.items():
            ET.SubElement(properties, "property", {"name": legible(name), "value": legible(value)})
    for case in suite.cases:
        inner = ET.SubElement(
            element,
            "testcase",
            {
                "classname": legible(case.classname),
                "name": legible(case.name),
                "time": f"{case.seconds:.3f}",
            },
        )
        if case.how:
            said = {"message": legible(case.message), "type": legible(case.kind)}
            ET.SubElement(inner, case.how, said).text = legible(case.text) or None
    return element


def _timestamp(text: str) -> str:
    """The time in UTC, without saying so, as the form has it; empty for what is no time."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        return ""


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.how == "failure" for case in cases)),
        "errors": str(sum(case.how == "error" for case in cases)),
        "skipped": str(sum(case.how == "skipped" for case in cases)),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }
