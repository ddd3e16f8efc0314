"""A SELECT over files: rows made where a join is needed, each file accounted for, and nothing else in reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cxunify.errors import ConfigError
from cxunify.ingest import check
from tests.ingest.conftest import Project

ORDERS = "id,sold,customer\nA1,2024-05-01 10:00,c1\nA2,2024-05-02 10:00,c2\nA3,2024-05-03 10:00,c1\n"
LINES = "order_id,sku,quantity,price\nA1,tea,2,5.00\nA1,cup,1,15.00\nA2,tea,1,5.00\n"
JOIN = "select o.*, l.sku, l.quantity, l.price from orders as o left join lines as l on l.order_id = o.id order by all"
EVENT = {
    "id": "id",
    "at": "sold",
    "kind": "purchase",
    "amount": {"multiply": ["quantity", "price"]},
    "product": "sku",
    "identifiers": {"login": "customer"},
}
ASKED = "select interaction_id, amount::varchar, lines from staging.interactions order by 1"
FILES = "select path, status, records, loaded, rejected from raw.files order by file_id"


def _joined(project: Project, sql: str = JOIN, **settings: Any) -> None:
    project.write("orders_1.csv", ORDERS)
    project.write("lines.csv", LINES)
    files = {"orders": "orders_*.csv", "lines": "lines.csv"}
    project.source(files=[], **{"from": {"sql": sql, "files": files}, "interaction": EVENT, **settings})
    del project.settings["sources"]["s"]["files"]


def test_orders_are_joined_with_their_lines(project: Project) -> None:
    _joined(project)
    found = project.run().sources[0]
    assert project.rows(ASKED) == [("A1", "25.00", 2), ("A2", "5.00", 1), ("A3", None, 1)]
    assert (found.found, found.records, found.loaded, found.rejected) == (2, 4, 4, 0)
    assert "SELECT over orders, lines: its rows are made of orders (3 rows), lines (3 rows)" in found.notes
    assert project.rows(FILES) == [
        ("orders_1.csv", "read", 3, 3, 0),
        ("lines.csv", "read", 3, 3, 0),
        ("SELECT over orders, lines", "loaded", 4, 4, 0),
    ]


def test_a_row_that_cannot_be_used_is_accounted_for_in_its_file(project: Project) -> None:
    _joined(project)
    project.write("lines.csv", LINES + "A3,mug,1\nA3,cup,1,15.00\n")
    found = project.run().sources[0]
    assert project.rows(ASKED) == [("A1", "25.00", 2), ("A2", "5.00", 1), ("A3", "15.00", 1)]
    assert ("lines.csv", "read", 5, 4, 1) in project.rows(FILES)
    assert [(one.file, one.rows, one.first_row) for one in found.rejections] == [("lines.csv", 1, 4)]
    assert found.read == (("orders_1.csv", 3, 0), ("lines.csv", 5, 1))
    assert any("lines (5 rows, 1 rejected)" in note for note in found.notes)


def test_nothing_stale_stands(project: Project) -> None:
    _joined(project)
    project.run()
    again = project.run().sources[0]
    assert (again.new, again.known, again.changed) == (0, 1, False)
    project.write("lines.csv", LINES + "A3,mug,1,7.00,\nA3,mug,1,7.00\n")
    assert project.run().sources[0].changed
    assert project.rows(ASKED)[-1] == ("A3", "7.00", 1)
    assert project.rows("select count(*) from raw.rejects") == [(1,)]
    _joined(project)  # the files are as they were at first
    project.run()
    assert project.rows(ASKED)[-1] == ("A3", None, 1)
    assert project.rows("select count(*) from raw.rejects") == [(0,)]
    _joined(project, sql=JOIN.replace("left join", "join"))
    project.run()
    assert [row[0] for row in project.rows(ASKED)] == ["A1", "A2"]
    project.source(files="orders_1.csv", interaction={"id": "id", "at": "sold", "kind": "purchase"})
    project.run()
    assert project.column("select path from raw.files where status in ('loaded', 'read')") == ["orders_1.csv"]


def test_a_table_may_have_several_files_of_any_kind(project: Project) -> None:
    _joined(project)
    project.write("orders_2.csv", "ID;Sold;Customer\nA4;2024-05-04 10:00;c4\n")
    project.write("lines.ndjson", '{"order_id": "A4", "sku": "pot", "quantity": 1, "price": "30.00"}\n')
    project.settings["sources"]["s"]["from"]["files"]["lines"] = ["lines.csv", "lines.ndjson"]
    project.run()
    assert project.rows(ASKED)[-1] == ("A4", "30.00", 1)


def test_a_table_of_links_gives_tickets_their_people(project: Project) -> None:
    project.write("contacts.csv", "id,mail\n1,a@x.org\n2,b@x.org\n")
    project.write("tickets.csv", "id,opened\n7,2024-05-01\n8,2024-05-02\n")
    project.write("links.csv", "ticket_id,contact_id\n7,2\n7,1\n8,1\n")
    project.source("people", files="contacts.csv", person={"id": "id", "email": "mail"})
    sql = """
        with first as (select ticket_id, min(contact_id) as contact_id from links group by 1)
        select t.id, t.opened, f.contact_id from tickets as t left join first as f on f.ticket_id = t.id"""
    event = {"id": "id", "at": "opened", "kind": "contact_in", "person": {"people": "contact_id"}}
    files = {"tickets": "tickets.csv", "links": "links.csv"}
    project.settings["sources"]["tickets"] = {
        "channel": "support",
        "from": {"sql": sql, "files": files},
        "interaction": event,
    }
    project.run()
    asked = "select interaction_id, person_record_id from staging.interactions join staging.traces using (trace_id) order by 1"
    assert project.rows(asked) == [("7", "1"), ("8", "1")]


def test_numbers_and_lists_that_it_makes_are_read_as_text(project: Project) -> None:
    sql = """
        select id, sold::timestamp as sold, customer, [sku] as sku, sum(quantity::int) as quantity,
            max(price::decimal(18, 2)) as price
        from orders join lines on order_id = id where id = 'A2' group by all"""
    _joined(project, sql=sql)
    project.run()
    assert project.rows("select sold, sku, quantity, price from raw.s") == [
        ("2024-05-02 10:00:00", '["tea"]', "1", "5.00")
    ]


def test_its_order_counts_and_its_comments_do_not(project: Project) -> None:
    sql = "-- first\nselect *, '1' as quantity, '2' as price, id as sku from orders /* all */ order by id desc -- last\n; -- end"
    _joined(project, sql=sql)
    project.run()
    assert project.column("select id from raw.s order by source_row") == ["A3", "A2", "A1"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("selct 1", "from.sql cannot be read: syntax error"),
        ("select * from orderz", "from.sql cannot be read: Table with name orderz does not exist"),
        ("select nope from orders", 'from.sql cannot be read: Referenced column "nope" not found'),
        ("select 1; select 2", "from.sql is not one SELECT"),
        ("drop table orders", "from.sql is not one SELECT"),
        ("insert into orders select * from orders", "from.sql is not one SELECT"),
        ("copy orders to 'out.csv'", "from.sql is not one SELECT"),
        ("attach 'other.duckdb'", "from.sql is not one SELECT"),
        ("set enable_external_access = true", "from.sql is not one SELECT"),
        ("install httpfs", "from.sql is not one SELECT"),
        ("", "from.sql is not one SELECT"),
        ("select * from read_csv('{root}/orders_1.csv')", "from.sql reaches for something besides its files"),
        ("select * from read_text('{root}/cxunify.yaml')", "from.sql reaches for something besides its files"),
        ("select * from glob('{root}/*')", "from.sql reaches for something besides its files"),
        ("select * from '{root}/orders_1.csv'", "from.sql reaches for something besides its files"),
        ("select * from read_csv('https://example.org/x.csv')", "from.sql reaches for something besides its files"),
        ("select *, now() as at from orders", "from.sql uses now, which says something else every time"),
        ("select *, current_date from orders", "from.sql uses current_date"),
        ("select * from orders using sample 1", "from.sql uses random"),
        ("select id, id from orders", "from.sql selects several columns called id"),
        ("select o.*, l.sku as ID from orders o, lines l", "from.sql selects several columns called ID, id"),
        ("select id, sold from orders", "has no column for interaction.amount, `quantity`"),
    ],
)
def test_what_a_select_may_not_do_is_refused(project: Project, sql: str, says: str) -> None:
    _joined(project, sql=sql.replace("{root}", str(project.root)) or ";")
    assert says in project.refused()
    assert sorted(path.name for path in Path(project.root).iterdir()) == ["cxunify.yaml", "lines.csv", "orders_1.csv"]


@pytest.mark.parametrize(
    "sql",
    [
        "select *, customer::int as quantity, 1 as price, 1 as sku from orders",
        "select *, sold::decimal(9, 2) as quantity, 1 as price, 1 as sku from orders",
        "select *, strptime(customer, '%Y')::varchar as quantity, 1 as price, 1 as sku from orders",
        "select *, error(customer) as quantity, 1 as price, 1 as sku from orders",
    ],
)
def test_no_cell_is_in_an_error(project: Project, sql: str) -> None:
    _joined(project, sql=sql)
    said = project.refused()
    assert "from.sql" in said
    assert "c1" not in said and "2024-05" not in said


def test_a_file_that_cannot_be_read_is_told_by_its_name(project: Project) -> None:
    _joined(project)
    project.write("lines.csv", b"\x1f\x8b\x08 no archive")
    project.settings["sources"]["s"]["from"]["files"]["more"] = "more_*.csv"
    assert "no file matches more_*.csv, which `from` calls more" in project.refused()
    del project.settings["sources"]["s"]["from"]["files"]["more"]
    assert "lines.csv" in project.refused()


def test_check_tells_the_same_and_writes_nothing(project: Project) -> None:
    _joined(project)
    project.write("lines.csv", LINES + "A3,mug,1\n")
    found = check(project.config())
    assert found.summary is not None
    assert any("lines (4 rows, 1 rejected)" in note for note in found.summary.sources[0].notes)
    assert [one.file for one in found.summary.sources[0].rejections] == ["lines.csv"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"files": "x.csv"}, "it needs either `files`, or `from` with a SELECT over some"),
        ({"from": None}, "it needs either `files`, or `from` with a SELECT over some"),
        ({"load": "append"}, "a SELECT is the whole truth"),
        ({"from": {"sql": JOIN, "filez": {}}}, "Did you mean `files`?"),
        ({"frm": {}}, "Did you mean `from`?"),
    ],
)
def test_a_configuration_that_names_its_rows_twice_or_not_at_all(
    project: Project, changes: dict[str, Any], says: str
) -> None:
    _joined(project)
    source = project.settings["sources"]["s"]
    project.settings["sources"]["s"] = {key: value for key, value in {**source, **changes}.items() if value is not None}
    with pytest.raises(ConfigError) as caught:
        project.config()
    assert says in str(caught.value)
