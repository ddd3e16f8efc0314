"""The configuration as frozen models that refuse what they do not know.

Every key is described where it is defined; the JSON Schema for editors and the examples in configs/ are tested against
these models.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from cxunify.config.actions import Actions
from cxunify.config.columns import Model
from cxunify.config.requirements import check, requirement
from cxunify.config.sources import Source
from cxunify.config.values import ClosedDay, Country, Currency, Memory, Name, Share, Timezone
from cxunify.schema import PUBLISHED

TABLES = tuple(table.name for table in PUBLISHED)
"""What is published."""


def _remote(value: str) -> str:
    if not re.fullmatch(r"sc://[^/;]\S*", value):  # not quoted: a token may be in it
        raise ValueError("it is no address of Spark Connect; write one such as sc://host:15002")
    return value


def _schema(value: str) -> str:
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)?", value):
        raise ValueError(f"{value!r} is no schema of a catalog; write SCHEMA or CATALOG.SCHEMA")
    return value


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


def _identifier_key(value: str) -> str:
    if not re.fullmatch(r"(person\.)?[a-z][a-z0-9_]*", value):
        raise ValueError("write a type of identifier such as loyalty_id, or person. and a source of people")
    return value


IdentifierKey = Annotated[str, AfterValidator(_identifier_key)]


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
    ignore: dict[IdentifierKey, tuple[Literal["zeros", "blanks", "hyphens", "case"], ...]] = Field(
        default_factory=dict,
        description="What does not count when identifiers are compared, by type (loyalty_id …); for foreign keys by person.SOURCE.",
    )
    classifier: Literal["mixture", "ecm", "logistic"] | None = Field(
        None,
        description="What weighs pairs: mixture (kinds of pair, learned without labels), logistic (what labels taught) or ecm"
        " (recordlinkage's own, to compare with). Default: logistic once `resolve --learn` has taught it, else mixture.",
    )
    model: str | None = Field(
        None,
        description="The trained model, reused until `resolve --retrain`; default: identity_model.json beside warehouse.duckdb,"
        " NAME.model.json beside any other.",
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
    session_max_hours: int | None = Field(
        None, ge=1, description="Longest web session: what goes on beyond it is cut, and counts as another one."
    )
    session_breaks: tuple[Literal["midnight", "campaign"], ...] = Field(
        (), description="What else ends a session: midnight (company time), another campaign in the page's address."
    )


RequirementName = Annotated[str, AfterValidator(requirement)]
CheckName = Annotated[str, AfterValidator(check)]


class Quality(Model):
    """What the gap report expects, and what `run` insists on before it publishes."""

    max_reject_share: Share = Field(0.05, description="`run` publishes nothing beyond it, per source.")
    max_shrink_share: Share = Field(
        0.5,
        description="Likewise, where a snapshot has lost more than this share of the rows of the one before it, or of its customers"
        " because its records have other ids.",
    )
    max_unreadable_share: Share = Field(
        0.5,
        description="Likewise, where of a new file more than this share of a field's cells, or of its rows, cannot be read.",
    )
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
        default_factory=dict, description="A check or a gap id to the least sound share that is published."
    )
    targets: dict[str, Share] = Field(
        default_factory=dict,
        description="What is a gap: `field`, `source.field`, a check or a gap id, to the least sound share. Default: as shipped.",
    )
    weights: dict[CheckName, Share] = Field(
        default_factory=dict,
        description="Check to the share of the money behind it that it puts out of reach, for the ranking.",
    )
    readiness: dict[RequirementName, float] = Field(
        default_factory=dict, description="`capability.measure` to its minimum. Default: as shipped."
    )


def _table(value: str) -> str:
    if value not in TABLES:
        raise ValueError(f"{value!r} is no published table; those are: {', '.join(TABLES)}")
    return value


TableName = Annotated[str, AfterValidator(_table), Field(json_schema_extra={"enum": list(TABLES)})]


def _one_word(mode: str) -> str:
    """Hashes are keyed, and some call them so."""
    return "hashed" if mode == "keyed" else mode


class Publish(Model):
    """What becomes of the output."""

    keep: int = Field(5, ge=1, description="Published runs that stay on disk.")
    csv: tuple[TableName, ...] = Field(
        (), description="Tables to publish as CSV too, in csv/; texts that a spreadsheet would run are made inert."
    )
    personal_data: Annotated[Literal["full", "hashed", "keyed", "none"], AfterValidator(_one_word)] = Field(
        "full",
        description="What becomes of names, addresses and identifiers. hashed, or keyed, which is the same: keyed hashes"
        " (HMAC-SHA-256), equal values equal; the key lies beside the warehouse and is never published.",
    )


class Limits(Model):
    """What the machine may be asked for."""

    memory: Memory | None = Field(
        None,
        description="Such as 4GB; default half of the machine's, of which a run takes no more than a tenth (2GB at least) unless"
        " that is short. Beyond it, disk is used.",
    )
    threads: int | None = Field(None, ge=1)
    disk: Memory | None = Field(
        None,
        description="Most disk that is used so, such as 50GB; default three quarters of what is free. What needs more stops"
        " with 74.",
    )


class Spark(Model):
    """What Spark is asked for, with `engine: spark`; a session that is running already is used as it is."""

    master: str = Field("local[*]", min_length=1, description="Such as local[4], spark://host:7077, yarn or k8s://…")
    remote: Annotated[str, AfterValidator(_remote)] | None = Field(
        None, description="In place of `master`, the address of a Spark Connect server, such as sc://host:15002."
    )
    conf: dict[str, str | int | float] = Field({}, description="Settings of Spark, such as spark.driver.memory: 8g.")
    catalog: Annotated[str, AfterValidator(_schema)] | None = Field(
        None,
        description="Where each published table is a view too: a schema of Spark's catalog for this project alone, SCHEMA or"
        " CATALOG.SCHEMA.",
    )

    @model_validator(mode="after")
    def _either(self) -> Self:
        if self.remote is not None and "master" in self.model_fields_set:
            raise ValueError("name `master` or `remote`, not both: a Spark Connect server has a master already")
        return self


class Config(Model):
    """The whole of `cxunify.yaml`."""

    version: Literal[1]
    warehouse: str = "warehouse.duckdb"
    output: str = "out"
    region: Country = Field(description="Country of phones and postcodes that name none.")
    timezone: Timezone = Field("UTC", description="Of times that name none.")
    currency: Currency = Field(description="Of amounts that name none, and of everything that adds up.")
    rates: str | None = Field(
        None,
        description="CSV file with the columns date, currency, rate: what one unit of a currency is worth in the company's from"
        " that day on. Amounts in other currencies are converted by it; without a rate they are told and not counted.",
    )
    sources: dict[Name, Source] = Field(min_length=1)
    identity: Identity = Identity()
    profile: Profile = Profile()
    quality: Quality = Quality()
    actions: Actions = Actions()
    publish: Publish = Publish()
    limits: Limits = Limits()
    engine: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What works out customers and profiles: this machine alone, or Apache Spark (docs/spark.md).",
    )
    spark: Spark = Spark()

    @model_validator(mode="after")
    def _catalog_is_sparks(self) -> Self:
        if self.spark.catalog is not None and self.engine != "spark":
            raise ValueError("spark.catalog needs `engine: spark`; leave one of them out, or its views would go stale")
        return self

    _root: Path = PrivateAttr(default_factory=Path.cwd)

    @property
    def root(self) -> Path:
        """The folder of the configuration file: relative paths start here."""
        return self._root

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The types of identifier that sources map, each once."""
        parts = (part for source in self.sources.values() for part in (source.person, source.interaction) if part)
        return tuple(dict.fromkeys(name for part in parts for name in part.identifiers))

    @property
    def warehouse_path(self) -> Path:
        """The warehouse file."""
        return self.root / self.warehouse

    @property
    def ledger_path(self) -> Path:
        """The file beside it that remembers: all else in the warehouse can be built again."""
        return self.warehouse_path.with_suffix(".ledger")

    @property
    def key_path(self) -> Path:
        """The key of keyed hashes, beside it; never published."""
        return self.warehouse_path.with_suffix(".key")

    @property
    def output_path(self) -> Path:
        """The folder that runs are published into."""
        return self.root / self.output
