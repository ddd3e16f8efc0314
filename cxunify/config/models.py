"""The configuration as frozen models that refuse what they do not know.


Every key is described where it is defined; the JSON Schema for editors and the examples in configs/ are tested against
these models.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from cxunify.schema import KINDS


class Model(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


# -- values ------------------------------------------------------------------------------------------------------------


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _as_columns(value: Any) -> Any:
    return {"columns": _as_list(value)} if isinstance(value, str | list | tuple) else value


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone; use a name such as Europe/Berlin, America/New_York or UTC")
    return value


def _country(value: str) -> str:
    if not re.fullmatch("[A-Z]{2}", value):
        raise ValueError(f"{value!r} is not a country; use two capital letters such as US, DE, GB")
    return value


def _currency(value: str) -> str:
    if not re.fullmatch("[A-Z]{3}", value):
        raise ValueError(f"{value!r} is not a currency; use three capital letters such as USD, EUR, GBP")
    return value


def _name(value: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_]{0,62}", value):
        raise ValueError(f"{value!r} is not a name; use small letters, digits and underscores, a letter first")
    return value


def _memory(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", value):
        raise ValueError(f"{value!r} is not an amount of memory; write a number and a unit such as 4GB")
    return value


def _closed_day(value: str) -> str:
    if not re.fullmatch(r"(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
        raise ValueError(f"{value!r} is not a day; write 2024-12-24, or 12-25 for that of every year")
    return value


ClosedDay = Annotated[str, AfterValidator(_closed_day)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Country = Annotated[str, AfterValidator(_country)]
Currency = Annotated[str, AfterValidator(_currency)]
Name = Annotated[str, AfterValidator(_name)]
Memory = Annotated[str, AfterValidator(_memory)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Share = Annotated[float, Field(ge=0, le=1)]


# -- what a column of an extract becomes -------------------------------------------------------------------------------


class Text(Model):
    """A column read as text. Written as its name alone, or with options."""

    column: str
    optional: bool = Field(False, description="Do without it where the extract has no such column.")


class Flag(Text):
    """A column of yes and no, in any of the ways people write them."""

    negate: bool = Field(False, description="The column says the opposite: true means not allowed.")


class Number(Text):
    """A column of numbers."""

    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal mark; needed only where both readings are possible."
    )


class When(Model):
    """A date or time, in one column or in several that are joined by a blank (date, time)."""

    columns: tuple[str, ...] = Field((), description="The columns, joined by a blank.")
    column: str | None = None
    format: str | None = Field(
        None,
        description="strptime pattern such as %d/%m/%Y, or epoch_s, epoch_ms, epoch_us. Not needed for ISO 8601, nor where"
        " the values allow one reading only.",
    )
    timezone: Timezone | None = Field(None, description="Of values that name none; default: the source's.")
    optional: bool = False

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.column) == bool(self.columns):
            raise ValueError("name one `column`, or several `columns` to join")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, whichever way they were written."""
        return self.columns or (str(self.column),)


class Money(Model):
    """An amount: a column, or the product of several (quantity × unit price)."""

    column: str | None = None
    multiply: tuple[str, ...] = Field((), description="Columns to multiply, such as [Quantity, UnitPrice].")
    decimal: Literal[".", ","] | None = Field(
        None, description="Decimal mark; needed only where both readings are possible."
    )
    divide: int = Field(1, gt=0, description="100 where the extract counts cents.")
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
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, whichever way they were written."""
        return self.multiply or (str(self.column),)


class KindOf(Model):
    """The kind of each interaction: the same for all, or by the value of a column."""

    value: str | None = None
    column: str | None = None
    map: dict[str, str] = Field(
        default_factory=dict, description="The column's value, any case, to a kind; * in a value stands for any text."
    )
    default: str = Field("other", description="Kind of the values that `map` and the list of kinds do not know.")
    optional: bool = False

    @model_validator(mode="after")
    def _known(self) -> Self:
        if bool(self.value) == bool(self.column):
            raise ValueError("give one kind for all, or the `column` that says it")
        for kind in (self.value, self.default, *self.map.values()):
            if kind is not None and kind not in KINDS:
                raise ValueError(f"{kind!r} is not a kind of interaction; the kinds are: {', '.join(KINDS)}")
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


def _as_when(value: Any) -> Any:
    return _as_columns(value) if isinstance(value, list) else _as_column(value)


TextRef = Annotated[Text, BeforeValidator(_as_column)]
TextRefs = Annotated[tuple[TextRef, ...], BeforeValidator(_as_list)]
FlagRef = Annotated[Flag, BeforeValidator(_as_column)]
NumberRef = Annotated[Number, BeforeValidator(_as_column)]
WhenRef = Annotated[When, BeforeValidator(_as_when)]
MoneyRef = Annotated[Money, BeforeValidator(_as_column)]
KindRef = Annotated[KindOf, BeforeValidator(_as_kind)]
CurrencyRef = Annotated[CurrencyOf, BeforeValidator(_as_currency)]


class Person(Model):
    """How rows describe people: canonical field to column."""

    id: TextRef | None = Field(None, description="The source's own id. Left out: one is made from the row's content.")
    given_name: TextRef | None = None
    middle_name: TextRef | None = None
    family_name: TextRef | None = None
    full_name: TextRef | None = None
    name_suffix: TextRef | None = None
    gender: TextRef | None = None
    company: TextRef | None = None
    email: TextRefs = ()
    phone: TextRefs = ()
    street: TextRef | None = None
    unit: TextRef | None = None
    city: TextRef | None = None
    region: TextRef | None = None
    postal_code: TextRef | None = None
    country: TextRef | None = None
    birth_date: WhenRef | None = None
    identifiers: dict[Name, TextRef] = Field(
        default_factory=dict, description="loyalty_id, login, device_id … to column."
    )
    consent: dict[Name, FlagRef] = Field(
        default_factory=dict, description="Channel (email, phone, sms, mail …) to column."
    )
    attributes: dict[Name, TextRef] = Field(default_factory=dict, description="Other columns to keep.")
    merged_into: TextRef | None = Field(None, description="Id of the record this one was merged into, by the source.")
    created_at: WhenRef | None = None
    updated_at: WhenRef | None = None


class Interaction(Model):
    """How rows describe something that happened: canonical field to column."""

    id: TextRef | None = Field(None, description="Rows that share it are one interaction. Left out: every row is one.")
    at: WhenRef
    kind: KindRef
    amount: MoneyRef | None = None
    currency: CurrencyRef | None = None
    quantity: NumberRef | None = None
    location: TextRef | None = None
    product: TextRef | None = None
    page: TextRef | None = None
    referrer: TextRef | None = None
    session: TextRef | None = None
    case_id: TextRef | None = None
    agent: TextRef | None = None
    campaign: TextRef | None = None
    reason: TextRef | None = None
    outcome: TextRef | None = None
    score: NumberRef | None = None
    person: dict[Name, TextRef] = Field(
        default_factory=dict, max_length=1, description="Foreign key: the person source it points into, to the column."
    )
    identifiers: dict[Name, TextRef] = Field(
        default_factory=dict, description="loyalty_id, device_id, email, phone … to column."
    )
    properties: dict[Name, TextRef] = Field(default_factory=dict, description="Other columns to keep.")


class Csv(Model):
    """How delimited text is written; what is left out is found out."""

    delimiter: str | None = Field(None, min_length=1, max_length=1)
    quote: str | None = Field(None, min_length=1, max_length=1)
    encoding: str | None = None
    skip_lines: int = Field(0, ge=0, description="Lines above the header.")


class Source(Model):
    """One extract, or one series of them."""

    channel: Name = Field(description="crm, pos, web, email, survey, support, loyalty, app …")
    files: Texts = Field(
        description="Paths, relative to this file; * and ? make a pattern where no file has that very name."
    )
    preset: str | None = Field(None, description="A shipped mapping; what is written here overrides it.")
    load: Literal["snapshot", "append"] = Field(
        "snapshot", description="snapshot: the newest file is the whole truth; append: every file adds."
    )
    format: Literal["csv", "ndjson", "json", "parquet"] | None = Field(
        None, description="Default: by the file's ending."
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


# -- everything else ---------------------------------------------------------------------------------------------------


class SharedValues(Model):
    """From how many different people on a value is shared, and evidence no more."""

    email: int = Field(5, ge=1)
    phone: int = Field(5, ge=1)
    address: int = Field(12, ge=1)
    device_id: int = Field(3, ge=1, description="Logins seen on one device.")
    other: int = Field(3, ge=1, description="People behind one loyalty id or other identifier.")


def _typed_value(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*:.*\S.*", value):
        raise ValueError("write the type of the value before it, such as phone:+12025550100")
    return value


TypedValue = Annotated[str, AfterValidator(_typed_value)]


class Identity(Model):
    """How records become customers."""

    threshold: float = Field(
        0.5, gt=0, lt=1, description="Probability that records are one person, above which they join."
    )
    device: Literal["last", "none"] = Field("last", description="Which login a device with several belongs to.")
    shared_values: SharedValues = SharedValues()
    placeholders: tuple[TypedValue, ...] = Field(
        (),
        description="Values that mean nothing here, besides the known ones: email:info@example.com, phone:+12025550100.",
    )
    evidence: tuple[Name, ...] = Field(
        (),
        max_length=5,
        description="Attributes of persons to compare too, besides names, contacts, address and birth date.",
    )
    model: str | None = Field(
        None,
        description="The trained model, reused until it is removed; default: identity_model.json beside the warehouse.",
    )
    decisions: str = Field(
        "decisions.csv", description="What people decided: pairs that are, or are not, the same person."
    )


GoldenField = Literal[
    "given_name", "middle_name", "family_name", "full_name", "name_suffix", "gender", "company", "email", "phone", "address",
    "birth_date",
]  # fmt: skip
Survivorship = Literal["most_recent", "source_priority", "most_frequent", "most_complete", "longest"]


class Profile(Model):
    """How customers and their timeline are told."""

    survivorship: dict[GoldenField, Survivorship] = Field(
        default_factory=dict, description="Which of several values survives, by field; what is left out has a default."
    )
    source_priority: tuple[Name, ...] = Field((), description="Sources, the most trusted first.")
    session_minutes: int = Field(30, ge=1, description="Silence that ends a web session.")
    session_by: Literal["source", "silence"] = Field(
        "source", description="source: the extract's own session id where it has one; silence: always by silence."
    )
    session_breaks: tuple[Literal["midnight", "campaign"], ...] = Field(
        (), description="What else ends a session: midnight (company time), another campaign in the page's address."
    )


class Quality(Model):
    """What the gap report expects, and what `run` insists on before it publishes."""

    max_reject_share: Share = Field(0.05, description="`run` publishes nothing beyond it, per source.")
    min_identified_revenue: Share | None = Field(None, description="Least share of revenue with a customer.")
    min_identified_interactions: Share | None = Field(
        None, description="Least share of interactions (lines) with a customer."
    )
    max_silent_days: int | None = Field(
        None, ge=0, description="Most days that a source may lag behind the newest one."
    )
    closed: tuple[ClosedDay, ...] = Field(
        ("12-25", "01-01"), description="Days without business: 2024-12-24, or 12-25 for that of every year."
    )
    floors: dict[str, Share] = Field(
        default_factory=dict, description="Gap id to the least sound share that is published."
    )
    targets: dict[str, Share] = Field(
        default_factory=dict,
        description="What is a gap: `field`, `source.field`, a check or a gap id, to the least sound share. Default: as shipped.",
    )
    weights: dict[str, Share] = Field(
        default_factory=dict,
        description="Check to the share of the money behind it that it puts out of reach, for the ranking.",
    )
    readiness: dict[str, float] = Field(
        default_factory=dict, description="`capability.measure` to its minimum. Default: as shipped."
    )


class Publish(Model):
    """What becomes of the output."""

    keep: int = Field(5, ge=1, description="Published runs that stay on disk.")
    personal_data: Literal["full", "hashed", "none"] = Field(
        "full",
        description="What becomes of names, addresses and identifiers. hashed: keyed hashes (HMAC-SHA-256), equal values equal;"
        " the key lies beside the warehouse and is never published.",
    )


class Limits(Model):
    """What the machine may be asked for."""

    memory: Memory | None = Field(
        None, description="Such as 4GB; default half of the machine's. Beyond it, disk is used."
    )
    threads: int | None = Field(None, ge=1)


class Config(Model):
    """The whole of `cxunify.yaml`."""

    version: Literal[1]
    warehouse: str = "warehouse.duckdb"
    output: str = "out"
    region: Country = Field(description="Country of phones, postcodes and dates that name none.")
    timezone: Timezone = Field("UTC", description="Of times that name none.")
    currency: Currency = Field(description="Of amounts that name none.")
    sources: dict[Name, Source] = Field(min_length=1)
    identity: Identity = Identity()
    profile: Profile = Profile()
    quality: Quality = Quality()
    publish: Publish = Publish()
    limits: Limits = Limits()

    _root: Path = PrivateAttr(default_factory=Path.cwd)

    @property
    def root(self) -> Path:
        """The folder of the configuration file: relative paths start here."""
        return self._root

    @property
    def warehouse_path(self) -> Path:
        """The warehouse file."""
        return self.root / self.warehouse

    @property
    def output_path(self) -> Path:
        """The folder that runs are published into."""
        return self.root / self.output
