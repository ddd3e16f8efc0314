"""One cell, read by every layer from the extract on: what identity compares, profile publishes, quality reports, a lookup finds."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cxunify import identity, ingest, profile, quality
from cxunify.config import load
from cxunify.publish.lookup import readings
from cxunify.vocabulary import lists, phone
from cxunify.warehouse import Warehouse

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "contacts.yaml").read_text(encoding="utf-8")
)
MAILBOXES, NUMBERS, SEVERAL = CASES["mailboxes"], CASES["numbers"], CASES["several"]
COLUMNS = ("id", "first", "last", "email", "phone", "born", "card", "country")
CONFIG = """
version: 1
region: US
currency: USD
sources:
  people:
    channel: crm
    files: people.csv
    person:
      id: id
      given_name: first
      family_name: last
      email: email
      phone: phone
      birth_date: born
      identifiers: {loyalty_id: card}
      country: country
"""


@dataclass(frozen=True)
class Said:
    """What the layers say of one record's contact."""

    value: str | None
    address: str | None
    """Published."""
    status: str | None
    """Of the gap that it is part of, if any."""


def read(folder: Path, rows: list[dict[str, str]]) -> Warehouse:
    """An extract of people, read by every layer."""
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({"id": f"R{place}", **row} for place, row in enumerate(rows))
    (folder / "cxunify.yaml").write_text(CONFIG, encoding="utf-8")
    config = load(folder / "cxunify.yaml")
    warehouse = Warehouse.open(directories=[folder])
    ingest.ingest(warehouse, config, (), "r1")
    identity.resolve(warehouse, config)
    profile.build(warehouse, config)
    quality.assess(warehouse, config)
    return warehouse


def said(warehouse: Warehouse, type_: str) -> dict[str, Said]:
    """What the layers say of each record's mailbox or number, by the record's id."""
    rows = warehouse.rows(
        """
        select r.record_id, v.value, p.contact, q.status
        from staging.records as r
        left join identity.features as f on f.row_no = r.row_no
        left join identity.record_values as v on v.node = f.node and v.type = $type
        left join profile.contacts as p on p.row_no = r.row_no and p.type = $type
        left join quality.cells as q on q.row_no = r.row_no and q.field = $type""",
        {"type": type_},
    )
    return {record: Said(*rest) for record, *rest in rows}


def expected(case: dict[str, Any]) -> Said:
    """What a case says the layers are to say."""
    if "placeholder" in case:
        return Said(case.get("value"), None, "placeholder")
    return Said(case.get("value"), case.get("address", case.get("value")), None if "value" in case else "invalid")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    rows = [{"email": case["written"]} for case in MAILBOXES]
    rows += [{"phone": case["written"], "country": case["country"]} for case in NUMBERS]
    with read(tmp_path_factory.mktemp("readings"), rows) as warehouse:
        yield warehouse


@pytest.mark.parametrize("place", range(len(SEVERAL)), ids=lambda place: SEVERAL[place]["written"])
def test_all_of_several_in_a_cell_are_kept(tmp_path: Path, place: int) -> None:
    case = SEVERAL[place]
    country, type_ = case.get("country", "US"), case["type"]
    with read(tmp_path, [{type_: case["written"], "country": country}]) as alone:
        known = [value for (value,) in alone.rows("select value from identity.record_values order by place")]
        published = alone.rows(f"select {type_} from profile.customers")
        unusable = alone.rows("select status from quality.cells where field = $type", {"type": type_})
        found = [value for of, value in readings(alone, case["written"], country) if of == type_]
    assert (known, published, unusable, found) == (case["values"], [(case["values"][0],)], [], case["values"])


@pytest.mark.parametrize("place", range(len(MAILBOXES)), ids=lambda place: MAILBOXES[place]["written"])
def test_every_layer_reads_a_mailbox_alike(whole: Warehouse, place: int) -> None:
    case = MAILBOXES[place]
    assert said(whole, "email")[f"R{place}"] == expected(case)
    found = [value for type_, value in readings(whole, case["written"], "US") if type_ == "email"]
    assert found == list(dict.fromkeys(filter(None, (case.get("address"), case.get("value")))))


@pytest.mark.parametrize(
    "place", range(len(NUMBERS)), ids=lambda place: f"{NUMBERS[place]['country']} {NUMBERS[place]['written']}"
)
def test_every_layer_reads_a_number_alike(whole: Warehouse, place: int) -> None:
    case = NUMBERS[place]
    assert said(whole, "phone")[f"R{len(MAILBOXES) + place}"] == expected(case)
    found = [value for type_, value in readings(whole, case["written"], case["country"]) if type_ == "phone"]
    assert found == ([case["value"]] if "value" in case and case.get("typed", True) else [])


NEW = (
    ("mailbox", "kasse"), ("maildomain", "laden.example"), ("identifier", "kassenkarte"), ("birth_date", "1985-05-05"),
    ("word", "laufkundschaft"),
)  # fmt: skip
PEOPLE = [
    {"first": "Ann", "last": "Arden", "email": "kasse@mail.example", "born": "1985-05-05", "card": "Kassenkarte"},
    {"first": "Laufkundschaft", "last": "Bunting", "email": "bea@laden.example", "phone": "laufkundschaft"},
]


def _understood(warehouse: Warehouse) -> dict[str, set[Any]]:
    """What is taken for a placeholder, by layer."""
    return {
        "identity": set(
            warehouse.rows("select type, lower(value) from identity.value_status where status = 'placeholder'")
        ),
        "evidence": set(warehouse.rows("select given, birth_date::varchar from identity.features")),
        "profile": set(warehouse.rows("select given_name, birth_date::varchar, email from profile.customers")),
        "quality": set(warehouse.rows("select field from quality.cells where status = 'placeholder'")),
    }


def test_a_placeholder_is_added_in_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    with read(before, PEOPLE) as warehouse:
        assert _understood(warehouse) == {
            "identity": set(),
            "evidence": {("ann", "1985-05-05"), ("laufkundschaft", None)},
            "profile": {("Ann", "1985-05-05", "kasse@mail.example"), ("Laufkundschaft", None, "bea@laden.example")},
            "quality": {("phone",)},
        }
    folder = tmp_path / "data"
    shutil.copytree(str(lists.FOLDER), folder)
    with (folder / "placeholders.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{kind},{value}\n" for kind, value in NEW)
    monkeypatch.setattr(lists, "FOLDER", folder)
    lists.rows.cache_clear()
    try:
        with read(after, PEOPLE) as warehouse:
            assert _understood(warehouse) == {
                "identity": {
                    ("email", "kasse@mail.example"), ("email", "bea@laden.example"), ("loyalty_id", "kassenkarte")
                },
                "evidence": {("ann", None), (None, None)},
                "profile": {("Ann", None, None), (None, None, None)},
                "quality": {("given_name",), ("email",), ("phone",), ("birth_date",), ("identifiers.loyalty_id",)},
            }  # fmt: skip
    finally:
        lists.rows.cache_clear()


@example("7pcs", "US")
@example("+1ZZY", "DE")
@given(
    st.text("0123456789ABCxyz+-(). /#,;:x\t", max_size=30)
    | st.from_regex(r"[+0-9][0-9 ().-]*[A-Za-z]{3,}[0-9-]*", fullmatch=True),
    st.sampled_from(["US", "DE", "KR"]),
)
def test_whatever_stands_where_a_number_should_is_numbers_or_none(text: str, country: str) -> None:
    """A cell `7pcs` once ended a run: it looks like a number in letters, and is none."""
    assert all(number.startswith("+") and number[1:].isdigit() for number in phone.unpacked(text, country))
