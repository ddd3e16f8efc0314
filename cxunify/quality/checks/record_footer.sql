-- id: record_footer
-- dimension: validity
-- title: A row of totals that became a person
-- subject: record
-- of: records
-- price: customers
-- weight: 1
-- target: 1
-- fix: Export {source} without its last lines (totals, counts, who made the report), or leave them out with `skip`.
-- why: Somebody called Total is counted as a customer, and collects what belongs to nobody.
with
ends as (select file_id, max(source_row) as last_row from staging.records group by file_id)
select
    r.source, r.record_id as key, 'record_id' as field, null::varchar as location,
    coalesce(r.created_at, r.updated_at) as occurred_at, 1 as lines, null::decimal(18, 2) as amount, a.customer_id
from staging.records as r
join ends as e on e.file_id = r.file_id and r.source_row > e.last_row - 5
left join identity.assignments as a on a.source = r.source and a.record_id = r.record_id
where
    len(r.emails) = 0 and r.birth_date is null
    and len(list_filter([r.record_id, r.full_name, r.given_name, r.family_name, r.company, r.street, r.city], lambda value:
        regexp_full_match(
            lower(trim(value)),
            '((grand|sub|report)[ -]?)?totals?( ?[:(].*)?|sums?:?|summe:?|gesamt(summe)?:?|count:?|(total )?(records|rows|customers)( ?:.*)?'
            || '|\d+ (records|rows|customers)( .*)?|(generated|created|exported|printed) (by|on|at).*|end of (report|file|data)|page \d+.*'
            || '|confidential.*|copyright.*'
        )
    )) > 0
