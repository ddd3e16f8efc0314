"""Rows whose cells have moved, though they have as many as the header: rejected, and nothing else with them."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Project

HEADER = "day,clock,pieces,code,price,family,title\n"
MAPPING = {
    "id": "code", "at": {"columns": ["day", "clock"]}, "kind": "purchase", "quantity": "pieces", "amount": "price",
    "product": "title",
}  # fmt: skip


def _rows(count: int) -> list[str]:
    return [
        f"2024-03-{n % 28 + 1:02d},{n % 12 + 8}:{n % 60:02d},{n % 5 + 1},{'KT'[n % 2]}Q-{1000 + n},{n * 7 % 900 + 5}.90,"
        f"{['toys', 'books', ''][n % 3]},{'a wooden thing' if n % 4 else 'number ' + str(n)}"
        for n in range(count)
    ]


def _run(project: Project, rows: list[str], **keys: object) -> dict[int, str]:
    """The rejected rows with their reasons."""
    project.write("s.csv", HEADER + "\n".join(rows) + "\n")
    project.source(interaction=MAPPING | keys)
    summary = project.run().sources[0]
    assert summary.records == len(rows) == summary.loaded + summary.rejected
    assert summary.interactions == summary.loaded
    return dict(project.rows("select source_row, reason from raw.rejects order by 1"))


MOVED = {
    "a delimiter too many after the day, and the title lost": "2024-03-09,,11:57,1,YY-1196,1196.00,toys",
    "one too many after the clock": "2024-03-09,11:57,,1,YY-1196,1196.00,toys",
    "one too many before the code": "2024-03-09,11:57,1,,YY-1196,1196.00,toys",
    "one too many before the price": "2024-03-09,11:57,1,,YY-1196,,toys",
    "the pieces lost, and an empty cell at the end": "2024-03-09,11:57,YY-1196,1196.00,toys,a thing,",
}


@pytest.mark.parametrize("name", MOVED)
def test_a_row_whose_cells_have_moved(project: Project, name: str) -> None:
    rows = _rows(60)
    rows[20] = MOVED[name]
    rejects = _run(project, rows)
    assert list(rejects) == [21]
    assert "its cells have moved" in rejects[21] and "holds what a column beside it holds in other rows" in rejects[21]
    assert project.column("select json_extract_string(text, '$.day') from raw.rejects") == ["2024-03-09"]
    assert project.column("select count(*) from staging.interactions where amount > 906 or amount < 0") == [0]
    assert project.column("select count(*) from staging.invalid") == [0]


STRAY = {
    "a price to be agreed on": "2024-03-09,11:57,1,YY-1196,on request,toys,a thing",
    "a price that is not known": "2024-03-09,11:57,1,YY-1196,N/A,toys,a thing",
    "a code in two columns": "2024-03-09,11:57,1,YY-1196,YY-1196,toys,a thing",
    "pieces with their unit": "2024-03-09,11:57,3 pcs,YY-1196,12.00,toys,a thing",
    "a family for its price": "2024-03-09,11:57,1,YY-1196,toys,,a thing",
    "nothing but a slip": "2024-03-09,11:57,1,YY-1196,12..00,toys,a thing",
}


@pytest.mark.parametrize("name", STRAY)
def test_a_cell_that_cannot_be_read_by_itself(project: Project, name: str) -> None:
    rows = _rows(60)
    rows[20] = STRAY[name]
    assert _run(project, rows) == {}
    assert project.column("select source_row from staging.invalid") == [21]


def test_rows_that_have_moved_say_nothing_of_their_columns(project: Project) -> None:
    rows = [row.replace(".90", ".905") for row in _rows(60)]
    rows[3:6] = ["2024-03-09,,11:57,1,YY-1196,1196.00,toys", *_rows(60)[4:6]]
    rows[9] = "2024-03-09,,11:57,1,YY-1196,1196.00,toys"
    assert list(_run(project, rows, amount={"column": "price", "decimal": "."})) == [4, 10]
    assert project.column("select count(*) from staging.interactions") == [58]


def test_a_column_that_is_mapped_in_error_moves_nothing(project: Project) -> None:
    assert _run(project, _rows(60), amount="code") == {}
    assert project.column("select count(*) from staging.invalid") == [60]


def test_customers_too(project: Project) -> None:
    rows = [f"{n},given{n},{n % 9 + 1} High Street,AB{n} 1CD,19{n + 10}-02-0{n % 9 + 1},n{n}@x.org" for n in range(40)]
    rows[7] = "7,given7,,7 High Street,AB7 1CD,1950-02-01"
    rows[8] = "8,given8,8 High Street,AB8 1CD,unknown,n8@x.org"
    rows[9] = "9,given9,9 High Street,,1950,n9@x.org"
    project.write("s.csv", "id,name,street,postcode,born,mail\n" + "\n".join(rows) + "\n")
    project.source(person={"id": "id", "full_name": "name", "birth_date": "born", "email": "mail"})
    assert project.run().sources[0].rejected == 1
    assert project.rows("select source_row, stage from raw.rejects") == [(8, "conform")]
    assert project.column("select source_row from staging.invalid order by 1") == [9, 10]
