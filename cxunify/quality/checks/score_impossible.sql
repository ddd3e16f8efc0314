-- id: score_impossible
-- dimension: validity
-- title: Survey scores outside 0 to 10
-- subject: interaction
-- of: filled
-- price: none
-- target: 0.999
-- enough: exists (from quality.coverage where subject = 'interaction' and field = 'score' and filled > 0)
-- lacks: no score is filled
-- fix: Map a score of 0 to 10 in {source}; another scale needs converting first.
-- why: Satisfaction by store or channel is an average over two scales.
select
    source, interaction_id as key, 'score' as field, location, occurred_at, coalesce(lines, 1) as lines,
    null::decimal(18, 2) as amount, null::varchar as customer_id
from quality.happened
where score is not null and kind = 'survey' and (score < 0 or score > 10)
