"""A field -> the SQL expression that says what is wrong with its cell: empty, placeholder, invalid, unparseable, or null: fine."""

from __future__ import annotations

from collections.abc import Callable

from cxunify.vocabulary import places
from cxunify.vocabulary.currencies import minor_units
from cxunify.vocabulary.dates import is_nobodys
from cxunify.vocabulary.identifiers import is_placeholder
from cxunify.vocabulary.words import is_meaningless, is_no_evidence
from cxunify.warehouse import literal

CONTACTS = {"email", "phone"}
"""Fields that identity has read: what is wrong with them is in quality.reach."""
NAMES = {"given_name", "middle_name", "family_name", "full_name", "company"}
PARSED = {"birth_date", "created_at", "updated_at", "amount", "quantity", "score"}
"""Fields of a type: what could not be read is null in staging and listed in staging.invalid, and is not empty."""


def of_record(field: str, region: str, empty: str) -> str:
    """The status of a person's field; `region` is the country of values that name none, `empty` the status of a null."""
    kind, _, name = field.partition(".")
    if kind == "identifiers":
        return words(f"identifiers[{literal(name)}]", is_placeholder)
    if kind == "consent":
        return f"case when consent[{literal(name)}] is null then {empty} end"
    if field == "postal_code":
        return _postcode(region)
    if field == "birth_date":
        return f"""case when birth_date is null then {empty}
            when {is_nobodys("cell")} then 'placeholder'
            when birth_date > $today::date or birth_date < $today::date - interval 115 year then 'invalid' end"""
    if field in PARSED:
        return f"case when {field} is null then {empty} end"
    return words(field, is_no_evidence if field in NAMES else is_meaningless)


def of_interaction(field: str, empty: str) -> str:
    """The status of an interaction's field; `empty` is the status of a null."""
    if field in PARSED:
        return f"case when {field} is null then {empty} end"
    if field == "currency":
        known = ", ".join(literal(code) for code in minor_units())
        return f"case when currency is null then 'empty' when currency not in ({known}) then 'invalid' end"
    return words(field)


def unread(source: str, field: str) -> str:
    """The status of a null, in a table called `cell`, of which staging.invalid may know more."""
    return f"""case when exists (
            select 1 from staging.invalid as bad
            where bad.source = {literal(source)} and bad.field = {literal(field)}
                and bad.file_id = cell.file_id and bad.source_row = cell.source_row
        ) then 'unparseable' else 'empty' end"""


def words(value: str, meaningless: Callable[[str], str] = is_meaningless) -> str:
    """The status of a text."""
    return f"""case when {value} is null or {value} = '' then 'empty'
        when {meaningless(value)} then 'placeholder' end"""


def _postcode(region: str) -> str:
    cases = " ".join(
        f"when {literal(country)} then regexp_full_match(lower(trim(postal_code)), {literal(shape)})"
        for country, shape in places.POSTCODES.items()
    )
    country = f"coalesce(case when length(country) = 2 then upper(country) end, {literal(region)})"
    return f"""case when postal_code is null or postal_code = '' then 'empty'
        when {places.is_placeholder("postal_code")} or {is_meaningless("postal_code")} then 'placeholder'
        when not coalesce(case {country} {cases} end, true) then 'invalid' end"""
