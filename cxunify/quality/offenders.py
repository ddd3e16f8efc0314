"""A gap -> the rows behind it: keys of records, interactions or days, and nothing of what they hold."""

from __future__ import annotations

import difflib
from datetime import datetime
from typing import Any

from cxunify.errors import LookupFailed
from cxunify.quality import catalogue
from cxunify.quality.catalogue import SHAPE
from cxunify.quality.report import saved
from cxunify.warehouse import Warehouse


def offenders(warehouse: Warehouse, gap_id: str, limit: int = 100) -> list[dict[str, Any]]:
    """The offending rows of a gap of the last report, with the columns of `catalogue.SHAPE`, in the order of source and key.

    Raises LookupFailed when there is no such gap.
    """
    document = saved(warehouse)
    gap = next((gap for gap in document["gaps"] if gap["gap_id"] == gap_id), None)
    if gap is None:
        ids = [gap["gap_id"] for gap in document["gaps"]]
        nearest = difflib.get_close_matches(gap_id, ids, n=1, cutoff=0.4)
        hint = f"Did you mean {nearest[0]}? " if nearest else ""
        raise LookupFailed(f"there is no gap {gap_id} in the last report", f"{hint}`cxunify quality` lists them.")
    check = next(check for check in catalogue.checks() if check.id == gap["check"])
    params = {
        "as_of": datetime.fromisoformat(document["as_of"]), "source": gap["source"], "field": gap["field"],
        "location": gap["location"] if check.apart else None, "apart": check.apart, "most": limit,
    }  # fmt: skip
    columns = ", ".join(SHAPE)
    table, key = ("records", "record_id") if check.subject == "record" else ("interactions", "interaction_id")
    by_key = f"""
        select o.* replace (s.{key} as key)
        from ({check.sql}) as o join staging.{table} as s on s.rowid = o.key::bigint"""
    return warehouse.frame(
        f"""
        select {columns}
        from ({by_key if check.by_row else check.sql})
        where source is not distinct from $source and field is not distinct from $field
            and (not $apart or location is not distinct from $location)
        order by source, key limit $most
        """,
        params,
    ).to_dicts()
