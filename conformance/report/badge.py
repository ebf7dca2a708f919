"""The report as a badge, for shields.io's endpoint or as a picture of its own: a form of the report step.

It counts what was decided: of the tests that native passes and that use the implementation, those that it passes too.
"""

from __future__ import annotations

import json
from collections import Counter
from html import escape

from attrs import frozen

from conformance.errors import ExitStatus
from conformance.records import Verdict
from conformance.report.accounts import legible
from conformance.report.gathering import Gathered
from conformance.report.programs_summary import summarize_programs
from conformance.report.summary import summarize

LABEL = "conformance"
_DECIDED = (Verdict.CONFORMANT, Verdict.DIVERGENT, Verdict.FLAKY)
_COLOURS = {"brightgreen": "#2f7d0c", "green": "#5a7302", "red": "#b8341f", "lightgrey": "#5f5f5f"}
"""Shields' names; in the picture so dark that white text can be read on them."""
_HEIGHT = 20
_MARGIN = 6
_NARROW = frozenset(" .,:;'|!ijl")
# Of Verdana at 11 pixels; the text is made to fit, so that another font needs no other width.
_WIDTH, _NARROW_WIDTH = 6.7, 3.9


@frozen
class Badge:
    """What a badge says."""

    message: str
    """Such as ``1,234 of 1,240 decided``."""
    colour: str
    """One of shields' names."""
    title: str
    """The same in full sentences."""


def badge(gathered: Gathered) -> Badge:
    """Return what the badge of a report says: green what is as expected, bright where nothing differs, grey what is not whole."""
    parts, titles, differs = [], [], 0
    if gathered.merged is not None:
        document = gathered.merged.document
        tally = Counter(judgement.verdict for judgement in document.judgements)
        decided = sum(tally[verdict] for verdict in _DECIDED)
        differs += decided - tally[Verdict.CONFORMANT]
        parts.append(f"{tally[Verdict.CONFORMANT]:,} of {decided:,} decided")
        unmet = document.footer.unmet if document.footer else ()
        titles.append(
            summarize(
                document.header.plan,
                document.judgements,
                unmet,
                gathered.merged.status,
                (),
                gathered.merged.missing,
            )
        )
    found = sum(len(document.said.differences) for document in gathered.programs)
    titles += [summarize_programs(document.said) for document in gathered.programs]
    if found:
        parts.append(f"{found:,} programs differ" if found > 1 else "1 program differs")
    elif gathered.merged is None:
        parts.append(f"{sum(document.said.programs for document in gathered.programs):,} programs")
    colour = "green" if differs + found else "brightgreen"
    if gathered.status is ExitStatus.UNEXPECTED_VERDICT:
        colour = "red"
    elif gathered.status is not ExitStatus.AS_EXPECTED:
        parts.append("incomplete")
        colour = "lightgrey"
    return Badge(", ".join(parts), colour, " ".join(titles))


def badge_json(gathered: Gathered) -> str:
    """Return what shields.io's endpoint badge reads."""
    made = badge(gathered)
    # An error badge keeps its colour, whatever the one asks who shows it.
    error = gathered.status is not ExitStatus.AS_EXPECTED
    data = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": made.message,
        "color": made.colour,
        "isError": error,
    }
    return json.dumps(data, indent=1) + "\n"


def badge_svg(gathered: Gathered) -> str:
    """Return the badge as a picture, which needs nothing from elsewhere."""
    made = badge(gathered)
    return svg(LABEL, made.message, _COLOURS[made.colour], made.title)


def svg(label: str, message: str, colour: str, title: str) -> str:
    """Return a picture of two fields; who hovers over it, or has it read aloud, gets the ``title``."""
    texts = [legible(text) for text in (label, message)]
    left, right = (_width(text) for text in texts)
    words = [
        f'  <text x="{x + _MARGIN}" y="14" textLength="{width - 2 * _MARGIN}">{escape(text)}</text>'
        for text, x, width in zip(texts, (0, left), (left, right), strict=True)
    ]
    spoken = escape(f"{texts[0]}: {texts[1]}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img" aria-label="{spoken}">',
            f"  <title>{escape(legible(title))}</title>",
            '  <clipPath id="round"><rect width="100%" height="100%" rx="3"/></clipPath>',
            '  <g clip-path="url(#round)">',
            f'    <rect width="{left}" height="{_HEIGHT}" fill="#444"/>',
            f'    <rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{colour}"/>',
            "  </g>",
            '  <g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">',
            *(f"  {word}" for word in words),
            "  </g>",
            "</svg>",
            "",
        ]
    )


def _width(text: str) -> int:
    return round(sum(_NARROW_WIDTH if sign in _NARROW else _WIDTH for sign in text)) + 2 * _MARGIN
