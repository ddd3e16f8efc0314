"""config -> quality.expectations: the mapped fields of each source and the share of rows that must fill them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from cxunify.config import Config, Source, document
from cxunify.config.gaps import INTERACTION, PERSON
from cxunify.schema import Table
from cxunify.warehouse import Loop

TABLE = Table(
    "quality.expectations",
    "One row per mapped field of a source, and one with field null per source and subject.",
    ("source", "subject", "field"),
)
_SCHEMA: dict[str, Any] = {
    "source": pl.String, "channel": pl.String, "subject": pl.String, "field": pl.String, "target": pl.Float64,
    "weight": pl.Float64, "kinds": pl.List(pl.String),
}  # fmt: skip


def expected(config: Config) -> list[dict[str, Any]]:
    """What the configuration leads one to expect, in the shape of quality.expectations."""
    return [
        row for name, source in config.sources.items() for row in expectations(name, source, config.quality.targets)
    ]


def step(rows: list[dict[str, Any]]) -> Loop:
    """The step of quality.expectations."""
    return Loop(TABLE, listed, settings={"rows": rows})


def listed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Expectations as rows."""
    return pl.DataFrame(rows, schema=_SCHEMA)


def expectations(name: str, source: Source, targets: dict[str, float]) -> Iterator[dict[str, Any]]:
    """The rows of one source. `targets` overrides those that ship, by `field` or `source.field`."""
    for subject, mapped in (("record", _record_fields(source)), ("interaction", _interaction_fields(source))):
        if mapped is None:
            continue
        yield {"source": name, "channel": source.channel, "subject": subject}
        for field in mapped:
            # An interaction without an identifier is what the checks of linkage are about, not an empty field.
            known = {} if subject == "interaction" and "." in field else _targets()[subject]
            rule = known.get(field.split(".")[-1]) or known.get(field.split(".")[0]) or {}
            shipped = None if source.channel in rule.get("except", ()) else rule.get("target")
            target = targets.get(f"{name}.{field}", targets.get(field, shipped))
            yield {
                "source": name, "channel": source.channel, "subject": subject, "field": field, "target": target,
                "weight": rule.get("weight"), "kinds": rule.get("kinds"),
            }  # fmt: skip


def _record_fields(source: Source) -> list[str] | None:
    person = source.person
    if person is None:
        return None
    fields = [field for field in PERSON if getattr(person, field)]
    return (
        fields
        + [f"identifiers.{kind}" for kind in person.identifiers]
        + [f"consent.{channel}" for channel in person.consent]
    )


def _interaction_fields(source: Source) -> list[str] | None:
    interaction = source.interaction
    if interaction is None:
        return None
    # A currency that the config gives for all rows is no column of the extract: nothing to measure.
    given = interaction.currency is not None and interaction.currency.column is None
    fields = [field for field in INTERACTION if getattr(interaction, field) and not (field == "currency" and given)]
    return fields + [f"identifiers.{kind}" for kind in interaction.identifiers]


@cache
def _targets() -> dict[str, dict[str, dict[str, Any]]]:
    text = (resources.files("cxunify") / "quality" / "targets.yaml").read_text(encoding="utf-8")
    shipped: dict[str, dict[str, dict[str, Any]]] = document(text)
    return shipped
