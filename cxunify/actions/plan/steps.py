"""config.offers, actions.limits, .predictions, .lift -> actions.plan, .plan_prices, .plan_totals: the contact plan.

Nobody is in it who may not be contacted: it begins with who is eligible, and takes no more of a customer than every cap leaves.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.plan import allocate
from cxunify.actions.stages import published, text
from cxunify.config import Config
from cxunify.schema.plan import PLAN, PLAN_PRICES, PLAN_TOTALS
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Loop, Stage, Step

CAPABILITY = "campaign_optimisation"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of the plan.", ("capability",))
OFFERED = Table("actions.offered", "One row per offer: its effect, and why it is not made.", ("offer_no",))
PROSPECTS = Table("actions.prospects", "One row per customer and offer that it may be made: what that brings.")
INPUTS = {
    "prospects": f"select * from {PROSPECTS.name} order by customer_no, offer_no",
    "offers": f"select * from {OFFERED.name} order by offer_no",
}
"""What prices are made of."""
_OFFERS = Table("actions.offers", "One row per offer of the configuration.", ("offer_no",))
_LISTED = {
    "offer_no": pl.Int32, "offer": pl.String, "channel": pl.String, "own_cost": pl.Float64, "value": pl.Float64,
    "assumed": pl.Float64, "campaign": pl.String, "capacity": pl.Int64, "days": pl.Int32, "has_tracks": pl.Boolean,
}  # fmt: skip
_TRACKS = Table("actions.offer_tracks", "One row per offer and track that it is for.", ("offer_no", "track"))
PRICED = Table("actions.priced", "One row per resource with its price, and one with the bound.", ("kind", "name"))
PLANNED = Table("actions.planned", "One row per customer and offer that it is made.", ("customer_no", "offer_no"))
_MADE = Table("actions.planned_offers", "The same, with what it brings.")


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    offers = config.actions.offers
    listed = [
        {
            "offer_no": number, "offer": name, "channel": of.channel, "own_cost": of.cost, "campaign": of.campaign or name,
            "value": None if of.value == "margin" else of.value, "assumed": None if of.effect == "measured" else of.effect,
            "capacity": of.capacity, "days": of.days, "has_tracks": bool(of.tracks),
        }
        for number, (name, of) in enumerate(sorted(offers.items()))
    ]  # fmt: skip
    tracks = [
        {"offer_no": number, "track": track}
        for number, (_, of) in enumerate(sorted(offers.items()))
        for track in dict.fromkeys(of.tracks)
    ]
    given = {"limits": limits(config)}
    return (
        Loop(_OFFERS, offers_listed, settings={"rows": listed}),
        Loop(_TRACKS, tracks_listed, settings={"rows": tracks}),
        Stage(OFFERED, text("offered")),
        Stage(PROSPECTS, text("prospects")),
        Loop(PRICED, allocate.prices, INPUTS, given),
        Loop(PLANNED, allocate.planned, {**INPUTS, "priced": f"select * from {PRICED.name}"}, given),
        Stage(_MADE, text("plan")),
        published(PLAN, _MADE.name),
        published(
            PLAN_PRICES, f'(select resource, limit_ as "limit", used, price from (\n{text("plan_prices")}\n) as told)'
        ),
        published(PLAN_TOTALS, f"(\n{text('plan_totals')}\n)"),
        Loop(
            FOUND,
            found,
            {
                "totals": "select * from actions.plan_totals",
                "offers": INPUTS["offers"],
                "needs": "select is_open from actions.gate where capability = 'contact_orchestration'",
            },
            {"is_profit": config.actions.margin is not None, "currency": config.currency},
        ),
    )


def limits(config: Config) -> allocate.Limits:
    """What is scarce, as the configuration says."""
    rules = config.actions
    return {
        "budget": rules.budget,
        "per_plan": rules.per_plan,
        "capacities": {name: of.capacity for name, of in sorted(rules.channels.items())},
    }


def offers_listed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The offers as rows."""
    return pl.DataFrame(rows, schema=_LISTED)


def tracks_listed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The tracks that offers are for as rows."""
    return pl.DataFrame(rows, schema={"offer_no": pl.Int32, "track": pl.String})


def found(
    totals: pl.DataFrame, offers: pl.DataFrame, needs: pl.DataFrame, is_profit: bool, currency: str
) -> pl.DataFrame:
    """What came of it, in words: what the plan brings, what of that is only assumed, and how far the best plan may be."""
    if offers.is_empty():
        reason = "no offer is configured: actions.offers says what can be offered"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    if not (needs.height and needs.item()):
        reason = "contacts are not counted against their caps: that is refused, and so is what rests on it"
        return findings(Finding(CAPABILITY, 0, status="refused", reason=reason))
    idle = offers.filter(pl.col("reason").is_not_null())
    if idle.height == offers.height:
        first = idle.row(0, named=True)
        return findings(
            Finding(
                CAPABILITY, 0, status="refused", reason=f"no offer has an effect; {first['offer']}: {first['reason']}"
            )
        )
    if totals.is_empty():
        reason = "nobody may be contacted to whom an offer brings more than it costs"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    each = {row["basis"]: row for row in totals.iter_rows(named=True)}
    whole = each["all"]
    what, missed = "margin" if is_profit else "revenue", percent(whole["gap"], 2)
    said = (
        f"{counted(whole['offers'], 'offer brings', 'offers bring')} {whole['value']:,.0f} {currency} of {what} after costs of"
        f" {whole['cost']:,.0f}, {missed} below what no plan exceeds"
    )
    if "assumed" in each:
        said += f"; of that {each['assumed']['value']:,.0f} by effects that are assumed"
    if idle.height:
        said += f"; not made: {', '.join(idle['offer'])}"
    return findings(Finding(CAPABILITY, whole["customers"], said))
