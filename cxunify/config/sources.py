"""Sources: where the extracts lie, how they are written, and what their columns become."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cxunify.config.columns import (
    ContactRefs,
    CurrencyRef,
    IdentifierRef,
    KindRef,
    Model,
    MoneyRef,
    NumberRef,
    PhraseRef,
    TextRef,
    TextRefs,
    WhenRef,
)
from cxunify.config.consent import FlagRef
from cxunify.config.keys import KeyRef
from cxunify.config.values import Country, Currency, Name, Texts, Timezone


class Person(Model):
    """How rows describe people: canonical field to column."""

    id: KeyRef | None = Field(
        None,
        description="The source's own id: a column, or a list of those that are unique together only. Left out: one is made from"
        " the row's content.",
    )
    given_name: PhraseRef | None = None
    middle_name: PhraseRef | None = None
    family_name: PhraseRef | None = None
    full_name: PhraseRef | None = None
    name_suffix: PhraseRef | None = None
    gender: PhraseRef | None = None
    company: PhraseRef | None = None
    email: ContactRefs = ()
    phone: ContactRefs = ()
    street: PhraseRef | None = None
    unit: PhraseRef | None = None
    city: PhraseRef | None = None
    region: PhraseRef | None = None
    postal_code: PhraseRef | None = None
    country: PhraseRef | None = None
    birth_date: WhenRef | None = None
    identifiers: dict[Name, IdentifierRef] = Field(
        default_factory=dict, description="loyalty_id, login, device_id, email_sha256 … to column."
    )
    consent: dict[Name, FlagRef] = Field(
        default_factory=dict,
        description="Channel (email, phone, sms, mail …) to column, or to what files or all rows say of it.",
    )
    attributes: dict[Name, PhraseRef] = Field(default_factory=dict, description="Other columns to keep.")
    merged_into: TextRef | None = Field(None, description="Id of the record this one was merged into, by the source.")
    merged_ids: TextRefs = Field(
        (), description="Columns that list the ids of records that were merged into this one, by the source."
    )
    created_at: WhenRef | None = None
    updated_at: WhenRef | None = None


class Interaction(Model):
    """How rows describe something that happened: canonical field to column."""

    id: KeyRef | None = Field(
        None,
        description="Rows that share it are one interaction: a column, or a list of those that are unique together only, such as"
        " [date, till, number]. Left out: every row is one.",
    )
    rows_share: TextRef | None = Field(
        None,
        description="Where only the first of its rows carries the id: a column whose value all of them share, such as the number"
        " that is printed. Rows without an id have that of the row above them; where none has one, it is the id.",
    )
    at: WhenRef
    kind: KindRef
    amount: MoneyRef | None = None
    currency: CurrencyRef | None = None
    quantity: NumberRef | None = None
    location: PhraseRef | None = None
    product: PhraseRef | None = None
    page: PhraseRef | None = None
    referrer: PhraseRef | None = None
    session: PhraseRef | None = None
    case_id: TextRef | None = None
    agent: PhraseRef | None = None
    campaign: PhraseRef | None = None
    reason: PhraseRef | None = None
    outcome: PhraseRef | None = None
    score: NumberRef | None = None
    person: dict[Name, KeyRef] = Field(
        default_factory=dict,
        max_length=1,
        description="Foreign key: the person source it points into, to the column, or to the columns that are its id.",
    )
    identifiers: dict[Name, IdentifierRef] = Field(
        default_factory=dict, description="loyalty_id, device_id, email, phone … to column."
    )
    properties: dict[Name, PhraseRef] = Field(
        default_factory=dict,
        description="Other columns to keep. The gap report compares one called `total` with the amount of the lines.",
    )


class Also(Interaction):
    """A further interaction that the same rows say of, such as the refund of an order."""

    skip: dict[str, Texts] = Field(
        default_factory=dict, description="Column to values: rows that hold one say nothing of it."
    )


class NamesFile(Model):
    """Where the names of columns stand, if not above them."""

    file: str = Field(description="A file with the names in one line, or one in each, relative to this one.")


class Csv(Model):
    """How delimited text is written; what is left out is found out."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | Literal["whitespace"] | None = Field(
        None, description="One sign, or whitespace: any number of blanks."
    )
    quote: str | None = Field(None, min_length=1, max_length=1)
    escape: Literal["\\"] | None = Field(
        None, description="What stands before quotes within a cell, where they are not doubled: a backslash."
    )
    encoding: str | None = None
    skip_lines: int = Field(0, ge=0, description="Lines above the header.")
    header: bool = Field(True, description="false: the first line is a record already.")
    header_rows: int | None = Field(
        None,
        ge=1,
        description="Rows that the header fills; a column has the first name that it has in them. Default: one; three for"
        " Qualtrics, two for SurveyMonkey.",
    )
    names: tuple[str, ...] | NamesFile = Field(
        (),
        description="Names of the columns where there is no header, or {file: …} that has them; left out: column_1, column_2 …",
    )
    widths: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (), description="Of columns of fixed width: the signs that each takes, blanks between them included."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.header and self.names:
            raise ValueError("`names` is for files without a header: add `header: false`")
        if not self.header and self.header_rows:
            raise ValueError("`header_rows` is for files with a header")
        if self.widths and self.delimiter:
            raise ValueError("columns have `widths` or a `delimiter` between them, not both")
        return self


class Query(Model):
    """Rows that a SELECT makes of several files, such as orders with their lines."""

    sql: str = Field(
        min_length=1,
        description="One SELECT in DuckDB's SQL. It reads these files and nothing else; every column is text.",
    )
    files: dict[Name, Texts] = Field(
        min_length=1,
        description="The name of each table to the paths that it is read from, as `files` of a source has them.",
    )


class Source(Model):
    """One extract, or one series of them."""

    channel: Name = Field(description="crm, pos, web, email, survey, support, loyalty, app …")
    files: Texts = Field(
        (), description="Paths, relative to this file; * and ? make a pattern where no file has that very name."
    )
    query: Query | None = Field(
        None,
        alias="from",
        description="Where a join is needed before mapping: a SELECT over files, instead of `files`.",
    )
    preset: str | None = Field(None, description="A shipped mapping; what is written here overrides it.")
    load: Literal["snapshot", "parts", "append"] = Field(
        "snapshot",
        description="snapshot: the newest file is the whole truth; parts: all files together are; append: every file adds to"
        " what was loaded before.",
    )
    drift: Literal["evolve", "freeze", "discard"] = Field(
        "evolve",
        description="What becomes of columns that no file had before and that are not mapped. evolve: kept as delivered, and told"
        " once; freeze: the file is refused, what was loaded stands; discard: left out, and listed by `check`.",
    )
    format: Literal["csv", "ndjson", "json", "parquet", "spreadsheet", "access_log"] | None = Field(
        None,
        description="Default: by the file's ending. spreadsheet: .xlsx, .xlsm, .xlsb, .xls and .ods;"
        " access_log: the combined or common format of web servers.",
    )
    sheet: str | None = Field(
        None, description="The sheet of a workbook; not needed where only one of them has a table."
    )
    member: str | None = Field(
        None, description="The file in a .zip, or a pattern for several; not needed where only one can be read."
    )
    csv: Csv = Csv()
    null_values: tuple[str, ...] = Field((), description="Texts that mean nothing here, besides the empty one.")
    skip: dict[str, Texts] = Field(
        default_factory=dict, description="Column to values: rows that hold one are left out."
    )
    region: Country | None = None
    timezone: Timezone | None = None
    currency: Currency | None = None
    duplicate_free: bool = Field(False, description="No two records of this source are the same person.")
    person: Person | None = None
    interaction: Interaction | None = None
    also: dict[Name, Also] = Field(
        default_factory=dict,
        description="Further interactions of the same rows, each by its own name: {refunds: {at: …, kind: return, amount: …}} of"
        " `orders` is the source `orders_refunds`. Whose, where and what it was is as `interaction` says, unless it says otherwise;"
        " rows without its time or amount are left out.",
    )

    @model_validator(mode="after")
    def _has_rows(self) -> Self:
        if bool(self.files) == bool(self.query):
            raise ValueError("it needs either `files`, or `from` with a SELECT over some; name one of the two")
        if self.query and self.load != "snapshot":
            raise ValueError(
                "a SELECT is the whole truth, made anew with every file; leave `load` out, or write `load: snapshot`"
            )
        return self
