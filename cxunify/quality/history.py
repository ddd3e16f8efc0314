"""quality.history: what each run found, kept so that later ones can say what is new, worse, better and closed."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.errors import LookupFailed
from cxunify.schema.figures import Past
from cxunify.schema.report import Move, Report, Since
from cxunify.warehouse import Warehouse

TABLE = "quality.history"
LAST = "last"
"""Instead of a run id: the run before."""
_COLUMNS: dict[str, tuple[str, Any]] = {
    "run_id": ("varchar", pl.String), "as_of": ("timestamp", pl.Datetime), "looks_back": ("boolean", pl.Boolean),
    "gap_id": ("varchar", pl.String), "measured": ("double", pl.Float64), "rows": ("bigint", pl.Int64),
    "revenue": ("decimal(18, 2)", pl.Decimal(18, 2)),
}  # fmt: skip
"""One row per run and gap, and two per run for its totals; `looks_back`: the run was asked for an instant of its own."""
_MOVED = 0.005
"""A share that moved by less than half a point stands still …"""
_PART = 0.1
"""… unless what offends grew or shrank by a tenth."""


def remember(warehouse: Warehouse, report: Report, run_id: str, *, looks_back: bool = False) -> None:
    """Keep what this run found; a run that is assessed again replaces itself."""
    totals = report.totals
    found = [(gap.gap_id, gap.measured, gap.rows, gap.revenue) for gap in report.gaps]
    found.append(
        ("total.identified_lines", 1 - totals.unidentified_share, totals.unidentified_lines, totals.revenue * 0)
    )
    found.append(("total.identified_revenue", 1 - totals.unidentified_revenue_share, 0, totals.unidentified_revenue))
    rows = [(run_id, report.as_of, looks_back, *row) for row in found]
    frame = pl.DataFrame(rows, schema={name: kind for name, (_, kind) in _COLUMNS.items()}, orient="row")
    with warehouse.transaction():
        _prepare(warehouse)
        warehouse.execute("delete from quality.history where run_id = $run", {"run": run_id})
        warehouse.append(TABLE, frame)


def since(warehouse: Warehouse, run_id: str | None = None, other: str | None = None) -> Since | None:
    """The gaps of a run (default: the last) against those of an earlier one: the one before it, or `other`.

    Runs that looked back are compared with only when they are named. None when there is no earlier run. Raises LookupFailed
    when `other` is not known.
    """
    runs = _runs(warehouse)
    if other == LAST:
        other = None
    if other is not None and other not in dict(runs):
        known = ", ".join(run for run, _ in runs[:5])
        raise LookupFailed(f"there is no run {other}", f"The last runs are: {known or 'none'}.")
    run_id = run_id or next((run for run, _ in runs), "")
    before = other or next((run for run, looks_back in runs if run < run_id and not looks_back), None)
    if before is None:
        return None
    new, old = _gaps(warehouse, run_id), _gaps(warehouse, before)
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
    """Every run that is kept, the newest first, and whether it looked back."""
    if not warehouse.exists(TABLE):
        return []
    return [
        (run, looks_back)
        for run, looks_back in warehouse.rows(
            "select run_id, bool_or(looks_back) from quality.history group by run_id order by run_id desc"
        )
    ]


def _gaps(warehouse: Warehouse, run_id: str) -> dict[str, tuple[float, int]]:
    sql = (
        "select gap_id, measured, rows from quality.history where run_id = $run and gap_id not like 'total.%'"
        " order by revenue desc, gap_id"
    )
    return {gap_id: (measured, rows) for gap_id, measured, rows in warehouse.rows(sql, {"run": run_id})}


def trend(warehouse: Warehouse, last: int = 24) -> tuple[Past, ...]:
    """The identified shares of the last runs that did not look back, the oldest first."""
    rows = warehouse.rows(
        """
        select run_id, max(as_of) as as_of,
            max(measured) filter (where gap_id = 'total.identified_lines') as identified_lines,
            max(measured) filter (where gap_id = 'total.identified_revenue') as identified_revenue,
            count(*) filter (where gap_id not like 'total.%') as gaps
        from quality.history where not looks_back group by run_id order by run_id desc limit $last
        """,
        {"last": last},
    )
    return tuple(Past(*row) for row in reversed(rows))


def _prepare(warehouse: Warehouse) -> None:
    warehouse.execute("create schema if not exists quality")
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in _COLUMNS.items())
    warehouse.execute(f"create table if not exists {TABLE} ({columns})")
    if "looks_back" not in warehouse.columns(TABLE):  # of a warehouse that an older version made
        warehouse.execute(f"alter table {TABLE} add column looks_back boolean default false")
