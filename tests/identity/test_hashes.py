"""Hashed contacts: hash joins hash, hash joins what is known in plain, and the hash of nothing joins nobody."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
import yaml

from cxunify.config import load
from cxunify.warehouse import Warehouse
from tests.identity import project

PEOPLE = [
    ("1", "Nadia", "Okafor", "Nadia.Okafor+shop@Moss.example", "030 2345678"),
    ("2", "Jonas", "Lindqvist", "jonas@fern.example", "030 3456789"),
    ("3", "Petra", "Vogel", "p.etra@gmail.com", "040 4567890"),
    ("4", "Imre", "Szabo", "imre@heath.example", "040 5678901"),
]


NAMED = {"id": "id", "given_name": "first", "family_name": "last"}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _base64(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


NEWS = [
    # who, hash: upper case of the address in small letters; of the mailbox without its dots; of nothing, twice
    ("n1", "Nadia", "Okafor", _md5("nadia.okafor+shop@moss.example").upper()),
    ("n3", "Petra", "Vogel", _md5("petra@gmail.com")),
    ("n5", "Sunniva", "Brandt", _md5("somebody@else.example")),
    ("n6", "Karl", "Weber", _md5("")),
    ("n7", "Edda", "Lang", _md5("")),
    ("n8", "Timo", "Krause", _md5("null")),
    ("n9", "Ruth", "Seidel", _md5("null")),
]
ADS = [
    ("a2", "Jonas", "Lindqvist", _base64("jonas@fern.example"), ""),
    ("a4", "Imre", "Szabo", "", _sha256("+49405678901")),
    ("a9", "Odile", "Marchand", _base64("stranger@nowhere.example"), ""),
]
PANEL = [("p5", "Sunniva", "Brandt", _md5("somebody@else.example"))]
VISITS = [
    ("v1", "2024-03-01T10:00:00Z", _sha256("imre@heath.example")),
    ("v2", "2024-03-02T10:00:00Z", _base64("imre@heath.example")),
    ("v3", "2024-03-03T10:00:00Z", _sha256("")),
]


def _file(folder: Path, name: str, rows: list[tuple[str, ...]], header: str) -> None:
    (folder / name).write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project whose customers are known."""
    folder = tmp_path_factory.mktemp("hashes")
    _file(folder, "crm.csv", PEOPLE, "id,first,last,mail,tel")
    _file(folder, "news.csv", NEWS, "id,first,last,hash")
    _file(folder, "ads.csv", ADS, "id,first,last,mail,tel")
    _file(folder, "panel.csv", PANEL, "id,first,last,hash")
    _file(folder, "visits.csv", VISITS, "id,at,who")
    settings = {
        "version": 1, "region": "DE", "currency": "EUR",
        "sources": {
            "crm": {
                "channel": "crm", "files": "crm.csv",
                "person": {**NAMED, "email": "mail", "phone": "tel"},
            },
            "news": {"channel": "email", "files": "news.csv", "person": {**NAMED, "identifiers": {"email_md5": "hash"}}},
            "ads": {
                "channel": "app", "files": "ads.csv",
                "person": {**NAMED, "identifiers": {"email_sha256": "mail", "phone_sha256": "tel"}},
            },
            "panel": {"channel": "survey", "files": "panel.csv", "person": {**NAMED, "identifiers": {"email_md5": "hash"}}},
            "visits": {
                "channel": "web", "files": "visits.csv",
                "interaction": {"id": "id", "at": "at", "kind": "visit", "identifiers": {"email_sha256": "who"}},
            },
        },
    }  # fmt: skip
    (folder / "cxunify.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    project.resolve(load(folder / "cxunify.yaml"))
    return folder


def test_hashes_join_hashes_and_what_is_known_in_plain(made: Path) -> None:
    owner = project.customers(load(made / "cxunify.yaml"))
    groups: dict[str, set[str]] = {}
    for record, customer in owner.items():
        groups.setdefault(customer, set()).add(record)
    together = {frozenset(group) for group in groups.values() if len(group) > 1}
    assert together == {
        frozenset({"crm:1", "news:n1"}), frozenset({"crm:3", "news:n3"}), frozenset({"crm:2", "ads:a2"}),
        frozenset({"crm:4", "ads:a4"}), frozenset({"news:n5", "panel:p5"}),
    }  # fmt: skip


def test_what_happened_follows_the_hash(made: Path) -> None:
    config = load(made / "cxunify.yaml")
    owner = project.customers(config)
    with Warehouse.open(config.warehouse_path, read_only=True) as warehouse:
        found = warehouse.rows(
            "select i.interaction_id, a.customer_id, a.identified_by from staging.interactions as i"
            " left join identity.trace_assignments as a using (trace_id) order by 1"
        )
        kept = warehouse.rows(
            "select type, count(*), bool_and(regexp_full_match(value, '[0-9a-f]+')) from identity.identifiers"
            " where customer_id = $customer group by 1 order by 1",
            {"customer": owner["crm:1"]},
        )
        useless = warehouse.rows("select distinct type, status from identity.value_status order by 1")
    assert found == [
        ("v1", owner["crm:4"], "email_sha256"), ("v2", owner["crm:4"], "email_sha256"), ("v3", None, None),
    ]  # fmt: skip
    assert [row for row in kept if "_" in row[0]] == [("email_md5", 1, True)]
    assert ("email_md5", "placeholder") in useless
    assert len(owner) == len(PEOPLE) + len(NEWS) + len(ADS) + len(PANEL)
