"""A Draft whose header a preset was made for -> the preset's lines, held against the values, and what the preset leaves open.

A vendor's header says what its columns are better than their names do one by one; what the values say otherwise is marked unsure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from cxunify.config import Preset, Source, preset, recognise
from cxunify.discover.draft import Draft, hashed
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit, fit
from cxunify.discover.keys import FILLED, NEARLY, Key, counted
from cxunify.discover.profile import Column
from cxunify.discover.roles import Role
from cxunify.ingest.bind import Columns, references
from cxunify.warehouse import Warehouse

_NESTED = {"identifiers", "consent", "attributes", "properties", "person"}
_OPEN = ("interaction.person.", "interaction.currency", "interaction.identifiers.loyalty_id", "person.")
"""What a preset cannot know, or what a company adds to a vendor's columns."""
_HELD = {
    "email",
    "phone",
    "birth_date",
    "created_at",
    "updated_at",
    "at",
    "amount",
    "quantity",
    "score",
    "currency",
    "country",
}
"""Fields whose values can contradict their header."""
_EMPTY = 0.5
"""The share of rows with a time, below which another column may be the time of what happened."""


def recognised(one: Draft) -> None:
    """Note the preset that was made for a header: one alone, all of whose columns that may not be absent are there."""
    known = [preset(found.name) for found in recognise(one.series.columns)]
    fitting = [found for found in known if not _lacking(found, one)]
    if len(fitting) == 1:
        one.shipped = fitting[0]
        parts = [part for part in ("person", "interaction") if part in one.shipped.mapping]
        one.role = Role("both" if len(parts) == 2 else parts[0])
    for found in known if len(fitting) != 1 else ():
        lacks = _lacking(found, one)
        told = f"its header is like that of the preset {found.name} ({found.about})"
        told += f", but has no {', '.join(lacks[:3])}" if lacks else ", and of others"
        one.found.notes.append(f"{told}: compare with `cxunify presets {found.name}`")


def lines(warehouse: Warehouse, one: Draft) -> None:
    """Put the preset's lines in the place of those that were drafted; what it leaves open stays."""
    assert one.shipped is not None
    given, drafted = list(_given(one, one.shipped)), one.found.choices
    one.found.notes = [note for note in one.found.notes if not note.startswith("no id:")]
    one.found.choices = []
    for line in given:
        for held in _held(warehouse, one, line, drafted):
            one.add(held)
    for line in drafted:
        if _is_open(one.shipped, given, line):
            one.add(line)
    _take_key(one, given)


def _is_open(shipped: Preset, given: list[Choice], line: Choice) -> bool:
    """Whether a preset has nothing to say of a line that was drafted.

    A text that it lets stand as an attribute may be more where the values are: a birthday with its year.
    """
    keys = {of.key for of in given}
    missing = {key for part in ("person", "interaction") for key in _keys(shipped, part)} - keys
    if line.key in keys or not (line.key in missing or line.key.startswith(_OPEN)):
        return False
    speak = [of for of in given if ".attributes." in line.key or ".attributes." not in of.key]
    spoken = {column for of in speak for column in of.columns}
    return line.key.startswith("interaction.person.") or spoken.isdisjoint(line.columns)


def settings(one: Draft) -> None:
    """Put the preset before what stands beside the mapping, and take out of that what it has itself."""
    assert one.shipped is not None
    mapping = one.shipped.mapping
    kept = [Choice("preset", (), options={"value": one.shipped.name}, why=f"by its columns: {one.shipped.about}")]
    for setting in one.found.settings:
        has, value = mapping.get(setting.key), setting.options["value"]
        if setting.key == "null_values" and has:
            setting.options["value"] = [*has, *(word for word in value if word not in has)]
        elif has is not None and setting.key != "skip" and setting.key not in one.series.given:
            if value == has or not setting.sure:
                continue
            setting.sure, setting.given, setting.others = False, True, (has,)
            setting.why += "; the preset says otherwise"
        if setting.options["value"] != has:
            kept.append(setting)
    kept += [
        Choice(key, (), options={"value": mapping[key]}, given=True, told=False)
        for key in ("timezone", "currency")
        if key in mapping
    ]
    one.found.settings = kept


def _lacking(shipped: Preset, one: Draft) -> list[str]:
    """The columns that a preset cannot do without and a header lacks."""
    there = Columns(one.series.columns)
    return [ref.column for ref in references(_source(shipped)) if not ref.optional and there.sql(ref.column) is None]


def _source(shipped: Preset) -> Source:
    return Source.model_validate({"channel": "unknown", "files": "-", **shipped.mapping})


def _given(one: Draft, shipped: Preset) -> Iterator[Choice]:
    """The lines of a preset whose columns are there."""
    source = _source(shipped)
    there = Columns(one.series.columns)
    for part, model in (("person", source.person), ("interaction", source.interaction)):
        if model is None:
            continue
        for key, ref, written in _entries(part, model, shipped.mapping[part]):
            names = [name for of in ref for name in _names(of)]
            columns = tuple(there.find(name) or name for name in names if there.sql(name) is not None)
            if names and not columns:
                continue
            options = {} if not isinstance(written, dict) else dict(written)
            if columns:
                options = {name: value for name, value in options.items() if name not in {"column", "columns"}}
                if "multiply" in options:
                    options["multiply"] = True
            elif not isinstance(written, dict):
                options = {"value": written}
            yield Choice(key, columns, why="as the preset says", options=options, given=True, told=False)


def _keys(shipped: Preset, part: str) -> Iterator[str]:
    """The keys of the lines of a part."""
    model = getattr(_source(shipped), part)
    yield from (key for key, *_ in _entries(part, model, shipped.mapping[part])) if model else ()


def _entries(part: str, model: BaseModel, mapping: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    """Each line of a part: its key, what it became as a model, and how it is written."""
    for field, written in mapping.items():
        value = getattr(model, field)
        if field in _NESTED:
            for name, inner in value.items():
                yield f"{part}.{field}.{name}", (inner,), written[name]
        else:
            yield f"{part}.{field}", value if isinstance(value, tuple) else (value,), written


def _names(ref: Any) -> tuple[str, ...]:
    """The columns that a reference reads."""
    if hasattr(ref, "names"):
        return tuple(ref.names)
    return (ref.column,) if ref.column else ()


def _held(warehouse: Warehouse, one: Draft, line: Choice, drafted: list[Choice]) -> Iterator[Choice]:
    """A line of a preset as the values let it stand."""
    part, *_, field = line.key.split(".")
    known = [one.columns[name] for name in line.columns if name in one.columns]
    is_contact = field in {"email", "phone"} and ".consent." not in line.key
    if is_contact and known and all(fit(field, column) is Fit.HASHED for column in known):
        line.leave_out("its values are hashes: they are mapped as what they are")
        line.sure = True
        yield line
        why = f"hashed ({known[0].hash}): equal values are equal, nothing more"
        yield Choice(f"{part}.identifiers.{hashed(field, known[0])}", (known[0].name,), why=why)
        return
    if field == "login" and known and all(column.share("email") >= FILLED for column in known):
        line.leave_out("its values are mailboxes: they are mapped as what they are")
        line.sure = True
        yield line
        yield Choice(f"{part}.identifiers.email", (known[0].name,), why="its values are mailboxes")
        return
    doubt = _doubt(warehouse, one, line, field, known)
    if doubt:
        line.sure, line.told, line.why = False, True, doubt
        line.others = tuple(
            name for other in drafted if other.key == line.key for name in other.columns if name not in line.columns
        )[:3]
    yield line


def _doubt(warehouse: Warehouse, one: Draft, line: Choice, field: str, known: list[Column]) -> str:
    """What the values say against a line of a preset; nothing where they agree, or have no say."""
    if not known or len(known) < len(line.columns):
        return ""
    if line.key == "person.id" and counted(warehouse, one.series, line.columns) < NEARLY:
        return f"the preset says so, but fewer than {NEARLY:.0%} of the rows have an id of their own in it"
    if (
        line.key == "interaction.id"
        and any(column.fill < FILLED for column in known)
        and not line.options.get("optional")
    ):
        return f"the preset says so, but it is {min(column.fill for column in known):.0%} filled"
    if line.key == "interaction.at" and known[0].fill < _EMPTY:
        return f"the preset says so, but it is {known[0].fill:.0%} filled"
    is_held = field in _HELD and len(known) == 1 and ".consent." not in line.key
    if is_held and "format" not in line.options and fit(field, known[0]) is Fit.NO:
        return "the preset says so, but its values do not look like it"
    return ""


def _take_key(one: Draft, given: list[Choice]) -> None:
    """The id that the preset names is the one that others point to."""
    part = "person" if one.found.role == "person" else "interaction"
    columns = next((line.columns for line in given if line.key == f"{part}.id"), ())
    one.key = Key(columns, unique=part == "person", why="as the preset says")
