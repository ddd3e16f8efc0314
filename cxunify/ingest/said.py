"""mapping + facts -> Said: what each row of a source says of an interaction and of its customer, as SQL over the row."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Interaction
from cxunify.ingest import convert, money
from cxunify.ingest.persons import record_id
from cxunify.ingest.rows import Rows
from cxunify.schema import INTERACTIONS
from cxunify.warehouse import literal, quote

_TEXTS = ("location", "product", "page", "referrer", "session", "agent", "campaign", "reason", "outcome")
_ALWAYS = {"file_id", "source_row", "made"}


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
    made = convert.content((column, convert.text(quote(column))) for column in reader.columns.names)
    fields = {
        "source": literal(rows.name),
        "interaction_id": f"coalesce({own}, {made})",
        "file_id": "file_id",
        "source_row": "source_row",
        "occurred_at": rows.instant(at),
        **_kind(rows, event),
        **{field: sql for field, (_, sql) in checked(rows, event).items()},
        "currency": _currency(rows, event),
        **{
            field: reader.text(ref.column)
            for field in _TEXTS
            if (ref := getattr(event, field)) and reader.has([ref.column])
        },
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
        person_source, traces[""] = target, rows.identifier(ref)
    if rows.source.person is not None and not event.person:
        person_source, traces[""] = rows.name, record_id(rows, rows.source.person)
    traces |= {key: rows.identifier(ref) for key, ref in event.identifiers.items() if reader.has([ref.column])}
    properties = {key: reader.text(ref.column) for key, ref in event.properties.items() if reader.has([ref.column])}
    return Said(fields, traces, properties, person_source, f"{own} is null")


def checked(rows: Rows, event: Interaction) -> dict[str, tuple[str, str]]:
    """The text and the value of each field that may be unreadable, by the field's name."""
    reader, numbers = rows.reader, rows.facts.numbers
    found = {}
    amount = event.amount
    if amount and reader.has(amount.names):
        texts = [reader.text(column) for column in amount.names]
        type_ = "decimal(18, 6)" if amount.multiply or amount.divide > 1 else "decimal(18, 2)"
        value = " * ".join(
            money.decimal(text, numbers[column], type_) for text, column in zip(texts, amount.names, strict=True)
        )
        if amount.divide > 1:
            value = f"cast(({value}) / {amount.divide} as decimal(18, 2))"
        found["amount"] = (f"({' || '.join(texts)})", value)
    for field, type_ in (("quantity", "decimal(18, 3)"), ("score", "double")):
        ref = getattr(event, field)
        if ref and reader.has([ref.column]):
            text = reader.text(ref.column)
            found[field] = (text, money.decimal(text, numbers[ref.column], type_))
    return found


def _kind(rows: Rows, event: Interaction) -> dict[str, str]:
    if event.kind.value:
        return {"kind": literal(event.kind.value)}
    if not rows.reader.has([event.kind.column or ""]):
        return {"kind": literal(event.kind.default)}
    value = rows.reader.text(event.kind.column)
    words: dict[str, list[str]] = {}
    for word, kind in rows.facts.kinds.items():
        words.setdefault(kind, []).append(literal(word))
    if not words:
        return {"kind": literal(event.kind.default), "kind_value": value}
    cases = " ".join(f"when {value} in ({', '.join(listed)}) then {literal(kind)}" for kind, listed in words.items())
    known = ", ".join(word for listed in words.values() for word in listed)
    return {
        "kind": f"case {cases} else {literal(event.kind.default)} end",
        "kind_value": f"case when {value} not in ({known}) then {value} end",
    }


def _currency(rows: Rows, event: Interaction) -> str:
    if event.currency and event.currency.value:
        return literal(event.currency.value)
    if event.currency and rows.reader.has([event.currency.column or ""]):
        return f"coalesce(upper({rows.reader.text(event.currency.column)}), {literal(rows.currency)})"
    return literal(rows.currency)
