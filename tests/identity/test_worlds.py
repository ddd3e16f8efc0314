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
        # Neither the order of rows nor the number of threads changes anything.
        for threads in (1, 8):
            assert again(config, staged, seed + threads, threads) == assigned


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
