"""Data files -> identity.nicknames, identity.placeholders, identity.dialling: what people know and columns do not say."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from importlib import resources

import polars as pl

from cxunify.warehouse import Stage, Warehouse


def write(warehouse: Warehouse, region: str, regions: Iterable[str | None]) -> None:
    """Put the word lists into the warehouse; `region` is the home country, `regions` those that sources declare."""
    warehouse.write(
        Stage(
            "identity.nicknames", "select * from frame", ("name", "formal"), "One row per short form of a given name."
        ),
        _nicknames(),
    )
    warehouse.write(
        Stage(
            "identity.placeholders", "select * from frame", ("kind", "value"), "One row per value that means nothing."
        ),
        pl.DataFrame(_rows("placeholders.csv"), orient="row", schema=["kind", "value"]),
    )
    countries = [(name, code) for code, name in _rows("countries.csv")]
    codes = {region, *(code for code in regions if code), *(code for _, code in countries)}
    warehouse.write(
        Stage(
            "identity.dialling",
            "select * from frame",
            ("country",),
            "One row per country: how its numbers are dialled.",
        ),
        _dialling(sorted(codes)),
    )
    warehouse.write(
        Stage("identity.country_names", "select * from frame", ("name",), "One row per name of a country."),
        pl.DataFrame(
            countries + [(code.lower(), code) for code in sorted(codes)], orient="row", schema=["name", "country"]
        ).unique(),
    )


def street_words() -> list[str]:
    """The words for kinds of street, in all languages that we know."""
    return [word for (word,) in _rows("streets.csv")]


def _rows(name: str) -> list[tuple[str, ...]]:
    """The rows of a data file, without comments and heading."""
    text = (resources.files("cxunify") / "identity" / "data" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(row) for row in csv.reader(lines[1:])]


def _nicknames() -> pl.DataFrame:
    """Each name with the formal names it may stand for; a formal name stands for itself."""
    text = (resources.files("cxunify") / "identity" / "data" / "nicknames.csv").read_text(encoding="utf-8")
    pairs = {
        (name.strip(), row.split(",")[0].strip())
        for row in text.splitlines()
        if row and not row.startswith("#")
        for name in row.split(",")
    }
    return pl.DataFrame(sorted(pairs), orient="row", schema=["name", "formal"])


def _dialling(codes: list[str]) -> pl.DataFrame:
    """Calling code, trunk prefix, prefix for calls abroad and lengths of national numbers, from Google's metadata."""
    from phonenumbers.phonemetadata import PhoneMetadata  # slow to import, and not needed by the rest

    rows = []
    for code in codes:
        known = PhoneMetadata.metadata_for_region(code, None)
        if known is None or known.general_desc is None:
            continue
        lengths = [length for length in known.general_desc.possible_length if length > 0]
        abroad = str(known.international_prefix or "00")
        rows.append(
            (
                code,
                str(known.country_code),
                known.national_prefix or "",
                abroad if abroad.isdigit() else "00",
                max(6, min(lengths)),
                max(lengths),
            )
        )
    names = ["country", "calling_code", "trunk", "abroad", "shortest", "longest"]
    return pl.DataFrame(rows, orient="row", schema=names)
