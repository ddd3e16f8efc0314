"""A relation of telephone numbers as people of a country write them -> the SELECT of the number that each stands for.

What a plain expression cannot read (words, labels, several in a cell, digits of other scripts) is unpacked first, by Google's own
reader: into the numbers that it holds, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from cxunify.vocabulary.lists import quoted
from cxunify.vocabulary.signs import is_scientific, lost_digits, visible

PLAIN = r"[ ''(]*[+]?[0-9 ()./-]*([.]0|( ?(x|ext[.]?|#) ?[0-9]+))?"
"""What the expression reads by itself: one number in digits, with an extension or the decimals of what once was a number."""
SEVERAL = r"[0-9][0-9 ().-]{5,}/[ (+]*[0-9][0-9 ().-]{5,}"
"""Two numbers, or one with a stroke in its middle."""
MOST_SIGNS = 250
"""Of a cell that are looked at: beyond, it is a letter and no number."""
MOST_DIGITS = 15
"""Of a number with its calling code, by ITU's E.164."""

_TWICE = re.compile(SEVERAL)
_LETTERED = re.compile(r"[+0-9][0-9 ().-]*[A-Za-z]{3,}[0-9-]*")


def numbers(written: str, countries: Iterable[str]) -> str:
    """SQL: each row of the relation `written` (columns `written`, `country`) with what it means.

    `countries` are those that can occur. `value` is the number in the international form, without an extension; null where it
    cannot be one. `is_odd`: it should be `unpacked` before it is read.
    """
    return rf"""
with
written as materialized (from {written}),
dialling(country, calling_code, trunk, abroad, shortest, longest) as (values {_dialling(countries)}),
digits as materialized (
    select
        w.written, w.country, d.calling_code, d.trunk, d.abroad, d.shortest, d.longest,
        starts_with(ltrim(w.written, ' ''('), '+') as is_international,
        regexp_matches(w.written, '\p{{Nd}}') as has_digits,
        -- Extensions, and the decimals of numbers that were numbers for a while.
        case
            when regexp_full_match(lower(w.written), '{PLAIN}') and not regexp_matches(w.written, '{SEVERAL}')
                then regexp_replace(regexp_replace(lower(w.written), '([.]0$|[x#e]).*$', ''), '[^0-9]', '', 'g')
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
        written, country, text, longest, has_digits, coalesce(subscriber, text) as digits,
        case
            when subscriber is null and length(text) between 8 and {MOST_DIGITS} + length(abroad)
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
        not has_digits or coalesce(
            length(replace(digits, left(digits, 1), '')) <= 1
            or contains('01234567890123456789', digits) or contains('98765432109876543210', digits),
            false
        ) as is_placeholder
    from called
),
-- No area of North America begins with 0 or 1.
dialled as (
    select
        written, country, text, longest, is_placeholder,
        case when is_placeholder or not regexp_matches(value, '^[+]1[01]') then value end as value
    from judged
)
select
    written, country, value, is_placeholder,
    not is_placeholder and (text is null or (value is null and length(text) > longest))
        and not {is_scientific("written")} as is_odd
from dialled
"""


def extension(written: str) -> str:
    """SQL: the digits of the extension behind a number as it is written; empty where there is none."""
    return rf"ltrim(regexp_extract(lower({written}), '[0-9)] *[;,]? *(x|ext[.]?|ext[.]? ?[:=]|#|extension) ?([0-9]+) *$', 2), '0')"


def unpacked(text: str, country: str) -> tuple[str, ...]:
    """The numbers that a cell of a country holds, each once, in the international form and in the order in which they stand there.

    Extensions stay out, and so does whatever may be a number and may be two, or is too short to be dialled from elsewhere.
    """
    import phonenumbers  # slow to import, and not needed by the rest

    text = visible(text)[:MOST_SIGNS]
    if lost_digits(text):
        return ()
    found = list(phonenumbers.PhoneNumberMatcher(text, country, leniency=phonenumbers.Leniency.VALID))
    found += [
        match
        for match in phonenumbers.PhoneNumberMatcher(text, country, leniency=phonenumbers.Leniency.POSSIBLE)
        if all(match.end <= other.start or other.end <= match.start for other in found)
        and _TWICE.search(match.raw_string) is None
        and _is_alone(text[: match.start], text[match.end :])
    ]
    numbers = [match.number for match in sorted(found, key=lambda match: int(match.start))]
    if not numbers and _LETTERED.fullmatch(text):
        with suppress(phonenumbers.NumberParseException):  # it looks like one to us, and not to who knows
            spelled = phonenumbers.parse(text, country)
            # Of letters on a keypad only the free lines of companies are made; `Home` behind a number is none of it.
            if phonenumbers.number_type(spelled) == phonenumbers.PhoneNumberType.TOLL_FREE:
                numbers = [spelled]
    whole = (
        number
        for number in numbers
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    )
    return tuple(
        dict.fromkeys(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in whole)
    )


def country(text: str) -> str | None:
    """The country of a number that is written as one dials it from abroad; None for any other, and for what is no number."""
    import phonenumbers  # slow to import, and not needed by the rest

    digits = text.strip()
    if not digits.startswith(("+", "00")):
        return None
    try:
        number = phonenumbers.parse(f"+{digits.lstrip('+0')}", None)
    except phonenumbers.NumberParseException:
        return None
    found = phonenumbers.region_code_for_number(number)
    return found if found in phonenumbers.SUPPORTED_REGIONS else None


def _is_alone(before: str, behind: str) -> bool:
    """Whether a number that nobody vouches for stands apart from other digits: else it may be a piece of two that ran together."""
    return not (before.rstrip(" -")[-1:].isdigit() or behind.lstrip(" -")[:1].isdigit())


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
