"""quality.history: what each run found, kept so that later ones can say what is new, worse, better and closed."""

from __future__ import annotations

from typing import Any

from cxunify.errors import LookupFailed
from cxunify.quality.model import Report
from cxunify.warehouse import Warehouse

TABLE = "quality.history"
_MOVED = 0.005
"""A share that moved by less than half a point stands still …"""
_PART = 0.1
"""… unless what offends grew or shrank by a tenth."""


def remember(warehouse: Warehouse, report: Report, run_id: str) -> None:
    """Keep what this run found; a run that is assessed again replaces itself."""
    _prepare(warehouse)
    totals = report.totals
    rows: list[tuple[str, float, int, Any]] = [(gap.gap_id, gap.measured, gap.rows, gap.revenue) for gap in report.gaps]
    rows.append(("total.identified_lines", 1 - totals.unidentified_share, totals.unidentified_lines, 0))
    rows.append(("total.identified_revenue", 1 - totals.unidentified_revenue_share, 0, totals.unidentified_revenue))
    with warehouse.transaction():
        warehouse.execute("delete from quality.history where run_id = $run", {"run": run_id})
        for gap_id, measured, count, revenue in rows:
            warehouse.execute(
                "insert into quality.history values ($run, $as_of, $gap, $measured, $rows, $revenue)",
                {
                    "run": run_id,
                    "as_of": report.as_of,
                    "gap": gap_id,
                    "measured": measured,
                    "rows": count,
                    "revenue": revenue,
                },
            )


def since(warehouse: Warehouse, run_id: str | None = None, other: str | None = None) -> dict[str, Any] | None:
    """The gaps of a run (default: the last) against those of an earlier one: the one before it, or `other`.

    `{run_id, new, worse, better, closed}`: the earlier run and ids of gaps; None when there is no earlier run. Raises
    LookupFailed when `other` is not known.
    """
    _prepare(warehouse)
    runs = [run for (run,) in warehouse.rows("select distinct run_id from quality.history order by run_id desc")]
    if other is not None and other not in runs:
        raise LookupFailed(f"there is no run {other}", f"The last runs are: {', '.join(runs[:5]) or 'none'}.")
    run_id = run_id or next(iter(runs), "")
    before = other or next((run for run in runs if run < run_id), None)
    if before is None:
        return None
    new, old = _gaps(warehouse, run_id), _gaps(warehouse, before)
    moved: dict[str, list[str]] = {"new": [], "worse": [], "better": []}
    for gap_id, (measured, rows) in new.items():
        if gap_id not in old:
            moved["new"].append(gap_id)
            continue
        measured_then, rows_then = old[gap_id]
        grown = rows - rows_then
        if abs(grown) >= max(1, _PART * rows_then) or (grown and abs(measured - measured_then) >= _MOVED):
            moved["worse" if grown > 0 else "better"].append(gap_id)
    return {"run_id": before, **moved, "closed": sorted(set(old) - set(new))}


def _gaps(warehouse: Warehouse, run_id: str) -> dict[str, tuple[float, int]]:
    sql = (
        "select gap_id, measured, rows from quality.history where run_id = $run and gap_id not like 'total.%'"
        " order by revenue desc, gap_id"
    )
    return {gap_id: (measured, rows) for gap_id, measured, rows in warehouse.rows(sql, {"run": run_id})}


def trend(warehouse: Warehouse, last: int = 24) -> list[dict[str, Any]]:
    """The identified shares of the last runs, the oldest first."""
    _prepare(warehouse)
    return warehouse.frame(
        """
        select run_id, max(as_of) as as_of,
            max(measured) filter (where gap_id = 'total.identified_lines') as identified_lines,
            max(measured) filter (where gap_id = 'total.identified_revenue') as identified_revenue,
            count(*) filter (where gap_id not like 'total.%') as gaps
        from quality.history group by run_id order by run_id desc limit $last
        """,
        {"last": last},
    ).to_dicts()[::-1]


def _prepare(warehouse: Warehouse) -> None:
    warehouse.execute("create schema if not exists quality")
    warehouse.execute(
        "create table if not exists quality.history (run_id varchar, as_of timestamp, gap_id varchar, measured double, rows bigint,"
        " revenue decimal(18, 2))"
    )
