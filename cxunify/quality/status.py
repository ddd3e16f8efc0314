"""A field -> the SQL expression that says what is wrong with its cell: empty, placeholder, invalid, unparseable, or null: fine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from typing import Any

from cxunify.config import document
from cxunify.warehouse import literal

PARSED = {"birth_date", "created_at", "updated_at", "amount", "quantity", "score"}
"""Fields of a type: what could not be read is null in staging and listed in staging.invalid, and is not empty."""


def of_record(field: str, region: str, empty: str) -> str:
    """The status of a person's field; `region` is the country of values that name none, `empty` the status of a null."""
    kind, _, name = field.partition(".")
    if kind == "identifiers":
        return words(f"identifiers[{literal(name)}]")
    if kind == "consent":
        return f"case when consent[{literal(name)}] is null then 'empty' end"
    if field == "email":
        return _best("emails", _email)
    if field == "phone":
        return _best("phones", lambda value: _phone(value, region))
    if field == "postal_code":
        return _postcode(region)
    if field == "birth_date":
        return f"""case when birth_date is null then {empty}
            when birth_date in ({", ".join("date " + literal(day) for day in _patterns()["birth_dates"])}) then 'placeholder'
            when birth_date > $as_of::date or birth_date < $as_of::date - interval 115 year then 'invalid' end"""
    if field in PARSED:
        return f"case when {field} is null then {empty} end"
    return words(field)


def of_interaction(field: str, empty: str) -> str:
    """The status of an interaction's field; `empty` is the status of a null."""
    if field in PARSED:
        return f"case when {field} is null then {empty} end"
    if field == "currency":
        return (
            f"case when currency is null then 'empty' when currency not in ({_listed('currencies')}) then 'invalid' end"
        )
    return words(field)


def unread(source: str, field: str) -> str:
    """The status of a null, in a table called `cell`, of which staging.invalid may know more."""
    return f"""case when exists (
            select 1 from staging.invalid as bad
            where bad.source = {literal(source)} and bad.field = {literal(field)}
                and bad.file_id = cell.file_id and bad.source_row = cell.source_row
        ) then 'unparseable' else 'empty' end"""


def words(value: str) -> str:
    """The status of a text."""
    return f"""case when {value} is null or {value} = '' then 'empty'
        when lower({value}) in ({_listed("words")}) then 'placeholder' end"""


def _best(values: str, status: Callable[[str], str]) -> str:
    """The best status among several values: one good mailbox is enough."""
    rank = f"case {status('value')} when 'placeholder' then 1 when 'invalid' then 2 else 3 end"
    return f"""case when {values} is null or len({values}) = 0 then 'empty'
        when len({values}) = 1 then {status(f"{values}[1]")}
        else case list_max(list_transform({values}, lambda value: {rank}))
            when 2 then 'invalid' when 1 then 'placeholder' end end"""


def _email(value: str) -> str:
    nobody = f"({_either('mailboxes')})@.*|.*@({_either('mailbox_domains')})"
    return f"""(case
        when regexp_full_match(lower({value}), {literal(nobody)}) or lower({value}) in ({_listed("words")}) then 'placeholder'
        when not regexp_full_match({value}, '[^@\\s,;<>]+@[^@\\s,;<>.]+(\\.[^@\\s,;<>.]+)+') then 'invalid' end)"""


def _phone(value: str, region: str) -> str:
    digits = f"regexp_replace({value}, '\\D', '', 'g')"
    shape = _patterns()["phones"].get(region, r"\d{6,15}")
    return f"""(case
        when regexp_full_match({digits}, {literal(f"({_either('digits')})?")}) then 'placeholder'
        when not regexp_full_match({digits}, {literal(shape)}) then 'invalid' end)"""


def _postcode(region: str) -> str:
    cases = " ".join(
        f"when {literal(country)} then regexp_full_match(lower(trim(postal_code)), {literal(shape)})"
        for country, shape in _patterns()["postcodes"].items()
    )
    country = f"coalesce(case when length(country) = 2 then upper(country) end, {literal(region)})"
    return f"""case when postal_code is null or postal_code = '' then 'empty'
        when regexp_full_match(postal_code, {literal(_either("placeholder_postcodes"))})
            or lower(postal_code) in ({_listed("words")}) then 'placeholder'
        when not coalesce(case {country} {cases} end, true) then 'invalid' end"""


def _listed(name: str) -> str:
    return ", ".join(literal(word) for word in _patterns()[name])


def _either(name: str) -> str:
    patterns: Iterable[str] = _patterns()[name]
    return "|".join(patterns)


@cache
def _patterns() -> dict[str, Any]:
    shipped: dict[str, Any] = document(
        (resources.files("cxunify") / "quality" / "patterns.yaml").read_text(encoding="utf-8")
    )
    return shipped
