"""Random small worlds from the generator: what must hold in each of them, whatever it is like.

The suite looks at a few; `CXUNIFY_WORLDS=200` (`make soak`) at as many as it says.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from cxunify import identity, ingest
from cxunify.config import Config, load
from cxunify.schema import INTERACTIONS, RECORDS, TRACES
from cxunify.warehouse import Warehouse
from sample_data.generate import SMALLEST, generate
from sample_data.world.rates import DIRTY
from tests.bench.projects import ROOT

WORLDS = int(os.environ.get("CXUNIFY_WORLDS", "6"))
COUNTRIES = {"US": "USD", "DE": "EUR", "GB": "GBP"}
ASSIGNED = (
    "select source, record_id, customer_id, confidence, joined_by from identity.assignments order by source, record_id"
)


def world(folder: Path, seed: int) -> Config:
    """A project around a world of random size and country; in every other one the tills hold nobody twice."""
    dice = random.Random(seed)
    country = dice.choice(list(COUNTRIES))
    # A small world teaches little, and what little it teaches is doubted; a larger one is trusted.
    people = dice.randint(SMALLEST, 160) if seed % 4 else dice.randint(500, 900)
    generate(folder, people, seed, country, DIRTY)
    text = (ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8")
    for old, new in {
        "../sample_data/": "", "../demo/": "", "region: US": f"region: {country}",
        "currency: USD": f"currency: {COUNTRIES[country]}",
        "  pos_customers:\n": f"  pos_customers:\n    duplicate_free: {'true' if seed % 2 else 'false'}\n",
    }.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    (folder / "cxunify.yaml").write_text(text, encoding="utf-8")
    return load(folder / "cxunify.yaml")


def again(config: Config, staged: Warehouse, seed: int, threads: int) -> list[tuple[Any, ...]]:
    """What becomes of the same records in another order, on so many threads, with nothing learned before."""
    with Warehouse.open(threads=threads) as other:
        for table in (RECORDS, TRACES, INTERACTIONS):
            rows = staged.frame(f"select * from {table.name}").sample(fraction=1, shuffle=True, seed=seed)
            other.write(table, rows)
        identity.resolve(other, config)
        return other.rows(ASSIGNED)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_nothing_is_contradicted_lost_or_left_to_chance(seed: int, tmp_path: Path) -> None:
    config = world(tmp_path, seed)
    with Warehouse.open(config.warehouse_path, threads=2, directories=[tmp_path, *ingest.folders(config)]) as staged:
        ingest.ingest(staged, config, (), "run")
        found = identity.resolve(staged, config)
        assigned = staged.rows(ASSIGNED)
        # Every record is in exactly one customer.
        records = staged.rows("select source, record_id from staging.records order by source, record_id")
        assert [row[:2] for row in assigned] == records
        assert all(row[2] for row in assigned)
        assert 1 < found.customers < len(records)
        # No customer holds two loyalty cards, two generations, or two records of a source that holds nobody twice.
        customer = {row[:2]: row[2] for row in assigned}
        for what, sql in LOCKED.items():
            values = defaultdict(set)
            for source, record_id, value in staged.rows(sql):
                values[customer[source, record_id]].add(value)
            assert not [held for held in values.values() if len(held) > 1], what
        # Whoever is sure holds no two people: two birth dates or given names that are neither slips nor forms of each other.
        assert not staged.rows(TORN, {"sure": SURE})
        # Neither the order of rows nor the number of threads changes anything.
        for threads in (1, 8):
            assert again(config, staged, seed + threads, threads) == assigned


SURE = 0.95
TORN = """
with
told as (
    select
        a.customer_id, f.node, a.confidence, -- Names of two scripts are not compared by letters.
        case when regexp_full_match(f.given, '[a-z]{2,}') then f.given end as given, g.formal, f.birth_date,
        f.family,
        concat_ws(' ', f.given, f.other_names, f.family) as names, strftime(f.birth_date, '%Y%m%d') as birth
    from identity.assignments as a
    join identity.features as f using (source, record_id)
    left join identity.given_names as g on g.given = f.given
),
bound as (
    select x.node as a, y.node as b
    from identity.record_values as x
    join identity.record_values as y on y.key = x.key and y.node > x.node
    where x.type not in ('email', 'phone', 'device_id')
    union all
    select a, b from identity.settled -- by the source's own merge pointers
)
select x.customer_id, x.node, y.node
from told as x
join told as y on y.customer_id = x.customer_id and y.node > x.node
anti join bound as b on b.a = x.node and b.b = y.node
where least(x.confidence, y.confidence) > $sure and (
    (
        hamming(x.birth, y.birth) > 2 and right(x.birth, 4) <> right(y.birth, 4)
        and not (left(x.birth, 4) = left(y.birth, 4) and right(x.birth, 2) || substr(x.birth, 5, 2) = right(y.birth, 4))
        and not ('0101' in (right(x.birth, 4), right(y.birth, 4)) and left(x.birth, 4) = left(y.birth, 4))
    )
    or (
        jaro_winkler_similarity(x.given, y.given) < 0.7 and x.formal <> y.formal
        and not exists (select 1 from identity.nicknames as n where n.name = x.given and n.formal in (y.given, y.formal))
        and not exists (select 1 from identity.nicknames as n where n.name = y.given and n.formal in (x.given, x.formal))
        and not list_has_any(string_split(x.names, ' '), [y.given]) and not list_has_any(string_split(y.names, ' '), [x.given])
        and jaro_winkler_similarity(x.names, y.names) < 0.8
        and not (
            jaro_winkler_similarity(x.given, y.family) > 0.85 and jaro_winkler_similarity(x.family, y.given) > 0.85
        )
    )
)"""
"""Two records of one customer, both sure, that are two people by their birth dates or their given names, and share no card."""
LOCKED = {
    "cards": """
        select f.source, f.record_id, r.value
        from identity.record_values as r
        join identity.features as f using (node)
        left join identity.value_status as v using (key)
        where r.type = 'loyalty_id' and coalesce(v.status, 'valid') = 'valid'""",
    "generations": "select source, record_id, suffix from identity.features where suffix is not null",
    "records of one source": "select source, record_id, record_id from identity.features where is_duplicate_free",
}
