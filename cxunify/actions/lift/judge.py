"""Sums over the customers of each arm -> actions.lift: what each experiment changed, outcome by outcome, and how sure that is.

Plain: the difference as it is. Adjusted: the same with what customers had bought before taken out, where that says anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl

from cxunify.actions.holdout import HELD_OUT, TREATED
from cxunify.actions.lift.adjust import Sums, adjusted
from cxunify.actions.lift.intervals import (
    LEVEL,
    Difference,
    balance,
    least_detectable,
    of_means,
    of_shares,
    split,
    steady,
)
from cxunify.schema.actions import LIFT
from cxunify.schema.words import counted
from cxunify.warehouse.frames import repeatable, types

OUTCOMES = ("bought", "purchases", "spend", "opted_out", "complained")
_SHARES = ("bought", "opted_out", "complained")
"""Of customers: each counts once."""
_HARMS = ("opted_out", "complained")
"""Of these, more is worse."""
LEAST = 100
"""Customers without whom an arm says nothing."""
NO_LOT = 0.001
"""Arms that chance makes as unlike more seldom than this were not drawn by lot, or were not kept."""


def lift(
    experiments: pl.DataFrame,
    sums: pl.DataFrame,
    contacts: pl.DataFrame,
    window_days: int,
    margin: float | None,
    contact_costs: dict[str, float],
) -> pl.DataFrame:
    """One row per experiment, outcome and estimator. `margin`: the share of spend that remains; `contact_costs`: by channel."""
    parts = dict(sums.group_by("experiment", "basis"))
    costs = {
        experiment: float(
            sum(contact_costs.get(channel, 0.0) * n for channel, n in part.select("channel", "contacts").rows())
        )
        for (experiment,), part in contacts.sort("channel").group_by("experiment")
    }
    rows: list[dict[str, Any]] = []
    for of in experiments.sort("experiment", "basis").iter_rows(named=True):
        part = parts.get((of["experiment"], of["basis"]), sums.clear()).sort("arm", "stratum")
        everybody = of["treated"] + of["held_out"]
        known = dict.fromkeys(LIFT.types) | {
            "experiment": of["experiment"], "basis": of["basis"], "window_days": window_days, "mixed": of["mixed"],
            "complete_share": of["complete"] / everybody if everybody else 0.0,
        }  # fmt: skip
        cost = costs.get(of["experiment"], 0.0) if of["basis"] == "campaign" else None
        rows += _corrected(list(_rows(known, part, margin, cost)))
    return repeatable(pl.DataFrame(rows, schema=types(LIFT), orient="row"))


def _rows(
    known: dict[str, Any], part: pl.DataFrame, margin: float | None, cost: float | None
) -> Iterator[dict[str, Any]]:
    arms = [part.filter(arm=arm) for arm in (TREATED, HELD_OUT)]
    customers = (int(arms[0]["customers"].sum()), int(arms[1]["customers"].sum()))
    known = known | {"treated": customers[0], "held_out": customers[1], "split_p": _split(part)}
    reason = _refusal(known)
    for outcome in OUTCOMES:
        if reason:
            yield known | {
                "outcome": outcome,
                "estimator": "plain",
                "is_told": True,
                "verdict": "refused",
                "reason": reason,
            }
            continue
        treated, held_out = (_sums(arm, outcome) for arm in arms)
        means = {"treated_mean": treated.mean, "held_out_mean": held_out.mean}
        variances = steady((treated.variance, held_out.variance), customers)
        plain = (
            of_shares((int(treated.outcome), int(held_out.outcome)), customers)
            if outcome in _SHARES
            else of_means(treated.mean - held_out.mean, variances, customers)
        )
        base = known | means | {"outcome": outcome}
        yield _priced(_row(base, "plain", plain, 1.0, variances, customers), margin, cost)
        apart = adjusted(treated, held_out)
        left = steady(apart.variances, customers)
        found = of_means(apart.value, left, customers)
        yield _priced(_row(base, "adjusted", found, apart.variance_kept, left, customers), margin, cost)


def _row(
    base: dict[str, Any],
    estimator: str,
    found: Difference | None,
    kept: float,
    variances: tuple[float, float],
    customers: tuple[int, int],
) -> dict[str, Any]:
    # What was bought before is no part of what a campaign brings: without it the difference is nearer to the truth.
    row = base | {"estimator": estimator, "is_told": estimator == "adjusted", "variance_kept": kept}
    if found is None or not any(variances):
        return row | {"verdict": "not shown", "reason": "nobody did"}
    least = least_detectable(variances, customers)
    better, worse = (
        (found.low > 0, found.high < 0) if base["outcome"] not in _HARMS else (found.high < 0, found.low > 0)
    )
    verdict = "works" if better else "harms" if worse else "not shown"
    row |= {"difference": found.value, "low": found.low, "high": found.high, "p": found.p, "least_detectable": least}
    return row | {"verdict": verdict, "reason": _could_show(row) if verdict == "not shown" else None}


def _could_show(row: dict[str, Any]) -> str:
    """What would have been shown, had it been there."""
    least = row["least_detectable"]
    shown = f"{least:.2%} of all customers" if row["outcome"] in _SHARES else f"{least:,.2f} a customer"
    return f"could show {shown} at least"


def _corrected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one experiment, without the harm that one of so many outcomes shows by chance alone.

    Who looks at five outcomes finds one of them worse in one of nine campaigns that change nothing. By Holm (Scandinavian Journal
    of Statistics 6, 1979), over the outcomes of an estimator, it is one of twenty at most.
    """
    for estimator in ("plain", "adjusted"):
        tried = [row for row in rows if row["estimator"] == estimator and row["p"] is not None]
        is_sure = True
        for place, row in enumerate(sorted(tried, key=lambda row: row["p"])):
            is_sure = is_sure and row["p"] <= (1 - LEVEL) / (len(tried) - place)
            if row["verdict"] == "harms" and not is_sure:
                why = f"worse by itself, but one among {len(tried)} is so too often by chance (Holm)"
                row.update({"verdict": "not shown", "reason": f"{why}; {_could_show(row)}"})
    return rows


def _priced(row: dict[str, Any], margin: float | None, cost: float | None) -> dict[str, Any]:
    """The same with what it brought, where it is money and a share of it remains."""
    if row["outcome"] != "spend" or row["difference"] is None:
        return row
    brought = None if margin is None else row["difference"] * row["treated"] * margin
    return row | {
        "margin": _money(brought),
        "cost": _money(cost),
        "net": _money(None if brought is None or cost is None else brought - cost),
    }


def _money(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}")


def _sums(arm: pl.DataFrame, outcome: str) -> Sums:
    """One arm's sums of an outcome and of what was bought before."""
    total = {name: float(value) for name, value in arm.select(pl.exclude(pl.String).sum()).row(0, named=True).items()}
    squares = total.get(f"{outcome}_squared", total[outcome])
    return Sums(
        int(total["customers"]),
        total[outcome],
        squares,
        (total["p"], total["z"]),
        (total[f"{outcome}_p"], total[f"{outcome}_z"]),
        ((total["pp"], total["pz"]), (total["pz"], total["zz"])),
    )


def _split(part: pl.DataFrame) -> float | None:
    """How likely chance alone makes the arms as unlike, in what was bought before and, where it is known, in their sizes.

    Of an own hold-out the number that each customer drew says how large either arm should be. The smaller of two likelihoods is
    doubled: either may be small by chance.
    """
    groups = []
    for (_,), group in part.group_by("stratum", maintain_order=True):
        sizes = dict(group.select("arm", "customers").rows())
        groups.append((sizes.get(TREATED, 0), sizes.get(HELD_OUT, 0)))
    found = [balance(groups)]
    drawn = {arm: part.filter(arm=arm) for arm in (TREATED, HELD_OUT)}
    least, most = drawn[TREATED]["least_u"].min(), drawn[HELD_OUT]["most_u"].max()
    if isinstance(least, float) and isinstance(most, float) and 0 < most <= least < 1:
        found.append(split([int(drawn[arm]["customers"].sum()) for arm in (TREATED, HELD_OUT)], [1 - least, most]))
    known = [p for p in found if p is not None]
    return min(min(known) * len(known), 1.0) if known else None


def _refusal(known: dict[str, Any]) -> str | None:
    """Why nothing is to be said of an experiment; None: it is sound."""
    smaller = min(known["treated"], known["held_out"])
    if not known["complete_share"]:
        return f"the {known['window_days']} days after it are not over for anybody"
    if smaller < LEAST:
        arm = "held out" if known["held_out"] == smaller else "treated"
        return f"{counted(smaller, 'customer')} {arm} whose {known['window_days']} days are over: {LEAST} are needed"
    if known["split_p"] is not None and known["split_p"] < NO_LOT:
        return "who was held out was not drawn by lot: the arms differ in what they did before, or in their sizes"
    return None
