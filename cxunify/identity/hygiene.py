"""identity.contacts, identity.features -> identity.names_known, identity.record_values, identity.values: which values are evidence.

A value is evidence only if it is rare. What many people use is shared, what systems write when they know nothing is a
placeholder; both are kept, counted and reported, and join nobody.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.warehouse import Stage, literal

MOST_RECORDS = 100
"""Records behind one value beyond which nobody owns it, however few names it is seen with."""


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of values and how they are used, in order."""
    return (given_names(), family_names(), record_values(), trace_values(), values(config))


def given_names() -> Stage:
    """How common each given name is, and the formal name that it most likely stands for."""
    select = """
with
counted as (select given, count(*) as records from identity.features where given is not null group by given),
-- A pet form may stand for several names: the most common of them in this data, then the first in the alphabet.
formal as (
    select n.name, max({records: coalesce(c.records, 0), rank: -length(n.formal), name: n.formal}).name as formal
    from identity.nicknames as n
    left join counted as c on c.given = n.formal
    group by n.name
),
total as (select count(*) as records from identity.features)
select
    (row_number() over (order by given))::integer as given_id,
    c.given,
    c.records,
    coalesce(f.formal, c.given) as formal,
    case
        when c.records <= greatest(10, 0.0005 * t.records) then 1
        when c.records <= greatest(30, 0.003 * t.records) then 2
        else 3
    end::utinyint as commonness
from counted as c
cross join total as t
left join formal as f on f.name = c.given
"""
    return Stage("identity.given_names", select, ("given",), "One row per given name: how common it is.")


def family_names() -> Stage:
    """How common each family name is."""
    select = """
select
    (row_number() over (order by family))::integer as family_id,
    family,
    count(*) as records,
    case
        when count(*) <= greatest(10, 0.0003 * any_value(t.records)) then 1
        when count(*) <= greatest(30, 0.002 * any_value(t.records)) then 2
        else 3
    end::utinyint as commonness
from identity.features
cross join (select count(*) as records from identity.features) as t
where family is not null
group by family
"""
    return Stage("identity.family_names", select, ("family",), "One row per family name: how common it is.")


def record_values() -> Stage:
    """Every mailbox, number and identifier of every record."""
    select = """
with
numbered as (
    select f.node, f.country, r.emails, r.phones, r.identifiers
    from staging.records as r
    join identity.features as f on f.source = r.source and f.record_id = r.record_id
),
written as (
    select node, 'email' as type, null as country, unnest(emails) as written, generate_subscripts(emails, 1) as place from numbered
    union all
    select node, 'phone', country, unnest(phones), generate_subscripts(phones, 1) from numbered
    union all
    select node, entry.key, case when entry.key = 'phone' then $region end, entry.value, 1 from (select node, unnest(map_entries(identifiers)) as entry from numbered)
)
select w.node, w.type, c.value, min(w.place)::utinyint as place, bool_or(c.is_placeholder) as is_placeholder, bool_or(c.is_role) as is_role
from written as w
join identity.contacts as c on c.type = w.type and c.written = w.written and c.country is not distinct from w.country
group by w.node, w.type, c.value
"""
    return Stage("identity.record_values", select, ("node", "type", "value"), "One row per record and value that it carries.")


def trace_values() -> Stage:
    """Every identifying value of every trace, with the record that the trace's foreign key points to."""
    select = """
with
written as (
    select t.trace_id, t.person_source, t.person_record_id, entry.key as type, entry.value as written
    from (select *, unnest(map_entries(identifiers)) as entry from staging.traces) as t
)
select w.trace_id, w.type, c.value, c.is_placeholder, f.node, w.person_source, w.person_record_id
from written as w
join identity.contacts as c
    on c.type = w.type and c.written = w.written and c.country is not distinct from case when w.type = 'phone' then $region end
left join identity.features as f on f.source = w.person_source and f.record_id = w.person_record_id
"""
    return Stage("identity.trace_values", select, ("trace_id", "type"), "One row per trace and value that it carries.")


def values(config: Config) -> Stage:
    """Each value with the people it is seen with, and what follows from that."""
    limits = config.identity.shared_values
    known = {"email": limits.email, "phone": limits.phone, "device_id": limits.device_id}
    by_type = " ".join(f"when {literal(name)} then {limit}" for name, limit in known.items())
    select = f"""
with
uses as (
    select node, type, value, is_placeholder, is_role, true as is_stated from identity.record_values
    union all
    select distinct node, type, value, is_placeholder, false, false from identity.trace_values
),
-- People are told apart by the formal given name. Initials and missing names tell nobody apart.
counted as (
    select
        u.type, u.value,
        bool_or(u.is_placeholder) as is_placeholder,
        bool_or(u.is_role) as is_role,
        count(distinct u.node) filter (u.is_stated) as records,
        count(distinct u.node) as users,
        count(distinct g.formal) filter (length(f.given) > 1) as names,
        count(distinct f.family) as families,
        count(distinct left(g.formal, 1)) as initials,
        count(distinct f.source) as sources
    from uses as u
    left join identity.features as f on f.node = u.node
    left join identity.given_names as g on g.given = f.given
    group by u.type, u.value
),
judged as (
    select *, case type {by_type} else {limits.other} end as most from counted
)
select
    (row_number() over (order by type, value))::integer as value_id,
    type, value, records, names, families, sources,
    least(greatest(initials, 1), 100)::utinyint as people,
    case
        when is_placeholder then 'placeholder'
        when type = 'device_id' and users > most then 'shared'
        when names > most or users > {MOST_RECORDS} or (is_role and names > 1) then 'shared'
        else 'valid'
    end as status,
    case
        when is_placeholder then 'placeholder'
        when type = 'device_id' and users > most then 'logins > ' || most
        when names > most then 'names > ' || most
        when users > {MOST_RECORDS} then 'records > {MOST_RECORDS}'
        when is_role and names > 1 then 'role mailbox'
    end as rule,
    users
from judged
"""
    return Stage("identity.values", select, ("type", "value"), "One row per value: who uses it, and whether it is evidence.")

