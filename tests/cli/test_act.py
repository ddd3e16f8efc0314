"""`cxunify act`, as the real command in a real process."""

from __future__ import annotations

import json

from cxunify.config.requirements import catalogue
from tests.cli.project import Project


def test_what_the_data_bears_shows_its_first_rows(own: Project) -> None:
    found = json.loads(own.run("act", "campaign_benefit", "--limit", "3", "--json").stdout)
    assert found["action"]["status"] == "ready" and found["action"]["reason"] is None
    assert [(of["table"], len(of["first"])) for of in found["tables"]] == [("lift", 3)]
    assert "Voucher" in own.run("act", "campaign_benefit").stdout


def test_what_the_data_does_not_bear_is_refused_with_its_reason_and_its_gap(own: Project) -> None:
    own.replace("      consent: {email: Email Subscription Status}\n", "")  # then the tills' customers were never asked
    own.run("run", "-q")
    found = json.loads(own.run("act", "contact_orchestration", "--limit", "3", "--json").stdout)
    action = found["action"]
    assert action["status"] == "refused"
    assert action["requirement"] == "consent_known" and action["measured"] < action["required"] == 0.98
    assert [(of["table"], of["rows"]) for of in found["tables"]] == [("contact_limits", 0)]
    page = own.run("act", "contact_orchestration").stdout
    assert "✗ Outbound contacts in step: refused" in page
    assert f"cxunify quality {action['gaps'].split(', ')[0]}" in page
    assert "✗  Outbound contacts in step" in own.run("act").stdout


def test_an_act_may_look_back_and_be_made_again(own: Project) -> None:
    then = json.loads(own.run("act", "--as-of", "2025-06-01", "--force", "--json").stdout)
    assert {action["capability"] for action in then["actions"]} >= {"contact_orchestration"}
    assert then["results"]["act"] is not None
    again = json.loads(own.run("act", "--as-of", "2025-06-01", "--json").stdout)
    assert again["results"]["act"] is None and again["actions"] == then["actions"]


def test_an_unknown_capability_is_answered_with_the_nearest(own: Project) -> None:
    error = own.run("act", "contact_orchestraton", expect=2).stderr
    assert "there is no capability contact_orchestraton" in error and "Did you mean contact_orchestration?" in error


def test_what_can_be_done_comes_first_and_no_capability_is_left_out(done: Project) -> None:
    found = json.loads(done.run("act", "--json").stdout)["actions"]
    page = " ".join(done.run("act").stdout.split())
    parts = [
        "What you can do now",
        "What is known of",
        "What to do better",
        "does not bear yet",
        "No data of their kind have",
    ]
    assert sorted(parts, key=page.index) == parts
    first = page[page.index(parts[0]) : page.index(parts[1])]
    for action in found:
        assert action["title"] in page
        is_first = action["category"] == "interaction" or action["capability"] in {"next_product", "campaign_benefit"}
        assert (f"✓ {action['title']} " in first) == (is_first and action["status"] == "ready")


def test_every_capability_leads_somewhere_row_by_row(done: Project) -> None:
    """Ready: to tables that are published; else to the requirement, or what is missing, and to gaps that have their price."""
    found = json.loads(done.run("act", "--json").stdout)["actions"]
    report = json.loads(done.current.joinpath("report.json").read_text(encoding="utf-8"))
    priced = {gap["gap_id"] for gap in report["gaps"]}
    assert {action["capability"] for action in found} == {*catalogue()["capabilities"]}
    for action in found:
        name = action["capability"]
        for table in action["tables"].split(", "):
            assert done.current.joinpath(f"{table}.parquet").exists(), (name, table)
        gaps = action["gaps"].split(", ") if action["gaps"] else []
        assert {*gaps} <= priced, name
        assert action["reason"] or action["status"] == "ready", name
        assert action["check"] or action["customers"] or action["status"] in ("refused", "nothing"), name
        if action["status"] == "refused" and action["requirement"]:
            measure = catalogue()["measures"][action["requirement"]]
            assert gaps or measure["mend"], name
