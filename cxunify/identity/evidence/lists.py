"""Data files -> identity.nicknames, .placeholders, .dialling, .country_names: what people know and columns do not say."""

from __future__ import annotations

import csv
from importlib import resources

import polars as pl

from cxunify.config import Config
from cxunify.schema import Table
from cxunify.warehouse import Loop


def steps(config: Config) -> tuple[Loop, ...]:
    """The steps of the word lists; telephone numbers are known of the countries that the project names."""
    regions = sorted({config.region, *(source.region for source in config.sources.values() if source.region)})
    return (
        Loop(
            Table("identity.nicknames", "One row per short form of a given name.", ("name", "formal")),
            nicknames,
        ),
        Loop(Table("identity.placeholders", "One row per value that means nothing.", ("kind", "value")), placeholders),
        Loop(
            Table("identity.dialling", "One row per country: how its numbers are dialled.", ("country",)),
            dialling,
            settings={"regions": regions},
        ),
        Loop(
            Table("identity.country_names", "One row per name of a country.", ("name",)),
            country_names,
            settings={"regions": regions},
        ),
    )


def street_words() -> list[str]:
    """The words for kinds of street, in all languages that we know."""
    return [word for (word,) in _rows("streets.csv")]


def placeholders() -> pl.DataFrame:
    """Values that mean nothing: kind and value."""
    return pl.DataFrame(_rows("placeholders.csv"), orient="row", schema=["kind", "value"])


def nicknames() -> pl.DataFrame:
    """Each name with the formal names it may stand for; a formal name stands for itself."""
    text = _text("nicknames.csv")
    pairs = {
        (name.strip(), row.split(",")[0].strip())
        for row in text.splitlines()
        if row and not row.startswith("#")
        for name in row.split(",")
    }
    return pl.DataFrame(sorted(pairs), orient="row", schema=["name", "formal"])


def country_names(regions: list[str]) -> pl.DataFrame:
    """Names of countries, and their codes in small letters, with the code."""
    countries = [(name, code) for code, name in _rows("countries.csv")]
    rows = countries + [(code.lower(), code) for code in _codes(regions)]
    return pl.DataFrame(rows, orient="row", schema=["name", "country"]).unique().sort("name")


def dialling(regions: list[str]) -> pl.DataFrame:
    """Calling code, trunk prefix, prefix for calls abroad and lengths of national numbers, from Google's metadata."""
    from phonenumbers.phonemetadata import PhoneMetadata  # slow to import, and not needed by the rest

    rows = []
    for code in _codes(regions):
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


def _codes(regions: list[str]) -> list[str]:
    """The codes of these countries and of all whose names we know."""
    return sorted({*regions, *(code for code, _ in _rows("countries.csv"))})


def _rows(name: str) -> list[tuple[str, ...]]:
    """The rows of a data file, without comments and heading."""
    lines = [line for line in _text(name).splitlines() if line and not line.startswith("#")]
    return [tuple(row) for row in csv.reader(lines[1:])]


def _text(name: str) -> str:
    return (resources.files("cxunify") / "identity" / "data" / name).read_text(encoding="utf-8")
