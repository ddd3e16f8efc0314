"""A relation of telephone numbers as people of a country write them -> the SELECT of the number that each stands for."""

from __future__ import annotations

from collections.abc import Iterable

from cxunify.vocabulary.lists import quoted


def numbers(written: str, countries: Iterable[str]) -> str:
    """SQL: each row of the relation `written` (columns `written`, `country`) with what it means.

    `countries` are those that can occur. `value` is the number in the international form, null where it cannot be one; `address`
    is what to dial: `value` or, failing that, the digits, if they are as many as a number has.
    """
    return rf"""
with
written as materialized (from {written}),
dialling(country, calling_code, trunk, abroad, shortest, longest) as (values {_dialling(countries)}),
digits as materialized (
    select
        w.written, w.country, d.calling_code, d.trunk, d.abroad, d.shortest, d.longest,
        starts_with(ltrim(w.written, ' ''('), '+') as is_international,
        -- Extensions, and the decimals of numbers that were numbers for a while; of 4.40E+09 nothing is left.
        case
            when not contains(lower(w.written), 'e+')
                then regexp_replace(regexp_replace(w.written, '([.]0$|[xX#;eE]).*$', ''), '[^0-9]', '', 'g')
        end as text
    from written as w
    left join dialling as d on d.country = w.country
),
-- What stands behind the calling code; null for the numbers of other countries.
national as materialized (
    select
        *,
        case
            when is_international and starts_with(text, calling_code) then substr(text, length(calling_code) + 1)
            when is_international then null
            when starts_with(text, abroad || calling_code) then substr(text, length(abroad || calling_code) + 1)
            when starts_with(text, abroad) and length(text) > longest then null
            when length(text) > longest and starts_with(text, calling_code) then substr(text, length(calling_code) + 1)
            -- Where a trunk prefix is dialled, a long number without it that begins like one from abroad is one.
            when trunk <> '' and not starts_with(text, trunk) and starts_with(text, calling_code)
                and length(text) >= length(calling_code) + 9 then substr(text, length(calling_code) + 1)
            else text
        end as subscriber
    from digits
),
-- The trunk prefix is dialled at home only.
called as (
    select
        written, country, text, calling_code, coalesce(subscriber, text) as digits,
        case
            when subscriber is null and length(text) between 8 and 17
                then '+' || case when is_international then text else substr(text, length(abroad) + 1) end
            when trunk <> '' and starts_with(subscriber, trunk) and length(subscriber) > shortest
                and length(subscriber) - length(trunk) <= longest
                then '+' || calling_code || substr(subscriber, length(trunk) + 1)
            when length(subscriber) between shortest and longest then '+' || calling_code || subscriber
        end as value
    from national
),
judged as (
    select
        *,
        -- No digit at all, one again and again, or all in a row.
        digits is not null and (
            length(replace(digits, left(digits, 1), '')) <= 1
            or contains('01234567890123456789', digits) or contains('98765432109876543210', digits)
        ) as is_placeholder
    from called
),
-- No area of North America begins with 0 or 1.
dialled as (
    select
        written, country, text, is_placeholder,
        case when is_placeholder or not regexp_matches(value, '^[+]1[01]') then value end as value
    from judged
)
select
    written, country, value,
    coalesce(value, case when length(ltrim(text, '0')) between 7 and 15 then ltrim(text, '0') end) as address,
    is_placeholder
from dialled
"""


def _dialling(countries: Iterable[str]) -> str:
    """Calling code, trunk prefix, prefix for calls abroad and lengths of national numbers, from Google's metadata, as VALUES."""
    from phonenumbers.phonemetadata import PhoneMetadata  # slow to import, and not needed by the rest

    rows = []
    for country in sorted(set(countries)):
        known = PhoneMetadata.metadata_for_region(country, None)
        if known is None or known.general_desc is None:
            continue
        lengths = [length for length in known.general_desc.possible_length if length > 0]
        abroad = str(known.international_prefix or "00")
        texts = (country, str(known.country_code), known.national_prefix or "", abroad if abroad.isdigit() else "00")
        rows.append(f"({quoted(texts)}, {max(6, min(lengths))}, {max(lengths)})")
    return ", ".join(rows)
