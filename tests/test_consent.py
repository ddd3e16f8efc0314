"""Consent from the extract to what is published and reported: what cannot be understood, or is closed for an address, is no yes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml

from cxunify import identity, ingest, profile, quality
from cxunify.config import load
from cxunify.quality.unclear import is_status
from cxunify.warehouse import Warehouse
from tests.cli.project import Project

PEOPLE = """id,first,last,mail,tel,status,changed
1,Orla,Quimby,orla@q.example,,Subscribed,2024-01-01
2,Rufus,Marchetti,ruf@m.example,,Hard bounce,2024-01-02
3,Petra,Lindqvist,petra@l.example,,hard BOUNCE,2024-01-03
4,Ivo,Santangelo,ivo@s.example,,Oksana Byrne,2024-01-04
5,Ada,Ferris,home@f.example,,yes,2024-01-05
6,Ben,Ferris,home@f.example,,no longer subscribed,2020-01-06
7,Cleo,Vance,cleo@v.example,,yes,2024-01-07
8,Dov,Wynn,shared@w.example,,yes,2024-01-08
9,Eli,Wynn,shared@w.example,,,2024-01-09
10,Fay,Xu,fay@x.example,,unknown,2024-01-10
11,Gil,Yates,gil@y.example,,Pending,2024-01-11
12,Hal,Zorn,hal@z.example,,no,2022-01-12
"""
EVENTS = """no,at,what,mail
1,2023-05-01T10:00:00Z,unsubscribe,Cleo@V.example
2,2023-06-01T10:00:00Z,unsubscribe,shared+news@w.example
3,2023-07-01T10:00:00Z,subscribe,hal@z.example
"""
SETTINGS: dict[str, Any] = {
    "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
    "sources": {
        "crm": {"channel": "crm", "files": "crm.csv", "person": {
            "id": "id", "given_name": "first", "family_name": "last", "email": "mail", "phone": "tel",
            "consent": {"email": "status"}, "updated_at": "changed",
        }},
        "news": {"channel": "email", "files": "news.csv", "load": "append", "interaction": {
            "id": "no", "at": "at", "kind": {"column": "what"}, "identifiers": {"email": "mail"},
        }},
    },
}  # fmt: skip


def write(folder: Path, settings: dict[str, Any] = SETTINGS) -> Path:
    """The project's files."""
    (folder / "crm.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "news.csv").write_text(EVENTS, encoding="utf-8")
    path = folder / "cxunify.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return path


def built(folder: Path, settings: dict[str, Any] = SETTINGS) -> tuple[Warehouse, quality.Report]:
    """Every layer, and the report."""
    config = load(write(folder, settings))
    warehouse = Warehouse.open(directories=[folder])
    ingest.ingest(warehouse, config, (), "r1")
    identity.resolve(warehouse, config)
    profile.build(warehouse, config)
    report = quality.assess(warehouse, config)
    assert report is not None
    return warehouse, report


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, quality.Report]]:
    warehouse, report = built(tmp_path_factory.mktemp("consent"))
    with warehouse:
        yield warehouse, report


def _consents(warehouse: Warehouse) -> dict[str, tuple[bool | None, str | None, str | None]]:
    """Of each record's customer: whether e-mail is allowed, by which source, since which day."""
    rows = warehouse.rows("""
        select a.record_id, c.consent_email, c.consent_email_from, c.consent_email_at::date::varchar
        from identity.assignments as a
        join profile.customers as c on c.customer_id = a.customer_id""")
    return {record: (allowed, source, day) for record, allowed, source, day in rows}


def test_what_is_published_says_from_whom_and_since_when(whole: tuple[Warehouse, quality.Report]) -> None:
    assert _consents(whole[0]) == {
        "1": (True, "crm", "2024-01-01"),
        "2": (None, "crm", "2024-01-02"),
        "3": (None, "crm", "2024-01-03"),
        "4": (None, "crm", "2024-01-04"),
        "5": (False, "crm", "2020-01-06"),  # a mailbox that Ben has closed
        "6": (False, "crm", "2020-01-06"),
        "7": (False, "news", "2023-05-01"),
        "8": (False, "news", "2023-06-01"),  # somebody who reads the mailbox has closed it
        "9": (None, None, None),
        "10": (None, None, None),
        "11": (None, "crm", "2024-01-11"),
        "12": (True, "news", "2023-07-01"),
    }


def test_words_to_map_are_named_with_the_customers_that_hang_on_them(whole: tuple[Warehouse, quality.Report]) -> None:
    gap = next(gap for gap in whole[1].gaps if gap.check == "consent_unclear")
    assert (gap.gap_id, gap.rows, gap.customers) == ("consent_unclear.crm.consent.email", 4, 4)
    assert gap.cause.startswith('"Hard bounce": 2 customers; "Pending": 1 customer; 1 other word: 1 customer.')
    assert yaml.safe_load(gap.paste) == {
        "sources": {
            "crm": {
                "person": {"consent": {"email": {"column": "status", "map": {"Hard bounce": False, "Pending": False}}}}
            }
        }
    }
    assert "Oksana" not in str(whole[1])


def test_a_closed_mailbox_is_told_by_its_address(whole: tuple[Warehouse, quality.Report]) -> None:
    gap = next(gap for gap in whole[1].gaps if gap.check == "consent_shared")
    assert (gap.gap_id, gap.customers) == ("consent_shared.consent.email", 2)


def test_a_word_that_is_mapped_means_what_it_is_mapped_to(tmp_path: Path) -> None:
    person = {
        **SETTINGS["sources"]["crm"]["person"],
        "consent": {
            "email": {"column": "status", "map": {"hard bounce": None, "PENDING": True, "oksana byrne": False}}
        },
    }
    crm = {**SETTINGS["sources"]["crm"], "person": person}
    warehouse, report = built(tmp_path, {**SETTINGS, "sources": {**SETTINGS["sources"], "crm": crm}})
    with warehouse:
        found = {record: allowed for record, (allowed, *_) in _consents(warehouse).items()}
    assert [found[record] for record in ("2", "3", "4", "11")] == [None, None, False, True]
    assert [gap.check for gap in report.gaps if gap.check == "consent_unclear"] == []


def test_members_that_left_are_asked_nothing_though_only_their_file_says_so(tmp_path: Path) -> None:
    header = "Email Address,First Name,Last Name,LAST_CHANGED,LEID\n"
    members = {
        "subscribed_members_export_9f": "ann@a.example,Ann,Abel,2024-01-01 10:00:00,1\nben@b.example,Ben,Bode,2024-01-01,2\n",
        "unsubscribed_members_export_9f": "cid@c.example,Cid,Cole,2024-01-02 10:00:00,3\n",
        "cleaned_members_export_9f": "dan@d.example,Dan,Dorn,2024-01-03 10:00:00,4\n",
        "nonsubscribed_members_export_9f": "eve@e.example,Eve,Eich,2024-01-03 10:00:00,5\n",
        "members_2023": "fay@f.example,Fay,Fink,2023-01-03 10:00:00,6\n",
    }
    for name, rows in members.items():
        (tmp_path / f"{name}.csv").write_text(header + rows, encoding="utf-8")
    news = {"channel": "email", "files": "*members*.csv", "preset": "mailchimp.members"}
    warehouse, report = built(tmp_path, {**SETTINGS, "sources": {"list": news}})
    with warehouse:
        found = {record: allowed for record, (allowed, *_) in _consents(warehouse).items()}
    assert found == {"1": True, "2": True, "3": False, "4": False, "5": None, "6": None}
    gap = next(gap for gap in report.gaps if gap.check == "consent_unclear")
    assert gap.cause.startswith('"members_2023.csv": 1 customer.')
    (pasted,) = yaml.safe_load(gap.paste)["sources"]["list"]["person"]["consent"].values()
    assert (pasted["file"]["members_2023.csv"], pasted["file"]["subscribed*"]) == (False, True)


def test_what_may_be_named() -> None:
    named = {
        word
        for word in ("Bounced", "3", "Pending confirmation", "Mary", "0171 555", "a@b.example")
        if is_status(word, 1)
    }
    assert named == {"Bounced", "3", "Pending confirmation"}
    assert is_status("Zurückgestellt", 5) and not is_status("Zurückgestellt", 4)


def test_the_command_shows_the_words_when_asked(tmp_path: Path) -> None:
    write(tmp_path)
    project = Project(tmp_path)
    project.run("run")
    gap = "consent_unclear.crm.consent.email"
    assert "Oksana" not in project.run("quality", gap).stdout
    assert "Oksana Byrne" in project.run("quality", gap, "--values").stdout


def test_a_mailbox_of_thousands_costs_what_its_rows_cost(tmp_path: Path) -> None:
    """Everybody at a kiosk states one mailbox, and half refuse: each pair of them would be hundreds of millions of rows."""
    count = 30_000
    people = "".join(f"{n},F{n},L{n},kiosk@k.example,,{'no' if n % 2 else 'yes'},2024-01-01\n" for n in range(count))
    path = write(tmp_path)
    (tmp_path / "crm.csv").write_text(PEOPLE.splitlines(keepends=True)[0] + people, encoding="utf-8")
    started = time.process_time()
    config = load(path)
    with Warehouse.open(threads=2, directories=ingest.folders(config)) as warehouse:
        ingest.ingest(warehouse, config)
        identity.resolve(warehouse, config)
        profile.build(warehouse, config)
        allowed = warehouse.scalar("select count(*) filter (is_allowed) from profile.consent where source = 'crm'")
        assert allowed == 0, "somebody else refused for the mailbox of all"
    assert time.process_time() - started < 60


# -- a refusal that the next extract is silent on --------------------------------------------------------------------------

PERSON = {"id": "id", "given_name": "first", "family_name": "last", "email": "mail"}
FLAGGED = {**PERSON, "consent": {"email": "news"}}


def _two(crm: dict[str, Any]) -> str:
    """A CRM, whose people are mapped so, and a web shop; both say who may be written to."""
    listed = {
        name: {"channel": name, "files": f"{name}.csv", "person": of} for name, of in (("crm", crm), ("web", FLAGGED))
    }
    return yaml.safe_dump({**SETTINGS, "sources": {**listed, "news": SETTINGS["sources"]["news"]}})


NAMES = ("Orla", "Rufus", "Petra", "Ivo", "Ada", "Ben")


def _write(folder: Path, crm: dict[int, str]) -> None:
    """Six people in two extracts; the web shop says yes of all, the CRM what is given, and else yes."""
    for name in ("crm", "web"):
        rows = [
            f"{name}{n},{first},Quimby{n},{first.lower()}@q{n}.example,{crm.get(n, 'yes') if name == 'crm' else 'yes'}"
            for n, first in enumerate(NAMES)
        ]
        (folder / f"{name}.csv").write_text("\n".join(["id,first,last,mail,news", *rows, ""]), encoding="utf-8")


def _published(project: Project) -> dict[str, bool | None]:
    customers = pl.read_parquet(project.current / "customers.parquet")
    return dict(zip(customers["given_name"], customers["consent_email"], strict=True))


def test_an_empty_cell_of_the_next_extract_takes_no_refusal_back(tmp_path: Path) -> None:
    (tmp_path / "cxunify.yaml").write_text(_two(FLAGGED), encoding="utf-8")
    (tmp_path / "news.csv").write_text("no,at,what,mail\n1,2023-05-01T10:00:00Z,subscribe,ada@q4.example\n")
    project = Project(tmp_path)
    allowed = dict.fromkeys(NAMES, True)
    _write(tmp_path, {0: "no", 1: "no", 2: "no"})
    project.run("run", "--quiet")
    refused = {**allowed, "Orla": False, "Rufus": False, "Petra": False}
    assert _published(project) == refused
    for silent in ("", "", "?"):
        _write(tmp_path, {0: silent, 1: silent, 2: silent, 3: ""})
        project.run("run", "--quiet")
        assert {name: said for name, said in _published(project).items() if said is not True} == (
            {"Orla": False, "Rufus": False, "Petra": False} if not silent else dict.fromkeys(NAMES[:3])
        )
    # Who says yes has taken it back, for good; so has who opts in after it.
    _write(tmp_path, {0: "yes", 1: "", 2: ""})
    with (tmp_path / "news.csv").open("a") as file:
        file.write("2,2024-05-02T10:00:00Z,subscribe,rufus@q1.example\n")
    project.run("run", "--quiet")
    assert _published(project) | {"Petra": True} == allowed and _published(project)["Petra"] is False
    _write(tmp_path, {0: "", 1: "", 2: ""})
    project.run("run", "--quiet")
    assert _published(project)["Orla"] is True
    # It outlives the warehouse; who is forgotten takes it along; a column that is no consent any more says nothing.
    project.folder.joinpath("warehouse.duckdb").unlink()
    project.run("run", "--quiet")
    assert _published(project)["Petra"] is False
    project.config.write_text(_two(PERSON), encoding="utf-8")
    project.run("run", "--quiet")
    assert _published(project)["Petra"] is True
    project.config.write_text(_two(FLAGGED), encoding="utf-8")
    project.run("forget", "petra@q2.example", "--yes")
    with duckdb.connect(str(project.folder / "warehouse.ledger"), read_only=True) as held:
        assert held.execute("select count(*) from consents where record_id = 'crm2'").fetchall() == [(0,)]
        assert held.execute("select count(*) from consents").fetchall() > [(0,)]
