"""temp.expectations, actions.blends -> actions.prediction_checks: a forecast of a quarter ago against what came, and simple rules.

The quarter behind is hidden from everything that is held against it: models were fitted, shares of the blend learned and the
table of recency and frequency counted from what was known before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cxunify.actions.likelihood import Floats
from cxunify.actions.purchases.forecast import QUARTER
from cxunify.schema.predictions import PREDICTION_CHECKS
from cxunify.warehouse.frames import types

Cells = npt.NDArray[np.int64]

OURS, MODEL, LAST, TABLE, NOBODY = "cxunify", "model", "last_window", "recency_frequency_table", "nobody"
CELLS = 10
"""Rows and columns of the table of recency and frequency: tenths. Fifths, as marketing has them, were worse on three known sets."""
ALIKE = 0.01
"""Relative: errors that differ by less are a tie."""
JUDGED_BY = {"purchases": "mean_absolute_error", "spend": "mean_absolute_error", "buys": "brier"}


def checked(known: pl.DataFrame, shares: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """One row per quantity and predictor; none where there are no two quarters before the one that is hidden.

    `known` holds the customers at the end of the quarter before last (2) and of the last one (1), each end in one order; `shares`
    the model's in the blend, as they were known a quarter ago; `today` is one row.
    """
    before, last = (_Customers(known.filter(pl.col("quarters_ago") == ago)) for ago in (2, 1))
    if not before.count or not last.count:
        return pl.DataFrame(schema=types(PREDICTION_CHECKS))
    of = dict(shares.filter(pl.col("quarters_ago") == 1).select("quantity", "share").iter_rows())
    rows: list[dict[str, Any]] = []
    for quantity, came, predicted in _predictions(before, last, of):
        measured = {name: _measures(quantity, name, forecast, came) for name, forecast in predicted.items()}
        judge = JUDGED_BY[quantity]
        errors = {name: measures[judge] for name, measures in measured.items() if name != NOBODY or judge == "brier"}
        rows += [
            {"quantity": quantity, "predictor": name, **measures, "verdict": _verdict(name, errors)}
            for name, measures in measured.items()
        ]
    until = today["day"].item()
    window = {
        "from_date": until - timedelta(QUARTER - 1),
        "until_date": until,
        "horizon_days": QUARTER,
        "customers": last.count,
    }
    return pl.DataFrame([{**window, **row} for row in rows], schema=types(PREDICTION_CHECKS))


class _Customers:
    """The customers at the end of one quarter, as arrays of one order."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.count = len(frame)
        self._frame = frame

    def __getitem__(self, name: str) -> Floats:
        found: Floats = self._frame[name].to_numpy().astype(np.float64)
        return found

    @property
    def is_valued(self) -> bool:
        """Whether spend could be modelled."""
        return self._frame["spend_per_purchase"].null_count() == 0


def _predictions(
    before: _Customers, last: _Customers, shares: Mapping[str, float]
) -> Iterator[tuple[str, Floats, dict[str, Floats]]]:
    """Each quantity: what came, and what each predictor had said of it."""
    nobody = np.zeros(last.count)
    seen = np.maximum(last["age_days"], QUARTER) / QUARTER
    cells = _cells(before, last)
    model, share = last["purchases_91d"], shares.get("purchases", 1)
    purchases = {
        OURS: share * model + (1 - share) * last["quarter_repeats"],
        MODEL: model,
        LAST: last["quarter_purchases"],
        "own_rate": (last["repeats"] + 1) / seen,
        TABLE: _tabulated(cells, before["next_purchases"]),
        NOBODY: nobody,
    }
    yield "purchases", last["next_purchases"], purchases
    if last.is_valued:
        model, share = last["purchases_91d"] * last["spend_per_purchase"], shares.get("spend", 1)
        spend = {
            OURS: share * model + (1 - share) * last["quarter_repeat_spend"],
            MODEL: model,
            LAST: last["quarter_spend"],
            "own_rate": last["total_spend"] / seen,
            TABLE: _tabulated(cells, before["next_spend"]),
            NOBODY: nobody,
        }
        yield "spend", last["next_spend"], spend
    buys = {
        OURS: last["p_purchase_91d"],
        LAST: np.minimum(last["quarter_purchases"], 1),
        TABLE: _tabulated(cells, np.minimum(before["next_purchases"], 1)),
        NOBODY: nobody,
    }
    yield "buys", np.minimum(last["next_purchases"], 1), buys


def _cells(before: _Customers, last: _Customers) -> tuple[Cells, Cells]:
    """The cell of the table of recency and frequency in which each customer was at either end, by the limits of the former."""
    old, new = np.zeros(before.count, dtype=np.int64), np.zeros(last.count, dtype=np.int64)
    for name in ("silent_days", "repeats"):
        limits = np.unique(np.quantile(before[name], np.arange(1, CELLS) / CELLS))
        old, new = (CELLS * cells + np.digitize(of[name], limits) for cells, of in ((old, before), (new, last)))
    return old, new


def _tabulated(cells: tuple[Cells, Cells], came: Floats) -> Floats:
    """The mean of what came to those who were in the same cell a quarter earlier; of all, where nobody was in it."""
    old, new = cells
    sums, counts = (np.bincount(old, weights, minlength=CELLS**2) for weights in (came, None))
    means: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), came.mean())
    return means[new]


def _measures(quantity: str, name: str, predicted: Floats, came: Floats) -> dict[str, float | None]:
    """How far a forecast was from what came. Who predicts one number for all puts nobody before another."""
    error = predicted - came
    found: dict[str, float | None] = {
        "total_predicted": float(predicted.sum()),
        "total_actual": float(came.sum()),
        "bias": float(error.mean()),
        "mean_absolute_error": float(np.abs(error).mean()),
        "root_mean_square_error": float(np.sqrt((error**2).mean())),
    }
    if quantity == "buys":
        found |= {"brier": float((error**2).mean()), "auc": None if name == NOBODY else _auc(predicted, came)}
    elif name != NOBODY and found["total_actual"]:
        found["top_decile_share"] = _first_tenth(predicted, came) / float(came.sum())
    return {measure: value if value is None else round(value, 6) for measure, value in found.items()}


def _first_tenth(predicted: Floats, came: Floats) -> float:
    """What came from the tenth of whom most was predicted; of those who tie for its last places, their mean."""
    places = max(len(came) // 10, 1)
    least = np.partition(predicted, -places)[-places]
    above, ties = predicted > least, predicted == least
    return float(came[above].sum() + came[ties].mean() * (places - above.sum()))


def _auc(predicted: Floats, came: Floats) -> float | None:
    """The probability that one who bought had been put before one who did not (Mann and Whitney's statistic)."""
    bought = int(came.sum())
    if bought in {0, len(came)}:
        return None
    ranks = pl.Series(predicted).rank("average").to_numpy()[came > 0].sum()
    return float((ranks - bought * (bought + 1) / 2) / (bought * (len(came) - bought)))


def _verdict(name: str, errors: Mapping[str, float | None]) -> str | None:
    """What became of a predictor against the best of the others. None for one that is there for scale alone.

    Where most customers buy nothing, to expect nothing of anybody has a small mean error, and is of no use to anybody.
    """
    others = {other: error for other, error in errors.items() if other != name and error is not None}
    own = errors.get(name)
    if own is None or not others:
        return None
    best = min(others, key=lambda other: others[other])
    if own < others[best] * (1 - ALIKE):
        return "best"
    return "tie" if own * (1 - ALIKE) <= others[best] else f"beaten_by {best}"
