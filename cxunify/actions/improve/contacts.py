"""profile.moments, .acts, actions.lift -> actions.contact_effects: what the next contact brings after so many without an answer.

No contact is neutral: it may be answered, end in an opt-out, or bring a purchase. Who gets the fifth one in a row is not drawn by
lot, so that what follows it is an association; but where a campaign's hold-out was, what it brought at that place is its effect.
"""

from __future__ import annotations

import math

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.lift.intervals import Difference, Z, of_shares, wilson
from cxunify.actions.stages import of_layer, private
from cxunify.schema.improvement import CONTACT_EFFECTS
from cxunify.schema.table import Table
from cxunify.schema.words import percent, span
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "contact_effects"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of contacts without an answer.", ("capability",))
LEAST_CONTACTS, LEAST_HELD_OUT = 100, 100
"""Of a place in the row, or nothing is said of it; likewise of what contacts bring there."""
_COUNTED = Table("actions.contacted", "One row per place in a row of contacts without an answer, and what followed.")


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_COUNTED),
        Loop(of_layer(CONTACT_EFFECTS), judged, {"patterns": f"select * from {_COUNTED.name} order by all"}),
        Loop(FOUND, found, {"effects": f"select * from actions.{CONTACT_EFFECTS.name}"}),
    )


def judged(patterns: pl.DataFrame) -> pl.DataFrame:
    """One row per channel and place in the row with enough contacts."""
    rows = []
    first: dict[str, tuple[int, int]] = {}
    for (channel, place), of in patterns.group_by("channel", "unanswered", maintain_order=True):
        sent, held_out = of.filter(kind="contact_out"), of.filter(kind="held_out")
        contacts = int(sent["n"].sum())
        if contacts < LEAST_CONTACTS:
            continue
        optouts = _sum(sent, "is_optout")
        more = of_shares((optouts, first[channel][0]), (contacts, first[channel][1])) if channel in first else None
        if place == 1:
            first[channel] = (optouts, contacts)
        brought = _brought(of)
        rows.append(
            {
                "channel": channel, "unanswered": place, "contacts": contacts,
                **_share("answered", _sum(sent, "is_answered"), contacts), **_share("opted_out", optouts, contacts),
                "more_opted_out": more and more.value, "more_opted_out_low": more and more.low,
                "more_opted_out_high": more and more.high,
                **_share("bought", _sum(sent, "has_bought"), contacts),
                "held_out": int(held_out["n"].sum()),
                "brought": brought and brought.value, "brought_low": brought and brought.low,
                "brought_high": brought and brought.high,
                "basis": "effect" if brought else "association",
                "verdict": None if more is None else "tires" if more.low > 0 else "less" if more.high < 0 else "not shown",
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=types(CONTACT_EFFECTS))


def _sum(of: pl.DataFrame, what: str) -> int:
    return int(of.filter(pl.col(what))["n"].sum())


def _share(name: str, successes: int, n: int) -> dict[str, float]:
    """A share and its 95 % interval."""
    low, high = wilson(successes / n, n, Z)
    return {f"{name}_share": successes / n, f"{name}_low": low, f"{name}_high": high}


def _brought(of: pl.DataFrame) -> Difference | None:
    """What contacts add to purchases: by campaign, weighed as Mantel and Haenszel do.

    None: campaigns that have both arms have too few in one of them.
    """
    weights, value, variance = 0.0, 0.0, 0.0
    compared = [0, 0]
    for _, campaign in of.filter(pl.col("campaign").is_not_null()).group_by("campaign", maintain_order=True):
        arms = [campaign.filter(kind=kind) for kind in ("contact_out", "held_out")]
        n = [int(arm["n"].sum()) for arm in arms]
        if not all(n):
            continue
        bought = [_sum(arm, "has_bought") for arm in arms]
        weight = n[0] * n[1] / sum(n)
        # Half a customer on either side, or an arm in which nobody bought would seem to be certain
        spread = [
            (one + 0.5) / (all_ + 1) * (all_ - one + 0.5) / (all_ + 1) / all_
            for one, all_ in zip(bought, n, strict=True)
        ]
        weights += weight
        compared = [all_ + more for all_, more in zip(compared, n, strict=True)]
        value += weight * (bought[0] / n[0] - bought[1] / n[1])
        variance += weight**2 * sum(spread)
    if min(compared) < LEAST_HELD_OUT:
        return None
    half = Z * math.sqrt(variance) / weights
    return Difference(value / weights, value / weights - half, value / weights + half, math.nan)


def found(effects: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: from which contact on more opt out, and what contacts still bring there."""
    if effects.is_empty():
        reason = f"no place in the row has {LEAST_CONTACTS} contacts of the last year that are 14 days old"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    said = []
    for (channel,), of in effects.group_by("channel", maintain_order=True):
        rows = of.to_dicts()
        first, last = next((row for row in rows if row["unanswered"] == 1), None), rows[-1]
        tired = next((row for row in rows if row["verdict"] == "tires"), None)
        ends = span(last["opted_out_low"], last["opted_out_high"], 1)
        share = percent(last["opted_out_share"])
        told = f"{channel}: after contact {last['unanswered']} without an answer {share} opt out ({ends})"
        if first is None:
            told += f"; fewer than {LEAST_CONTACTS} first contacts: there is nothing to hold it against"
        else:
            told += f", after the first {percent(first['opted_out_share'])}"
            told += f"; shown from contact {tired['unanswered']} on" if tired else "; more of them are not shown"
        measured = [row for row in rows if row["brought"] is not None]
        if measured:
            at = measured[-1]
            told += (
                f"; contact {at['unanswered']} brings {100 * at['brought']:+.1f} points of buyers"
                f" ({100 * at['brought_low']:+.1f} to {100 * at['brought_high']:+.1f}), by hold-out"
            )
        said.append(told)
    return findings(Finding(CAPABILITY, 0, "; ".join(said) + "; opt-outs are an association"))
