"""What becomes of rows that describe something that happened."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.ingest.conftest import Project

PLAIN: dict[str, Any] = {"id": "id", "at": "at", "kind": "purchase"}


def test_every_field(project: Project) -> None:
    project.write(
        "s.csv",
        "id,at,k,v,cur,q,shop,what,url,ref,ses,case,who,camp,why,end,nps,dev,more\n"
        "1,2024-01-31,Refund,-5,eur,2,S1,tea,u,r,x,C1,bob,c,late,done,9,d1,m\n"
        "2,2024-01-31,Zorro,,,,,,,,,,,,,,bad,,\n",
    )
    project.source(
        interaction={
            "id": "id", "at": "at", "kind": {"column": "k"}, "amount": "v", "currency": {"column": "cur"}, "quantity": "q",
            "location": "shop", "product": "what", "page": "url", "referrer": "ref", "session": "ses", "case_id": "case",
            "agent": "who", "campaign": "camp", "reason": "why", "outcome": "end", "score": "nps",
            "identifiers": {"device_id": "dev"}, "properties": {"more": "more"},
        }
    )  # fmt: skip
    summary = project.run().sources[0]
    at = datetime(2024, 1, 31)
    assert project.rows("select * exclude (row_no, trace_id) from staging.interactions order by interaction_id") == [
        (
            "s", "1", 1, 1, at, "return", "Refund", True, Decimal(-5), "EUR", Decimal(2), 1, "S1", "tea", "u", "r", "x",
            "C1", "bob", "c", "late", "done", 9.0, {"more": "m"},
        ),
        (
            "s", "2", 1, 2, at, "other", "Zorro", False, None, "USD", None, 1, None, None, None, None, None, None, None,
            None, None, None, None, {},
        ),
    ]  # fmt: skip
    assert project.rows("select * exclude (trace_id) from staging.traces") == [
        ("s", None, None, {"device_id": "d1"}, 1, at, at)
    ]
    assert project.rows("select trace_id is null from staging.interactions order by interaction_id") == [
        (False,),
        (True,),
    ]
    assert any("1 value (1 row) of no kind" in note for note in summary.notes)
    assert project.rows("select source_row, field from staging.invalid") == [(2, "score")]


def test_kinds_by_the_mapping_by_pattern_and_by_name(project: Project) -> None:
    kinds = [
        "Payment",
        "PAGE Viewed",
        "add_to_cart",
        "Product Viewed",
        "store: Paris",
        "identify",
        "order",
        "",
        "page_ping",
    ]
    project.write("s.csv", "id,at,k\n" + "".join(f"{n},2024-01-31,{kind}\n" for n, kind in enumerate(kinds)))
    mapping = {"column": "k", "map": {"payment": "redemption", "Store:*": "visit"}, "default": "contact_in"}
    project.source(interaction={"id": "id", "at": "at", "kind": mapping})
    project.run()
    assert project.column("select kind from staging.interactions order by source_row") == [
        "redemption", "page_view", "cart", "product_view", "visit", "signup", "purchase", "contact_in", "other",
    ]  # fmt: skip
    assert project.column("select kind_value from staging.interactions order by source_row") == [
        *kinds[:7],
        None,
        kinds[8],
    ]
    assert project.column("select count(*) from staging.interactions where not is_kind_known") == [0]


def test_lines_of_one_interaction(project: Project) -> None:
    project.write(
        "s.csv",
        "id,at,total,line,q,what,mail\n"
        "#1,2024-01-31,30.00,10,1,tea,a@x.org\n#1,2024-01-31,,20,2,cup,\n#2,2024-02-01,5.00,5,1,pot,\n#1,,,0,,bag,\n",
    )
    project.source(
        "once",
        interaction=PLAIN | {"amount": "total", "quantity": "q", "product": "what", "identifiers": {"email": "mail"}},
    )
    project.source("each", interaction=PLAIN | {"amount": {"column": "line", "per": "line"}})
    project.run()
    assert project.rows(
        "select source, interaction_id, source_row, occurred_at, amount, quantity, lines, product from staging.interactions"
        " order by all"
    ) == [
        ("each", "#1", 1, datetime(2024, 1, 31), Decimal("30.00"), None, 3, None),
        ("each", "#2", 3, datetime(2024, 2, 1), Decimal("5.00"), None, 1, None),
        ("once", "#1", 1, datetime(2024, 1, 31), Decimal("30.00"), Decimal(3), 3, "tea"),
        ("once", "#2", 3, datetime(2024, 2, 1), Decimal("5.00"), Decimal(1), 1, "pot"),
    ]
    assert project.rows("select identifiers, interactions from staging.traces") == [({"email": "a@x.org"}, 1)]
    assert project.column("select count(*) from raw.rejects") == [0]


def test_lines_are_kept_one_by_one(project: Project) -> None:
    project.write(
        "s.csv",
        "id,at,k,sum,n,what,code\nA,2024-01-01,sale,5.00,1,tea,t1\nB,2024-01-01,sale,1.00,1,cup,c1\n"
        "C,2024-01-02,back,2.00,2,tea,\nA,2024-01-01,sale,2.50,2,jam,j1\nC,2024-01-02,back,?,1,pot,p1\nD,,sale,1,1,x,\nD,,sale,1,1,x,\n",
    )
    mapping = {
        "id": "id", "at": "at", "kind": {"column": "k", "map": {"sale": "purchase", "back": "return"}}, "quantity": "n",
        "amount": {"column": "sum", "per": "line"}, "product": "what", "properties": {"code": "code"},
    }  # fmt: skip
    project.source(interaction=mapping)
    project.run()
    told = "select interaction_id, line, source_row, product, quantity, amount, properties['code'] from staging.lines order by 1, 2"
    assert project.rows(told) == [
        ("A", 1, 1, "tea", 1, Decimal("5.00"), "t1"),
        ("A", 2, 4, "jam", 2, Decimal("2.50"), "j1"),
        ("C", 1, 3, "tea", 2, Decimal("-2.00"), None),
        ("C", 2, 5, "pot", 1, None, "p1"),
    ]
    assert project.rows("select interaction_id, amount, lines from staging.interactions order by 1") == [
        ("A", Decimal("7.50"), 2),
        ("B", Decimal("1.00"), 1),
        ("C", Decimal("-2.00"), 2),
    ]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("order", [1, -1])
def test_an_exchange_is_what_its_sum_says(project: Project, sign: str, order: int) -> None:
    """Whichever line of a receipt comes first, and whether what is given back carries a sign or only its kind."""
    exchanges = [
        f"paid,2024-01-01,back,{sign}12.90\n", "paid,2024-01-01,sale,21.10\n",
        f"got,2024-01-02,back,{sign}30.00\n", "got,2024-01-02,sale,9.50\n",
        f"even,2024-01-03,back,{sign}5.00\n", "even,2024-01-03,sale,5.00\n",
    ]  # fmt: skip
    rest = f"only,2024-01-04,back,{sign}4.00\nonly,2024-01-04,back,{sign}1.00\n"
    project.write("s.csv", "id,at,k,sum\n" + "".join(exchanges[::order]) + rest)
    kinds = {"column": "k", "map": {"sale": "purchase", "back": "return"}}
    project.source(interaction={"id": "id", "at": "at", "kind": kinds, "amount": {"column": "sum", "per": "line"}})
    project.run()
    assert project.rows("select interaction_id, kind, amount from staging.interactions order by 1") == [
        ("even", "purchase", Decimal("0.00")),
        ("got", "return", Decimal("-20.50")),
        ("only", "return", Decimal(f"{sign}5.00")),
        ("paid", "purchase", Decimal("8.20")),
    ]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("kinds", "off"),
    [
        ({"column": "k", "map": {"sent": "purchase", "back": "return", "off": "other"}}, "off"),
        ({"value": "purchase", "unless": [{"column": "k", "map": {"off": "other", "back": "return"}}]}, "off"),
    ],
)
def test_lines_that_were_called_off_count_for_nothing(
    project: Project, kinds: dict[str, Any], off: str, order: int
) -> None:
    """Whichever line of an order comes first."""
    lines = [
        f"part,2024-01-01,{off},20.00,2\n", "part,2024-01-01,sent,7.00,1\n", "part,2024-01-01,sent,1.00,1\n",
        f"none,2024-01-02,{off},5.00,1\n", f"none,2024-01-02,{off},4.00,1\n",
        f"swap,2024-01-03,{off},50.00,1\n", "swap,2024-01-03,sent,9.00,1\n", "swap,2024-01-03,back,3.00,1\n",
        "whole,2024-01-04,sent,5.00,1\n", "whole,2024-01-04,,4.00,1\n",
    ]  # fmt: skip
    project.write("s.csv", "id,at,k,sum,n\n" + "".join(lines[::order]))
    amount = {"column": "sum", "per": "line"}
    project.source(interaction={"id": "id", "at": "at", "kind": kinds, "amount": amount, "quantity": "n"})
    project.run()
    assert project.rows("select interaction_id, kind, amount, quantity from staging.interactions order by 1") == [
        ("none", "other", Decimal("9.00"), 2), ("part", "purchase", Decimal("8.00"), 2),
        ("swap", "purchase", Decimal("6.00"), 2), ("whole", "purchase", Decimal("9.00"), 2),
    ]  # fmt: skip
    summed = "select sum(amount), sum(quantity) from staging.lines where interaction_id = 'part'"
    assert project.rows(summed) == [(Decimal("8.00"), 2)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_total_of_lines_of_which_some_were_called_off_is_told(project: Project, order: int) -> None:
    """Whichever line of an order comes first, it was bought if any line was; what of its total is left, nobody can tell."""
    lines = [
        "part,2024-01-01,off,27.00,2\n", "part,2024-01-01,sent,27.00,1\n", "none,2024-01-02,off,5.00,1\n",
        "none,2024-01-02,off,5.00,1\n", "back,2024-01-03,back,-9.00,1\n", "back,2024-01-03,off,-9.00,1\n",
        "swap,2024-01-03,back,-3.00,1\n", "swap,2024-01-03,sent,50.00,1\n", "whole,2024-01-04,sent,9.00,1\n",
        "whole,2024-01-04,,9.00,1\n", "first,2024-01-05,back,8.00,1\n", "first,2024-01-05,,8.00,1\n",
    ]  # fmt: skip
    project.write("s.csv", "id,at,k,sum,n\n" + "".join(lines[::order]))
    kinds = {"column": "k", "map": {"sent": "purchase", "back": "return", "off": "other"}}
    amount = {"column": "sum", "per": "interaction"}
    project.source(interaction={"id": "id", "at": "at", "kind": kinds, "amount": amount, "quantity": "n"})
    summary = project.run()
    assert project.rows("select interaction_id, kind, amount, quantity from staging.interactions order by 1") == [
        ("back", "return", Decimal("-9.00"), 2), ("first", "return", Decimal("8.00"), 2), ("none", "other", Decimal("5.00"), 2),
        ("part", "purchase", Decimal("27.00"), 1), ("swap", "purchase", Decimal("50.00"), 2),
        ("whole", "purchase", Decimal("9.00"), 2),
    ]  # fmt: skip
    told = (
        "interaction.amount: 2 interactions have rows that were called off or given back beside others; the amount that each row"
        " repeats is counted whole"
    )
    assert told in summary.sources[0].notes


def test_a_total_that_every_row_repeats_is_no_lines_amount(project: Project) -> None:
    project.write("s.csv", "id,at,sum,n,what\nA,2024-01-01,9,1,tea\nA,2024-01-01,9,2,jam\n")
    plain = {**PLAIN, "amount": "sum", "product": "what"}
    project.source(interaction={**plain, "quantity": "n"})
    project.run()
    assert project.rows("select product, quantity, amount from staging.lines order by line") == [
        ("tea", 1, None),
        ("jam", 2, None),
    ]
    project.source(interaction=plain)  # nothing that a line says of its own: an event that was sent twice has no lines
    project.run()
    assert project.rows("select * from staging.lines") == []


def test_amounts_that_differ_within_an_interaction_need_a_word(project: Project) -> None:
    project.write("s.csv", "id,at,v\n1,2024-01-31,10\n1,2024-01-31,20\n")
    project.source(interaction=PLAIN | {"amount": "v"})
    assert "amount: {column: v, per: line}" in project.refused()
    assert not project.warehouse.exists("raw.s")
    for per, amount in (("line", 30), ("interaction", 10)):
        project.source(interaction=PLAIN | {"amount": {"column": "v", "per": per}})
        project.run()
        assert project.column("select amount from staging.interactions") == [amount]


def test_rows_without_a_time_are_rejected_and_accounted_for(project: Project) -> None:
    project.write("s.csv", "id,at\n1,2024-01-31\n2,\n3,never\n4,\n4,\n")
    project.source(interaction=PLAIN)
    summary = project.run().sources[0]
    assert (summary.records, summary.loaded, summary.rejected) == (5, 1, 4)
    assert project.rows("select source_row, stage, reason, text from raw.rejects order by 1") == [
        (2, "conform", "no valid time in column at", '{"file_id":1,"source_row":2,"id":"2","at":null}'),
        (3, "conform", "no valid time in column at", '{"file_id":1,"source_row":3,"id":"3","at":"never"}'),
        (4, "conform", "no valid time in column at", '{"file_id":1,"source_row":4,"id":"4","at":null}'),
        (5, "conform", "no valid time in column at", '{"file_id":1,"source_row":5,"id":"4","at":null}'),
    ]


def test_rows_left_out_on_purpose_are_counted(project: Project) -> None:
    project.write("s.csv", "id,at,state\n1,2024-01-31,ok\n2,2024-01-31, void \n3,x,void\n4,2024-01-31,\n")
    project.source(interaction=PLAIN, skip={"State": ["void", "test"]})
    summary = project.run().sources[0]
    assert (summary.records, summary.loaded, summary.skipped, summary.rejected) == (4, 2, 2, 0)
    assert project.column("select interaction_id from staging.interactions order by 1") == ["1", "4"]


def test_rows_without_an_id_are_as_many_as_there_are(project: Project) -> None:
    project.write("a.csv", "at,v\n2024-01-31,5\n2024-01-31,5\n2024-01-31,6\n")
    project.write("b.csv", "at,v\n2024-01-31,5\n2024-01-31,7\n")
    project.source(files=["a.csv", "b.csv"], load="append", interaction={"at": "at", "kind": "purchase", "amount": "v"})
    project.run()
    rows = project.rows(
        "select amount, count(*), count(distinct interaction_id) from staging.interactions group by 1 order by 1"
    )
    assert rows == [(5, 2, 2), (6, 1, 1), (7, 1, 1)]


def test_a_later_file_restates_an_interaction(project: Project) -> None:
    project.write("d1.csv", "id,at,v\n1,2024-01-31,5\n1,2024-01-31,6\n2,2024-01-31,7\n")
    project.source(files="d*.csv", load="append", interaction=PLAIN | {"amount": {"column": "v", "per": "line"}})
    project.run()
    project.write("d2.csv", "id,at,v\n1,2024-01-31,50\n3,2024-01-31,8\n")
    project.run()
    assert project.rows("select interaction_id, amount, lines from staging.interactions order by 1") == [
        ("1", 50, 1), ("2", 7, 1), ("3", 8, 1),
    ]  # fmt: skip


def test_a_source_of_persons_and_interactions_ties_each_to_its_row(project: Project) -> None:
    project.write("s.csv", "id,at,who,mail\n1,2024-01-31,Ann,a@x.org\n2,2024-01-31,Ann,a@x.org\n3,2024-01-31,,\n")
    project.source(person={"full_name": "who", "email": "mail"}, interaction=PLAIN)
    project.run()
    assert project.rows(
        "select t.person_source, r.full_name, t.interactions from staging.traces as t"
        " join staging.records as r on r.source = t.person_source and r.record_id = t.person_record_id"
    ) == [("s", "Ann", 2)]
    assert project.column("select count(*) from staging.interactions where trace_id is null") == [1]


def test_traces_count_what_says_the_same(project: Project) -> None:
    rows = ["1,2024-01-31,P1,d1", "2,2024-03-31,P1,d1", "3,2024-02-28,P1,", "4,2024-01-01,,d1", "5,2024-01-01,,"]
    project.write("s.csv", "\n".join(["id,at,who,dev", *rows]))
    project.write("p.csv", "id\nP1\n")
    project.source("p", "p.csv")
    project.source(interaction=PLAIN | {"person": {"p": "who"}, "identifiers": {"device_id": "dev"}})
    project.run()
    assert project.rows(
        "select person_source, person_record_id, identifiers, interactions, first_at, last_at from staging.traces"
        " order by 4 desc, 1"
    ) == [
        ("p", "P1", {"device_id": "d1"}, 2, datetime(2024, 1, 31), datetime(2024, 3, 31)),
        ("p", "P1", {}, 1, datetime(2024, 2, 28), datetime(2024, 2, 28)),
        (None, None, {"device_id": "d1"}, 1, datetime(2024, 1, 1), datetime(2024, 1, 1)),
    ]
    tied = "select count(*) from staging.interactions join staging.traces using (trace_id, source)"
    assert project.column(tied) == [4]


def test_returns_without_a_sign_flow_back(project: Project) -> None:
    project.write("s.csv", "id,at,k,v\n1,2024-01-31,Payment,10\n2,2024-01-31,Refund,4\n")
    project.source(interaction=PLAIN | {"kind": {"column": "k"}, "amount": "v"})
    notes = project.run().sources[0].notes
    assert project.column("select amount from staging.interactions order by interaction_id") == [10, -4]
    assert any("carry no sign" in note for note in notes)


def test_columns_that_may_be_absent(project: Project) -> None:
    project.write("s.csv", "id,at\n1,2024-01-31\n1,2024-01-31\n")
    gone = {"column": "gone", "optional": True}
    project.write("p.csv", "id\nP1\n")
    project.source("p", "p.csv")
    project.source(
        interaction={
            "id": "id", "at": "at", "kind": gone | {"default": "visit"}, "amount": gone, "quantity": gone, "score": gone,
            "currency": gone, "location": gone, "case_id": gone, "person": {"p": gone}, "identifiers": {"email": gone},
            "properties": {"x": gone},
        }
    )  # fmt: skip
    project.run()
    assert project.rows("select kind, amount, trace_id, lines from staging.interactions") == [("visit", None, None, 2)]


@pytest.mark.parametrize("word", ["yes", "Y", "TRUE", "1", "on", "Ja", "oui", "sí", "Subscribed"])
def test_yes(project: Project, word: str) -> None:
    project.write("s.csv", f"id,c\n1,{word}\n2,unknown\n")
    project.source(person={"id": "id", "consent": {"email": "c"}})
    assert project.run().sources[0].unreadable == 0
    assert project.column("select consent from staging.records order by record_id") == [{"email": True}, {}]


@pytest.mark.parametrize("word", ["no", "N", "false", "0", "OFF", "nein", "non", "Unsubscribed"])
def test_no(project: Project, word: str) -> None:
    project.write("s.csv", f"id,c\n1,{word}\n")
    project.source(person={"id": "id", "consent": {"email": "c"}})
    project.run()
    assert project.column("select consent from staging.records") == [{"email": False}]


def test_a_key_that_means_a_guest_is_no_key(project: Project) -> None:
    project.write(
        "s.csv",
        "id,at,who,mail\n1,2024-01-31,0,a@x.org\n2,2024-01-31,17,b@x.org\n3,2024-01-31,Guest,\n4,2024-01-31,10,\n",
    )
    project.source("people", files="p.csv")
    project.write("p.csv", "id\n17\n10\n")
    project.source(interaction=PLAIN | {"person": {"people": "who"}, "identifiers": {"email": "mail"}})
    summary = project.run()
    assert project.rows("select person_record_id, identifiers['email'] from staging.traces order by 1, 2") == [
        ("10", None),
        ("17", "b@x.org"),
        (None, "a@x.org"),
    ]
    assert project.column("select trace_id is null from staging.interactions order by interaction_id") == [
        False,
        False,
        True,
        False,
    ]
    assert any("2 rows name nobody" in note for note in summary.sources[1].notes)


@pytest.mark.parametrize("written", ["0.0", "'0", "'guest"])
def test_a_guest_is_known_in_what_a_spreadsheet_makes_of_it(project: Project, written: str) -> None:
    project.write("s.csv", f"id,at,who\n1,2024-01-31,{written}\n2,2024-01-31,{written}\n")
    project.source("people", files="p.csv")
    project.write("p.csv", "id\n17\n")
    project.source(interaction=PLAIN | {"person": {"people": "who"}})
    summary = project.run()
    assert project.column("select trace_id from staging.interactions") == [None, None]
    assert any("2 rows name nobody" in note for note in summary.sources[1].notes)


def test_rows_without_an_id_have_that_of_the_row_above(project: Project) -> None:
    project.write(
        "s.csv",
        "id,no,at,v\n91,#1,2024-01-31,5\n,#1,2024-01-31,\n92,#2,2024-01-31,6\n,#1,2024-01-31,\n93,#1,2024-02-01,7\n,#1,2024-02-01,\n,,2024-02-02,8\n",
    )
    project.source(interaction=PLAIN | {"rows_share": "no", "amount": "v"})
    project.run()
    found = project.rows("select interaction_id, lines, amount::varchar from staging.interactions order by source_row")
    assert found[:3] == [("91", 3, "5.00"), ("92", 1, "6.00"), ("93", 2, "7.00")]
    assert [(lines, amount) for _, lines, amount in found[3:]] == [(1, "8.00")]


def test_what_the_extract_lacks_is_said(project: Project) -> None:
    project.write("s.csv", "id,at,v\n1,2024-01-31,5\n")
    unless = {"column": "gone", "map": {"*": "other"}, "optional": True}
    project.source(
        interaction=PLAIN
        | {
            "kind": {"column": "state", "optional": True, "default": "purchase", "unless": [unless]},
            "amount": {"column": "v", "minus": {"column": "back", "optional": True}},
        }
    )
    said = " ".join(project.run().sources[0].notes)
    assert "there is no column state; every row is `purchase`" in said
    assert "there is no column gone, so it makes nothing other" in said
    assert "there is no column back; nothing is taken off for it" in said


@pytest.mark.parametrize("rows", ["", "1\n2\n", "1,\n2,\n"])
def test_rows_without_any_time(project: Project, rows: str) -> None:
    project.write("s.csv", f"id,at\n{rows}")
    project.source(interaction={"id": "id", "at": "at", "kind": "visit"})
    summary = project.run().sources[0]
    assert (summary.records, summary.loaded, summary.rejected) == (rows.count("\n"), 0, rows.count("\n"))
    assert project.column("select count(*) from staging.interactions") == [0]
