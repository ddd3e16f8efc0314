"""profile.statements, profile.contacts -> profile.agreed, profile.candidates, profile.golden: who each customer is.

Every field has a rule of survivorship. Values are compared without case and accents; of spellings that agree, one in mixed case is
shown, as people write themselves. Ties fall to the more trusted source, then to the later record: never to chance. Most customers'
records agree, so agreement is found in one pass and only fields in dispute are ranked.
"""

from __future__ import annotations

from collections.abc import Sequence

from cxunify.config import Config, Profile
from cxunify.schema import Table
from cxunify.schema.profile import CANDIDATES
from cxunify.vocabulary.dates import is_nobodys
from cxunify.vocabulary.words import is_nobodys_name
from cxunify.warehouse import Stage

NAMES = ("given_name", "middle_name", "family_name", "full_name", "name_suffix", "gender", "company")
CONTACTS = ("email", "phone")
ADDRESS = ("street", "unit", "city", "region", "postal_code", "country")
STATED = (*NAMES, "address", "birth_date")
"""Fields of records; contacts have a table of their own, since a record may state several."""
FIELDS = (*STATED, *CONTACTS)

DEFAULTS = {
    "given_name": "most_frequent",  # nicknames, initials and typing errors are outvoted
    "middle_name": "longest",
    "family_name": "most_recent",  # people marry: the newest word is right even where it is outvoted
    "full_name": "longest",
    "name_suffix": "most_frequent",
    "gender": "most_frequent",
    "company": "most_recent",
    "address": "most_recent",  # people move
    "birth_date": "most_frequent",  # nobody is born again
    "email": "most_recent",
    "phone": "most_recent",
}

_SCORES = {
    "most_recent": "max(recency)",
    "source_priority": "max(trust)",
    "most_frequent": "count(*) * 1000 + least(max(length(value)), 999)",
    "most_complete": "max(filled) * 1000 + least(max(length(value)), 999)",
    "longest": "max(length(value))",
}
"""Rule -> the score of a value over the records that state it. Counts break their ties by length: of one `R.` and one `Robert`, the
longer says more."""

_FILLED = " + ".join(f"(r.{field} is not null)::integer" for field in (*NAMES, *ADDRESS, "birth_date"))


def _neatness(value: str) -> str:
    """The SQL that ranks spellings that agree: mixed case first, then trust."""
    return f"trust + case when {value} <> upper({value}) and {value} <> lower({value}) then {2**62} else 0 end"


def rules(config: Profile) -> dict[str, str]:
    """The rule of each field: the configuration's, else the default."""
    return DEFAULTS | {str(field): str(rule) for field, rule in config.survivorship.items()}


def stages(config: Config) -> tuple[Stage, ...]:
    """The stages, in order."""
    stated = mapped(config)
    table = Table("profile.golden", "One row per customer: every surviving value and its source.")
    return (agreed(stated), candidates(stated, config.profile), Stage(table, golden(config), is_view=True))


def mapped(config: Config) -> tuple[str, ...]:
    """The fields of records that any source maps: the others would be ranked for nothing."""
    persons = [source.person for source in config.sources.values() if source.person is not None]
    return tuple(
        field
        for field in STATED
        if any(getattr(person, part) for person in persons for part in (ADDRESS if field == "address" else (field,)))
    )


def agreed(stated: Sequence[str]) -> Stage:
    """The stage of profile.agreed: per field the most trusted value, its source, and whether all records say the same."""
    columns = "".join(
        f",\n    arg_max(value_{field}, neatness_{field}) as {field},"
        f" arg_max(source_no, neatness_{field}) as {field}_no,"
        f" arg_max(row_no, neatness_{field}) as {field}_row,"
        f" min(same_{field}) = max(same_{field}) as {field}_agreed"
        for field in stated
    )
    values = "".join(f",\n        {_value(field)} as value_{field}" for field in stated)
    neatness = "".join(
        f",\n        case when value_{field} is not null then {_neatness(f'value_{field}')} end as neatness_{field},"
        f" lower(strip_accents(value_{field})) as same_{field}"
        for field in stated
    )
    return Stage(
        Table(
            "profile.agreed",
            "One row per customer with a record: where its records agree, and on what.",
            ("customer_no",),
        ),
        f"""
with
stated as (
    select
        s.customer_no, s.source_no, s.row_no, s.trust{values}
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
),
weighed as (
    select
        *{neatness}
    from stated
)
select
    customer_no{columns}
from weighed
group by customer_no""",
    )


def candidates(stated: Sequence[str], config: Profile) -> Stage:
    """The stage of profile.candidates: the values of every field in dispute, the surviving one first."""
    chosen = rules(config)
    values = "".join(
        f",\n        case when not a.{field}_agreed then {_value(field)} end as {field}" for field in stated
    )
    some = " or ".join(f"not a.{field}_agreed" for field in stated) or "false"
    scores = "".join(f"\n            when '{field}' then {_SCORES[chosen[field]]}" for field in (*stated, *CONTACTS))
    whole = "" if "address" in config.survivorship else "is_whole desc, "
    unpivoted = (
        f"""
    select customer_no, source_no, row_no, stated_at, recency, trust, filled, has_street, 0 as standing, 0 as place, field, value
    from apart unpivot (value for field in ({", ".join(stated)}))
    union all"""
        if stated
        else ""
    )
    return Stage(
        CANDIDATES,
        f"""
with
apart as (
    select
        s.customer_no, s.source_no, s.row_no, s.stated_at, s.recency, s.trust, {_FILLED} as filled,
        nullif(trim(r.street), '') is not null as has_street{values}
    from profile.statements as s
    join profile.agreed as a on a.customer_no = s.customer_no
    join staging.records as r on r.row_no = s.row_no
    where {some}
),
disputed as ({unpivoted}
    select
        customer_no, source_no, row_no, stated_at, recency, trust, 0 as filled, false as has_street, standing, place,
        type as field, contact as value
    from profile.contacts
    semi join (
        select customer_no, type from profile.contacts group by customer_no, type having min(contact) <> max(contact)
    ) as torn using (customer_no, type)
),
weighed as (
    select *, {_neatness("value")} as neatness from disputed
),
scored as (
    select
        customer_no, field, arg_max(value, neatness) as value, arg_max(source_no, neatness) as source_no,
        arg_max(row_no, neatness) as row_no, count(*) as records, max(stated_at) as stated_at, max(standing) as standing,
        max(trust) as trust, min(place) as place,
        case field{scores}
        end as score,
        -- A postcode alone is less than an address, however new it is.
        field <> 'address' or bool_or(has_street) as is_whole
    from weighed
    group by customer_no, field, lower(strip_accents(value))
)
select
    customer_no, field, value, source_no, row_no, records::integer as records, stated_at,
    row_number() over (
        partition by customer_no, field order by {whole}standing desc, score desc, trust desc, place, value
    )::integer as rank
from scored""",
    )


def _value(field: str) -> str:
    """The SQL of a field's value as text; null where it says nothing."""
    if field == "address":
        parts = ", ".join(f"nullif(trim(r.{part}), '')" for part in ADDRESS)
        return f"case when coalesce(r.street, r.city, r.postal_code) is not null then concat_ws(', ', {parts}) end"
    if field == "birth_date":
        return f"case when not {is_nobodys('r')} then r.birth_date::varchar end"
    return f"case when not {is_nobodys_name(f'r.{field}')} then r.{field} end"


def golden(config: Config) -> str:
    """The SELECT of profile.golden: one row per customer with every surviving value and its source."""
    stated = mapped(config)
    won = ",\n        ".join(
        f"max(value) filter (where field = '{field}') as {field}, max(source_no) filter (where field = '{field}') as {field}_no"
        for field in (*stated, *CONTACTS)
    )
    reached = ",\n        ".join(
        f"max(contact) filter (where type = '{field}') as {field},"
        f" arg_max(source_no, trust) filter (where type = '{field}') as {field}_no"
        for field in CONTACTS
    )
    texts = ",\n    ".join(_survivor(field, stated) for field in (*NAMES, *CONTACTS))
    address = "coalesce(w.address_row, a.address_row)" if "address" in stated else "null"
    parts = ", ".join(f"r.{part}" for part in ADDRESS)
    return f"""
with
won as (
    select
        customer_no,
        max(row_no) filter (where field = 'address') as address_row,
        {won}
    from profile.candidates
    where rank = 1
    group by customer_no
),
reached as (
    select
        customer_no,
        {reached}
    from profile.contacts
    group by customer_no
)
select
    n.customer_no,
    {texts},
    {parts},
    {_source("address", stated)},
    {_survivor("birth_date", stated, "date")}
from profile.numbers as n
cross join (select list(source order by source_no) as names from profile.sources)
left join profile.agreed as a on a.customer_no = n.customer_no
left join won as w on w.customer_no = n.customer_no
left join reached as c on c.customer_no = n.customer_no
left join staging.records as r on r.row_no = {address}"""


def _survivor(field: str, stated: Sequence[str], kind: str = "varchar") -> str:
    """The SQL of a surviving value and its source: the winner where it is in dispute, else what all agree on."""
    if field not in (*stated, *CONTACTS):
        return f"null::{kind} as {field}, {_source(field, stated)}"
    return (
        f"coalesce(w.{field}, {'c' if field in CONTACTS else 'a'}.{field})::{kind} as {field}, {_source(field, stated)}"
    )


def _source(field: str, stated: Sequence[str]) -> str:
    if field not in (*stated, *CONTACTS):
        return f"null::varchar as {field}_from"
    return f"list_extract(names, coalesce(w.{field}_no, {'c' if field in CONTACTS else 'a'}.{field}_no) + 1) as {field}_from"
