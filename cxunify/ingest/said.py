"""mapping + facts -> Said: what each row of a source says of an interaction and of its customer, as SQL over the row."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxunify.config import Interaction, Key
from cxunify.ingest import amounts, convert, money
from cxunify.ingest.persons import record_id
from cxunify.ingest.rows import Rows
from cxunify.schema import INTERACTIONS
from cxunify.vocabulary.identifiers import GUESTS
from cxunify.warehouse import literal, quote

_TEXTS = ("location", "product", "page", "referrer", "session", "agent", "campaign", "reason", "outcome")
_ALWAYS = {"file_id", "source_row", "occurred_at", "made"}


@dataclass(frozen=True)
class Said:
    """The columns of a line, by their names, as SQL expressions over a source's rows."""

    fields: dict[str, str]
    """The columns of staging.interactions that a row fills by itself."""
    traces: dict[str, str]
    """What identifies the customer: the foreign key under its empty name, then each type of identifier."""
    properties: dict[str, str]
    person_source: str | None
    made: str
    """Whether a row's interaction id is made of its content."""
    defaults: dict[str, str]
    """What holds where no row of an interaction says it: its first line often says what the others do not."""

    @property
    def known(self) -> dict[str, str]:
        """The identifying columns under names that SQL can carry."""
        return {f"trace_{place}": sql for place, sql in enumerate(self.traces.values())}

    @property
    def kept(self) -> dict[str, str]:
        """The properties under names that SQL can carry."""
        return {f"property_{place}": sql for place, sql in enumerate(self.properties.values())}

    @property
    def columns(self) -> dict[str, str]:
        """The columns in which rows differ; what every row says `alike` is not carried along."""
        return {column: sql for column, sql in self._all.items() if self._differs(column, sql)}

    @property
    def alike(self) -> dict[str, str]:
        """The columns that are the same in every row."""
        return {column: sql for column, sql in self._all.items() if not self._differs(column, sql)}

    @property
    def pairs(self) -> str:
        """The map of properties, over columns of these names."""
        return convert.pairs(dict(zip(self.properties, self.kept, strict=True)))

    def settled(self, column: str, value: str) -> str:
        """The value of a column in an interaction, once all of its lines have been asked for it."""
        return f"coalesce({value}, {self.defaults[column]})" if column in self.defaults else value

    @property
    def _all(self) -> dict[str, str]:
        return {**self.fields, **self.known, **self.kept, "made": self.made}

    @staticmethod
    def _differs(column: str, sql: str) -> bool:
        return '"' in sql or column in _ALWAYS


def said(rows: Rows, event: Interaction) -> Said:
    """What each row of a source says of an interaction."""
    reader, at = rows.reader, event.at
    own = rows.identifier(event.id)
    fields = {
        "source": literal(rows.name),
        "interaction_id": stated_id(rows, event),
        "file_id": "file_id",
        "source_row": "source_row",
        "occurred_at": rows.instant(at),
        **_kind(rows, event),
        **{field: sql for field, (_, sql) in checked(rows, event).items()},
        "currency": amounts.currency(rows, event),
        **{field: reader.said(ref) for field in _TEXTS if (ref := getattr(event, field)) and reader.says(ref)},
        "case_id": rows.identifier(event.case_id),
    }
    fields = {
        column.name: fields.get(column.name, f"null::{column.type}")
        for column in INTERACTIONS.columns
        if column.name not in {"row_no", "trace_id", "lines", "properties"}
    }
    traces = {}
    person_source = None
    for target, ref in event.person.items():
        person_source, traces[""] = target, _key(rows, ref)
    if rows.source.person is not None and not event.person:
        person_source, traces[""] = rows.name, record_id(rows, rows.source.person)
    traces |= {key: rows.identifier(ref) for key, ref in event.identifiers.items() if reader.has([ref.column])}
    properties = {key: reader.said(ref) for key, ref in event.properties.items() if reader.says(ref)}
    shared = rows.identifier(event.rows_share)
    return Said(fields, traces, properties, person_source, f"coalesce({own}, {shared}) is null", _defaults(rows, event))


def stated_id(rows: Rows, event: Interaction) -> str:
    """The id of a row's interaction: as it is stated or, where none is, made of the row's content."""
    made = convert.content((column, convert.text(quote(column))) for column in rows.reader.columns.names)
    return f"coalesce({interaction_id(rows, event)}, {made})"


def interaction_id(rows: Rows, event: Interaction) -> str:
    """The id that a row states, or that the row above it states for both; null where none is stated."""
    own = rows.identifier(event.id)
    if event.rows_share is None or not rows.reader.has([event.rows_share.column]):
        return own
    shared = rows.identifier(event.rows_share)
    above = f"last_value({own} ignore nulls) over (partition by file_id, {shared} order by source_row)"
    return f"case when {shared} is null then {own} else coalesce({own}, {above}, {shared}) end"


def _key(rows: Rows, ref: Key) -> str:
    key = rows.identifier(ref)
    if not rows.facts.guests.issuperset(ref.names):
        return key
    return f"case when {key} not in ({', '.join(map(literal, GUESTS))}) then {key} end"


def checked(rows: Rows, event: Interaction) -> dict[str, tuple[str, str]]:
    """The text and the value of each field that may be unreadable, by the field's name."""
    reader, numbers = rows.reader, rows.facts.numbers
    found = {}
    if amount := amounts.amount(rows, event):
        found["amount"] = (amount.text, amount.value)
    for field, type_ in (("quantity", "decimal(18, 3)"), ("score", "double")):
        ref = getattr(event, field)
        if ref and reader.has([ref.column]):
            text = reader.text(ref.column)
            found[field] = (text, money.decimal(text, numbers[ref.column], type_))
    return found


def reasons(rows: Rows, event: Interaction) -> dict[str, str]:
    """Why a field that says something has no value, as SQL, where there is more than one way to fail."""
    amount = amounts.amount(rows, event)
    return {"amount": amount.reason} if amount else {}


def lacking(rows: Rows, event: Interaction) -> list[str]:
    """What cannot be known of the interactions, because the extract lacks a column that would say it."""
    has, notes = rows.reader.has, []
    if event.kind.column and not has([event.kind.column]):
        notes.append(f"interaction.kind: there is no column {event.kind.column}; every row is `{event.kind.default}`")
    notes += [
        f"interaction.kind: there is no column {ref.column}, so it makes nothing {' or '.join(sorted(set(ref.map.values())))}"
        for ref in event.kind.unless
        if not has([ref.column])
    ]
    taken = [ref.column for ref in event.amount.minus if not has([ref.column])] if event.amount else []
    return notes + [f"interaction.amount: there is no column {column}; nothing is taken off for it" for column in taken]


def _defaults(rows: Rows, event: Interaction) -> dict[str, str]:
    return {
        "kind": literal(event.kind.value or event.kind.default),
        "is_kind_known": "true",
        "currency": literal(rows.currency),
    }


def _kind(rows: Rows, event: Interaction) -> dict[str, str]:
    """The kind that a row states, whether its word is known, and the word itself; null where it states none."""
    reader = rows.reader
    first = [
        f"when {_like(reader.text(ref.column), word)} then {literal(kind)}"
        for ref in event.kind.unless
        if reader.has([ref.column])
        for word, kind in ref.map.items()
    ]
    if event.kind.value or not reader.has([event.kind.column or ""]):
        return {"kind": f"case {' '.join(first)} end"} if first else {}
    value = reader.text(event.kind.column)
    words: dict[str, list[str]] = {}
    for word, kind in rows.facts.kinds.items():
        words.setdefault(kind, []).append(literal(word))
    cases = [f"when {value} in ({', '.join(listed)}) then {literal(kind)}" for kind, listed in words.items()]
    other = f"when {value} is not null then {literal(event.kind.default)}"
    known = ", ".join(word for listed in words.values() for word in listed)
    return {
        "kind": f"case {' '.join([*first, *cases, other])} end",
        "is_kind_known": f"{value} in ({known})" if words else f"case when {value} is not null then false end",
        "kind_value": value,
    }


def _like(text: str, word: str) -> str:
    """The condition that a text is a word of a mapping, in any case; * in it stands for any text."""
    if "*" not in word:
        return f"lower({text}) = {literal(word.lower())}"
    pattern = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", word.lower()))
    return f"regexp_full_match(lower({text}), {literal(pattern)}, 's')"
