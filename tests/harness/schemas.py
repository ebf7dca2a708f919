"""The JSON Schemas of the documents, made from the records that read them: ``python tests/harness/schemas.py`` writes docs/.

The module is imported by name, beside pytest: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Mapping
from enum import Enum, IntEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

DOCS = Path(__file__).parents[2] / "docs"
if __name__ == "__main__":
    sys.path.insert(0, str(DOCS.parent))

from conformance.records import Cell, Result  # noqa: E402  # the checkout's, also as a script
from conformance.report import document, programs_records  # noqa: E402
from conformance.report.lines import KeysLine, VerdictLine  # noqa: E402

Schema = dict[str, Any]
LINES: Mapping[str, type] = {
    "header": document.Header,
    "cell": document.Hello,
    "keys": KeysLine,
    "result": Result,
    "verdict": VerdictLine,
    "footer": document.Footer,
}
"""The record of each kind of a run's lines."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE = {str: "string", Path: "string", int: "integer", float: "number", bool: "boolean"}
_EVENT: Schema = {
    "description": "Where it is from, what happened, and more of it.",
    "type": "array",
    "prefixItems": [{"type": "string"}, {"type": "string"}],
    "minItems": 2,
}
_TRACES = {"native", "subject", "control"}
_OPTIONAL = {(programs_records.Difference, "seconds")}


def results_schema() -> Schema:
    """The schema of one line of a run's document."""
    making = _Making()
    for name, record in LINES.items():
        more: Schema = {"type": {"const": name}}
        if name == "header":
            more["format"] = {"const": document.FORMAT}
        making.record(record, name=f"{name}_line", more=more)
    lines = [{"$ref": f"#/$defs/{name}_line"} for name in LINES]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:runner-backport:conformance:results:{document.FORMAT}",
        "title": "One line of the document that 'conformance run' writes",
        "description": (
            "The document is JSON Lines: a header, then lines of the other kinds, then a footer. One without its "
            "footer is incomplete. A verdict names results whose lines stand before it."
        ),
        "oneOf": lines,
        "$defs": making.definitions,
    }


def programs_schema() -> Schema:
    """The schema of the document that ``fuzz --out`` writes."""
    making = _Making()
    root = making.object(programs_records.Programs)
    root["properties"]["format"] = {"const": programs_records.FORMAT}
    return {
        "$schema": _DIALECT,
        "$id": f"urn:runner-backport:conformance:programs:{programs_records.FORMAT}",
        "title": "The document that 'conformance fuzz --out' writes",
        **root,
        "$defs": {**making.definitions, "event": _EVENT},
    }


class _Making:
    def __init__(self) -> None:
        self.definitions: Schema = {}

    def record(self, record: type, *, name: str = "", more: Schema | None = None) -> Schema:
        name = name or record.__name__
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.object(record, more or {})
        return {"$ref": f"#/$defs/{name}"}

    def object(self, record: type, more: Schema | None = None) -> Schema:
        said = _docstrings(record)
        properties = dict(more or {})
        if record is Cell:
            properties["name"] = {"description": "What the later lines call the cell.", "type": "string"}
        optional = []
        for name, kind in get_type_hints(record).items():
            key = (
                programs_records.KEYS.get(name, name)
                if record.__module__.endswith("programs_records")
                else name
            )
            made = (
                self._traces(kind)
                if record.__module__.endswith("programs_records") and name in _TRACES
                else self.value(kind)
            )
            properties[key] = {"description": said[name], **made} if name in said else made
            if (record, name) in _OPTIONAL:
                optional.append(key)
        return {
            "description": " ".join((inspect.getdoc(record) or "").split()),
            "type": "object",
            "properties": properties,
            "required": [key for key in properties if key not in optional],
            "additionalProperties": False,
        }

    def _traces(self, kind: Any) -> Schema:
        trace = {"type": "array", "items": {"$ref": "#/$defs/event"}}
        return {"anyOf": [trace, {"type": "null"}]} if NoneType in get_args(kind) else trace

    def value(self, kind: Any) -> Schema:  # noqa: PLR0911  # one step for each kind there is
        origin, arguments = get_origin(kind), get_args(kind)
        if kind is Any:
            return {}
        if origin in {Union, UnionType}:
            (inner,) = set(arguments) - {NoneType}
            return {"anyOf": [self.value(inner), {"type": "null"}]}
        if origin is tuple:
            return {"type": "array", "items": self.value(arguments[0])}
        if origin is Mapping:
            named = {"propertyNames": self.value(arguments[0])} if arguments[0] is not str else {}
            return {"type": "object", **named, "additionalProperties": self.value(arguments[1])}
        if attrs.has(kind):
            return self.record(kind)
        if issubclass(kind, Enum):
            of = "integer" if issubclass(kind, IntEnum) else "string"
            return {"type": of, "enum": [member.value for member in kind]}
        return {"type": _SIMPLE[kind]}


def _docstrings(record: type) -> dict[str, str]:
    """The texts that stand below a record's fields."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for before, after in zip(tree.body, tree.body[1:], strict=False):
        match before, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=text)):
                found[name] = " ".join(str(text).split())
    return found


def text_of(schema: Schema) -> str:
    """The text of a schema's file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


FILES = {"results.schema.json": results_schema, "programs.schema.json": programs_schema}

if __name__ == "__main__":
    for name, make in FILES.items():
        (DOCS / name).write_text(text_of(make()), encoding="utf-8")
