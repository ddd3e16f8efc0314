"""The tables of the layer on more rows than one thread is given at a time: whatever the threads, the same to the last bit."""

from __future__ import annotations

from cxunify.actions import best, capabilities, contact, holdout, lifecycle, loyalty
from cxunify.actions.improve import channels, complaints, contacts, drivers, hotspots, lost, needs, won
from cxunify.actions.lift import steps as lift
from cxunify.actions.plan import steps as plan
from cxunify.actions.products import check as products_check
from cxunify.actions.products import steps as products
from cxunify.actions.purchases import steps as purchases
from cxunify.actions.treatments import steps as treatments
from cxunify.actions.triggers import steps as triggers
from tests.actions.house import TODAY, build, config, house
from tests.actions.shops import OPEN

CUSTOMERS = 130_000
"""DuckDB gives a thread 122,880 rows at a time."""
READY = (
    *OPEN,
    *(
        of.CAPABILITY
        for of in (
            *(triggers, contact, treatments, lift, plan, products_check, loyalty, lifecycle, best, lost),
            *(complaints, contacts, drivers, channels, won, hotspots, needs),
        )
    ),
)
TOLD = ("plan", "next_product_checks", "loyalty_cover", "lifecycle_due", "best_actions", "lost_sales", "complaint_effects",
        "contact_effects", "drivers", "channel_effects", "won_triggers", "hotspots", "need_capture")  # fmt: skip
WORLD = """
insert into profile.numbers (customer_no, customer_id)
select n, concat('c', lpad((n * 7919 % 1000003)::varchar, 7, '0')) from range(1, $customers + 1) as made(n);
-- Two in three come back, some of them often.
insert into profile.purchase_days (customer_no, day, spend)
select n, $today - (hash(n * 9 + k) % 70 * 10)::integer, min(1 + hash(n * 7 + k) % 9999 / 100.0)::decimal(18, 2)
from range(1, $customers + 1) as made(n), range(0, 9) as often(k) where k <= hash(n) % 9 - hash(n) % 3 group by all;
insert into profile.days (customer_no, channel, day, purchases, returns, purchase_spend, visits, contacts, acts)
select customer_no, 'pos', day, 1, 0, spend, 1, 0, 1 from profile.purchase_days;
-- Some come to the shop of the web every week, and a tenth of these no longer.
insert into profile.days (customer_no, channel, day, purchases, returns, visits, contacts, acts)
select n, 'web', $today - (k * 7 + n % 7)::integer, 0, 0, 1, 0, 1
from range(1, 1500) as made(n), range(0, 95) as weeks(k) where n % 10 > 0 or k > 13;
insert into profile.behaviour (customer_no, first_at, purchases, net_spend, store_purchases, web_purchases, last_purchase_at)
select customer_no, min(day)::timestamp, count(*), sum(spend), 1, 0, max(day)::timestamp
from profile.purchase_days group by customer_no;
insert into profile.customers (customer_no, customer_id, purchase_days, open_complaints, first_purchase_at)
select n.customer_no, n.customer_id, count(*), 0, min(d.day)::timestamp
from profile.numbers as n join profile.purchase_days as d on d.customer_no = n.customer_no group by n.customer_no, n.customer_id;
insert into profile.consent (customer_no, customer_id, channel, is_allowed)
select customer_no, customer_id, channel, customer_no % 5 > 0 from profile.numbers, (values ('email'), ('phone')) as c(channel);
insert into identity.identifiers (customer_id, type, value, status)
select customer_id, type, customer_id, 'valid' from profile.numbers, (values ('email'), ('phone')) as c(type);
insert into profile.moments (row_no, customer_no, occurred_at, occurred_date, has_date, channel, kind)
select n, n, ($today - 50)::timestamp, $today - 50, true, 'email', case when hash(n) % 3 = 0 then 'held_out' else 'contact_out' end
from range(1, $customers + 1) as made(n);
insert into staging.interactions (row_no, campaign) select row_no, 'spring' from profile.moments;
-- What is bought has a product, and some of it lay in a cart the day before.
insert into profile.moments (row_no, customer_no, occurred_at, occurred_date, has_date, channel, kind, trade, rate)
select
    1000000 + row_number() over (order by customer_no, day), customer_no, day::timestamp, day, true,
    'pos', 'purchase', 'purchase', 1
from profile.purchase_days;
insert into profile.moments (row_no, customer_no, occurred_at, occurred_date, has_date, channel, kind, amount, rate)
select row_no + 10000000, customer_no, occurred_at - interval 1 day, occurred_date - 1, true, 'web', 'cart', hash(row_no) % 99, 1
from profile.moments where kind = 'purchase' and hash(row_no) % 5 = 0;
insert into staging.interactions (row_no, source, interaction_id, product)
select row_no, 'tills', row_no::varchar, concat('p', (hash(row_no) % 9 + customer_no % 3)::varchar)
from profile.moments where kind = 'purchase';
update profile.moments set revenue = 1 + hash(row_no) % 9999 / 100.0 where kind = 'purchase';
insert into profile.buyers (customer_no) select customer_no from profile.numbers;
-- Some complain after a purchase, some ask for something, mails come every month, and some opt out.
insert into profile.cases (case_id, channel, customer_no, opened_at, is_complaint, is_open, hours_to_resolve, reopened)
select concat('k', customer_no), 'crm', customer_no, (day + 3)::timestamp, true, false, hash(customer_no) % 200, 0
from profile.purchase_days where hash(customer_no, day) % 40 = 0;
insert into profile.moments (row_no, customer_no, occurred_at, occurred_date, has_date, channel, kind)
select
    30000000 + row_number() over (order by case_id, opened_at), customer_no, opened_at, opened_at::date, true,
    'crm', 'contact_in'
from profile.cases;
insert into staging.interactions (row_no, agent, reason, case_id)
select row_no, concat('a', hash(row_no) % 5), case when row_no % 3 > 0 then 'late' end, concat('k', customer_no)
from profile.moments where kind = 'contact_in';
insert into profile.moments (row_no, customer_no, occurred_at, occurred_date, has_date, channel, kind)
select
    20000000 + n * 10 + k, n, ($today - (20 + 30 * k)::integer)::timestamp, $today - (20 + 30 * k)::integer, true,
    'email', 'contact_out'
from range(1, $customers + 1) as made(n), range(0, 4) as often(k);
insert into staging.interactions (row_no) select row_no from profile.moments where row_no between 20000000 and 29999999;
insert into profile.acts (customer_no, channel, is_allowed, acted_at)
select customer_no, 'email', false, ($today - 45)::timestamp from profile.numbers where hash(customer_no) % 30 = 0;
"""


def acted(threads: int) -> dict[str, str]:
    """Each table of the layer, as a fingerprint of its rows."""
    chosen = config(
        holdout={"share": 0.3},
        margin=0.4,
        contact={"email": {"per_7d": 1, "capacity": 40_000}, "phone": {"per_90d": 1, "cost": 4}},
        offers={
            "a": {"channel": "email", "effect": 0.1, "cost": 1, "value": 90},
            "b": {"channel": "phone", "effect": 0.2, "value": 40},
        },
        budget=20_000,
    )
    steps = (
        capabilities.gate(), *purchases.steps(chosen), *holdout.steps(chosen), *triggers.steps(chosen), *contact.steps(chosen),
        *treatments.steps(chosen), *lift.steps(chosen), *plan.steps(chosen), *products.steps(), *loyalty.steps(),
        *lifecycle.steps(), *best.steps(), *lost.steps(), *complaints.steps(), *contacts.steps(), *drivers.steps(),
        *channels.steps(chosen), *won.steps(), *hotspots.steps(chosen), *needs.steps(),
    )  # fmt: skip
    with house({}, ready=READY, threads=threads) as warehouse:
        made = WORLD.replace("$today", f"date '{TODAY}'").replace("$customers", str(CUSTOMERS))
        for statement in made.strip().removesuffix(";").split(";"):
            warehouse.execute(statement)
        build(warehouse, steps)
        counts = {
            name: warehouse.scalar(f"select count(*) from actions.{name}")
            for name in ("triggers", "lift", "allotted", *TOLD)
        }
        assert min(counts.values()) > 0, counts
        return {step.table.name: warehouse.hash_of(step.table.name) for step in steps}


def test_more_threads_make_the_same_tables() -> None:
    one, many = acted(1), acted(8)
    assert [name for name in one if many[name] != one[name]] == []
