"""profile.moments -> actions.voice, .calibration: what customers say of a unit, and whether objective observers see it alike.

Ten answers say little: each unit's value has its interval, and beside it stands one that is drawn to that of all, as far as chance
alone may have brought it (DerSimonian and Laird 1986). Observers check a unit against standards; where they and customers differ by
more than they do elsewhere (limits of agreement, Bland and Altman 1986), one of the two is wrong about it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.improve.scales import Scale, scale
from cxunify.actions.lift.intervals import Z, wilson
from cxunify.actions.stages import GATE, of_layer, private
from cxunify.schema.improvement import CALIBRATION, VOICE
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

FOUND = Table("actions.found_voice", "One row per view of units: what came of it.", ("capability",))
LEAST_ANSWERS = 10
"""Of a unit in one survey, or nothing is said of it."""
LEAST_EACH, LEAST_UNITS = 5, 10
"""Answers and shops of a unit for the two to be compared; units for it to be known how much they differ anyway."""
LIMIT = 3.29
"""Standard deviations from which on it is no chance: of a thousand ordinary units one is flagged."""
_HEARD = Table("actions.heard", "One row per unit, whose view it is, source and score: how many.")
_ANSWERED = Table(
    "actions.answered", "One row per unit: who bought there, and who of them answered.", ("unit_kind", "unit")
)
Floats = NDArray[np.float64]


def steps() -> tuple[Step, ...]:
    """The steps."""
    heard = (
        f"select h.* from {_HEARD.name} as h cross join {GATE.name} as g where g.capability = '{{}}' and g.is_open"
        " order by h.unit_kind, h.unit, h.kind, h.source, h.score"
    )
    return (
        private(_HEARD),
        private(_ANSWERED),
        Loop(
            of_layer(VOICE),
            voices,
            {"heard": heard.format("voice"), "answered": f"select * from {_ANSWERED.name} order by all"},
        ),
        Loop(of_layer(CALIBRATION), calibrated, {"heard": heard.format("voice_calibration")}),
        Loop(
            FOUND,
            found,
            {
                name: f"select * from actions.{table.name}"
                for name, table in (("voice", VOICE), ("calibration", CALIBRATION))
            },
        ),
    )


def voices(heard: pl.DataFrame, answered: pl.DataFrame) -> pl.DataFrame:
    """One row per unit and survey with enough answers."""
    asked = {(row["unit_kind"], row["unit"]): row for row in answered.to_dicts()}
    rows: list[dict[str, Any]] = []
    surveys = heard.filter(kind="survey")
    for (kind, source), of in surveys.group_by("unit_kind", "source", maintain_order=True):
        on = scale(of["least"].item(0), of["greatest"].item(0))
        told = []
        for (unit,), scores in of.group_by("unit", maintain_order=True):
            n = int(scores["n"].sum())
            if n < LEAST_ANSWERS:
                continue
            value, low, high, variance = _value(on, scores["score"].to_numpy(), scores["n"].to_numpy())
            bought = asked.get((kind, unit), {"buyers": 0, "answered": 0})
            told.append(
                {"unit_kind": kind, "unit": unit, "source": source, "measure": on.measure, "answers": n, "value": value, "low": low,
                 "high": high, "variance": variance,
                 "answer_share": bought["answered"] / bought["buyers"] if bought["buyers"] else None}
            )  # fmt: skip
        rows += _shrunk(told)
    return pl.DataFrame(rows, schema=types(VOICE))


def _value(on: Scale, scores: Floats, n: NDArray[np.int64]) -> tuple[float, float, float, float]:
    """The value of a unit, its 95 % interval, and the variance of the value."""
    whole = int(n.sum())
    if on.measure == "top_two":
        share = int(n[scores >= on.greatest - 1].sum()) / whole
        low, high = wilson(share, whole, Z)
        return share, low, high, ((high - low) / (2 * Z)) ** 2
    if on.measure == "nps":
        promoters, detractors = int(n[scores >= 9].sum()), int(n[scores <= 6].sum())
        value = (promoters - detractors) / whole
        # One of each kind more, or three answers that agree would seem to be certain
        p, d = (promoters + 1) / (whole + 3), (detractors + 1) / (whole + 3)
        variance = (p + d - (p - d) ** 2) / whole
    else:
        value = float(np.sum(scores * n)) / whole
        variance = float(np.sum(n * (scores - value) ** 2)) / (whole - 1) / whole
    half, ends = Z * math.sqrt(variance), (-1.0, 1.0) if on.measure == "nps" else (0.0, max(on.greatest, value))
    return value, max(value - half, min(ends[0], value)), min(value + half, ends[1]), variance


def _shrunk(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with what is usual, and each value drawn to it as far as units differ by chance alone."""
    if not told:
        return []
    answers = np.array([row["answers"] for row in told], dtype=float)
    values, variances = (np.array([row[name] for row in told]) for name in ("value", "variance"))
    usual = float(np.sum(answers * values) / np.sum(answers))
    between = max(float(np.var(values, ddof=1) - np.mean(variances)), 0.0) if len(told) > 1 else 0.0
    for row in told:
        own = row.pop("variance")
        row["usual"] = usual
        row["shrunk"] = usual + (row["value"] - usual) * (between / (between + own) if between else 0.0)
    return told


def calibrated(heard: pl.DataFrame) -> pl.DataFrame:
    """One row per unit that has enough of customers and of observers, where enough units have."""
    rows: list[dict[str, Any]] = []
    for (kind,), of in heard.filter(pl.col("unit_kind") != "channel").group_by("unit_kind", maintain_order=True):
        views = [_views(of.filter(kind=view)) for view in ("mystery_shop", "survey")]
        units = sorted(views[0].keys() & views[1].keys())
        if len(units) < LEAST_UNITS:
            continue
        (shops, shop_scores), (answers, scores) = (
            (np.array([view[unit][0] for unit in units], dtype=float), np.array([view[unit][1] for unit in units]))
            for view in views
        )
        spread = [_within(view, units) for view in views]
        chance = spread[0] / shops + spread[1] / answers
        difference = scores - shop_scores
        usual = float(np.median(difference))
        wander = float(np.median(np.abs(difference - usual))) / 0.6745
        between = max(wander**2 - float(np.median(chance)), 0.0)
        limit = np.sqrt(between + chance)
        alike = _alike(shop_scores, scores) if np.ptp(shop_scores) and np.ptp(scores) else None
        for place, unit in enumerate(units):
            by = float((difference[place] - usual) / limit[place]) if limit[place] > 0 else 0.0
            rows.append(
                {
                    "unit_kind": kind, "unit": unit, "shops": int(shops[place]), "shop_score": float(shop_scores[place]),
                    "answers": int(answers[place]), "customer_score": float(scores[place]),
                    "difference": float(difference[place]),
                    "low": float(difference[place] - Z * math.sqrt(chance[place])),
                    "high": float(difference[place] + Z * math.sqrt(chance[place])),
                    "usual_difference": usual, "limit_low": usual - LIMIT * float(limit[place]),
                    "limit_high": usual + LIMIT * float(limit[place]), "deviations": by,
                    "flag": "observers kinder" if by <= -LIMIT else "customers kinder" if by >= LIMIT else None,
                    "rank_correlation": alike,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=types(CALIBRATION))


def _alike(one: Floats, other: Floats) -> float:
    """How far two scores put units into one order."""
    from scipy.stats import spearmanr  # here: it costs half a second, also where nobody observes

    return float(spearmanr(one, other).statistic)


def _views(of: pl.DataFrame) -> dict[str, tuple[int, float, float]]:
    """Of each unit with enough of it: how many, the mean on a scale of 0 to 1, and the sum of squares about it."""
    found = {}
    for (unit,), scores in of.group_by("unit", maintain_order=True):
        ends = [scale(low, high) for low, high in zip(scores["least"], scores["greatest"], strict=True)]
        n = scores["n"].to_numpy()
        parts = np.array(
            [
                (score - on.least) / (on.greatest - on.least) if on.greatest > on.least else 0.0
                for score, on in zip(scores["score"], ends, strict=True)
            ]
        )
        if (whole := int(n.sum())) >= LEAST_EACH:
            mean = float(np.sum(n * parts)) / whole
            found[str(unit)] = whole, mean, float(np.sum(n * (parts - mean) ** 2))
    return found


def _within(view: dict[str, tuple[int, float, float]], units: list[str]) -> float:
    """How much single scores of one unit vary, over all units."""
    return math.fsum(view[unit][2] for unit in units) / (sum(view[unit][0] for unit in units) - len(units))


def found(voice: pl.DataFrame, calibration: pl.DataFrame) -> pl.DataFrame:
    """What came of both, in words."""
    return findings(_voice(voice), _calibration(calibration))


def _voice(voice: pl.DataFrame) -> Finding:
    if voice.is_empty():
        return Finding("voice", 0, status="nothing", reason=f"no unit has {LEAST_ANSWERS} answers of the last year")
    apart = voice.filter((pl.col("low") > pl.col("usual")) | (pl.col("high") < pl.col("usual"))).height
    said = (
        f"{counted(voice.height, 'value', 'values')} of units; {apart:,} of them leave what is usual outside their interval, where"
        f" chance alone brings {voice.height * 0.05:.1f}"
    )
    return Finding("voice", 0, said)


def _calibration(calibration: pl.DataFrame) -> Finding:
    if calibration.is_empty():
        reason = f"fewer than {LEAST_UNITS} agents or places have {LEAST_EACH} answers and {LEAST_EACH} shops of the last year"
        return Finding("voice_calibration", 0, status="nothing", reason=reason)
    flagged = calibration.filter(pl.col("flag").is_not_null())
    said = (
        f"customers and observers differ beyond limits at {counted(flagged.height, 'unit')} of {calibration.height:,}; chance alone"
        f" brings {calibration.height * 0.001:.1f}"
    )
    for row in calibration.unique("unit_kind", maintain_order=True).to_dicts():
        if row["rank_correlation"] is not None:
            said += f"; ranks of each {row['unit_kind']} agree by {row['rank_correlation']:.2f}"
    return Finding("voice_calibration", 0, said)
