"""An identifier in too many places on one day is nobody's, whoever it belongs to on paper."""

from cxunify.identity.evidence.everywhere import FEWEST, MOST_PLACES, everywhere
from cxunify.schema import Table
from cxunify.warehouse import Stage, Warehouse


def _found(visits: list[tuple[str, str, str]]) -> list[tuple[str, int]]:
    """The values found among `visits`: card, day and store of each interaction."""
    listed = ", ".join(f"('{card}', timestamp '{day} 10:00', '{store}')" for card, day, store in visits)
    with Warehouse.open() as warehouse:
        warehouse.build(
            [
                Stage(
                    Table("staging.visits", ""), f"select * from (values {listed}) as v(card, occurred_at, location)"
                ),
                Stage(
                    Table("staging.interactions", ""),
                    "select hash(card) as trace_id, occurred_at, location from staging.visits",
                ),
                Stage(
                    Table("staging.traces", ""),
                    "select trace_id, count(*) as interactions from staging.interactions group by trace_id",
                ),
                Stage(
                    Table("identity.trace_values", ""),
                    "select distinct hash(card) as key, hash(card) as trace_id, 'loyalty_id' as type, card as value,"
                    " false as is_placeholder from staging.visits",
                ),
                everywhere(),
            ],
            {"fewest_interactions": FEWEST, "most_places": MOST_PLACES},
        )
        return warehouse.rows("select value, places from identity.everywhere order by value")


def test_a_card_in_six_stores_on_one_day_is_a_cashiers() -> None:
    cashier = [("LC1", f"2024-01-{1 + i // 6:02}", f"S{i % (MOST_PLACES + 1)}") for i in range(FEWEST)]
    regular = [("LC2", f"2024-{1 + i % 12:02}-{1 + i // 12:02}", f"S{i % 9}") for i in range(2 * FEWEST)]
    assert _found(cashier + regular) == [("LC1", MOST_PLACES + 1)]


def test_a_few_visits_prove_nothing() -> None:
    assert _found([("LC1", "2024-01-01", f"S{i}") for i in range(FEWEST - 1)]) == []
