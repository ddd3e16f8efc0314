"""profile.moments, .purchase_days -> actions.needs, .need_capture, .need_purchases: what customers need, and whether it is noted.

Which contacts are coded, and by whom; and after which need customers buy more than after the others. That a purchase follows a need
is no effect of having coded it: this is an association.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.lift.intervals import Z, of_shares, wilson
from cxunify.actions.stages import of_layer, private, published, text
from cxunify.schema.effects import NEED_CAPTURE, NEED_PURCHASES, NEEDS
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent, span
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "need_capture"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of needs that are captured.", ("capability",))
LEAST_CONTACTS = 20
"""Of a unit, or of a need, or nothing is said of it."""
FALSE = 0.05
"""Expected share of chance among the needs that are told."""
_CAPTURED = Table("actions.captured", "One row per unit and need: contacts, and after how many of them was bought.")


def steps() -> tuple[Step, ...]:
    """The steps."""
    captured = {"captured": f"select * from {_CAPTURED.name} order by unit_kind, unit, need"}
    return (
        published(NEEDS, f"(\n{text('needs')}\n)"),
        private(_CAPTURED),
        Loop(of_layer(NEED_CAPTURE), coded, captured),
        Loop(of_layer(NEED_PURCHASES), bought, captured),
        Loop(
            FOUND,
            found,
            {
                name: f"select * from actions.{table.name}"
                for name, table in (("units", NEED_CAPTURE), ("needs", NEED_PURCHASES))
            }
            | {"stated": f"select count(distinct customer_id) as customers from actions.{NEEDS.name}"},
        ),
    )


def coded(captured: pl.DataFrame) -> pl.DataFrame:
    """One row per unit with enough contacts: which share of them has a need."""
    rows: list[dict[str, Any]] = []
    for (kind, unit), of in captured.group_by("unit_kind", "unit", maintain_order=True):
        contacts, with_need = int(of["contacts"].sum()), of.filter(pl.col("need").is_not_null())
        if contacts < LEAST_CONTACTS:
            continue
        n = int(with_need["contacts"].sum())
        low, high = wilson(n / contacts, contacts, Z)
        rows.append(
            {"unit_kind": kind, "unit": unit, "contacts": contacts, "coded": n, "coded_share": n / contacts, "low": low,
             "high": high, "needs": with_need.height}
        )  # fmt: skip
    return pl.DataFrame(rows, schema=types(NEED_CAPTURE))


def bought(captured: pl.DataFrame) -> pl.DataFrame:
    """One row per need of enough known customers: how many buy after it, against all other needs."""
    told = captured.filter(pl.col("unit_kind") == "channel", pl.col("need").is_not_null(), pl.col("known") > 0)
    each = told.group_by("need").agg(pl.col("known", "bought").sum()).sort("need").to_dicts()
    known, purchases = (sum(row[name] for row in each) for name in ("known", "bought"))
    rows: list[dict[str, Any]] = []
    for row in each:
        others = known - row["known"]
        if min(row["known"], others) < LEAST_CONTACTS:
            continue
        apart = of_shares((row["bought"], purchases - row["bought"]), (row["known"], others))
        rows.append(
            {"need": row["need"], "contacts": row["known"], "bought": row["bought"], "bought_share": row["bought"] / row["known"],
             "other_share": (purchases - row["bought"]) / others, "difference": apart.value, "low": apart.low, "high": apart.high,
             "p": apart.p, "basis": "association"}
        )  # fmt: skip
    for row, q in zip(rows, _false([row["p"] for row in rows]), strict=True):
        row |= {"q": q, "verdict": "not shown" if q > FALSE else "more" if row["difference"] > 0 else "less"}
    return pl.DataFrame(rows, schema=types(NEED_PURCHASES))


def _false(p: list[float]) -> list[float]:
    """The expected share of chance among all that are as sure."""
    if not p:
        return []
    from scipy.stats import false_discovery_control  # here: it costs half a second, also where no need is known

    return [float(q) for q in false_discovery_control(p)]


def found(units: pl.DataFrame, needs: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many contacts are coded, and after which need most buy."""
    channels = units.filter(unit_kind="channel")
    if channels.is_empty():
        reason = f"no channel has {LEAST_CONTACTS} live contacts of the last year that are a month old"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    contacts, with_need = int(channels["contacts"].sum()), int(channels["coded"].sum())
    low, high = wilson(with_need / contacts, contacts, Z)
    said = f"a need is captured in {percent(with_need / contacts, 0)} ({span(low, high)}) of {counted(contacts, 'live contact')}"
    more = needs.filter(verdict="more").sort("low", "need", descending=[True, False])
    if more.is_empty():
        said += "; after none of them is shown that more buy than after others"
    else:
        row = more.row(0, named=True)
        shares = f"{percent(row['bought_share'], 0)} buy within a month, after others {percent(row['other_share'], 0)}"
        said += f"; after {row['need']} {shares}: an association"
    return findings(Finding(CAPABILITY, int(stated["customers"].item()), said))
