-- The models in force today, parameter by parameter.
with
purchases as (select * from actions.rhythms where quarters_ago = 0),
spend as (select * from actions.spends where quarters_ago = 0),
said as (
    select 'purchases' as model, 'r' as parameter, r as value, 'shape of purchase rates' as unit, customers, patterns, log_likelihood, at_bound from purchases
    union all
    select 'purchases', 'alpha', alpha, 'days', customers, patterns, log_likelihood, at_bound from purchases
    union all
    select 'purchases', 'a', a, 'purchases after which customers left', customers, patterns, log_likelihood, at_bound from purchases
    union all
    select 'purchases', 'b', b, 'purchases after which they stayed', customers, patterns, log_likelihood, at_bound from purchases
    union all
    select 'spend', 'p', p, 'shape of spend per purchase', customers, null, log_likelihood, at_bound from spend
    union all
    select 'spend', 'q', q, 'shape among customers', customers, null, log_likelihood, at_bound from spend
    union all
    select 'spend', 'gamma', gamma, 'company''s currency', customers, null, log_likelihood, at_bound from spend
    union all
    select 'spend', 'correlation', correlation, 'of how often and how much', customers, null, null, '' from spend
    union all
    select 'blend', concat('share_of_', quantity), share, 'share of the model; the rest is the last quarter''s', customers, null, null, ''
    from actions.blends
    where quarters_ago = 0
)
select
    model,
    parameter,
    value,
    unit,
    customers,
    patterns,
    log_likelihood,
    contains(concat(',', at_bound, ','), concat(',', parameter, ',')) as at_bound,
    $today::date as fitted_on
from said
