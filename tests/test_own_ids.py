"""Systems that know people by an id of their own and by e-mail: nobody comes out twice because of an id that no record has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from tests.cli.project import Project

PEOPLE = 30
FIRST = ("Orla", "Rufus", "Petra", "Ivo", "Ada", "Ben")
LAST = ("Quimby", "Marchetti", "Lindqvist", "Santangelo", "Ferris")
PERSON = {"id": "no", "given_name": "first", "family_name": "last", "email": "mail", "created_at": "made"}
SETTINGS: dict[str, Any] = {
    "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
    "sources": {
        "crm": {"channel": "crm", "files": "crm.csv", "person": PERSON},
        "desk": {"channel": "support", "files": "desk.csv", "preset": "zendesk.tickets", "timezone": "UTC"},
        "tills": {"channel": "pos", "files": "tills.csv", "preset": "toast.checks", "timezone": "UTC"},
        "site": {"channel": "web", "files": "site.ndjson", "preset": "segment.events"},
    },
}  # fmt: skip
CRM = "no,first,last,mail,made"
DESK = "Id,Created at,Ticket type,Requester id,Requester email"
TILLS = "Check Id,Opened Date,Opened Time,Total,Customer Id,Customer Email"


def _mail(who: int) -> str:
    return f"{FIRST[who % 6]}.{LAST[who // 6]}@mail.example".lower()


def _csv(path: Path, header: str, rows: Iterable[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def _project(folder: Path, *, backwards: bool = False) -> Project:
    """Each person once with mail and id in each system, and once with the id alone; one id of the desk has two people's mail."""
    order = (lambda rows: list(rows)[::-1]) if backwards else list
    both = [(who, who % 3, stated) for who in range(PEOPLE) for stated in (True, False)]
    day = "2024-05-{:02}"
    _csv(
        folder / "crm.csv",
        CRM,
        order(f"{n},{FIRST[n % 6]},{LAST[n // 6]},{_mail(n)},2024-01-02" for n in range(PEOPLE)),
    )
    desk = [
        f"{n},{day.format(1 + who % 28)} 10:0{hour},Question,{9000 + who},{_mail(who) if stated else '-'}"
        for n, (who, hour, stated) in enumerate(both)
    ]
    desk += [f"{100 + n},2024-05-20 11:00,Question,8000,{mail}" for n, mail in enumerate([_mail(0), _mail(1), "-"])]
    _csv(folder / "desk.csv", DESK, order(desk))
    _csv(folder / "tills.csv", TILLS, order(
        f"70000{n:03},05/{1 + who % 28:02}/2024,1{hour}:30 AM,20.50,{500 + who},{_mail(who) if stated else ''}"
        for n, (who, hour, stated) in enumerate(both)
    ))  # fmt: skip
    events = order(
        {
            "messageId": f"m{n}", "timestamp": f"{day.format(1 + who % 28)}T12:0{hour}:00.000Z", "event": "Page Viewed",
            "anonymousId": f"a{who}", "userId": f"u{who}", "context": {"traits": {"email": _mail(who)} if stated else {}},
        }
        for n, (who, hour, stated) in enumerate(both)
    )  # fmt: skip
    (folder / "site.ndjson").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    (folder / "cxunify.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    return Project(folder)


def _whose(made: Project) -> dict[tuple[str, str], str | None]:
    """The customer of each interaction, as published."""
    made.run("run")
    rows = pl.read_parquet(made.current / "interactions/**/*.parquet")
    found = {
        (source, key): customer
        for source, key, customer in rows.select("source", "interaction_id", "customer_id").iter_rows()
    }
    assert len(found) == len(rows)  # each interaction once, with one customer or none
    return found


def test_an_id_of_a_systems_own_does_not_part_a_person_from_the_record(tmp_path: Path) -> None:
    made = _project(tmp_path)
    found = _whose(made)
    assert len(found) == 3 * 2 * PEOPLE + 3
    customers = pl.read_parquet(made.current / "customers.parquet")
    assert len(customers) == PEOPLE
    for who in range(PEOPLE):
        keys = [("desk", f"{2 * who}"), ("tills", f"70000{2 * who:03}"), ("site", f"m{2 * who}")]
        keys += [("desk", f"{2 * who + 1}"), ("tills", f"70000{2 * who + 1:03}"), ("site", f"m{2 * who + 1}")]
        assert len({found[key] for key in keys}) == 1, who
    assert (found["desk", "100"], found["desk", "101"], found["desk", "102"]) == (
        found["desk", "0"],
        found["desk", "2"],
        None,
    )
    gaps = {gap["gap_id"]: gap for gap in json.loads(made.run("quality", "--json").stdout)["document"]["gaps"]}
    assert not any(gap.startswith("link_missed") for gap in gaps)
    torn = next(gap for name, gap in gaps.items() if name.startswith("shared_value"))
    assert (torn["field"], torn["rows"]) == ("zendesk_user_id", 3)


def test_the_order_of_rows_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    assert _whose(_project(tmp_path / "one")) == _whose(_project(tmp_path / "other", backwards=True))
