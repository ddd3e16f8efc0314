"""staging.records, staging.traces -> identity.foreign_keys, identity.same_ids: which record an id means, however it is written.

An id means the record that bears it. Where none does, it may be one that was merged into another record, whose source lists it
there (HubSpot); the other length of a Salesforce id; or one that differs only in what the configuration says does not count.
Nothing else is followed: what merely looks alike is for the gap report to tell.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.schema import Table
from cxunify.schema.identity import FOREIGN_KEYS
from cxunify.vocabulary import hashes, identifiers
from cxunify.vocabulary.identifiers import is_long_salesforce, is_placeholder, loosened, short_salesforce
from cxunify.warehouse import Stage, literal

_LISTED = """
    select source, record_id, unnest(merged_ids) as merged_id from staging.records where len(merged_ids) > 0"""


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables, in order; they read staging only."""
    return (foreign_keys(config), same_ids())


def foreign_keys(config: Config) -> Stage:
    """Each id that names a record from elsewhere, with the record that it means. Only ids that no record bears cost a search."""
    short = f"select source, record_id, {short_salesforce('record_id')} as form"
    salesforce = f"""
    select l.source, l.record_id, r.record_id, 2
    from ({short} from lost) as l
    join ({short} from staging.records where source in (select source from lost)) as r
        on r.source = l.source and r.form = l.form"""
    ways = [salesforce]
    for key, what in config.identity.ignore.items():
        kind, _, source = key.partition(".")
        if kind == "person" and source:
            alike = f"select source, record_id, {loosened('record_id', what)} as form from"
            ways.append(
                f"select l.source, l.record_id, r.record_id, 3 from ({alike} lost) as l"
                f" join ({alike} staging.records) as r on r.source = l.source and r.form = l.form"
                f" where l.source = {literal(source)}"
            )
    select = f"""
with
stated as (
    select person_source as source, person_record_id as record_id from staging.traces where person_record_id is not null
    union
    select source, merged_into from staging.records where merged_into is not null
),
borne as (
    select s.source, s.record_id, r.record_id as points_to
    from stated as s
    left join staging.records as r on r.source = s.source and r.record_id = s.record_id
),
lost as (select source, record_id from borne where points_to is null),
listed as ({_LISTED}
),
found as (
    select l.source, l.record_id, m.record_id as points_to, 1 as way
    from lost as l
    join listed as m on m.source = l.source and m.merged_id = l.record_id
    union all {" union all ".join(ways)}
),
-- Several survivors may list an id that was merged twice over; of other spellings one record must be the only one.
one as (
    select source, record_id, way, min(points_to) as points_to
    from found
    group by source, record_id, way
    having way = 1 or min(points_to) = max(points_to)
),
best as (
    select source, record_id, min({{way: way, points_to: points_to}}).points_to as points_to
    from one
    group by source, record_id
)
select b.source, b.record_id, coalesce(b.points_to, o.points_to) as points_to
from borne as b
left join best as o on o.source = b.source and o.record_id = b.record_id
"""
    return Stage(FOREIGN_KEYS, FOREIGN_KEYS.select(f"({select})"))


def same_ids() -> Stage:
    """Records of one source that it says are one by their ids: merged and still there, or one id in both of its lengths."""
    select = f"""
with
listed as ({_LISTED}
)
select l.source, l.record_id, r.record_id as other_id
from listed as l
join staging.records as r on r.source = l.source and r.record_id = l.merged_id
where r.record_id <> l.record_id
union
select l.source, l.record_id, r.record_id
from (select source, record_id from staging.records where {is_long_salesforce("record_id")}) as l
join staging.records as r on r.source = l.source and r.record_id = left(l.record_id, 15)
"""
    return Stage(
        Table("identity.same_ids", "One row per two records of a source that are one by their ids.", ()), select
    )


def form(config: Config, type_: str, written: str) -> str:
    """SQL for an identifier as it is compared in this project."""
    ignored = {key: what for key, what in config.identity.ignore.items() if "." not in key}
    return identifiers.form(type_, written, ignored, hashed(config))


def means_nobody(config: Config, type_: str, written: str) -> str:
    """SQL: whether an identifier stands for nobody, or is the hash of no text."""
    cases = " ".join(
        f"when {type_} = {literal(key)} then {hashes.is_of_nothing(hashes.spelled(written, key), key)}"
        for key in hashed(config)
    )
    plain = is_placeholder(written)
    return f"({plain} or case {cases} else false end)" if cases else plain


def hashed(config: Config) -> tuple[str, ...]:
    """The types of identifier in use that are hashes of mailboxes or numbers."""
    return hashes.among(config.identifiers)
