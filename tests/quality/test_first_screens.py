"""The first screen of each shipped preset, on a clean export: what leads it is worth somebody's morning, or nothing does."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxunify import identity, ingest, profile, quality
from cxunify.config import document, load, presets
from cxunify.warehouse import Warehouse

CASES: list[dict[str, Any]] = document(
    (Path(__file__).parent / "cases" / "first_screens.yaml").read_text(encoding="utf-8")
)
FIRST = ("Orla", "Rufus", "Petra", "Ivo", "Ada", "Ben", "Cleo", "Dov", "Eli", "Fay")
LAST = (
    "Quimby",
    "Marchetti",
    "Lindqvist",
    "Santangelo",
    "Ferris",
    "Vance",
    "Wynn",
    "Yates",
    "Zorn",
    "Abara",
    "Brandt",
    "Castile",
)
PEOPLE = 60
PERSON = {
    "key": "{key}", "first": "{first}", "last": "{last}", "mail": "{mail}", "phone": "{phone}", "zip": "{zip}", "made": "{day}",
}  # fmt: skip


def _said(n: int) -> dict[str, Any]:
    """What a row says: everything follows from its number."""
    who = n % PEOPLE
    first, last = FIRST[who % len(FIRST)], LAST[who % len(LAST)]
    at = datetime(2024, 4, 1, 14) + timedelta(days=n * 3 // 8, hours=n % 7, minutes=7 * n % 60)
    return {
        "n": n, "who": who, "key": 1000 + who, "first": first, "last": last, "mail": f"{first}.{last}@mail.example".lower(),
        "md5": hashlib.md5(str(who).encode(), usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(str(who).encode()).hexdigest(),
        "phone": f"+1312555{1000 + who * 37}", "street": f"{who + 1} Elm Street", "zip": f"606{who:02}",
        "born": date(1950, 1, 1) + timedelta(days=211 * who), "day": at.date(), "time": f"{at:%H:%M}", "us": f"{at:%m/%d/%Y}",
        "epoch": int(at.timestamp()), "clock": f"{at:%I:%M %p}", "amount": f"{5 + n % 40}.50", "thing": f"Thing {n % 9}",
        "logged": f"{at:%d/%b/%Y:%H:%M:00 -0500}", "till": n % 3, "reason": f"Reason {n % 5}",
    }  # fmt: skip


def _filled(template: Any, said: dict[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, said) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, said) for value in template]
    return template.format(**said)


def _table(path: Path, columns: dict[str, str], rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(_filled(columns, said) for said in rows)


def _source(folder: Path, name: str, case: dict[str, Any]) -> dict[str, Any]:
    """One clean export, written, as a source of its preset."""
    rows = [_said(n) for n in range(1, case["rows"] + 1)]
    file = case.get("file", f"{name}.csv" if "columns" in case else f"{name}.ndjson")
    if "line" in case:
        (folder / file).write_text("\n".join(_filled(case["line"], said) for said in rows), encoding="utf-8")
    elif "columns" in case:
        _table(folder / file, case["columns"], iter(rows))
    else:
        lines = (json.dumps(_filled(case["document"], said)) for said in rows)
        (folder / file).write_text("\n".join(lines), encoding="utf-8")
    return {"channel": case["channel"], "files": file, "preset": case["preset"], **case.get("settings", {})}


def _people(folder: Path, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """A plain list of the people whom exports without people of their own speak of."""
    _table(folder / "people.csv", PERSON, map(_said, range(1, 7 * PEOPLE, 7)))
    person: dict[str, Any] = {
        "id": "key",
        "given_name": "first",
        "family_name": "last",
        "email": "mail",
        "phone": "phone",
        "postal_code": "zip",
        "created_at": "made",
    }
    if any("Customer Reference ID" in case.get("columns", {}) for case in cases):
        person["identifiers"] = {"reference_id": "key"}
    return {"channel": "crm", "files": "people.csv", "person": person}


def first_screen(folder: Path, *cases: dict[str, Any]) -> quality.Report:
    """The report of a project of these exports and, where one has no people of its own, of a plain list of them."""
    names = ["export"] if len(cases) == 1 else [_name(case) for case in cases]
    sources = {name: _source(folder, name, case) for name, case in zip(names, cases, strict=True)}
    if any("person" not in presets()[case["preset"]].mapping for case in cases):
        sources["people"] = _people(folder, list(cases))
    settings = {"version": 1, "region": "US", "currency": "USD", "timezone": "America/New_York", "sources": sources}
    (folder / "cxunify.yaml").write_text(json.dumps(settings), encoding="utf-8")
    config = load(folder / "cxunify.yaml")
    with Warehouse.open(directories=[folder], threads=1) as warehouse:
        ingest.ingest(warehouse, config)
        identity.resolve(warehouse, config)
        profile.build(warehouse, config)
        report = quality.assess(warehouse, config)
    assert report is not None
    return report


def _name(case: dict[str, Any]) -> str:
    return str(case["preset"]).replace(".", "_")


def _misleads(gap: Any, channel: str) -> bool:
    """Whether a gap of a clean export says something that is not so, or asks for what cannot be there."""
    field = (gap.field or "").split(".")[-1]
    return (
        (
            field == "location" and channel in {"web", "app", "email", "support"}
        )  # what happens there happens in no store
        or gap.check in {"key_to_nobody", "key_nearly", "merge_to_nobody"}  # a guest's placeholder is nobody's key
        or gap.check.endswith(
            ("_invalid", "_empty", "_unparseable", "_unread", "_odd", "_cut", "_placeholder", "_reused", "_rejected")
        )
        or gap.check.startswith(
            ("clock_", "date_", "consent_", "currency_", "amount_", "kind_", "volume_", "place_", "total_", "line_")
        )
    )


def test_every_preset_has_a_first_screen() -> None:
    assert {case["preset"] for case in CASES} == set(presets())


@pytest.mark.parametrize("case", [case for case in CASES if not case.get("shared")], ids=lambda case: case["preset"])
def test_a_clean_export_leads_with_nothing_that_misleads(tmp_path: Path, case: dict[str, Any]) -> None:
    report = first_screen(tmp_path, case)
    first = report.gaps[:3]
    assert [gap.gap_id for gap in first if _misleads(gap, case["channel"])] == []
    assert all(0 <= gap.measured <= 1 for gap in first)


@pytest.mark.parametrize("part", ["person", "interaction"])
def test_of_clean_exports_that_share_a_run_none_leads_with_what_misleads(tmp_path: Path, part: str) -> None:
    """A run each would take minutes: those that are marked so are sources of one project, and lead its list by source."""
    cases = [case for case in CASES if case.get("shared") and part in presets()[case["preset"]].mapping]
    assert len(cases) > 1
    gaps = first_screen(tmp_path, *cases).gaps
    misleading = [
        gap.gap_id
        for case in cases
        for gap in [gap for gap in gaps if gap.source == _name(case)][:3]
        if _misleads(gap, case["channel"])
    ]
    assert misleading == []


@pytest.mark.parametrize(
    ("preset", "check", "word", "kind"),
    [
        ("hubspot.contacts", "email_invalid", "md5", "MD5"),
        ("woocommerce.orders", "contact_unread", "sha256", "SHA-256"),
    ],
)
def test_a_column_of_hashes_is_told_as_hashes(tmp_path: Path, preset: str, check: str, word: str, kind: str) -> None:
    case = next(case for case in CASES if case["preset"] == preset)
    columns = {name: value.replace("{mail}", f"{{{word}}}") for name, value in case["columns"].items()}
    first = first_screen(tmp_path, {**case, "columns": columns}).gaps[0]
    assert (first.check, first.rows) == (check, case["rows"])
    assert (
        f"{case['rows'] if preset == 'hubspot.contacts' else 60} values are hashes by their shape ({kind})"
        in first.cause
    )
    assert f"identifiers: {{email_{word}: …}}" in first.cause
