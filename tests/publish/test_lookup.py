from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

import cxunify
from cxunify import profile
from cxunify.cli import show
from cxunify.cli.output import as_json
from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.publish import publish
from cxunify.publish.lookup import Choice, Page, find
from cxunify.schema.actions import LAYER as ACTIONS
from tests.profile.fakes import config, insert, warehouse
from tests.tables import empty

ADA = {
    "source": "contacts", "record_id": "0031", "customer": "cada", "given_name": "Ada", "family_name": "Lovelace",
    "emails": ["Ada@Mail.Example"], "phones": ["(312) 555-0142"], "street": "12 St James's Square", "city": "London",
    "birth_date": "1815-12-10", "consent": {"email": True}, "created_at": "2021-03-04", "updated_at": "2024-01-01",
}  # fmt: skip
RECORDS = [
    ADA,
    {"source": "tills", "record_id": "T7", "customer": "cada", "given_name": "Augusta Ada", "family_name": "King",
     "birth_date": "1815-12-01", "confidence": 0.72, "joined_by": "model"},
    {"source": "contacts", "record_id": "0032", "customer": "cwilliam", "given_name": "William", "family_name": "King"},
    {"source": "contacts", "record_id": "0033", "customer": "cevil", "given_name": "[bold]Eve[/]\x1b[31m\u202e",
     "family_name": "King"},
]  # fmt: skip
INTERACTIONS = [
    {"source": "receipts", "customer": "cada", "kind": "purchase", "occurred_at": "2024-05-02T10:12:00", "amount": 42.5,
     "currency": "USD", "location": "S014", "product": "Punch cards", "interaction_id": "R-2024-17"},
    {"source": "receipts", "customer": "cevil", "kind": "visit", "occurred_at": "2024-05-02T10:12:00", "interaction_id": "T7"},
    {"source": "receipts", "customer": "cada", "kind": "purchase", "occurred_at": "2024-05-30T17:40:00", "amount": 1260,
     "currency": "USD", "location": "S014", "product": "Brass gears"},
    {"source": "clicks", "customer": "cada", "kind": "product_view", "occurred_at": "2024-05-29T21:03:00",
     "page": "https://shop.example/engines/analytical?x=1", "identifiers": {"device_id": "d1"}},
    {"source": "cases", "customer": "cada", "kind": "complaint", "occurred_at": "2024-06-01T09:00:00", "case_id": "K-1",
     "reason": "Gear missing", "outcome": "Open"},
    {"source": "surveys", "customer": "cada", "kind": "survey", "occurred_at": "2024-06-02T08:00:00", "score": 6},
]  # fmt: skip
IDENTIFIERS = [
    {
        "customer_id": "cada",
        "type": "email",
        "value": "ada@mail.example",
        "first_seen_at": "2021-03-04",
        "last_seen_at": "2024-01-01",
    },
    {"customer_id": "cada", "type": "phone", "value": "+13125550142", "first_seen_at": "2021-03-04"},
    {"customer_id": "cada", "type": "loyalty_id", "value": "LC0001815", "first_seen_at": "2024-05-02"},
    {"customer_id": "cada", "type": "email", "value": "home@mail.example", "status": "shared"},
    {"customer_id": "cwilliam", "type": "email", "value": "home@mail.example", "status": "shared"},
]
TABLES = {
    "identity.households": [{"customer_id": who, "household_id": "h1"} for who in ("cada", "cwilliam")],
    "ledger.changes": [
        {"run_id": "r0", "kind": "merged", "old_id": "cold", "new_id": "cada", "cause": "its records joined another"}
    ],
}


NEXT: dict[str, list[dict[str, Any]]] = {
    "actions.predictions": [
        {"customer_id": "cada", "p_alive": 0.834, "p_purchase_90d": 0.61, "value_365d": "412.5", "overdue_days": 1,
         "next_purchase_date": "2024-07-20", "next_purchase_from_date": "2024-07-02", "next_purchase_until_date": "2024-10-01"},
    ],
    "actions.segments": [{"customer_id": "cada", "segment": "top 5 %, overdue", "previous_segment": "top 5 %, active"}],
    "actions.triggers": [
        {"customer_id": "cada", "signal": "visits", "direction": "drop", "observed_days": 91, "observed": 2, "expected": 11.4,
         "since_date": "2024-05-30", "value_at_stake": "380", "expected_false_share": 0.084, "rank": 1},
    ],
    "actions.contact_limits": [
        {"customer_id": "cada", "channel": "email", "is_eligible": True},
        {"customer_id": "cada", "channel": "phone", "is_eligible": False, "reason": "never asked"},
        {"customer_id": "cwilliam", "channel": "email", "is_eligible": False, "reason": "held out"},
    ],
    "actions.treatments": [
        {"customer_id": "cada", "track": "keep", "since_date": "2024-06-30", "previous_track": "regular", "offer": "personal offer",
         "reasons": "value_tier top 5 %; drop visits", "channel": "email", "valid_until_date": "2024-07-14"},
        {"customer_id": "cwilliam", "track": "rest", "since_date": "2024-06-30", "blocked_by": "email: held out"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    made = config()
    made._root = tmp_path_factory.mktemp("project")
    made.output_path.mkdir()
    with warehouse(RECORDS, INTERACTIONS, IDENTIFIERS, tables=TABLES, directories=[made.root]) as house:
        profile.build(house, made, datetime(2024, 6, 30, 12))
        empty(house, ACTIONS)
        for name, rows in NEXT.items():
            insert(house, name, rows)
        publish(house, made, "r1")
    return made


@pytest.mark.parametrize(
    "who",
    [
        "cada", "cold", "contacts:0031", "tills:T7", "ADA@mail.example", "ada+news@mail.example", "+1 312 555 0142", "312.555.0142",
        "(312) 555-0142", "011 1 312 555 0142", "lc0001815", "LC0001815", "Ada Lovelace", "ada lovelace", " lovelace ",
        "0031", "R-2024-17",
    ],
)  # fmt: skip
def test_a_customer_is_found_by_whatever_one_has(project: Config, who: str) -> None:
    found = find(project, who)
    assert isinstance(found, Page)
    assert found.customer["customer_id"] == "cada"


def test_several_customers_are_a_list_to_choose_from(project: Config) -> None:
    for who, ids in (
        ("home@mail.example", {"cada", "cwilliam"}),
        ("king", {"cwilliam", "cevil"}),
        ("T7", {"cada", "cevil"}),
    ):
        found = find(project, who)
        assert isinstance(found, tuple)
        assert all(isinstance(choice, Choice) for choice in found)
        assert {choice.customer_id for choice in found} == ids


@pytest.mark.parametrize("who", ["nobody", "", "x:y", "' or 1=1 --", "%", "nobody@nowhere.example", "+1 312 555 9999"])
def test_nobody_is_said_so(project: Config, who: str) -> None:
    with pytest.raises(LookupFailed):
        find(project, who)


def test_before_anything_is_published_there_is_nobody(tmp_path: Path) -> None:
    made = config()
    made._root = tmp_path
    with pytest.raises(LookupFailed, match="nothing is published"):
        find(made, "cada")
    with pytest.raises(LookupFailed, match="nothing is published"):
        cxunify.open(tmp_path)


def _drawn(found: Page | tuple[Choice, ...], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, force_terminal=False)
    for piece in show.page(found, "USD") if isinstance(found, Page) else show.choices(found):
        console.print(piece)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def test_the_page_is_the_one_that_was_looked_at(project: Config) -> None:
    found = find(project, "cada")
    expected = (Path(__file__).parent / "cases" / "show.txt").read_text(encoding="utf-8")
    assert _drawn(found, 80) == expected


def test_a_customer_who_is_not_to_be_contacted_says_why(project: Config) -> None:
    drawn = _drawn(find(project, "cwilliam"), 80)
    said = drawn[drawn.index("What next") : drawn.index("\n\n", drawn.index("What next"))]
    assert said.split("\n") == [
        "What next",
        "  Track       rest, since 2024-06-30",
        "  Not now     email: held out",
        "  Contact     email: held out",
    ]
    assert "What next" not in _drawn(find(project, "cevil"), 80)


@pytest.mark.parametrize("width", [72, 80, 120])
def test_ids_are_never_broken(project: Config, width: int) -> None:
    page, choices = _drawn(find(project, "cada"), width), _drawn(find(project, "king"), width)
    for name in ("contacts:0031", "tills:T7", "(cwilliam)"):
        assert name in page
    assert "cwilliam " in choices and "cevil " in choices


def test_a_name_cannot_steer_the_terminal(project: Config) -> None:
    for width in (40, 80, 120):
        drawn = _drawn(find(project, "cevil"), width) + _drawn(find(project, "king"), width)
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert "[bold]" in drawn.replace("\n", "")


def test_the_page_as_json_has_everything(project: Config) -> None:
    plain = json.loads(json.dumps(as_json(find(project, "cada"))))
    assert plain["customer"]["net_spend"] == "1302.50"
    assert [row["kind"] for row in plain["interactions"]] == [
        "survey",
        "complaint",
        "purchase",
        "product_view",
        "purchase",
    ]
    assert len(plain["doubts"]) == 4


def test_hashed_output_is_found_by_the_value_behind_the_hash(tmp_path: Path) -> None:
    made = config(publish={"personal_data": "hashed"})
    made._root = tmp_path
    made.output_path.mkdir()
    with warehouse(RECORDS, INTERACTIONS, IDENTIFIERS, directories=[tmp_path]) as house:
        profile.build(house, made)
        publish(house, made, "r1")
    found = find(made, "(312) 555-0142")
    assert isinstance(found, Page)
    assert found.customer["customer_id"] == "cada"


def test_notebooks_read_lazy_frames_that_stay_what_they_were(project: Config) -> None:
    run = cxunify.open(project.output_path)
    assert run.manifest["run_id"] == "r1"
    spend = run.customers.filter(pl.col("customer_id") == "cada").select("net_spend").collect().item()
    assert str(spend) == "1302.50"
    assert run.interactions.select(pl.len()).collect().item() == len(INTERACTIONS)
    assert run.interactions.collect_schema()["year"] == pl.Int64
    assert "customers" in dir(run)
    assert run.meanings("customers").filter(pl.col("column") == "phone")["meaning"][0].startswith("E.164")
    assert cxunify.open(run.folder).folder == run.folder
    with pytest.raises(AttributeError, match="there is no table nonsense"):
        _ = run.nonsense
    with pytest.raises(LookupFailed):
        run.table("../manifest")


def test_a_lookup_takes_no_time(project: Config) -> None:
    find(project, "cada")
    started = time.process_time()
    find(project, "cada")
    assert time.process_time() - started < 1
