"""identity.features, temp.contacts -> identity.value_status, identity.contact_points and others: which values are evidence.

A value is evidence only if it is rare and whole. What many people use is shared, what systems write when they know nothing is a
placeholder, what lost signs on its way is damaged; all are kept, counted and reported, and join nobody.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence import damage, sounds
from cxunify.identity.evidence.everywhere import MOST_PLACES, everywhere
from cxunify.identity.evidence.hashes import of_records, of_traces
from cxunify.identity.evidence.keys import form, means_nobody
from cxunify.schema import Table
from cxunify.schema.identity import CONTACT_POINTS
from cxunify.secret import digest
from cxunify.vocabulary import hashes
from cxunify.vocabulary.names import IS_OTHER_GENDER
from cxunify.warehouse import Parts, Stage, Step, literal, statement

RARE, USUAL, COMMON = 1, 2, 3
"""How common a name is: shares of the records that bear it, with a floor for small data."""
BEARERS = 5
"""Records that state a gender, from which a given name is taken to be a man's or a woman's in this data."""
UNLIKE = 0.75
"""Jaro-Winkler similarity of two formal names below which they are two people's, even if they begin with one letter."""
UNLIKE_AT_WORK = 0.9
"""Likewise, of people who work for one company: they are many, and share what is the company's."""
MOST_RECORDS = 100
"""Records behind one value beyond which nobody owns it, however few names it is seen with."""


def stages(config: Config) -> tuple[Step, ...]:
    """The tables of values and how they are used, in order."""
    return (
        *sounds.stages(),
        given_names(),
        family_names(),
        record_values(config),
        trace_values(config),
        *damage.stages(),
        everywhere(),
        once_shared(),
        values(config),
        standing(),
        contact_points(),
    )


def given_names() -> Stage:
    """How common each given name is, and the formal name that it most likely stands for."""
    return Stage(
        Table("identity.given_names", "One row per given name: how common it is.", ("given",)),
        statement("cxunify.identity", "evidence", "given_names"),
    )


def family_names() -> Stage:
    """How common each family name is."""
    return Stage(
        Table("identity.family_names", "One row per family name: how common it is.", ("family",)),
        statement("cxunify.identity", "evidence", "family_names"),
    )


def record_values(config: Config) -> Stage:
    """Every mailbox, number and identifier of every record; `key` stands for type and value."""
    select = f"""
with
known as (
    select f.node, r.identifiers
    from staging.records as r
    join identity.features as f on f.row_no = r.row_no
    where cardinality(r.identifiers) > 0
),
listed as (
    select node, type, value, place, local, letters, is_placeholder, is_role
    from temp.contacts
    where node is not null and value is not null
    union all
    select node, type, {form(config, "type", "written")}, 1, null, null, {means_nobody(config, "type", "written")}, false
    from (
        select node, entry.key as type, entry.value as written
        from (select node, unnest(map_entries(identifiers)) as entry from known)
    )
    where trim(written) <> '' and type not in ('email', 'phone'){of_records(config)}
)
select
    hash(type, value) as key, node, type, value,
    min(place)::integer as place, min(local) as local, min(letters) as letters,
    bool_or(is_placeholder) as is_placeholder, bool_or(is_role) as is_role
from listed
group by node, type, value
"""
    return Stage(Table("identity.record_values", "One row per record and value that it carries."), select)


def trace_values(config: Config) -> Stage:
    """Every identifying value of every trace, with the record that the trace's foreign key points to."""
    select = f"""
with
listed as (
    select
        trace_id, person_source, person_record_id, type, {form(config, "type", "written")} as value,
        {means_nobody(config, "type", "written")} as is_placeholder
    from temp.trace_entries
    where type not in ('email', 'phone')
    union all
    select t.trace_id, t.person_source, t.person_record_id, c.type, c.value, c.is_placeholder
    from temp.contacts as c
    join staging.traces as t on t.trace_id = c.trace_id{of_traces(config)}
)
select hash(w.type, w.value) as key, w.trace_id, w.type, w.value, w.is_placeholder, f.node, w.person_source, w.person_record_id
from listed as w
left join identity.foreign_keys as k on k.source = w.person_source and k.record_id = w.person_record_id
left join identity.features as f on f.source = k.source and f.record_id = k.points_to
where w.value <> ''
"""
    return Stage(
        Table("identity.trace_values", "One row per trace and value that it carries.", ("trace_id", "type")), select
    )


def once_shared() -> Stage:
    """Values that people who are forgotten shared with others: known by their hashes, which are made only where there are any."""
    mark = digest("type || chr(31) || value")
    return Stage(
        Table("identity.once_shared", "One row per value that others shared who are forgotten.", ("key",)),
        statement("cxunify.identity", "evidence", "once_shared").replace("$mark", mark),
    )


def values(config: Config) -> Stage:
    """Each value that several records use, or that means nothing, with the people it is seen with and what follows from that."""
    limits = config.identity.shared_values
    known = {"email": limits.email, "phone": limits.phone, "device_id": limits.device_id}
    declared = ", ".join(literal(entry) for entry in config.identity.placeholders) or "null"
    by_type = " ".join(f"when {literal(name)} then {limit}" for name, limit in known.items())
    select = f"""
with
-- Values that mean nothing whoever uses them, and the reason.
told as (
    select key, type, value, 'damaged' as status, rule from identity.damaged
    union all
    select key, type, value, 'shared', rule from identity.tagged
    union all
    select key, type, value, 'shared', 'places in one day > {MOST_PLACES}' from identity.everywhere
    union all
    select key, type, value, 'shared', most.other || ' beside it > {damage.MOST_TIED}' from identity.tied
),
reasons as (select key, min({{status: status, rule: rule}}) as reason from told group by key),
uses as (
    select key, node, is_placeholder, is_role, true as is_stated, {hashes.of("type")} = 'email' as is_mailbox
    from identity.record_values
    union all
    select t.key, t.node, bool_or(t.is_placeholder), false, false, false
    from identity.trace_values as t
    anti join identity.record_values as r on r.key = t.key and r.node = t.node
    where t.node is not null or t.is_placeholder
    group by t.key, t.node
    union all
    select key, null, false, false, false, false from told
    union all
    select key, null, false, false, false, false from identity.once_shared
),
named as (
    select
        u.key, u.node, u.is_placeholder, u.is_role, u.is_stated, u.is_mailbox, f.source, f.given, f.family, f.company,
        case when length(f.given) > 1 then g.formal end as formal, translate(left(g.formal, 1), 'yj', 'ii') as initial
    from uses as u
    semi join (select key from uses group by key having count(*) > 1 or bool_or(is_placeholder or node is null)) as r
        on r.key = u.key
    left join identity.features as f on f.node = u.node
    left join identity.given_names as g on g.given = f.given
),
spelled as (
    select key, any_value(type) as type, any_value(value) as value
    from (
        select key, type, value from identity.record_values
        union all
        select key, type, value from identity.trace_values where node is not null or is_placeholder
        union all
        select key, type, value from told
        union all
        select key, type, value from identity.once_shared
    )
    semi join named using (key)
    group by key
),
-- People are told apart by the formal given name; Y, J and I are one initial in two scripts (Yulia, Julia). Initials and missing
-- names tell nobody apart. Few values have many users, and only of those are people counted; of the others it is enough to know
-- whether all are one.
summed as (
    select
        key, bool_or(is_placeholder) as is_placeholder, bool_or(is_role) as is_role,
        count(*) filter (is_stated) as records, count(node) as users,
        case when min(formal) is null then 0 when min(formal) = max(formal) then 1 else 2 end as names,
        case when min(family) is null then 0 when min(family) = max(family) then 1 else 2 end as families,
        min(initial) as first_initial, max(initial) as last_initial, min(formal) as first_name, max(formal) as last_name,
        case when min(source) = max(source) then 1 else 2 end as sources,
        -- All work for one company, and not all can be one person: given names are unlike, or initials
        -- differ; in a mailbox, those of given names.
        coalesce(
            min(company) = max(company) and count(company) = count(node)
                and (
                    min(initial || left(family, 1)) <> max(initial || left(family, 1))
                    or jaro_winkler_similarity(min(formal), max(formal)) < {UNLIKE_AT_WORK}
                )
                and (min(initial) <> max(initial) or not bool_or(is_mailbox)),
            false
        ) as is_colleagues
    from named
    group by key
),
detailed as (
    select
        key, count(distinct formal) as names, count(distinct family) as families, count(distinct source) as sources,
        count(distinct least(given, family) || ' ' || greatest(given, family)) = 1 and count(family) = count(given) as is_one_name
    from named
    semi join (select key from summed where users > 2 or is_placeholder or names > 1) as s using (key)
    group by key
),
counted as (
    select
        s.key, s.is_placeholder, s.is_role, s.is_colleagues, s.records, s.users,
        -- Vincent and Valerie are two people, and so are Paul and Paula; a name and its slip, its other spelling or its initial
        -- are one, and so is who is Anna Nagy here and Nagy Anna there.
        d.is_one_name is not true and (
            s.first_initial <> s.last_initial
            or (x.sound <> y.sound and jaro_winkler_similarity(x.latin, y.latin) < {UNLIKE})
            or {IS_OTHER_GENDER}
        ) as are_two,
        coalesce(d.names, s.names) as names, coalesce(d.families, s.families) as families, coalesce(d.sources, s.sources) as sources
    from summed as s
    left join detailed as d using (key)
    left join identity.given_names as x on x.given = s.first_name
    left join identity.given_names as y on y.given = s.last_name
),
judged as (
    select
        c.key, c.is_role, c.is_colleagues, c.records, c.users, c.are_two, c.names, c.families, c.sources,
        s.type, s.value, case {hashes.of("s.type")} {by_type} else {limits.other} end as most,
        c.is_placeholder or coalesce(s.type || ':' || s.value in ({declared}), false) as is_placeholder, r.reason,
        o.status as once, o.rule as once_rule, o.people as once_people
    from counted as c
    join spelled as s using (key)
    left join reasons as r using (key)
    left join identity.once_shared as o using (key)
)
select
    key, type, value, records, users, names, families, sources,
    greatest(case when are_two then 2 else 1 end, once_people)::utinyint as people,
    case
        when is_placeholder then 'placeholder'
        when reason is not null then reason.status
        when type = 'device_id' and users > most then 'shared'
        when names > most or users > {MOST_RECORDS} or is_colleagues or (is_role and greatest(names, families) > 1) then 'shared'
        else coalesce(once, 'valid')
    end as status,
    case
        when is_placeholder then 'placeholder'
        when reason is not null then reason.rule
        when type = 'device_id' and users > most then 'logins > ' || most
        when names > most then 'names > ' || most
        when users > {MOST_RECORDS} then 'records > {MOST_RECORDS}'
        when is_role and greatest(names, families) > 1 then 'role mailbox'
        when is_colleagues then 'colleagues'
        else once_rule
    end as rule
from judged
"""
    return Stage(
        Table("identity.value_status", "One row per value that several use or that means nothing.", ("key",)), select
    )


def standing() -> Stage:
    """What matching reads of the status of values: where only what traces carry has changed, no record is compared again."""
    meaning = "One row per value of a record that several use or that means nothing."
    return Stage(Table("identity.standing", meaning, ("key",)), statement("cxunify.identity", "evidence", "standing"))


def contact_points() -> Stage:
    """What profile and quality read of how people can be reached: they unnest staging no more, and read no value anew."""
    return Stage(
        CONTACT_POINTS,
        statement("cxunify.identity", "evidence", "contact_points"),
        parts=Parts("hash(row_no, trace_id)"),
    )
