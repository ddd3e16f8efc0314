-- id: consent_elsewhere
-- dimension: consistency
-- title: Opt-ins and opt-outs by an address of another channel than their source's
-- subject: interaction
-- key: row
-- of: interactions
-- price: none
-- weight: 0.2
-- fix: Say which channel {source} speaks of (`channel`), or map its address of that channel, or the key of its customers instead of {field}; until then each opt-out closes both channels, and no opt-in opens either.
-- why: A number among the unsubscribed of a newsletter may have opted out of e-mail or of text messages, and nobody can say of which.
with
elsewhere as (select distinct row_no, trace_id from profile.acts where is_elsewhere)
select
    i.source,
    i.row_no::varchar as key,
    'identifiers.' || t.type as field,
    i.location,
    i.occurred_at,
    coalesce(i.lines, 1) as lines,
    null::decimal(18, 2) as amount,
    a.customer_id
from elsewhere as e
join staging.interactions as i on i.row_no = e.row_no
join (
    select trace_id, min(entry.key) as type
    from (select trace_id, unnest(map_entries(identifiers)) as entry from staging.traces)
    where starts_with(entry.key, 'email') or starts_with(entry.key, 'phone')
    group by trace_id
) as t on t.trace_id = e.trace_id
left join identity.trace_assignments as a on a.trace_id = e.trace_id
