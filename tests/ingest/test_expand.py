"""Names that lead through lists: a row of each element, or the one whose field says so; every record accounted for."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxunify.ingest import check
from tests.ingest.conftest import Project

LINES = {
    "id": "number",
    "at": "sold",
    "kind": "purchase",
    "amount": {"multiply": ["line_items[].quantity", "line_items[].price"]},
    "quantity": "line_items[].quantity",
    "product": "line_items[].name",
}
ORDERS: list[dict[str, Any]] = [
    {"number": "A1", "sold": "2024-05-01T10:00:00Z", "total": 25, "line_items": [
        {"name": "Tea", "quantity": 2, "price": "5.00"}, {"name": "Cup", "quantity": 1, "price": "15.00"}]},
    {"number": "A2", "sold": "2024-05-02T10:00:00Z", "total": 0, "line_items": []},
    {"number": "A3", "sold": "2024-05-03T10:00:00Z", "total": 10, "line_items": [
        {"name": "Tea", "quantity": 1, "price": "5.00"}, {"name": "Tea", "quantity": 1, "price": "5.00"}]},
    {"number": "A4", "sold": "2024-05-04T10:00:00Z", "total": 7},
    {"number": "A5", "sold": "2024-05-05T10:00:00Z", "total": 7, "line_items": {"name": "Mug", "quantity": 1, "price": "7.00"}},
]  # fmt: skip
FOUND = [("A1", "25.00", "3.000", 2), ("A2", None, None, 1), ("A3", "10.00", "2.000", 2), ("A4", None, None, 1),
         ("A5", "7.00", "1.000", 1)]  # fmt: skip
ASKED = "select interaction_id, amount::varchar, quantity::varchar, lines from staging.interactions order by 1"


def _lines(records: list[Any]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


@pytest.mark.parametrize("kind", ["ndjson", "json", "parquet", "csv"])
def test_an_order_has_the_lines_of_its_list(project: Project, kind: str) -> None:
    orders = ORDERS if kind != "parquet" else ORDERS[:4]
    if kind == "ndjson":
        project.write("s.ndjson", _lines(orders))
    elif kind == "json":
        project.write("s.json", json.dumps(orders))
    elif kind == "csv":
        cells = [[order["number"], order["sold"], json.dumps(order.get("line_items"))] for order in orders]
        rows = ["number,sold,line_items", *(f'{a},{b},"{c.replace(chr(34), chr(34) * 2)}"' for a, b, c in cells)]
        project.write("s.csv", "\n".join(rows))
    else:
        pq.write_table(pa.Table.from_pylist(orders), project.root / "s.parquet")
    project.source(files=f"s.{kind}", interaction=LINES)
    found = project.run().sources[0]
    assert project.rows(ASKED) == FOUND[: len(orders)]
    assert (found.records, found.loaded, found.rejected) == (len(orders) + 2, len(orders) + 2, 0)
    assert any(f"{len(orders)} records are {len(orders) + 2} rows" in note for note in found.notes)
    products = "select interaction_id, product, amount::varchar from staging.lines order by 1, line"
    assert project.rows(products) == [
        ("A1", "Tea", "10.00"),
        ("A1", "Cup", "15.00"),
        ("A3", "Tea", "5.00"),
        ("A3", "Tea", "5.00"),
    ]


def test_several_files_with_lists_are_read_at_once(project: Project) -> None:
    for place, order in enumerate(ORDERS):
        project.write(f"s{place}.ndjson", _lines([order]))
    picked = {**LINES, "location": "line_items[name=Cup].price"}
    project.source(files="s*.ndjson", load="append", interaction=picked)
    project.run()
    assert project.rows(ASKED) == FOUND
    assert project.column("select location from staging.interactions order by interaction_id")[0] == "15.00"


def test_equal_amounts_of_elements_are_added_up_though_nothing_says_so(project: Project) -> None:
    project.write("s.ndjson", _lines([ORDERS[2]]))
    project.source(files="s.ndjson", interaction={**LINES, "amount": "line_items[].price"})
    project.run()
    assert project.column("select amount::varchar from staging.interactions") == ["10.00"]


def test_the_amount_of_the_order_is_taken_once(project: Project) -> None:
    project.write("s.ndjson", _lines(ORDERS))
    project.source(files="s.ndjson", interaction={**LINES, "amount": "total"})
    project.run()
    assert project.column("select amount::varchar from staging.interactions order by interaction_id") == [
        "25.00", "0.00", "10.00", "7.00", "7.00",
    ]  # fmt: skip


def test_lists_within_elements_of_lists_and_lists_within_objects(project: Project) -> None:
    orders = [
        {"no": "1", "at": "2024-05-01", "lines": [{"sku": "a"}, {"sku": "b"}]},
        {"no": "2", "at": "2024-05-02", "lines": []},
    ]
    record = {"id": "c1", "data": {"orders": orders}}
    project.write("s.ndjson", _lines([record, {"id": "c2", "data": {"orders": []}}]))
    mapping = {
        "id": "data.orders[].no",
        "at": "data.orders[].at",
        "kind": "purchase",
        "product": "data.orders[].lines[].sku",
        "properties": {"customer": "id"},
    }
    project.source(files="s.ndjson", interaction=mapping)
    found = project.run().sources[0]
    assert project.rows(
        "select interaction_id, lines, properties['customer'] from staging.interactions order by 1"
    ) == [
        ("1", 2, "c1"),
        ("2", 1, "c1"),
    ]
    assert (found.records, found.loaded, found.rejected) == (4, 3, 1)  # of the last record nothing has a time


def test_scalars_and_numbers_of_64_bits_stay_what_they_are(project: Project) -> None:
    project.write("s.ndjson", '{"id": "x", "at": "2024-01-01", "ids": [9223372036854775807, "007", "é", null]}\n')
    project.source(files="s.ndjson", interaction={"id": "id", "at": "at", "kind": "other", "product": "ids[]"})
    project.run()
    assert project.column('select "ids[]" from raw.s order by source_row') == ["9223372036854775807", "007", "é", None]


def _event(*params: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    listed = [{"key": key, "value": value} for key, value in params]
    return {"name": "page_view", "at": "2024-01-01T00:00:00Z", "params": listed}


def test_an_element_is_picked_by_the_value_of_a_field(project: Project) -> None:
    page, session = ("page", {"string_value": "https://x.org/a"}), ("session", {"int_value": "5164663614086310235"})
    records = [
        _event(session, page),
        _event(page, ("page", {"string_value": "https://x.org/b"})),
        _event(),
        {**_event(), "params": None},
        _event(("score", {"string_value": None, "int_value": None, "double_value": 4.5})),
        _event(("score", {"string_value": "", "int_value": "4"})),
    ]
    project.write("s.ndjson", _lines(records))
    mapping = {
        "at": "at",
        "kind": "page_view",
        "page": "params[key=page].value.string_value",
        "session": "params[key=session].value.int_value",
        "score": "params[key=score].value.*",
        "campaign": "params[key=campaign].value.string_value",
        "referrer": "params[ key = 'page' ].value.string_value",
        "product": "params[0].key",
    }
    project.source(files="s.ndjson", interaction=mapping)
    found = project.run().sources[0]
    assert project.column("select product from staging.interactions order by source_row")[:3] == [
        "session",
        "page",
        None,
    ]
    assert project.column("select count(*) from staging.interactions where referrer is distinct from page") == [0]
    asked = "select page, session, score from staging.interactions order by source_row"
    assert project.rows(asked) == [
        ("https://x.org/a", "5164663614086310235", None), ("https://x.org/a", None, None), (None, None, None),
        (None, None, None), (None, None, 4.5), (None, None, 4.0),
    ]  # fmt: skip
    assert (found.records, found.loaded) == (6, 6)
    assert "s.ndjson: no record has `params[key=campaign]`" in found.notes
    assert "s.ndjson: 1 record has `params[key=page]` more than once: the first counts" in found.notes


def test_what_is_no_list_is_rejected_and_every_row_keeps_a_number_of_its_own(project: Project) -> None:
    rows = ['"[{""n"": 1}, {""n"": 2}]",a', "\"[{'n': 1}]\",b", "too,many,cells", '"[{""n"": 3}]",c', "7,d"]
    project.write("s.csv", "list,id\n" + "\n".join(rows))
    at = {"column": "id", "optional": True}
    project.source(files="s.csv", person={"id": "id", "attributes": {"n": at}}, skip={"list[].n": ["3"]})
    found = project.run().sources[0]
    assert (found.records, found.loaded, found.rejected, found.skipped) == (6, 2, 3, 1)
    assert project.rows("select source_row, reason from raw.rejects order by 1") == [
        (3, "`list` is no list in JSON"),
        (4, "3 cells where the header has 2"),
        (6, "`list` is no list in JSON"),
    ]
    assert project.column("select source_row from raw.s order by 1") == [1, 2, 5]


def test_the_same_file_is_read_again_where_the_mapping_names_other_lists(project: Project) -> None:
    project.write("s.ndjson", _lines(ORDERS))
    project.source(files="s.ndjson", load="append", interaction={"id": "number", "at": "sold", "kind": "purchase"})
    assert project.run().sources[0].records == 5
    project.source(files="s.ndjson", load="append", interaction=LINES)
    assert project.run().sources[0].records == 7
    assert project.rows(ASKED) == FOUND


def test_check_shows_what_is_read_of_the_elements(project: Project) -> None:
    project.write("s.ndjson", _lines(ORDERS))
    project.source(files="s.ndjson", interaction=LINES)
    [found] = check(project.config(), ["s"]).examined
    seen = {column.name: (column.filled, bool(column.fields)) for column in found.columns}
    assert seen == {
        "number": (7, True),
        "sold": (7, True),
        "total": (7, False),
        "line_items[].quantity": (5, True),
        "line_items[].price": (5, True),
        "line_items[].name": (5, True),
    }


def test_a_column_whose_own_name_has_brackets_is_no_list(project: Project) -> None:
    project.write("s.csv", "id[],items[a=b]\n1,x\n2,y\n")
    project.source(person={"id": "id[]", "attributes": {"x": "items[a=b]"}})
    project.run()
    assert project.rows("select record_id, attributes['x'] from staging.records order by 1") == [("1", "x"), ("2", "y")]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"properties": {"r": "refunds[].id"}},
            "a row cannot be one element of two lists, `line_items[]` and `refunds[]`",
        ),
        ({"amount": {"column": "total", "per": "line"}}, "interaction.amount is of the whole record"),
        ({"amount": "total", "quantity": "total"}, "interaction.quantity is of the whole record"),
        ({"id": "line_items[].id", "amount": "total"}, "interaction.amount is of the whole record"),
        ({"id": None, "amount": "total"}, "or map the record's own id as `interaction.id`"),
        ({"product": "lines[].name"}, "no column for interaction.product, `lines[].name`"),
    ],
)
def test_what_would_be_counted_twice_is_refused(project: Project, changes: dict[str, Any], says: str) -> None:
    project.write("s.ndjson", _lines(ORDERS))
    mapping = {key: value for key, value in {**LINES, **changes}.items() if value is not None}
    if "product" in changes:
        mapping = {"id": "number", "at": "sold", "kind": "purchase", **changes}
    project.source(files="s.ndjson", interaction=mapping)
    assert says in project.refused()


def test_several_versions_of_one_person_are_refused(project: Project) -> None:
    project.write("s.ndjson", _lines([{"id": 1, "emails": [{"value": "a@x.org"}, {"value": "b@x.org"}]}]))
    project.source(files="s.ndjson", person={"id": "id", "email": "emails[].value"})
    assert "person.email is of each element of a list" in project.refused()
    project.source(files="s.ndjson", person={"id": "id", "email": ["emails.0.value", "emails.1.value"]})
    project.run()
    assert project.column("select emails from staging.records") == [["a@x.org", "b@x.org"]]


def test_few_records_that_would_fill_the_disk_are_refused(project: Project) -> None:
    record = {"id": "1", "at": "2024-01-01", "data": {"list": [1] * 90_000}, "text": "x" * 100_000}
    project.write("s.ndjson", _lines([record]))
    project.source(files="s.ndjson", interaction={"id": "id", "at": "at", "kind": "other", "product": "data.list[]"})
    assert "would grow to" in project.refused()


def test_analytics_says_the_same_in_lines_of_json_and_in_parquet(project: Project) -> None:
    page = {"key": "page_location", "value": {"string_value": "https://x.org/", "int_value": None}}
    session = {"key": "ga_session_id", "value": {"string_value": None, "int_value": 1726}}
    rows = [
        {
            "event_date": "20240910",
            "event_timestamp": 1725971700000000 + place,
            "event_name": name,
            "event_params": [session, page],
            "user_pseudo_id": "745846450.1644156613",
            "ecommerce": {"purchase_revenue_in_usd": 29.99 if place else None},
        }
        for place, name in enumerate(["page_view", "purchase"])
    ]
    pq.write_table(pa.Table.from_pylist(rows), project.root / "events_20240910.parquet")
    project.write("events_20240910.json", _lines(rows))
    for ending in ("json", "parquet"):
        project.source(ending, files=f"events_20240910.{ending}", preset="ga4.bigquery_events")
    project.run()
    asked = (
        "select kind, amount::varchar, page, session from staging.interactions where source = '{}' order by occurred_at"
    )
    expected = [("page_view", None, "https://x.org/", "1726"), ("purchase", "29.99", "https://x.org/", "1726")]
    assert project.rows(asked.format("json")) == project.rows(asked.format("parquet")) == expected
