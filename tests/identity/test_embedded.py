"""Pairs with a known answer among the sample's ordinary people: names of many countries, forms of names, companies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.config.columns import Phrase
from cxunify.identity import resolve
from cxunify.identity.ask.review import BAND
from cxunify.identity.match.score import UNIT
from cxunify.schema import RECORDS
from cxunify.warehouse import Warehouse
from tests.identity import people, project

CASES = yaml.load(
    (Path(__file__).parent / "cases" / "embedded.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506 - texts only
)
SOURCES = {"a": "contacts", "b": "web_accounts"}


def _records() -> Iterator[dict[str, Any]]:
    """Both records of every case, each of another source: `case 007 a`, `case 007 b`."""
    for number, case in enumerate(CASES):
        for place, (side, source) in enumerate(SOURCES.items()):
            yield {
                "source": source, "record_id": f"case {number:03} {side}", "row_no": 10**15 + 2 * number + place,
                **case.get("both", {}), **case[side],
            }  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What became of each case: `one` customer, a pair to `review`, or `two` customers; a third record makes it `more`."""
    config = project.resolved(tmp_path_factory.mktemp("embedded"))
    people_of_one = config.sources["contacts"].person
    assert people_of_one
    people_of_one.attributes["salutation"] = Phrase(column="Salutation")
    with Warehouse.open(config.warehouse_path, read_only=True) as sample:
        ordinary = sample.frame("select * from staging.records")
    opened = people.warehouse(_records())
    cases = opened.frame("select * from staging.records")
    opened.write(RECORDS, ordinary.vstack(cases.select(ordinary.columns).cast(ordinary.schema)))
    resolve(opened, config)
    return dict(opened.rows(_FOUND, {"band": BAND * UNIT}))


_FOUND = """
with
owned as (
    select a.record_id, f.node, a.customer_id, count(*) over (partition by a.customer_id) as records
    from identity.assignments as a
    join identity.features as f using (source, record_id)
)
select
    substr(x.record_id, 6, 3)::integer,
    case
        when greatest(x.records, y.records) > (case when x.customer_id = y.customer_id then 2 else 1 end) then 'more'
        when x.customer_id = y.customer_id then 'one'
        when w.weight > 0 or (w.weight >= -$band and not w.is_forbidden) then 'review'
        else 'two'
    end
from owned as x
join owned as y on y.record_id = left(x.record_id, 8) || ' b'
left join identity.comparisons as c on c.a = least(x.node, y.node) and c.b = greatest(x.node, y.node)
left join identity.weights as w on w.pattern = c.pattern
where x.record_id like 'case % a'
"""


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: CASES[n]["why"])
def test_it_is_who_it_is(found: dict[int, str], number: int) -> None:
    allowed = {"one": {"one"}, "one, perhaps": {"one", "review"}, "two": {"two", "review"}}
    assert found[number] in allowed[CASES[number]["is"]]


def test_what_the_data_says_of_a_name_goes_before_what_is_known_of_it(tmp_path: Path) -> None:
    bearers = [{"given_name": name, "gender": gender} for name, gender in {"Nikola": "m", "Toni": "f"}.items()] * 5
    opened = people.warehouse(
        [*bearers, {"given_name": "Peter"}, {"given_name": "Petra"}, {"given_name": "Paul", "gender": "female"}]
    )
    resolve(opened, people.config(tmp_path))
    known = dict(opened.rows("select given, gender from identity.given_names"))
    assert known == {"nikola": "m", "toni": "f", "peter": "m", "petra": None, "paul": "m"}
