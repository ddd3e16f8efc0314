"""What a column of an extract becomes: references to columns, each with its options, frozen and strict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cxunify.config.values import Currency, Timezone, as_list, known_timezone
from cxunify.schema import KINDS


class Model(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False, serialize_by_alias=True)


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def as_columns(value: Any) -> Any:
    """One column by its name, several by their list."""
    if isinstance(value, list | tuple):
        return {"columns": value}
    return {"column": value} if isinstance(value, str) else value


# -- what a column of an extract becomes -------------------------------------------------------------------------------


def _check_kinds(kinds: Iterable[str]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a kind of interaction; the kinds are: {', '.join(KINDS)}")


class Text(Model):
    """A column read as text. Written as its name alone, or with options."""

    column: str
    optional: bool = Field(False, description="Do without it where the extract has no such column.")

    @property
    def names(self) -> tuple[str, ...]:
        """The column, as other references have several."""
        return (self.column,)


class Number(Text):
    """A column of numbers."""

    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal mark; needed only where both readings are possible."
    )
    marks: dict[str, float] = Field(
        default_factory=dict,
        description="What letters beside a number multiply it by, such as {K: 1000, pcs: 1}; other letters make it none.",
    )


def _as_zone(value: Any) -> Any:
    """A zone's name, or the column that names one: what is wrong with either is said of that one alone."""
    if isinstance(value, str):
        return known_timezone(value)
    if isinstance(value, dict) and not (
        isinstance(value.get("column"), str) and value.keys() <= {"column", "optional"}
    ):
        raise ValueError("it is no column that names zones; write {column: …}")
    return value


class Columns(Model):
    """One column, or several that say it together."""

    columns: tuple[str, ...] = ()
    column: str | None = None
    optional: bool = Field(False, description="Do without it where the extract has no such column.")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.column) == bool(self.columns):
            raise ValueError("name one `column`, or several `columns`")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, whichever way they were written."""
        return self.columns or (str(self.column),)


class Phrase(Columns):
    """A text: what a column says, what several say with a blank between, or the same for all rows."""

    columns: tuple[str, ...] = Field(
        (), description="Columns that say it together, such as [Street, House number]; empty ones are left out."
    )
    value: str | None = Field(None, min_length=1, description="The same for all rows.")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if [bool(self.column), bool(self.columns), self.value is not None].count(True) != 1:
            raise ValueError("name one `column`, several `columns`, or a `value` for all rows")
        if self.value is not None and self.optional:
            raise ValueError("`optional` is of columns; a `value` is always there")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, whichever way they were written; none of a value for all rows."""
        return self.columns or ((self.column,) if self.column else ())


class When(Columns):
    """A date or time, in one column or in several that are joined by a blank (date, time)."""

    columns: tuple[str, ...] = Field((), description="The columns, joined by a blank.")
    format: str | tuple[str, ...] | None = Field(
        None,
        description="strptime pattern such as %d/%m/%Y, or epoch_s, epoch_ms, epoch_us; excel: dates among which a spreadsheet's"
        " serial numbers are read too. A list where values are written in several ways: the first that fits counts."
        " Not needed for ISO 8601, nor where the values allow one reading only.",
    )
    timezone: Annotated[Timezone | Text | None, BeforeValidator(_as_zone)] = Field(
        None,
        description="Of values that name none; default: the source's. {column: …}: a column names the zone of each row.",
    )
    zones: dict[str, Timezone] = Field(
        default_factory=dict,
        description="What the values, or the column of time zones, call a zone, to its name: {IST: Asia/Jerusalem}.",
    )


class Money(Model):
    """An amount: a column, or the product of several (quantity × unit price)."""

    column: str | None = None
    multiply: tuple[str, ...] = Field((), description="Columns to multiply, such as [Quantity, UnitPrice].")
    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal mark; needed only where both readings are possible."
    )
    minus: Annotated[tuple[Annotated[Text, BeforeValidator(_as_column)], ...], BeforeValidator(as_list)] = Field(
        (), description="Columns to take off, such as [Refunded Amount]; an empty cell takes nothing off."
    )
    divide: int = Field(1, gt=0, description="100 where the extract counts cents, and every currency in it has them.")
    unit: Literal["minor", "major"] | None = Field(
        None,
        description="minor: the extract counts each currency's smallest unit (ISO 4217: cents, yen, a thousandth of a dinar)."
        " major: amounts are whole units, once divided; needed only where `divide` meets a currency of other units.",
    )
    marks: dict[str, float | Currency] = Field(
        default_factory=dict,
        description="What signs or letters beside an amount mean, where that is not known: a currency, or what to multiply by,"
        " such as {kr: SEK, CR: -1, DR: 1, K: 1000}.",
    )
    per: Literal["line", "interaction"] | None = Field(
        None,
        description="Of rows that share an interaction id: `line` adds them up, `interaction` takes the amount once."
        " Needed only where rows of one interaction differ.",
    )
    optional: bool = False

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.column) == bool(self.multiply):
            raise ValueError("name one `column`, or several to `multiply`")
        if self.unit == "minor" and self.divide != 1:
            raise ValueError("`unit: minor` divides by each currency's own smallest unit; leave `divide` out")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, whichever way they were written."""
        return self.multiply or (str(self.column),)


class KindIf(Text):
    """A column that decides the kind of some rows."""

    map: dict[str, str] = Field(
        description="Its value, any case, to a kind; * stands for any text. Of other values it decides nothing."
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check_kinds(self.map.values())
        return self


class KindOf(Model):
    """The kind of each interaction: the same for all, or by the value of a column."""

    value: str | None = None
    column: str | None = None
    map: dict[str, str] = Field(
        default_factory=dict, description="The column's value, any case, to a kind; * in a value stands for any text."
    )
    default: str = Field("other", description="Kind of the values that `map` and the list of kinds do not know.")
    unless: Annotated[tuple[KindIf, ...], BeforeValidator(as_list)] = Field(
        (), description='Columns that decide before it does, such as {column: Cancelled at, map: {"*": other}}.'
    )
    optional: bool = False

    @model_validator(mode="after")
    def _known(self) -> Self:
        if bool(self.value) == bool(self.column):
            raise ValueError("give one kind for all, or the `column` that says it")
        _check_kinds((*filter(None, (self.value, self.default)), *self.map.values()))
        return self


class CurrencyOf(Model):
    """The currency: one for all rows, or a column."""

    value: Currency | None = None
    column: str | None = None
    optional: bool = False


def _as_kind(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else value


def _as_currency(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {"value": value} if re.fullmatch("[A-Z]{3}", value) else {"column": value}


def _as_identifier(value: Any) -> Any:
    """One column: what all rows share identifies nobody, and what two columns hold together is written nowhere else."""
    if isinstance(value, dict) and value.get("value") is not None:
        raise ValueError("what all rows share identifies nobody; name the column that tells people apart")
    if isinstance(value, list | tuple) or (isinstance(value, dict) and value.get("columns")):
        raise ValueError(
            "an identifier is one column; give each column a type of its own, or map the one that has it whole"
        )
    return _as_column(value)


def _as_contacts(value: Any) -> Any:
    values = as_list(value)
    if any(isinstance(item, dict) and item.get("value") is not None for item in values):
        raise ValueError("what all rows share identifies nobody; name the column that tells people apart")
    return values


TextRef = Annotated[Text, BeforeValidator(_as_column)]
PhraseRef = Annotated[Phrase, BeforeValidator(as_columns)]
ContactRefs = Annotated[tuple[PhraseRef, ...], BeforeValidator(_as_contacts)]
IdentifierRef = Annotated[Text, BeforeValidator(_as_identifier)]
TextRefs = Annotated[tuple[TextRef, ...], BeforeValidator(as_list)]
NumberRef = Annotated[Number, BeforeValidator(_as_column)]
WhenRef = Annotated[When, BeforeValidator(as_columns)]
MoneyRef = Annotated[Money, BeforeValidator(_as_column)]
KindRef = Annotated[KindOf, BeforeValidator(_as_kind)]
CurrencyRef = Annotated[CurrencyOf, BeforeValidator(_as_currency)]
