"""Opt-outs that cannot be read whole, or name another channel's address, from the extract to what is published and told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxunify import identity, ingest, profile, quality
from cxunify.config import document, load
from cxunify.warehouse import Warehouse

CASES: list[dict[str, Any]] = document((Path(__file__).parent / "cases" / "optouts.yaml").read_text(encoding="utf-8"))
PEOPLE = [
    "id,first,last,mail,tel,letters,texts,changed",
    "1,Ada,Abel,ada@a.example,+1 312 200 1001,yes,yes,2024-01-01",
    "2,Ben,Bode,ben@b.example,+1 312 200 1002,yes,yes,2024-01-02",
]
# Rows that are as they should be: what cannot be read stays below the share from which a source is refused.
DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(0, 240, 3)]
ACTS = ["no,at,what,mail,tel,key", *(f"n{n},{day},click,ben@b.example,," for n, day in enumerate(DAYS))]


def _built(folder: Path, case: dict[str, Any]) -> tuple[dict[str, list[bool | None]], set[str]]:
    """Whether either may be written e-mails and text messages, and the checks that tell of consent or times."""
    (folder / "crm.csv").write_text("\n".join([*PEOPLE, *case.get("people", ())]) + "\n", encoding="utf-8")
    (folder / "list.csv").write_text("\n".join([*ACTS, *case.get("acts", ())]) + "\n", encoding="utf-8")
    (folder / "cxunify.yaml").write_text(json.dumps({
        "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
        "sources": {
            "crm": {"channel": "crm", "files": "crm.csv", "person": {
                "id": "id", "given_name": "first", "family_name": "last", "email": "mail", "phone": "tel",
                "consent": {"email": "letters", "sms": "texts"}, "updated_at": "changed",
            }},
            "list": {"channel": case["channel"], "files": "list.csv", "load": "append", "interaction": {
                "id": "no", "at": "at", "kind": {"column": "what", "map": {"click": "page_view"}}, "person": {"crm": "key"},
                "identifiers": {"email": "mail", "phone": "tel"},
            }},
        },
    }), encoding="utf-8")  # fmt: skip
    config = load(folder / "cxunify.yaml")
    with Warehouse.open(directories=[folder]) as warehouse:
        ingest.ingest(warehouse, config, (), "r1")
        identity.resolve(warehouse, config)
        profile.build(warehouse, config)
        report = quality.assess(warehouse, config)
        assert report is not None
        rows = warehouse.rows("""
            select a.record_id, c.consent_email, c.consent_sms
            from identity.assignments as a join profile.customers as c on c.customer_id = a.customer_id""")
    told = {gap.check for gap in report.gaps if gap.check.startswith(("consent_", "optout_", "date_"))}
    return {record: [email, sms] for record, email, sms in rows}, told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_nobody_is_asked_less_cautiously_for_a_row_that_is_not_as_it_should_be(
    tmp_path: Path, case: dict[str, Any]
) -> None:
    allowed, told = _built(tmp_path, case)
    assert allowed == case["expect"]
    assert told == set(case.get("gaps", ()))
