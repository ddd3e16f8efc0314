"""staging.records, staging.interactions, quality.expectations -> quality.cells: every expected cell that holds nothing usable.

One pass per mapped field that has a target; checks then read this one table instead of the staging tables again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxunify.config import Config
from cxunify.warehouse import Stage, literal

EMPTY = """
    select null::varchar as subject, null::varchar as source, null::varchar as key, null::varchar as field,
           null::varchar as status, null::varchar as location, null::timestamp as occurred_at, null::integer as lines,
           null::decimal(18,2) as amount, null::varchar as customer_id
    where false"""

_WORDS = (
    "n/a", "na", "n.a.", "none", "null", "nil", "nan", "unknown", "unbekannt", "undefined", "test", "tester", "testing", "tbd", "tba",
    "xxx", "xx", "x", "-", "--", "---", ".", "..", "?", "??", "not available", "not provided", "no name", "noname", "dummy", "anonymous",
    "guest", "customer", "refused", "declined", "keine angabe", "k.a.", "asdf", "qwerty",
)  # fmt: skip
"""Texts that fill a cell without saying anything; the union of what published customer-data systems block."""
_MAILBOXES = "test|tester|none|noemail|no|nomail|null|na|n/a|unknown|noreply|no-reply|nobody|anonymous|dummy|fake|xxx?|abc|asdf|email"
_DOMAINS = r"test\.\w+|example\.(com|org|net)|none\.com|noemail\.com|nomail\.com|no\.com|fake\.com|invalid|domain\.com|email\.com"
_POSTCODES = {
    "US": r"\d{5}([- ]?\d{4})?", "DE": r"\d{5}", "FR": r"\d{5}", "ES": r"\d{5}", "IT": r"\d{5}", "GB": r"[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}",
    "CA": r"[a-z]\d[a-z]\s*\d[a-z]\d", "NL": r"\d{4}\s*[a-z]{2}", "CH": r"\d{4}", "AT": r"\d{4}", "BE": r"\d{4}", "AU": r"\d{4}",
    "DK": r"\d{4}", "NO": r"\d{4}", "SE": r"\d{3}\s*\d{2}", "PL": r"\d{2}-\d{3}", "PT": r"\d{4}-\d{3}", "IN": r"\d{3}\s*\d{3}",
    "BR": r"\d{5}-?\d{3}", "MX": r"\d{5}", "JP": r"\d{3}-?\d{4}",
}  # fmt: skip
"""Shapes of postcodes; a country that is not here is not judged."""
_CURRENCIES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD MXN MYR NGN NOK NZD"
    " PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD TZS UAH USD UYU VND ZAR"
)
_BIRTHS = ("1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1904-01-01", "9999-12-31", "2099-12-31")
_PARSED = {"birth_date", "created_at", "updated_at", "amount", "quantity", "score"}
"""Fields of a type: what could not be read is null in staging and listed in staging.invalid, and is not empty."""


def stage(config: Config, expected: list[dict[str, Any]], unreadable: set[tuple[str, str]]) -> Stage:
    """The stage of quality.cells; binds `$as_of` (UTC). `unreadable`: sources and fields of which staging.invalid tells."""
    regions = {name: source.region or config.region for name, source in config.sources.items()}
    wanted = [row for row in expected if row.get("field") and row.get("target") is not None]
    parts = [
        _record(row, regions[row["source"]], unreadable) if row["subject"] == "record" else _interaction(row, unreadable)
        for row in wanted
    ]
    select = f"""
    select c.* replace (coalesce(c.customer_id, a.customer_id) as customer_id)
    from ({" union all ".join(parts) or EMPTY}) as c
    left join identity.assignments as a on c.subject = 'record' and a.source = c.source and a.record_id = c.key"""  # noqa: S608
    return Stage("quality.cells", select, (), "One row per expected cell without a usable value.")


def _record(row: dict[str, Any], region: str, unreadable: set[tuple[str, str]]) -> str:
    field, source = row["field"], literal(row["source"])
    empty = _empty(field, source) if (row["source"], field) in unreadable else "'empty'"
    return f"""
    select 'record' as subject, source, record_id as key, {literal(field)} as field, status, null::varchar as location,
           coalesce(created_at, updated_at) as occurred_at, 1 as lines, null::decimal(18,2) as amount, null::varchar as customer_id
    from (select source, record_id, created_at, updated_at, {_status_of_record(field, region, empty)} as status
          from staging.records as cell where source = {source})
    where status is not null"""  # noqa: S608 - names are literals of ours or validated by the config


def _status_of_record(field: str, region: str, empty: str) -> str:
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
            when birth_date in ({", ".join("date " + literal(day) for day in _BIRTHS)}) then 'placeholder'
            when birth_date > $as_of::date or birth_date < $as_of::date - interval 115 year then 'invalid' end"""
    if field in _PARSED:
        return f"case when {field} is null then {empty} end"
    return words(field)


def _interaction(row: dict[str, Any], unreadable: set[tuple[str, str]]) -> str:
    field, source = row["field"], literal(row["source"])
    kinds = ", ".join(literal(kind) for kind in row.get("kinds") or ())
    of_kinds = f" and kind in ({kinds})" if kinds else ""
    if field in _PARSED:
        empty = _empty(field, source) if (row["source"], field) in unreadable else "'empty'"
        status = f"case when {field} is null then {empty} end"
    elif field == "currency":
        known = ", ".join(literal(code) for code in _CURRENCIES.split())
        status = f"case when currency is null then 'empty' when currency not in ({known}) then 'invalid' end"
    else:
        status = words(field)
    return f"""
    select 'interaction' as subject, found.source, interaction_id as key, {literal(field)} as field, status, location,
           occurred_at, lines, amount, customer_id
    from (select source, interaction_id, location, occurred_at, lines, amount, trace_id, {status} as status
          from staging.interactions as cell where source = {source}{of_kinds}) as found
    left join identity.trace_assignments using (trace_id)
    where status is not null"""  # noqa: S608 - names are literals of ours or validated by the config


def words(value: str) -> str:
    """The status of a text: empty, a word that says nothing, or fine (null)."""
    listed = ", ".join(literal(word) for word in _WORDS)
    return f"case when {value} is null or {value} = '' then 'empty' when lower({value}) in ({listed}) then 'placeholder' end"


def _empty(field: str, source: str) -> str:
    return (
        "case when exists (select 1 from staging.invalid as bad where bad.source = "
        f"{source} and bad.field = {literal(field)} and bad.file_id = cell.file_id and bad.source_row = cell.source_row)"
        " then 'unparseable' else 'empty' end"
    )


def _best(values: str, status: Callable[[str], str]) -> str:
    """The best status among several values: one good mailbox is enough."""
    rank = f"case {status('value')} when 'placeholder' then 1 when 'invalid' then 2 else 3 end"
    return f"""case when {values} is null or len({values}) = 0 then 'empty'
        when len({values}) = 1 then {status(f"{values}[1]")}
        else case list_max(list_transform({values}, lambda value: {rank})) when 2 then 'invalid' when 1 then 'placeholder' end end"""


def _email(value: str) -> str:
    return f"""(case
        when regexp_full_match(lower({value}), '({_MAILBOXES})@.*|.*@({_DOMAINS})') or lower({value}) in ('none', 'n/a', 'na', 'null', 'unknown', '-')
        then 'placeholder'
        when not regexp_full_match({value}, '[^@\\s,;<>]+@[^@\\s,;<>.]+(\\.[^@\\s,;<>.]+)+') then 'invalid' end)"""


def _phone(value: str, region: str) -> str:
    digits = f"regexp_replace({value}, '\\D', '', 'g')"
    shape = r"1?[2-9]\d{9}|\d{11,15}" if region in {"US", "CA"} else r"\d{6,15}"
    return f"""(case
        when regexp_full_match({digits}, '(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)?|0?123456789\\d?|1?5555555555|1?000.*')
          or lower({value}) in ({", ".join(literal(word) for word in _WORDS)})
        then 'placeholder'
        when not regexp_full_match({digits}, '{shape}') then 'invalid' end)"""


def _postcode(region: str) -> str:
    cases = " ".join(
        f"when {literal(country)} then regexp_full_match(lower(trim(postal_code)), {literal(shape)})"
        for country, shape in _POSTCODES.items()
    )
    country = f"coalesce(case when length(country) = 2 then upper(country) end, {literal(region)})"
    return f"""case when postal_code is null or postal_code = '' then 'empty'
        when regexp_full_match(postal_code, '0+|1{{5}}|9{{5}}') or lower(postal_code) in ({", ".join(literal(word) for word in _WORDS)})
        then 'placeholder'
        when not coalesce(case {country} {cases} end, true) then 'invalid' end"""
