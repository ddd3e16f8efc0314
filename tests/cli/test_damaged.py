"""Extracts that a spreadsheet, a till or a form has spoiled, through the real command: nobody is joined by them, and it is told."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from tests.cli.project import Project

CONFIG = """
version: 1
region: GB
currency: GBP
sources:
  crm:
    channel: crm
    files: crm.csv
    person: {id: id, given_name: first, email: mail, phone: phone, identifiers: {loyalty_id: card}}
  tills:
    channel: pos
    files: tills.csv
    load: append
    interaction: {id: no, at: at, kind: purchase, amount: amount, identifiers: {loyalty_id: card, email: mail}}
"""
CRM = """id,first,mail,phone,card
1,Orla,orla@brook.example,Mobile 07700 900111 (evenings),6.00412E+15
2,Rufus,Rufus <ruf@mill.example>,020 7946 0055 / 07700 900456,6.00412E+15
3,Petra,petra at brook dot example,4.47701E+11,6.00412E+15
4,Ivo,ivo@brook.example.,020 7946 0091 ext. 12,
5,Nadia,,tel 91,
"""


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("spoiled") / "project"
    folder.mkdir()
    (folder / "cxunify.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "crm.csv").write_text(CRM, encoding="utf-8")
    receipts = [f"{n},2024-03-{1 + n % 28:02} 10:00,10.00,,walkin+{n}@tills.example" for n in range(1, 31)]
    receipts += ["31,2024-03-05 11:00,7.00,6.00412E+15,", "32,2024-03-06 11:00,5.00,,orla at brook"]
    (folder / "tills.csv").write_text("\n".join(["no,at,amount,card,mail", *receipts, ""]), encoding="utf-8")
    project = Project(folder)
    project.run("run")
    return project


def test_what_is_spoiled_joins_nobody_and_is_told_with_its_price(spoiled: Project) -> None:
    published = pq.read_table(
        spoiled.current / "customers.parquet", columns=["given_name", "email", "phone"]
    ).to_pylist()
    assert {row["given_name"]: (row["email"], row["phone"]) for row in published} == {
        "Orla": ("orla@brook.example", "+447700900111"),
        "Rufus": ("ruf@mill.example", "+442079460055"),
        "Petra": (None, None),
        "Ivo": ("ivo@brook.example", "+442079460091"),
        "Nadia": (None, None),
    }
    gaps = {gap["gap_id"]: gap for gap in json.loads(spoiled.run("quality", "--json").stdout)["document"]["gaps"]}
    told = {name: gaps[name]["rows"] for name in gaps if name.split(".")[0] in {
        "identifier_rounded", "identifier_of_all", "contact_unread", "phone_invalid", "email_invalid", "shared_value",
    }}  # fmt: skip
    assert told == {
        "identifier_rounded.crm.identifiers.loyalty_id": 3,
        "identifier_rounded.tills.identifiers.loyalty_id": 1,
        "identifier_of_all.tills.identifiers.email": 30,
        "contact_unread.tills.identifiers.email": 1,
        "phone_invalid.crm.phone": 2,
        "email_invalid.crm.email": 1,
    }
    assert float(gaps["identifier_of_all.tills.identifiers.email"]["revenue"]) == 300
    assert float(gaps["identifier_rounded.tills.identifiers.loyalty_id"]["revenue"]) == 7


def test_why_names_the_damage(spoiled: Project) -> None:
    told = " ".join(spoiled.run("why", "crm:1", "crm:2").stdout.split())
    assert "loyalty_id 6.00412E+15 6.00412E+15 damaged: rounded to" in told
