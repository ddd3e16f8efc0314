"""The page "What you can do now": everything that it is given is on it, in any browser, and names stay names."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxunify import profile
from cxunify.publish import actions_files, publish
from cxunify.publish.actions_flow import flow
from cxunify.publish.actions_page import html
from cxunify.schema.actions import LAYER
from tests.profile.fakes import config, insert, warehouse
from tests.quality.test_accessibility import judged
from tests.tables import empty


def _action(name: str, status: str, **said: Any) -> dict[str, Any]:
    return {"capability": name, "title": name.title(), "status": status, "reason": None, "check": None, "checked_on": None,
            "gaps": None, "method": "how it is done", **said}  # fmt: skip


FOUND: dict[str, Any] = {
    "version": 1, "as_of": datetime(2026, 3, 1, 20), "as_of_date": date(2026, 3, 1), "currency": "USD",
    "actions": [
        _action("forecast", "ready", check="mean error 0.28", checked_on=date(2025, 12, 1)),
        _action("behaviour_triggers", "weak", reason="no placebo", check="41 alarms, 4 of them false"),
        _action("contacts", "refused", reason="80 %, needs at least 98 %", gaps="consent_unknown/crm"),
        _action("benefit", "nothing", reason="no campaign"),
    ],
    "tracks": [{"track": "regular", "customers": 1240, "contacted": 630, "held_out": 62, "since": date(2026, 3, 1)}],
    "ways": [{"channel": "email", "track": "regular", "offer": "news <script>alert(1)</script>", "customers": 630}],
    "obstacles": [{"blocked_by": "email: held out", "customers": 62}],
    "channels": [{"channel": "email", "eligible": 630, "customers": 1240}],
    "alarms": [
        {"customer_id": "c1", "signal": "visits", "direction": "drop", "observed": 1, "expected": 12.3,
         "since_date": date(2025, 11, 1), "value_at_stake": Decimal("900.00"), "expected_false_share": 0.08},
    ],
    "counts": [{"alarms": 11}],
    "trigger_checks": [{"signal": "visits", "direction": "drop", "judged": 3000, "detectable": 1200}],
    "tenths": [{"tenth": 1, "customers": 30, "predicted": 3.0, "actual": 3.1}],
    "prediction_checks": [],
    "flows": [
        {"from_rhythm": "active", "to_rhythm": "active", "customers": 700},
        {"from_rhythm": "active", "to_rhythm": "gone", "customers": 200},
    ],
    "lift": [
        {"experiment": "spring", "basis": "campaign", "outcome": outcome,
         "estimator": "adjusted", "is_told": True, "treated": 2000, "held_out": 400,
         "difference": by, "low": by - 0.01, "high": by + 0.01, "verdict": "works", "reason": None}
        for outcome, by in (("spend", 2.4), ("bought", 0.021))
    ],
    "moves": [
        {"from_track": "regular", "to_track": "keep", "cause": "trigger", "customers": 12, "waiting": 40, "median_days": None},
    ],
    "next_product_checks": [
        {"basis": "again", "customers": 1921, "hits": 2.799, "popular_hits": 0.541, "verdict": "better"},
        {"basis": "new", "customers": 1921, "hits": 1.004, "popular_hits": 1.021, "verdict": "not better"},
    ],
    "plan_offers": [{"offer": "voucher", "channel": "email", "effect_basis": "measured", "customers": 512,
                     "cost": Decimal("513.02"), "value": Decimal("6204.90")}],
    "plan_prices": [{"resource": "budget", "limit": 600.0, "used": 599.2, "price": 5.16}],
    "plan_totals": [{"value": Decimal("6204.90"), "cost": Decimal("513.02"), "bound": Decimal("6212.70")}],
    "best": [
        {"segment": None, "action": "offer", "what": "voucher", "reasons": "first for 512 of 1240 customers"},
        {"segment": "rest, gone", "action": "track", "what": "come_back", "reasons": "first for 12 of 80 customers"},
    ],
    "lost": [
        {"step": "quote", "channel": "web", "outcome": "recovered", "bought_in": "pos", "tries": 118,
         "share": 0.295, "usual_share": 0.021}
    ],
    "complaints": [
        {"resolved": "not", "matched": 812, "difference": -0.41, "low": -0.46, "high": -0.355, "verdict": "fewer",
         "lost_spend": Decimal("31415.90"), "lost_spend_low": Decimal("27000.00"), "lost_spend_high": Decimal("36000.00")}
    ],
    "contacts": [
        {"channel": "email", "unanswered": 7, "contacts": 5120, "opted_out_share": 0.0213, "opted_out_low": 0.0178,
         "opted_out_high": 0.0256, "verdict": "tires", "brought": 0.011, "brought_low": -0.004, "brought_high": 0.026}
    ],
    "stays": [
        {"kind": "contracts", "months_since": 12, "share": 0.71, "low": 0.68, "high": 0.74, "projected_share": 0.705,
         "projected_low": 0.69, "projected_high": 0.72, "residual_months": 43.2},
        {"kind": "purchases", "months_since": 12, "share": 0.19, "low": 0.16, "high": 0.225, "projected_share": None},
    ],
    "drivers": [
        {"unit": "S1 & S2", "before": Decimal("1000.00"), "change": Decimal("77.10"), "by_customers": Decimal("120.00"),
         "by_frequency": Decimal("-50.40"), "by_basket": Decimal("7.50"), "by_unknown": Decimal("0.00")}
    ],
    "voice": [
        {"unit": "S7", "source": "nps", "measure": "nps", "answers": 412, "value": 0.125, "low": 0.05, "high": 0.2,
         "usual": 0.31, "shrunk": 0.163}
    ],
    "calibration": [
        {"unit": "S8", "shops": 12, "shop_score": 0.93, "answers": 88, "customer_score": 0.61, "difference": -0.32,
         "limit_low": -0.21, "limit_high": 0.24, "flag": "observers kinder"}
    ],
    "hotspots": [
        {"kind": "contact_in", "reason": "late <b>", "channel": "phone", "location": None, "contacts": 180, "bad_share": 0.7,
         "low": 0.63, "high": 0.764, "usual_share": 0.33, "value_at_stake": Decimal("12600.00"), "lost_value": Decimal("5040.00"),
         "lost_value_low": Decimal("3780.00"), "lost_value_high": Decimal("6300.00")}
    ],
    "channel_effects": [
        {"channel": "mail", "steps": 977, "removal_effect": 0.31, "low": 0.27, "high": 0.352, "cost": Decimal("640.00"),
         "cost_per_purchase": Decimal("1.07")}
    ],
    "won": [
        {"kind": "quote", "channel": "web", "before": 310, "earlier": 61, "odds_ratio": 7.04, "low": 5.1, "high": 9.87},
        {"kind": "cart", "channel": "web", "before": 20, "earlier": 0, "odds_ratio": 41.0, "low": 5.41, "high": None},
    ],
    "needs": [
        {"need": "gift", "contacts": 700, "bought_share": 0.35, "other_share": 0.151, "low": 0.16, "high": 0.24, "verdict": "more"}
    ],
    "flagged": [
        {"unit": "Ann <i>", "item": "low score", "flag": "worse", "counted": 200, "share": 0.33,
         "usual_share": 0.15, "limit_share": 0.24}
    ],
    "funnels": [
        {"unit_kind": "agent", "unit": f"Agent <{number}>", "item": "low score", "counted": 20 + 9 * number,
         "share": 0.1 + 0.05 * number, "usual_share": 0.2, "limit_share": 0.5 - 0.03 * number,
         "flag": "worse" if number == 6 else None}
        for number in range(7)
    ],
    "journeys": [
        {"from_channel": "web", "to_channel": "pos", "steps": 700},
        {"from_channel": "<mail>", "to_channel": "web", "steps": 213},
    ],
    "scorecard": [
        {"category": "insight", "measure": "value_known", "text": "buyers with a value", "share": 0.873, "population": 4321,
         "study": "know the value <i>", "study_share": 0.69},
        {"category": "customer_orientation", "measure": "heard", "text": "customers heard", "share": None, "population": None,
         "study": None, "study_share": None},
    ],
    "roadmap": [
        {"rank": 1, "text": "carts <b>", "unit": "interactions", "measured": None, "required": 500.0, "opens": "behaviour_triggers",
         "advances": None, "customers": 1229, "revenue": Decimal("188570.33"), "fix": "Load carts."}
    ],
    "next_products": [{"basis": "again", "product": "tea <b>", "customers": 77}],
    "due": [
        {"event": "contract_end", "customers": 31, "reachable": 17, "first_date": date(2026, 3, 4), "last_date": date(2026, 4, 1)}
    ],
    "loyalty": [
        {"value_tier": "top 1 %", "customers": 12, "enrolled_share": 0.58, "value_share": 0.212, "rewards": 0, "reward_share": None}
    ],
}  # fmt: skip
NOTHING = {name: [] if isinstance(value, list) else value for name, value in FOUND.items()} | {
    "as_of": None,
    "as_of_date": None,
}


def test_everything_is_on_the_page() -> None:
    page = html(FOUND)
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    for said in (
        "630 of 1,240 customers are to be contacted", "email: held out", "2026-03-01", "41 alarms, 4 of them false",
        "The first 1 of 11 alarms:", "900", "8%",
        "+2.40", "+2.10 points", "+1.10 points to +3.10 points", "longer, or not known", "consent_unknown/crm", "✗ refused",
        "held against what came from 2025-12-01 on", "active 900", "gone 200",
        "2.80", "not published: no better than what is popular", "tea &lt;b&gt;", "contract end",
        "than 6,213", "5.16", "first for 512 of 1240 customers", "come back", "anybody",
        "1 of ", "carts &lt;b&gt;", "no data, 500", "188,570", "Load carts.",
        "87%", "4,321", "69% know the value &lt;i&gt;", "no data",
        "recovered", "30%", "Ann &lt;i&gt;", "1.8% to 2.6%", "+1.1 (-0.4 to +2.6)",
        "69% to 72%", "16% to 22%", "S1 &amp; S2", "-50", "0.05 to 0.20", "0.16", "0.93 (12)", "-0.21 to +0.24", "observers kinder",
        "late &lt;b&gt;", "5,040 (3,780 to 6,300)", "27% to 35%", "1.07", "5.1 to 9.9", "5.4 and more", "+16% to +24%",
        "-41%", "-46% to -36%", "31,416 (27,000 to 36,000)",
        "58%", "21%", "Agent &lt;6&gt;", "&lt;mail&gt; 213", "pos 700",
    ):  # fmt: skip
        assert said in text, said
    for name in (
        "calibration",
        "flow",
        "lift",
        "detectable",
        "waterfall",
        "staying",
        "agreement",
        "funnel-0",
        "journeys",
    ):
        assert f'<figure id="{name}">' in page
    assert "<script" not in page


def test_of_nothing_there_is_a_page_too() -> None:
    page = html({**NOTHING, "actions": [_action("benefit", "nothing", reason="no campaign")]})
    assert "0 of 1 capability can be used with this data." in page
    assert "nothing here has a date" in page and "<figure" not in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, tmp_path: Path) -> None:
    found = judged(html(FOUND), scheme, tmp_path)
    assert found["passes"] > 10, "the rules have been tried"
    assert found["violations"] == []


STATES = st.sampled_from(["new", "active", "slipping", "overdue", "gone", "never bought", "recency fifth 1", "web"])


@given(st.dictionaries(st.tuples(STATES, STATES), st.integers(1, 10**6), min_size=1))
def test_a_band_is_as_wide_as_it_was_gone(ways: dict[tuple[str, str], int]) -> None:
    drawn = ET.fromstring(flow([(*way, many) for way, many in ways.items()], "a flow"))  # noqa: S314 - of our own making
    bands, blocks = drawn.findall("path"), drawn.findall("rect")
    assert len(bands) == len(ways)
    total = sum(ways.values())
    tall = [float(block.attrib["height"]) for block in blocks]
    # Either side is as high as all customers together, but for blocks that would be too thin to be seen.
    for side, names in ((0, {start for start, _ in ways}), (1, {end for _, end in ways})):
        mine = tall[: len(names)] if side == 0 else tall[-len(names) :]
        wanted = [sum(many for way, many in ways.items() if way[side] == name) / total * 300 for name in names]
        assert sum(mine) == pytest.approx(sum(max(each, 1) for each in wanted), abs=0.05)
    bottom = max(float(block.attrib["y"]) + float(block.attrib["height"]) for block in blocks)
    assert bottom <= float(drawn.attrib["height"])


def test_the_page_is_published_and_made_again_only_where_it_says_something_else(tmp_path: Path) -> None:
    made = config()
    made._root = tmp_path
    made.output_path.mkdir()
    with warehouse(directories=[tmp_path]) as house:
        profile.build(house, made, datetime(2026, 3, 1, 12))
        assert actions_files(house, made) == {}, "where the layer was never built there is none"
        empty(house, LAYER)
        insert(house, "actions.actions", [_action("benefit", "nothing", reason="no campaign")])
        insert(house, "actions.segment_moves", [
            {"from_segment": "top 1 %, active", "to_segment": "rest, gone", "customers": 3},
            {"from_segment": "rest, active", "to_segment": "rest, gone", "customers": 4},
        ])  # fmt: skip
        files = actions_files(house, made)
        assert set(files) == {"actions.html", "actions.json"}
        assert json.loads(files["actions.json"])["flows"] == [
            {"from_rhythm": "active", "to_rhythm": "gone", "customers": 7}
        ]
        done = publish(house, made, "r1", documents=files)
        assert (done.current / "actions.html").read_text(encoding="utf-8") == files["actions.html"]
        assert actions_files(house, made) == {}
        assert set(actions_files(house, made, afresh=True)) == set(files)
        insert(house, "actions.actions", [_action("forecast", "ready")])
        assert set(actions_files(house, made)) == set(files)
