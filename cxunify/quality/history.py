"""quality.measured, ledger.gaps: what each run found, so that it can be said what is new, worse, better and closed."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.errors import LookupFailed
from cxunify.schema.figures import Past
from cxunify.schema.quality import MEASURED
from cxunify.schema.report import Move, Report, Since
from cxunify.warehouse import Warehouse, statement

LAST = "last"
"""Instead of a run id: the run before."""
_MOVED = 0.005
"""A share that moved by less than half a point stands still …"""
_PART = 0.1
"""… unless what offends grew or shrank by a tenth."""


def measured(warehouse: Warehouse, report: Report, *, looks_back: bool = False) -> None:
    """Build quality.measured: what the ledger will keep of this report if it is published."""
    totals = report.totals
    found = [(gap.gap_id, gap.measured, gap.rows, gap.revenue) for gap in report.gaps]
    found.append(
        ("total.identified_lines", 1 - totals.unidentified_share, totals.unidentified_lines, totals.revenue * 0)
    )
    found.append(("total.identified_revenue", 1 - totals.unidentified_revenue_share, 0, totals.unidentified_revenue))
    rows = [(report.as_of, looks_back, *row) for row in found]
    schema: dict[str, Any] = {
        "as_of": pl.Datetime, "looks_back": pl.Boolean, "gap_id": pl.String, "measured": pl.Float64, "rows": pl.Int64,
        "revenue": pl.Decimal(18, 2),
    }  # fmt: skip
    warehouse.write(MEASURED, pl.DataFrame(rows, schema=schema, orient="row"))


def since(warehouse: Warehouse, other: str | None = None, *, is_published: bool = False) -> Since | None:
    """The gaps of the last report against those of an earlier run: the last that was remembered before it, or `other`.

    `is_published`: the report may be that of the last run remembered, and is not held against itself. Runs that looked back are
    compared with only when they are named. None when there is no earlier run. Raises LookupFailed when `other` is not known.
    """
    runs = _runs(warehouse)
    if other == LAST:
        other = None
    if other is not None and other not in dict(runs):
        known = ", ".join(run for run, _ in runs[:5])
        raise LookupFailed(f"there is no run {other}", f"The last runs are: {known or 'none'}.")
    own = _remembered_as(warehouse, runs) if is_published else None
    before = other or next((run for run, looks_back in runs if run != own and not looks_back), None)
    if before is None:
        return None
    new, old = _gaps(warehouse, None), _gaps(warehouse, before)
    changes = {gap_id: change for gap_id, now in new.items() if (change := _change(old.get(gap_id), now))}
    changes |= dict.fromkeys(sorted(set(old) - set(new)), "closed")
    nothing = (1.0, 0)
    moves = []
    for gap_id, change in changes.items():
        (measured_before, rows_before), (measured, rows) = old.get(gap_id, nothing), new.get(gap_id, nothing)
        moves.append(Move(gap_id, change, rows_before, rows, measured_before, measured))
    ids = {
        name: tuple(gap_id for gap_id, change in changes.items() if change == name)
        for name in ("new", "worse", "better", "closed")
    }
    return Since(before, **ids, moves=tuple(moves))


def _change(then: tuple[float, int] | None, now: tuple[float, int]) -> str | None:
    """What became of a gap that is there now; None: it stands still."""
    if then is None:
        return "new"
    grown = now[1] - then[1]
    if abs(grown) >= max(1, _PART * then[1]) or (grown and abs(now[0] - then[0]) >= _MOVED):
        return "worse" if grown > 0 else "better"
    return None


def _runs(warehouse: Warehouse) -> list[tuple[str, bool]]:
    """Every run that is remembered, the newest first, and whether it looked back."""
    if not warehouse.exists("ledger.gaps"):
        return []
    return [
        (run, looks_back)
        for run, looks_back in warehouse.rows(
            "select run_id, bool_or(looks_back) from ledger.gaps group by run_id order by run_id desc"
        )
    ]


def _remembered_as(warehouse: Warehouse, runs: list[tuple[str, bool]]) -> str | None:
    """The last run, if it is the one that published the last report."""
    if not runs or not warehouse.exists(MEASURED.name):
        return None
    columns = "as_of, looks_back, gap_id, measured, rows, revenue"
    hashes = [
        warehouse.hash_of(f"(select {columns} from {source})", {"run": runs[0][0]})
        for source in (MEASURED.name, "ledger.gaps where run_id = $run")
    ]
    return runs[0][0] if hashes[0] == hashes[1] else None


def _gaps(warehouse: Warehouse, run_id: str | None) -> dict[str, tuple[float, int]]:
    """The gaps of a run that is remembered or, with None, of the last report."""
    source = "quality.measured" if run_id is None else "ledger.gaps where run_id = $run"
    sql = f"""
        select gap_id, measured, rows from (select gap_id, measured, rows, revenue from {source})
        where gap_id not like 'total.%' order by revenue desc, gap_id"""
    return {gap_id: (measured, rows) for gap_id, measured, rows in warehouse.rows(sql, {"run": run_id})}


def trend(warehouse: Warehouse, run_id: str, last: int = 24) -> tuple[Past, ...]:
    """The identified shares of the last runs that did not look back and of this one, `run_id`, the oldest first."""
    rows = warehouse.rows(
        statement("cxunify.quality", "queries", "trend"),
        {"run_id": run_id, "last": last},
    )
    return tuple(Past(*row) for row in reversed(rows))
