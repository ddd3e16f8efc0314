"""`cxunify init`, end to end: what it writes runs without an edit, nothing is overwritten, and doubts are told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cxunify.cli import app
from cxunify.config import load
from cxunify.discover import look
from cxunify.discover.verify import parse, verified
from cxunify.discover.write import text
from tests.ingest.workbooks import xlsx

PEOPLE = "customer_id,first_name,last_name,email,phone,created_at\n" + "".join(
    f"C{number:05},{name},{family},{name.lower()}.{number}@mail.example,+4930123{number:04},2024-01-{number % 27 + 1:02}\n"
    for number, (name, family) in enumerate(
        zip(["Anna", "Ben", "Clara", "Dora"] * 10, ["Beck", "Lang"] * 20, strict=True), 1
    )
)
ORDERS = "order_id,customer_id,order_date,total,currency\n" + "".join(
    f"O{number:06},C{number % 40 + 1:05},2024-02-{number % 27 + 1:02}T10:00:00Z,{number}.50,EUR\n"
    for number in range(1, 80)
)


def _run(*arguments: str, given: str = "") -> Any:
    return CliRunner().invoke(app, [*arguments], input=given)


def test_two_commands_lead_to_customers(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    made = _run("init", "customers.csv", "orders.csv")
    assert made.exit_code == 0, made.output
    config = load(folder / "cxunify.yaml")
    assert (config.region, config.currency) == ("DE", "EUR")
    orders = config.sources["orders"].interaction
    assert orders is not None
    assert orders.person["customers"].names == ("customer_id",)
    ran = _run("run", "--json")
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["published"]["rows"]["interactions"] == 79


def test_what_is_there_is_not_overwritten(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "cxunify.yaml").write_text("mine\n", encoding="utf-8")
    refused = _run("init", "customers.csv")
    assert refused.exit_code == 78
    assert "not overwritten" in refused.stderr
    assert (folder / "cxunify.yaml").read_text(encoding="utf-8") == "mine\n"
    assert _run("init", "customers.csv", "--out", "other.yaml").exit_code == 0
    assert list(load(folder / "other.yaml").sources) == ["customers"]


def test_a_configuration_is_extended_and_keeps_its_text(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    assert _run("init", "customers.csv").exit_code == 0
    before = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    added = _run("init", "--add", "orders.csv")
    assert added.exit_code == 0, added.output
    after = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    orders = load(folder / "cxunify.yaml").sources["orders"].interaction
    assert orders is not None
    assert orders.person["customers"].names == ("customer_id",)


def test_what_is_unsure_is_marked_and_can_be_asked(folder: Path) -> None:
    rows = "".join(f"B{number},0{number % 9 + 1}.0{number % 8 + 1}.2024,{number},50\n" for number in range(1, 60))
    (folder / "bons.csv").write_text(f"Bon-Nr,Datum,Betrag\n{rows}".replace(",50\n", ".50\n"), encoding="utf-8")
    assert _run("init", "bons.csv").exit_code == 0
    text = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    assert "day and month cannot be told apart" in text
    assert "# unsure:" in text
    found = json.loads(_run("init", "bons.csv", "--out", "b.yaml", "--json").stdout)
    at = next(choice for choice in found["sources"][0]["choices"] if choice["key"] == "interaction.at")
    assert at["sure"] is False
    formats = {at["options"]["format"], *at["others"]}
    asked = _run("init", "bons.csv", "--out", "c.yaml", "--interactive", given="\n" * 9)
    assert asked.exit_code == 0, asked.output
    assert all(one in asked.stderr for one in at["others"])
    other = at["others"][0]
    answered = _run("init", "bons.csv", "--out", "d.yaml", "--interactive", given=f"{other}\n" * 9)
    assert answered.exit_code == 0, answered.output
    said = load(folder / "d.yaml").sources["bons"].interaction
    assert said is not None
    assert formats == {"%d.%m.%Y", "%m.%d.%Y"}
    assert said.at.format == other


def test_dates_with_two_signs_of_which_one_decides_nothing_take_two_formats(folder: Path) -> None:
    sold = [f"{n % 28 + 1:02}.04.2026" for n in range(30)] + [f"06/{n % 9 + 1:02}/2026" for n in range(30)]
    rows = "".join(f"B{n},{day},{n},{n}.50\n" for n, day in enumerate(sold))
    (folder / "bons.csv").write_text(f"Bon-Nr,Datum,Kundenkarte,Betrag\n{rows}", encoding="utf-8")
    assert _run("init", "bons.csv").exit_code == 0
    said = load(folder / "cxunify.yaml").sources["bons"].interaction
    assert said is not None
    assert said.at.format == ("%d.%m.%Y", "%d/%m/%Y")
    assert "# unsure: day and month cannot be told apart" in (folder / "cxunify.yaml").read_text(encoding="utf-8")


def test_files_of_which_none_is_a_source_are_refused_with_the_reason(folder: Path) -> None:
    (folder / "tags.csv").write_text("order_id,tag_id\n1,2\n3,4\n", encoding="utf-8")
    refused = _run("init", "tags.csv")
    assert refused.exit_code == 65
    assert "link table" in refused.stderr
    assert not (folder / "cxunify.yaml").exists()


def test_a_workbook_is_an_extract_like_others(folder: Path) -> None:
    rows = [line.split(",") for line in PEOPLE.splitlines()]
    (folder / "customers.xlsx").write_bytes(xlsx({"Customers": rows}))
    assert _run("init", "customers.xlsx").exit_code == 0
    person = load(folder / "cxunify.yaml").sources["customers"].person
    assert person is not None and person.id is not None and person.id.names == ("customer_id",)
    assert _run("check").exit_code == 0


def _german(folder: Path, *, first: int, people: int, every: int, card: bool) -> None:
    """A list of customers and receipts of a till whose column `Kundenkarte` holds `Kundennr`, or cards of its own."""
    rows = "".join(
        f"{first + number * every},Vorname{chr(97 + number % 26)},Nachname{chr(97 + number % 25)},k{number}@mail.example\n"
        for number in range(people)
    )
    (folder / "kunden.csv").write_text(f"Kundennr,Vorname,Nachname,E-Mail\n{rows}", encoding="utf-8")
    bons = "".join(
        f"B{number:06},2024-03-{number % 18 + 13}T10:00:00,{number}.50,"
        f"{9_000_000 + number % 300 if card else first + (number * 7 % people) * every}\n"
        for number in range(900)
    )
    (folder / "bons.csv").write_text(f"Bon-Nr,Datum,Betrag,Kundenkarte\n{bons}", encoding="utf-8")


@pytest.mark.parametrize(("first", "every"), [(10_001, 1), (1, 3), (1, 1), (1_000_001, 1)])
def test_a_column_called_a_card_that_holds_numbers_of_customers_leads_to_them(
    folder: Path, first: int, every: int
) -> None:
    _german(folder, first=first, people=400, every=every, card=False)
    assert _run("init", "kunden.csv", "bons.csv").exit_code == 0
    bons = load(folder / "cxunify.yaml").sources["bons"].interaction
    assert bons is not None
    assert bons.person["kunden"].names == ("Kundenkarte",)
    assert not bons.identifiers


def test_numbers_that_any_list_has_are_doubted(folder: Path) -> None:
    """Cards 1 to 60 among customers 1 to 5,000: they may be cards as well as customers."""
    _german(folder, first=1, people=5_000, every=1, card=False)
    bons = "".join(
        f"B{number:06},2024-03-{number % 18 + 13}T10:00:00,5.50,{number % 60 + 1}\n" for number in range(900)
    )
    (folder / "bons.csv").write_text(f"Bon-Nr,Datum,Betrag,Kundenkarte\n{bons}", encoding="utf-8")
    assert _run("init", "kunden.csv", "bons.csv").exit_code == 0
    text = " ".join((folder / "cxunify.yaml").read_text(encoding="utf-8").split())
    assert "which chance may explain; or: identifiers.loyalty_id: Kundenkarte" in text
    assert "unsure: 60 of 60 values" in text


def _cards(folder: Path, people: int, called: str, beside: str = "", **other: str) -> str:
    """People with a card, a mailbox and a number, and where it is asked a shop beside them; what was made of the people."""
    fields = {called: "00{n}", "name": "Beck, Anna-{a}", "mail": "m{n}@mail.example", "mobile": "+4917012{n}", **other}
    listed = [
        {
            key: text.format(n=10000 + n, a="abcdefghij"[n // 10] + "nopqrstuvw"[n % 10])
            for key, text in fields.items()
            if text
        }
        for n in range(people)
    ]
    (folder / "cards.json").write_text(json.dumps(listed), encoding="utf-8")
    if beside:
        rows = "".join(f"W{n},a{n}@mail.example,Anna,Beck,00{10000 + n}\n" for n in range(people))
        (folder / "shop.csv").write_text(f"customer id,email,first name,last name,{beside}\n{rows}", encoding="utf-8")
    assert _run("init", ".").exit_code == 0
    return (folder / "cxunify.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("card", "beside", "is_shared"),
    [("card", "", False), ("card", "loyalty card", True), ("Kundenkarte", "", True), ("Karte", "", False)],
)
def test_a_card_of_ones_own_in_each_row_is_the_id_and_may_be_what_others_know_its_holder_by(
    folder: Path, card: str, beside: str, *, is_shared: bool
) -> None:
    _cards(folder, 100, card, beside)
    person = load(folder / "cxunify.yaml").sources["cards"].person
    assert person is not None and person.id is not None and person.id.names == (card,)
    assert {kind: of.column for kind, of in person.identifiers.items()} == ({"loyalty_id": card} if is_shared else {})
    assert _run("check").exit_code == 0


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"card": ""}, "filled and unique are only mail, mobile, which people change"),
        ({"card": "VISA"}, "filled and unique are only mail, mobile, which people change"),
        ({"card": "", "number of steps": "{n}", "a": "K{n}", "b": "L{n}"}, "filled and unique are a, b, and none"),
        ({"card": "", "mail": "", "mobile": "+49170", "birth date": "1980-01-31"}, "no column is filled and unique"),
    ],
    ids=["contacts", "kind-of-card", "several", "none"],
)
def test_without_an_id_it_is_said_what_is_unique_and_what_follows(
    folder: Path, other: dict[str, str], told: str
) -> None:
    text = " ".join(_cards(folder, 60, "card", **other).replace("#", "").split())
    assert f"no id: {told}" in text
    assert "a record is known by its content, and is another one when that changes" in text


def test_an_identifier_that_nobody_else_has_is_doubted(folder: Path) -> None:
    _german(folder, first=10_001, people=400, every=1, card=True)
    found = json.loads(_run("init", "kunden.csv", "bons.csv", "--json").stdout)
    bons = next(source for source in found["sources"] if source["name"] == "bons")
    card = next(choice for choice in bons["choices"] if choice["columns"] == ["Kundenkarte"])
    assert card["sure"] is False
    assert "nobody else has it" in card["why"]


def test_the_number_of_a_row_is_no_foreign_key(folder: Path) -> None:
    """Orders 1 to 79 are all among customers 1 to 400, and are numbers of orders all the same."""
    _german(folder, first=1, people=400, every=1, card=False)
    rows = "".join(f"{number},2024-02-{number % 18 + 10},{number}.50\n" for number in range(1, 80))
    (folder / "orders.csv").write_text(f"Lauf-Nr,Datum,Betrag\n{rows}", encoding="utf-8")
    assert _run("init", "kunden.csv", "orders.csv").exit_code == 0
    orders = load(folder / "cxunify.yaml").sources["orders"].interaction
    assert orders is not None and not orders.person


def test_a_line_that_no_configuration_may_have_becomes_a_comment(folder: Path) -> None:
    """A foreign key into what is no source refuses a configuration as a whole: the line goes, and what is right stays."""
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    findings = look(["customers.csv", "orders.csv"], folder)
    orders = next(found for found in findings.sources if found.name == "orders")
    refused = next(choice for choice in orders.choices if choice.key == "interaction.person.customers")
    refused.key = "interaction.person.nobody"
    config = parse(text(verified(findings)), folder)
    assert config.sources["orders"].interaction is not None
    assert config.sources["orders"].interaction.amount is not None
    assert not config.sources["orders"].interaction.person
    assert (refused.active, refused.sure) == (False, False)
    assert "no source of persons" in refused.why


def test_what_is_wrong_in_what_is_there_is_told_and_changes_nothing(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    assert _run("init", "customers.csv").exit_code == 0
    path = folder / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "identity: {threshold: high}\n", encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    refused = _run("init", "--add", "orders.csv")
    assert refused.exit_code == 78
    assert "threshold" in refused.stderr
    assert path.read_text(encoding="utf-8") == before


def test_a_row_of_a_file_of_cases_is_a_case(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    rows = "".join(
        f"T{number:05},C{number % 40 + 1:05},2024-02-{number % 27 + 1:02},Question\n" for number in range(80)
    )
    (folder / "tickets.csv").write_text(f"ticket_id,customer_id,created_at,type\n{rows}", encoding="utf-8")
    assert _run("init", "customers.csv", "tickets.csv").exit_code == 0
    tickets = load(folder / "cxunify.yaml").sources["tickets"].interaction
    assert tickets is not None and tickets.id is not None and tickets.case_id is not None
    assert (tickets.id.names, tickets.case_id.column) == (("ticket_id",), "ticket_id")


def _hubspot(
    folder: Path, mail: str = "a{n}@mail.example", made: str = "2024-01-02T10:00:00Z", ids: str = "{n}"
) -> str:
    """People as Fivetran loads them from HubSpot; what was made of them by `init`."""
    (folder / "people.csv").write_text(
        "id,property_email,property_createdate,property_firstname,property_lastname,property_hs_merged_object_ids,"
        "_fivetran_deleted,bonus_card\n"
        + "".join(f"{ids.format(n=n)},{mail.format(n=n)},{made},Anna,Beck,,false,77{n:06}\n" for n in range(100, 140)),
        encoding="utf-8",
    )
    assert _run("init", "people.csv", "--out", "made.yaml").exit_code == 0
    return " ".join((folder / "made.yaml").read_text(encoding="utf-8").split())


def test_a_recognised_file_is_mapped_by_its_preset_and_by_what_that_leaves_open(folder: Path) -> None:
    written = _hubspot(folder)
    assert "preset: fivetran.hubspot_contacts # by its columns" in written
    assert "given_name:" not in written, "what the preset has is not said twice"
    assert "loyalty_id: bonus_card" in written, "a column of the company's own is no vendor's"
    person = load(folder / "made.yaml").sources["people"].person
    assert person is not None and person.given_name is not None and person.given_name.names == ("property_firstname",)
    assert _run("check", "--config", "made.yaml").exit_code == 0


def test_what_values_say_otherwise_than_a_preset_is_marked(folder: Path) -> None:
    """Hashes are mapped as hashes, an id that is none is doubted, and so is a time that is none."""
    hashes = _hubspot(folder, mail="{n:032x}")
    assert "email: null # its values are hashes" in hashes
    assert "email_md5: property_email # hashed (md5)" in hashes
    people = load(folder / "made.yaml").sources["people"].person
    assert people is not None and not people.email and people.identifiers["email_md5"].column == "property_email"
    (folder / "made.yaml").unlink()
    shared = _hubspot(folder, ids="1")
    assert "# unsure: the preset says so, but fewer than 98% of the rows have an id of their own in it" in shared
    (folder / "made.yaml").unlink()
    assert "created_at: # unsure" not in shared
    untimed = _hubspot(folder, made="soon")
    assert "# unsure: the preset says so, but its values do not look like it" in untimed


def test_a_preset_is_not_used_for_a_header_that_lacks_a_column_it_needs(folder: Path) -> None:
    (folder / "people.csv").write_text(
        "Record ID,Email,Ticket ID\n" + "".join(f"{n},a{n}@mail.example,1\n" for n in range(100, 140)), encoding="utf-8"
    )
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    sources = look(["people.csv", "customers.csv"], folder).sources
    assert not any(source.setting("preset") for source in sources)


def test_events_within_documents_are_mapped_by_their_preset(folder: Path) -> None:
    """What no column says by its name: `init` alone would find nothing in documents within documents."""
    lines = [
        json.dumps({
            "messageId": f"m{n}", "anonymousId": f"a{n % 9}", "timestamp": f"2024-03-{n % 27 + 1:02}T10:00:00.000Z",
            "type": "track", "event": "Page Viewed", "userId": f"u{n % 9}",
            "context": {"page": {"url": f"https://shop.example/{n}"}},
        })
        for n in range(60)
    ]  # fmt: skip
    (folder / "events.ndjson").write_text("\n".join(lines), encoding="utf-8")
    assert _run("init", "events.ndjson").exit_code == 0
    assert load(folder / "cxunify.yaml").sources["events"].preset == "segment.events"
    assert json.loads(_run("run", "--json").stdout)["published"]["rows"]["interactions"] == 60


def test_a_newsletter_list_says_by_its_status_who_may_be_written_to(folder: Path) -> None:
    status = ["aktiv", "aktiv", "abgemeldet"]
    rows = [
        f"{name}{n}@mail.example,{name},Lang,{status[n % 3]}" for n, name in enumerate(["Anna", "Ben", "Cleo"] * 12)
    ]
    (folder / "newsletter.csv").write_text(
        "\n".join(["E-Mail-Adresse,Vorname,Nachname,Status", *rows]), encoding="utf-8"
    )
    assert _run("init", "newsletter.csv").exit_code == 0
    written = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    lines = [line.strip() for line in written.splitlines()]
    doubt = lines[lines.index("email: Status") - 1]
    assert doubt.startswith("# unsure: its words speak of subscribing")
    assert doubt.endswith("no until `map` says otherwise: aktiv")


def test_a_folder_without_extracts_is_told_as_such(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "README.md").write_text("nothing", encoding="utf-8")
    refused = _run("init", "empty")
    assert refused.exit_code == 2
    assert "the folder empty has no extract in it" in refused.stderr
    assert ".parquet" in refused.stderr
    assert "there is no file at lost.csv" in _run("init", "lost.csv").stderr


def test_an_amount_that_is_called_by_a_currency_is_in_it(folder: Path) -> None:
    rows = "".join(f"O{n:05},2024-02-{n % 27 + 1:02}T10:00:00Z,a{n % 20}@mail.example,{n}.50,EUR\n" for n in range(60))
    header = "order_id,created_at,email,revenue_in_usd,currency"
    (folder / "orders.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    assert _run("init", "orders.csv").exit_code == 0
    orders = load(folder / "cxunify.yaml").sources["orders"].interaction
    assert orders is not None and orders.currency is not None and orders.amount is not None
    assert (orders.amount.column, orders.currency.value) == ("revenue_in_usd", "USD")


def test_an_address_on_the_net_is_nobody(folder: Path) -> None:
    rows = "".join(
        f"V{n:05},2024-02-{n % 27 + 1:02}T10:00:00Z,10.0.{n % 7}.{n % 250},https://shop.example/{n},10.0.{n % 7}.1\n"
        for n in range(200)
    )
    (folder / "visits.csv").write_text(f"visit_id,timestamp,ip,url,client_id\n{rows}", encoding="utf-8")
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    for found in look(["visits.csv", "customers.csv"], folder).sources:
        named = [choice for choice in found.choices if ".identifiers." in choice.key or ".person." in choice.key]
        assert not any({"ip", "client_id"} & set(choice.columns) for choice in named if choice.active)


def test_states_in_words_that_nobody_knows_are_doubted(folder: Path) -> None:
    """Orders that were called off would count as bought."""
    words = ["klaar", "onderweg", "kwijt"]
    rows = "".join(f"O{n:05},2024-02-{n % 27 + 1:02},a{n % 9}@mail.example,{n}.50,{words[n % 3]}\n" for n in range(60))
    (folder / "orders.csv").write_text(f"order_id,order_date,email,total,status\n{rows}", encoding="utf-8")
    found = json.loads(_run("init", "orders.csv", "--json").stdout)["sources"][0]
    kind = next(choice for choice in found["choices"] if choice["key"] == "interaction.kind")
    assert (kind["sure"], kind["options"]) == (False, {"value": "purchase"})
    assert "status says where each stands" in kind["why"]


def test_access_logs_are_known_by_their_lines_and_visits_without_people(folder: Path) -> None:
    said = '192.0.2.{0} - - [{1:02}/May/2024:10:05:03 +0200] "GET /p{0} HTTP/1.1" 200 203{2}\n'
    for name, more in (("access.log", ' "-" "Mozilla/5.0"'), ("requests.txt", "")):
        (folder / name).write_text("".join(said.format(n, n % 28 + 1, more) for n in range(40)), encoding="utf-8")
    findings = json.loads(_run("init", "access.log", "requests.txt", "--json").stdout)
    assert [(one["channel"], one["role"]) for one in findings["sources"]] == [("web", "interaction")] * 2
    config = load(folder / "cxunify.yaml")
    assert {source.preset for source in config.sources.values()} == {"web.access_log"}


@pytest.mark.parametrize(
    ("row", "is_record"),
    [
        ("{0},2024-05-{1:02} 10:05,{2}.50", True),
        ("{2};Ann;ann{0}@a.example", True),
        ("Ann,Abel,{2}", True),
        ("2021,2022,2023", False),
        ("day,101,102", False),
    ],
)
def test_a_first_line_that_is_a_record_is_no_header(folder: Path, row: str, *, is_record: bool) -> None:
    rows = [row.format(n, n % 28 + 1, 1000 + n) for n in range(40)]
    below = rows[1:] if is_record else [f"{n},{n * 3},{n * 7}" for n in range(10, 40)]
    (folder / "s.csv").write_text("\n".join([rows[0], *below]) + "\n", encoding="utf-8")
    assert ("it has no header" in " ".join(_run("init", "s.csv").output.split())) is is_record


def test_a_vendors_file_without_a_header_is_known_by_the_names_beside_it(folder: Path) -> None:
    names = ["hitid_high", "hitid_low", "hit_time_gmt", "post_visid_high", "post_visid_low", "mcvisid"]
    names += ["exclude_hit", "hit_source", "post_page_url"]
    (folder / "feed").mkdir()
    (folder / "feed" / "column_headers.tsv").write_text("\t".join(names) + "\n", encoding="utf-8")
    hits = [
        ["3", str(n), str(1710000000 + n * 999), "7", "8", f"{n % 9:038}", "0", "1", f"https://x.org/{n}"]
        for n in range(50)
    ]
    (folder / "feed" / "hit_data.tsv").write_text("\n".join(map("\t".join, hits)) + "\n", encoding="utf-8")
    assert _run("init", "feed").exit_code == 0
    (source,) = load(folder / "cxunify.yaml").sources.values()
    assert source.preset == "adobe.data_feed"
    assert source.csv.names.file == "feed/column_headers.tsv"  # type: ignore[union-attr]


def test_what_lies_within_documents_is_mapped_by_its_path(folder: Path) -> None:
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    orders = [
        {"order_id": f"O{n}", "order_date": f"2024-02-{n % 27 + 1:02}T10:00:00Z", "total": n + 0.5, "currency": "EUR",
         "customer": {"id": f"C{n % 40 + 1:05}", "email": f"anna.{n}@mail.example"}}
        for n in range(1, 80)
    ]  # fmt: skip
    (folder / "orders.ndjson").write_text("\n".join(map(json.dumps, orders)), encoding="utf-8")
    assert _run("init", "customers.csv", "orders.ndjson").exit_code == 0
    event = load(folder / "cxunify.yaml").sources["orders"].interaction
    assert event is not None
    assert event.person["customers"].names == ("customer.id",)
    assert event.identifiers["email"].column == "customer.email"


def test_a_campaign_whose_rows_say_who_was_left_out_is_an_experiment(folder: Path) -> None:
    """A receipt's number is one whatever its column is called; `consent_email` and `email_consent` are one; arms are kinds."""
    people = PEOPLE.replace("created_at", "consent_email").replace("2024-01-", "yes")
    (folder / "customers.csv").write_text(re.sub(r"yes\d+", "yes", people), encoding="utf-8")
    tills = "".join(f"q{n}x;2024-02-{n % 27 + 1:02} 10:00;Nord;C{n % 40 + 1:05};{n % 9},5{n % 7}\n" for n in range(200))
    (folder / "tills.csv").write_text(f"voucherless;date;store;customer;total\n{tills}", encoding="utf-8")
    sends = "".join(
        f"2024-0{month}-01;{line.split(',')[3]};Spring {month};{'control' if n % 3 else 'target'}\n"
        for month in (3, 4)
        for n, line in enumerate(PEOPLE.splitlines()[1:])
    )
    (folder / "newsletter.csv").write_text(f"Datum;E-Mail;Kampagne;Gruppe\n{sends}", encoding="utf-8")
    assert _run("init", ".").exit_code == 0
    sources = load(folder / "cxunify.yaml").sources
    customers, receipts, mails = (
        sources["customers"].person,
        sources["tills"].interaction,
        sources["newsletter"].interaction,
    )
    assert customers and receipts and mails
    assert list(customers.consent) == ["email"]
    assert receipts.id is not None and receipts.id.names == ("voucherless",)
    assert mails.kind.map == {"target": "contact_out", "control": "held_out"}
    assert mails.campaign is not None and list(mails.identifiers) == ["email"]


def test_a_column_of_two_words_that_are_no_arms_is_no_experiment(folder: Path) -> None:
    rows = "".join(f"2024-03-01,C{n % 40 + 1:05},{'adult' if n % 2 else 'control'}\n" for n in range(80))
    (folder / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "visits.csv").write_text(f"date,customer_id,group\n{rows}", encoding="utf-8")
    assert "held_out" not in _run("init", ".").output
    assert "held_out" not in (folder / "cxunify.yaml").read_text(encoding="utf-8")


def test_a_channel_comes_from_the_preset_or_is_told_as_a_guess(folder: Path) -> None:
    names = [
        "hitid_high",
        "hitid_low",
        "hit_time_gmt",
        "post_visid_high",
        "post_visid_low",
        "exclude_hit",
        "hit_source",
        "product_list",
    ]
    (folder / "column_headers.tsv").write_text("\t".join(names), encoding="utf-8")
    (folder / "hit_data.tsv").write_text(
        "".join(f"3\t{n}\t{1710000000 + n}\t7\t{n % 9}\t0\t1\ta;b;1;{n}.50\n" for n in range(60)), encoding="utf-8"
    )
    (folder / "people.csv").write_text(
        "no,first_name,last_name,email\n" + "".join(f"P{n},Ann{n},Lee{n},a{n}@mail.example\n" for n in range(60)),
        encoding="utf-8",
    )
    (folder / "x.csv").write_text(
        "id,no,day,total\n" + "".join(f"X{n:04},P{n % 60},2024-03-{n % 28 + 1:02},{n}.25\n" for n in range(90)),
        encoding="utf-8",
    )
    findings = look(["hit_data.tsv", "people.csv", "x.csv"], folder)
    hits, people, other = (next(one for one in findings.sources if one.name == name) for name in ("hit", "people", "x"))
    assert (hits.channel, hits.setting("channel"), "product_list" in hits.unmapped) == ("web", None, False)
    assert (people.role, people.column("person.given_name")) == ("person", "first_name")
    guess = other.setting("channel")
    assert guess is not None
    assert (guess.sure, guess.options["value"]) == (False, "pos")
    assert "# unsure: neither the name of the file nor its columns say" in text(findings)


def test_a_case_about_a_return_is_none(folder: Path) -> None:
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "cases.csv").write_text(
        "case_id,customer_id,opened_at,type\n"
        + "".join(
            f"K{n:04},C{n % 40 + 1:05},2024-03-{n % 28 + 1:02},{('Return', 'Complaint', 'Question')[n % 3]}\n"
            for n in range(90)
        ),
        encoding="utf-8",
    )
    cases = next(one for one in look(["people.csv", "cases.csv"], folder).sources if one.name == "cases")
    kind = cases.choice("interaction.kind")
    assert kind is not None
    assert kind.options["map"] == {"Return": "contact_in"}
