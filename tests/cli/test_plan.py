"""`cxunify plan`, as the real command in a real process."""

from __future__ import annotations

import csv
import json

from tests.cli.project import Project

OFFERS = """
actions:
  margin: 0.4
  contact:
    email: {per_7d: 2, per_30d: 6, cost: 0.002}
    sms: {per_30d: 2, cost: 0.08}
    phone: {per_90d: 1, cost: 4, capacity: 20}
    all: {per_7d: 3}
  budget: 40
  offers:
    voucher: {channel: email, cost: 1, campaign: Voucher}
    prices: {channel: email, campaign: Prices}
    text: {channel: sms, effect: 0.02}
"""


def test_a_plan_is_printed_published_and_written_and_other_limits_are_tried(own: Project) -> None:
    own.config.write_text(own.config.read_text(encoding="utf-8") + OFFERS, encoding="utf-8")
    page = own.run("plan", "--out", "plan.csv").stdout
    assert "prices is not made: lift of Prices: harms" in page and "by effects that you assume" in " ".join(
        page.split()
    )
    assert max(len(line) for line in page.splitlines()) <= 80
    with (own.folder / "plan.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
    assert sum(float(row["cost"]) for row in rows) <= 40.01
    assert (own.folder / "plan.csv").stat().st_mode & 0o077 == 0
    made = json.loads(own.run("plan", "--json").stdout)["plan"]
    assert sum(of["offers"] for of in made["offers"]) == len(rows) and not made["is_trial"]
    before = sorted(path.name for path in (own.folder / "out" / "runs").iterdir())
    tried = json.loads(own.run("plan", "--budget", "80", "--capacity", "sms=3", "--json").stdout)["plan"]
    assert tried["is_trial"] and tried["measured"] > made["measured"]
    assert next(of for of in tried["offers"] if of["offer"] == "text")["offers"] <= 3
    assert before == sorted(path.name for path in (own.folder / "out" / "runs").iterdir())
    assert "voucher" in own.run("act", "campaign_optimisation").stdout


def test_where_there_is_no_plan_the_reason_and_the_way_to_one_are_said(own: Project) -> None:
    page = own.run("plan").stdout
    assert "no offer is configured" in page and "Next: actions.offers" in page
    error = own.run("plan", "--capacity", "emial=5", expect=2).stderr
    assert "there is no channel emial" in error and "Did you mean email?" in error
    assert "is not CHANNEL=N" in own.run("plan", "--capacity", "email", expect=2).stderr
