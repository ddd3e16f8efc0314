"""Files that were half there: refused where it can be seen, and made good once they are whole."""

from __future__ import annotations

import gzip

import pytest

from tests.ingest.conftest import Project

HEAD = "at,mail,total\n"
MAY = "s_7.csv may be half copied: it ends without a line feed, unlike"


def _day(month: int, rows: int = 3) -> str:
    return HEAD + "".join(f"2024-0{month}-0{n} 10:00,m{n}@mail.example,{n}50.50\n" for n in range(1, rows + 1))


@pytest.fixture
def shop(project: Project) -> Project:
    """Files that add up, of purchases without ids."""
    project.source(
        files="s_*.csv",
        load="append",
        interaction={"at": "at", "kind": "purchase", "identifiers": {"email": "mail"}, "amount": "total"},
    )
    return project


def _amounts(project: Project) -> list[float]:
    return [float(one) for one in project.column("select amount from staging.interactions order by occurred_at")]


@pytest.mark.parametrize("cut", [3, 4, 5, 20, 42], ids=["cents", "point", "total", "mailbox", "line"])
def test_what_was_taken_in_by_half_gives_way_to_the_whole(shop: Project, cut: int) -> None:
    shop.write("s_7.csv", _day(7)[:-cut])
    shop.run()
    shop.write("s_7.csv", _day(7))
    notes = " ".join(shop.run().sources[0].notes)
    assert "s_7.csv goes on where it ended: it takes the place of what it said" in notes
    assert _amounts(shop) == [150.5, 250.5, 350.5]
    assert shop.rows("select status, count(*) from raw.files group by all order by all") == [
        ("loaded", 1),
        ("superseded", 1),
    ]
    assert shop.run().sources[0].notes == ()


def test_another_content_or_another_name_takes_the_place_of_nothing(shop: Project) -> None:
    shop.write("s_6.csv", _day(6, rows=2))
    shop.write("s_7.csv", _day(7, rows=2))
    shop.run()
    shop.write("s_7.csv", _day(8))  # no row of July is in it
    shop.write("s_8.csv", _day(6))  # begins as the file of June does, and is another
    notes = " ".join(shop.run().sources[0].notes)
    assert "goes on" not in notes
    assert len(_amounts(shop)) == 2 + 1 + 2 + 3


def test_a_file_without_an_end_is_refused_where_all_before_it_have_one(shop: Project) -> None:
    shop.write("s_5.csv", _day(5))
    shop.write("s_6.csv", _day(6))
    shop.run()
    shop.write("s_7.csv", _day(7)[:-4])
    told = shop.refused()
    assert f"{MAY} the 2 files before it" in told
    assert "mail.example" not in told
    assert len(_amounts(shop)) == 6, "what was loaded before stands"
    assert MAY in shop.refused(), "until it is whole"
    shop.write("s_7.csv", _day(7))
    assert not shop.run().refused
    assert _amounts(shop)[6:] == [150.5, 250.5, 350.5]


def test_of_the_first_files_it_is_told(shop: Project) -> None:
    shop.write("s_6.csv", _day(6))
    shop.write("s_7.csv", _day(7).rstrip())
    assert f"{MAY} 1 other file" in " ".join(shop.run().sources[0].notes)
    shop.write("s_8.csv", _day(8).rstrip())
    assert not shop.run().refused, "not all of those before it have an end"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_day(6).rstrip().encode(), _day(7).rstrip().encode()),
        (_day(6).encode(), _day(7).replace("\n", "\r\n").encode()),
        (_day(6).encode(), _day(7).encode() + b"  \t"),
        (_day(6).encode(), _day(7).encode() + b"\x1a"),
        (_day(6).encode("utf-16-le"), ("\ufeff" + _day(7)).encode("utf-16-le")),
        (_day(6).encode(), ("\ufeff" + _day(7)).encode("utf-16-be")),
    ],
    ids=["never", "windows", "blanks", "dos", "utf-16-le", "utf-16-be"],
)
def test_other_ends_of_files_are_ends(shop: Project, before: bytes, after: bytes) -> None:
    shop.write("s_6.csv", before.replace(b"a\0t\0", b"\xff\xfea\0t\0", 1) if b"\0" in before else before)
    shop.run()
    shop.write("s_7.csv", after)
    assert not shop.run().refused


def test_what_says_itself_where_it_ends_is_not_asked_and_neither_is_a_snapshot(project: Project) -> None:
    project.source(files=["s_*.csv", "s_*.csv.gz"], load="append", interaction={"at": "at", "kind": "visit"})
    project.source("p", files="p_*.csv", load="snapshot", person={"id": "mail"})
    project.write("s_6.csv", _day(6))
    project.write("p_6.csv", _day(6))
    project.run()
    project.write("s_7.csv.gz", gzip.compress(_day(7).rstrip().encode()))
    project.write("p_7.csv", _day(7).rstrip())
    assert not project.run().refused
    assert project.rows("select path, is_ended from raw.files where status = 'loaded' order by path") == [
        ("p_7.csv", False),
        ("s_6.csv", True),
        ("s_7.csv.gz", None),
    ]
