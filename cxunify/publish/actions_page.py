"""actions.* -> files: actions.json and actions.html, "What you can do now".

The page says first what there is to do, then how sure that is, in pictures: the forecast against the quarter that was hidden from
it, what campaigns changed with their intervals, who moved from which rhythm to which, how many customers could be judged at all.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from cxunify.config import Config
from cxunify.publish import actions_better, actions_offers, actions_patterns, actions_standing, versions
from cxunify.publish.actions_charts import calibration, detectable, effects
from cxunify.publish.actions_flow import flow
from cxunify.publish.report_charts import drawn
from cxunify.publish.report_markup import Markup, document, element, figure, scrolled, table
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Warehouse

VERSION = 1
"""Of the document: raised when a key is renamed, removed or changes its meaning; new keys do not raise it."""
_MOST = 10
_MARK = {
    "ready": ("✓ ready", "pass"),
    "weak": ("~ to be watched", "none"),
    "refused": ("✗ refused", "gap"),
    "nothing": ("· no data", "none"),
}
Row = dict[str, Any]
_RHYTHM = "coalesce(nullif(regexp_replace({}, '^.*, ', ''), ''), 'not known')"
_ASKED = {
    "actions": "select * from actions.actions",
    "tracks": "select track, count(*) as customers, count(case when blocked_by is null then 1 end) as contacted,"
    " count(case when arm = 'held_out' then 1 end) as held_out, min(since_date) as since from actions.treatments"
    " group by track order by contacted desc, customers desc, track",
    "ways": "select channel, track, offer, count(*) as customers from actions.treatments where blocked_by is null"
    " group by all order by customers desc, channel, track, offer",
    "obstacles": "select blocked_by, count(*) as customers from actions.treatments where blocked_by is not null"
    " group by all order by customers desc, blocked_by",
    "channels": "select channel, count(*) as customers, count(case when is_eligible then 1 end) as eligible"
    " from actions.contact_limits group by channel order by channel",
    "alarms": "select customer_id, signal, direction, observed, expected, since_date, value_at_stake, expected_false_share"
    f' from actions.triggers order by "rank" limit {_MOST}',
    "counts": "select count(*) as alarms from actions.triggers",
    "trigger_checks": "select * from actions.trigger_checks order by signal, direction",
    "tenths": "select * from actions.prediction_tenths order by all",
    "prediction_checks": "select * from actions.prediction_checks order by quantity, mean_absolute_error, predictor",
    "flows": f"select {_RHYTHM.format('from_segment')} as from_rhythm, {_RHYTHM.format('to_segment')} as to_rhythm,"
    " sum(customers)::bigint as customers from actions.segment_moves where from_segment is not null"
    " group by all order by all",
    "lift": "select * from actions.lift order by experiment, basis, outcome, estimator",
    "moves": "select * from actions.treatment_moves order by customers desc, from_track, to_track, cause",
    **actions_offers.ASKED,
    **actions_better.ASKED,
    **actions_patterns.ASKED,
    **actions_standing.ASKED,
}
"""What the page shows, by the SELECT that finds it."""

_NAMED = 4
"""Capabilities that the headline names, where nobody is to be contacted."""


def actions_files(warehouse: Warehouse, config: Config, *, afresh: bool = False) -> dict[str, str]:
    """File name to content; nothing where the layer was never built, or this version has published the same page already."""
    if not warehouse.exists("actions.actions"):
        return {}
    as_of, day = warehouse.rows(
        "select as_of, timezone($timezone, as_of::timestamptz)::date from profile.clock", {"timezone": config.timezone}
    )[0]
    found: dict[str, Any] = {
        "version": VERSION,
        "as_of": as_of,
        "as_of_date": day,
        "currency": config.currency,
        **{name: warehouse.frame(select).to_dicts() for name, select in _ASKED.items()},
    }
    text = json.dumps(found, ensure_ascii=False, indent=1, default=_plain) + "\n"
    if not afresh and versions.has(config, "actions.json", text):
        return {}
    return {"actions.json": text, "actions.html": html(found)}


def html(found: dict[str, Any]) -> str:
    """The page of what was found: the content of actions.json."""
    day = found["as_of_date"]
    speaks = f"as of {day}" if day else "as of no known day: nothing here has a date"
    return document(
        "What you can do now",
        element("h1", f"What you can do now · {speaks}"),
        element("p", _lead(found), class_="lead"),
        *_who(found),
        *_alarms(found),
        *actions_offers.offers(found),
        *_worked(found),
        *actions_better.better(found),
        *actions_patterns.patterns(found),
        *_pictures(found),
        *actions_standing.standing(found),
        element("h2", "What the data bears"),
        _capabilities(found["actions"]),
        element("p", "The rows are in the Parquet files of the same names; cxunify show WHO has one customer.", class_="soft"),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat()


def _lead(found: dict[str, Any]) -> str:
    ready = [row["title"] for row in found["actions"] if row["status"] == "ready"]
    contacted = sum(row["contacted"] for row in found["tracks"])
    if contacted:
        customers = sum(row["customers"] for row in found["tracks"])
        said = f"{contacted:,} of {counted(customers, 'customer')} {'is' if contacted == 1 else 'are'} to be contacted"
        return f"{said}; for all others it is said why not."
    said = f"{len(ready)} of {counted(len(found['actions']), 'capability', 'capabilities')} can be used with this data"
    return f"{said}{': ' if ready else ''}{', '.join(ready[:_NAMED])}{' …' if len(ready) > _NAMED else ''}."


def _rows(caption: str, header: list[str], rows: list[list[object]], numbers: tuple[int, ...] = ()) -> Markup:
    return scrolled(table(header, rows, numbers=numbers), caption)


def _who(found: dict[str, Any]) -> list[Markup]:
    """Who is to be contacted how, and what keeps the others from it."""
    parts: list[Markup] = []
    if found["ways"]:
        rows: list[list[object]] = [
            [row["track"], row["channel"], row["offer"] or "", f"{row['customers']:,}"] for row in found["ways"]
        ]
        parts += [
            element("h2", "Whom to contact"),
            _rows("Whom to contact", ["track", "by", "with", "customers"], rows, (3,)),
        ]
    if found["obstacles"]:
        left: list[list[object]] = [[row["blocked_by"], f"{row['customers']:,}"] for row in found["obstacles"][:_MOST]]
        if more := found["obstacles"][_MOST:]:
            left.append([f"{counted(len(more), 'other reason')}", f"{sum(row['customers'] for row in more):,}"])
        parts += [
            element("h2", "Whom to leave alone"),
            _rows("Whom to leave alone", ["because", "customers"], left, (1,)),
        ]
    elif found["channels"]:
        by: list[list[object]] = [
            [row["channel"], f"{row['eligible']:,}", f"{row['customers']:,}"] for row in found["channels"]
        ]
        parts += [
            element("h2", "Who may be contacted"),
            _rows("Who may be contacted", ["channel", "may be", "of customers"], by, (1, 2)),
        ]
    if found["moves"]:
        moved: list[list[object]] = [
            [row["from_track"], row["to_track"], row["cause"], f"{row['customers']:,}", f"{row['waiting']:,}",
             "longer, or not known" if row["median_days"] is None else f"{row['median_days']:,}"]
            for row in found["moves"][:_MOST]
        ]  # fmt: skip
        header = ["from", "to", "because of", "customers", "not answered", "median days"]
        parts += [
            element("h2", "How fast a change is answered"),
            _rows("How fast a change is answered", header, moved, (3, 4, 5)),
        ]
    return parts


def _alarms(found: dict[str, Any]) -> list[Markup]:
    if not found["alarms"]:
        return []
    money = found["currency"]
    rows: list[list[object]] = [
        [row["customer_id"], row["signal"], row["direction"], f"{row['observed']:,}", f"{row['expected']:.1f}", row["since_date"],
         "" if row["value_at_stake"] is None else f"{row['value_at_stake']:,.0f}", percent(row["expected_false_share"], 0)]
        for row in found["alarms"]
    ]  # fmt: skip
    header = ["customer", "signal", "change", "days", "expected", "since", f"{money} a year", "false"]
    said = next((row["check"] for row in found["actions"] if row["capability"] == "behaviour_triggers"), None)
    return [
        element("h2", "Who has changed, the most at stake first"),
        element(
            "p", f"{said}. The first {len(rows)} of {counted(found['counts'][0]['alarms'], 'alarm')}:", class_="soft"
        ),
        _rows("Who has changed", header, rows, (3, 4, 6, 7)),
    ]


def _worked(found: dict[str, Any]) -> list[Markup]:
    if not found["lift"]:
        return []
    rows: list[list[object]] = []
    for row in found["lift"]:
        if row["is_told"] and (row["outcome"] in ("bought", "spend") or row["verdict"] in ("works", "harms")):
            share = row["outcome"] in ("bought", "opted_out", "complained")
            between = "" if row["low"] is None else f"{_size(row['low'], share)} to {_size(row['high'], share)}"
            rows.append([
                row["experiment"], row["outcome"].replace("_", " "), f"{row['treated']:,}", f"{row['held_out']:,}",
                _size(row["difference"], share), between, row["verdict"], row["reason"] or "",
            ])  # fmt: skip
    header = ["campaign", "what", "contacted", "held out", "difference", "95 % interval", "verdict", "why"]
    return [element("h2", "Did it work"), _rows("Did it work", header, rows, (2, 3, 4))]


def _size(value: float | None, is_share: bool) -> str:
    """A difference: in percentage points, or in money."""
    if value is None:
        return ""
    return f"{value * 100:+.2f} points" if is_share else f"{value:+,.2f}"


def _pictures(found: dict[str, Any]) -> list[Markup]:
    specs = [
        *calibration(found["tenths"]),
        *effects(found["lift"], found["currency"]),
        *detectable(found["trigger_checks"]),
    ]
    shown = [figure(*chart) for chart in drawn(specs)] if specs else []
    if found["flows"]:
        caption = "Customers by rhythm a quarter ago (left) and today (right), by the same rules"
        ways = [(row["from_rhythm"], row["to_rhythm"], row["customers"]) for row in found["flows"]]
        shown.insert(min(1, len(shown)), figure("flow", caption, flow(ways, caption)))
    return [element("h2", "How sure that is"), *shown] if shown else []


def _capabilities(rows: list[Row]) -> Markup:
    shown: list[list[object]] = []
    for row in rows:
        mark, style = _MARK[row["status"]]
        checked = row["checked_on"]
        said = [
            row["reason"],
            row["check"],
            f"held against what came from {checked} on" if checked else None,
            f"gaps: {row['gaps']}" if row["gaps"] else None,
        ]
        came = "; ".join(part for part in said if part)
        shown.append([row["title"], element("span", mark, class_=style), came, row["method"]])
    return _rows("What the data bears", ["capability", "status", "what came of it", "how"], shown)
