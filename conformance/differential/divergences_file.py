"""Read the file of declared divergences for the judge step, and refuse what could never come true."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conformance.differential.conditions import CONDITIONS
from conformance.differential.divergences import Divergence, EventPattern, HunkPattern
from conformance.differential.operations import FORMS
from conformance.errors import UsageError
from conformance.tables import are_tables, read_tables

DIVERGENCES = Path(__file__).parent / "divergences.toml"

_REQUIRED = ("name", "reason", "link", "witness")
_CONDITIONS = ("implementation", "python", "loop")
_CONTROL = "control"
_KEYS = (*_REQUIRED, *_CONDITIONS, "needs", "when", _CONTROL, "takes")
_PATTERN_KEYS = ("operation", "native", "subject", "field")
_EVENT_KEYS = ("what", "classes", "data")
_ANYTHING = frozenset("*?[]")


def read_divergences(path: Path, witnesses: Collection[str]) -> tuple[Divergence, ...]:
    """Return the declarations of a TOML file, in its order; ``witnesses`` are the names of the saved programs.

    Raises UsageError, naming the file, the entry and what is accepted there, for what is wrong.
    """
    entries, _ = read_tables(path, "divergence", "declared divergences")
    found: dict[str, Divergence] = {}
    for number, entry in enumerate(entries, start=1):
        one = _Entry(path, number, entry).read()
        if one.name in found:
            raise UsageError(
                f"{path}, entry {number} has the name {one.name} of an earlier one.", "Name it otherwise."
            )
        if one.witness not in witnesses:
            raise UsageError(
                f"{path}, entry {number} ({one.name}) has witness = {one.witness!r}, which no saved program is called.",
                "Save a program that shows it: its file's name without .json is its name.",
            )
        found[one.name] = one
    return tuple(found.values())


class _Entry:
    """One table of the file, which can say where it stands when something in it is wrong."""

    def __init__(self, path: Path, number: int, values: Mapping[str, Any]) -> None:
        self._values = values
        self._place = f"{path}, entry {number} ({values.get('name', 'no name')})"

    def read(self) -> Divergence:
        self._known(self._values, _KEYS, "")
        texts = {
            key: self._text(self._values[key], key)
            for key in (*_REQUIRED, *_CONDITIONS)
            if key in self._values
        }
        for key in _REQUIRED:
            if key not in texts:
                raise self._wrong(f"no {key}", f"Every entry has {', '.join(_REQUIRED)} and takes.")
        python = self._python(texts.pop("python", ""))
        return Divergence(
            python=python,
            needs=self._needs(),
            when=self._when(),
            control=self._control(),
            takes=self._takes(),
            **texts,
        )

    def _needs(self) -> tuple[Mapping[str, Any], ...]:
        needs = self._values.get("needs", [])
        if not are_tables(needs):
            raise self._wrong("needs that are not a list of tables", 'Write needs = [{op = "…"}].')
        for each in needs:
            form = FORMS.get(str(each.get("op")))
            if form is None:
                raise self._wrong(f"needs with op = {each.get('op')!r}", f"There is: {', '.join(FORMS)}.")
            self._known(each, ("op", *form.fields), f"needs of {form.name}: ")
            for name, value in each.items():
                kind = form.fields.get(name)
                if name != "op" and not getattr(kind, "accepts", lambda _: False)(value):
                    raise self._wrong(
                        f"needs of {form.name} with {name} = {value!r}", "No program can have that."
                    )
        return tuple(needs)

    def _when(self) -> str:
        when = self._values.get("when", "")
        if "when" in self._values and when not in CONDITIONS:
            raise self._wrong(f"when = {when!r}", f"There is: {', '.join(CONDITIONS)}.")
        return str(when)

    def _control(self) -> bool:
        control = self._values.get(_CONTROL, False)
        if not isinstance(control, bool):
            raise self._wrong(
                f"{_CONTROL} = {control!r}", "It is true, where the control shows it too, or left out."
            )
        return control

    def _takes(self) -> tuple[HunkPattern, ...]:
        takes = self._values.get("takes")
        if not takes or not are_tables(takes):
            raise self._wrong("no takes", "Say which hunks it takes, each under [[divergence.takes]].")
        return tuple(self._pattern(number, each) for number, each in enumerate(takes, start=1))

    def _pattern(self, number: int, values: Mapping[str, Any]) -> HunkPattern:
        where = f"takes {number}: "
        self._known(values, _PATTERN_KEYS, where)
        if "operation" not in values:
            raise self._wrong(f"{where}no operation", "Name the one that the events come from.")
        native, subject = (self._event(values.get(key), f"{where}{key}") for key in ("native", "subject"))
        if native is None and subject is None:
            raise self._wrong(
                f"{where}neither native nor subject",
                "Leave out one for an event that the other does not have.",
            )
        field = self._text(values["field"], f"{where}field") if "field" in values else ""
        if field and (native is None or subject is None):
            raise self._wrong(f"{where}a field of an event that only one of the two has", "Leave field out.")
        return HunkPattern(self._text(values["operation"], f"{where}operation"), native, subject, field)

    def _event(self, values: Any, where: str) -> EventPattern | None:
        if values is None:
            return None
        if not isinstance(values, dict):
            raise self._wrong(f"{where} = {values!r}", 'Write it as {what = "…"}.')
        self._known(values, _EVENT_KEYS, f"{where}: ")
        happened = self._text(values.get("what"), f"{where}.what")
        if set(happened) <= _ANYTHING:
            raise self._wrong(f"{where}.what = {happened!r}", "Say what happened: this would take anything.")
        shown = values.get("classes", [])
        if not isinstance(shown, list):
            raise self._wrong(f"{where}.classes = {shown!r}", "Give a list of qualified names.")
        return EventPattern(
            what=happened,
            classes=tuple(self._text(each, f"{where}.classes") for each in shown),
            data=self._text(values["data"], f"{where}.data") if "data" in values else "*",
        )

    def _known(self, values: Mapping[str, Any], keys: Collection[str], where: str) -> None:
        if unknown := sorted(values.keys() - set(keys)):
            raise self._wrong(f"{where}unknown key {unknown[0]!r}", f"The keys are: {', '.join(keys)}.")

    def _text(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(f"{key} = {value!r}", "It must be a text that is not empty.")
        return value

    def _python(self, text: str) -> SpecifierSet:
        try:
            return SpecifierSet(text)
        except InvalidSpecifier:
            raise self._wrong(f"python = {text!r}", "It must be like '>=3.8,<3.11' or '==3.8.*'.") from None

    def _wrong(self, what: str, advice: str) -> UsageError:
        return UsageError(f"{self._place} has {what}.", advice)
