"""Names of countries and words for streets, in all languages that we know; and the SQL of a postcode -> whether it is one."""

from __future__ import annotations

from cxunify.vocabulary.lists import rows

POSTCODES = {
    "AT": r"\d{4}", "AU": r"\d{4}", "BE": r"\d{4}", "BR": r"\d{5}-?\d{3}", "CA": r"[a-z]\d[a-z]\s*\d[a-z]\d", "CH": r"\d{4}",
    "DE": r"\d{5}", "DK": r"\d{4}", "ES": r"\d{5}", "FR": r"\d{5}", "GB": r"[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}",
    "IN": r"\d{3}\s*\d{3}", "IT": r"\d{5}", "JP": r"\d{3}[- ]?\d{4}", "MX": r"\d{5}", "NL": r"\d{4}\s*[a-z]{2}", "NO": r"\d{4}",
    "PL": r"\d{2}-\d{3}", "PT": r"\d{4}-\d{3}", "SE": r"\d{3}\s*\d{2}", "US": r"\d{5}([- ]?\d{4})?",
}  # fmt: skip
"""Shapes of postcodes by country, in small letters; a country that is not here is not judged."""
DIGITS = {"US": 5, "DE": 5, "FR": 5, "ES": 5, "IT": 5, "FI": 5, "EE": 5, "MX": 5, "TR": 5, "AU": 4, "NO": 4, "DK": 4}
"""Length of postcodes made of digits, where spreadsheets eat leading zeros."""


def is_placeholder(postcode: str) -> str:
    """SQL: whether a postcode is none. Of those that repeat one digit, 22222 to 55555 are towns, and 1111 is a street."""
    return f"regexp_full_match(lower({postcode}), '0+|1{{5}}|9{{5}}|x+')"


def countries(*regions: str) -> tuple[tuple[str, str], ...]:
    """The names of countries as people write them, in lower case and without accents, each with its ISO code.

    Codes are names too, those of further `regions` included.
    """
    named = {(name, code) for code, name in rows("countries")}
    codes = {*regions, *(code for _, code in named)}
    return tuple(sorted(named | {(code.lower(), code) for code in codes}))


def street_words() -> tuple[str, ...]:
    """The words for kinds of street."""
    return tuple(word for (word,) in rows("streets"))
