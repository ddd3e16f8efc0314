"""More companies that nobody has mapped, of kinds that no other test has: two commands, held against sums known beforehand.

A gym in France (members, bookings of classes, a web shop whose orders bear mailboxes), a chain of pharmacies in India (a workbook
of patients; bills numbered anew in each shop), a seller to businesses in America (Pipedrive, QuickBooks, Analytics), and what is
paid through Stripe in UTC to a charity and a hotel.
"""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import pytest

from cxunify.config import load
from cxunify.discover import look
from cxunify.discover.findings import Found
from tests.discover.test_shops import FIRST, _comma, _people, _two_commands
from tests.ingest.workbooks import xlsx

MEMBERS = "Numéro adhérent;Civilité;Nom;Prénom;Date de naissance;CP;Portable;E-mail;Formule;Date d'inscription;Consentement e-mail"
CLASSES = "id_resa;adherent;cours;coach;date_cours;heure;statut"
ORDERS = "Commande;Date;E-mail client;Nom client;Total TTC;Etat"
BILLS = "Bill No,Bill Date,Store,Patient Mobile,Item Name,Qty,MRP,Disc,Net Amt"
PATIENTS = ["Patient ID", "Patient Name", "Gender", "DOB", "Mobile No", "Email ID", "Pincode", "Registered On"]
PERSONS = "Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Phone - Work,Person - Owner"
PAYMENTS = "id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer Email"
INVOICES = "InvoiceNo,Customer,BillEmail,InvoiceDate,DueDate,Terms,ItemQuantity,ItemRate,ItemAmount,Currency"


def test_a_gym_in_france(folder: Path) -> None:
    draw = random.Random(21)
    people = list(_people(90))
    members = [MEMBERS]
    members += [
        f"AD{p['n'] + 1:05};{'Mme' if p['n'] % 2 else 'M.'};{p['last']};{p['first']};{p['day']}/{p['month']}/{p['year']};"
        f"{69001 + p['n'] % 9};06{p['phone']}9;{p['mail']};Premium;{p['day']}/{p['month']}/2022;{'Oui' if p['n'] % 4 else 'Non'}"
        for p in people
    ]
    (folder / "adherents.csv").write_bytes("\n".join(members).encode("cp1252"))
    states = ["Présent", "Présent", "Absent", "Annulé"]
    classes = [CLASSES] + [
        f"R{n:06};AD{draw.randrange(90) + 1:05};Yoga;Sam;{n % 28 + 1:02}/{n % 12 + 1:02}/2024;{8 + n % 12:02}:30;{states[n % 4]}"
        for n in range(400)
    ]
    (folder / "reservations_cours.csv").write_text("\n".join(classes), encoding="utf-8-sig")
    orders, bought = [ORDERS], 0
    for n in range(160):
        cents, who = draw.randrange(500, 15_000), people[draw.randrange(90)]
        bought += cents if n % 4 else 0
        orders.append(
            f"CMD-{n:05};{n % 28 + 1:02}/{n % 12 + 1:02}/2024 1{n % 10}:15;{who['mail']};{who['first']} {who['last']};"
            f"{_comma(cents)} €;{'Livrée' if n % 4 else 'Annulée'}"
        )
    (folder / "boutique_commandes.csv").write_text("\n".join(orders), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert customers == 90
    assert happened["boutique_commandes", "purchase"] == (120, Decimal(bought) / 100)
    assert happened["reservations_cours", "visit"][0] == 200
    person, event = config.sources["adherents"].person, config.sources["reservations_cours"].interaction
    assert person is not None and person.id is not None and event is not None
    assert (person.id.names, event.person["adherents"].names) == (("Numéro adhérent",), ("adherent",))
    assert person.consent["email"].column == "Consentement e-mail"


def test_pharmacies_in_india(folder: Path) -> None:
    draw = random.Random(22)
    patients = [PATIENTS] + [
        [
            f"PT{p['n'] + 1001}", f"{p['first']} {p['last']}", "MF"[p["n"] % 2], f"{p['day']}-{p['month']}-{p['year']}",
            f"98{p['n'] * 4567891 % 10**8:08}", p["mail"] if p["n"] % 3 else "", f"{560001 + p['n'] % 60}",
            f"{p['day']}-{p['month']}-2023",
        ]
        for p in _people(110)
    ]  # fmt: skip
    (folder / "Patients.xlsx").write_bytes(xlsx({"Patients": patients}))
    paise = known = 0
    for store in ("BLR01", "BLR02"):
        lines = [BILLS]
        for bill in range(1, 121):
            mobile = patients[draw.randrange(110) + 1][4] if draw.random() < 0.7 else ""
            known += bool(mobile)
            day = f"{draw.randrange(28) + 1:02}-{draw.randrange(12) + 1:02}-2024 1{bill % 10}:20"
            for item in range(draw.randrange(1, 4)):
                net = draw.randrange(1000, 90_000)
                paise += net
                lines.append(
                    f"{bill},{day},{store},{mobile},TAB {item},2,{net / 100:.2f},{net / 100:.2f},{net / 100:.2f}"
                )
        (folder / f"POS_{store}_2024.csv").write_text("\n".join(lines), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert customers == 110
    assert happened == {("pos_blr", "purchase"): (240, Decimal(paise) / 100)}
    bills, person = config.sources["pos_blr"], config.sources["patients"].person
    assert bills.load == "append" and bills.interaction is not None and bills.interaction.id is not None
    assert bills.interaction.id.names == ("Store", "Bill No"), "bills are numbered anew in each shop"
    assert person is not None and person.id is not None
    assert (person.id.names, config.region, config.currency) == (("Patient ID",), "IN", "INR")


def test_a_seller_to_businesses(folder: Path) -> None:
    draw = random.Random(23)
    mails = [f"{FIRST[n % 20].lower()}.{n}@firm{n}.example" for n in range(80)]
    persons = [PERSONS] + [
        f"{p['n'] + 1},{p['first']} {p['last']},Firm {p['n']} Inc,{mails[p['n']]},(312) 555-{p['n'] * 97 % 9000 + 1000},Dana Owner"
        for p in _people(80)
    ]
    (folder / "pipedrive_persons.csv").write_text("\n".join(persons), encoding="utf-8")
    invoices, cents = [INVOICES], 0
    for n in range(120):
        for _ in range(1 + n % 3):
            pieces, rate = draw.randrange(1, 9), draw.randrange(1000, 90_000)
            cents += pieces * rate
            invoices.append(
                f"INV-{n + 1000},{FIRST[n % 20]} Ltd,{mails[n % 80]},{n % 12 + 1}/{n % 28 + 1}/2024,{n % 12 + 1}/{n % 28 + 1}/2025,"
                f"Net 30,{pieces},{rate / 100:.2f},{pieces * rate / 100:.2f},USD"
            )
    (folder / "quickbooks_invoices.csv").write_text("\n".join(invoices), encoding="utf-8")
    page = {"key": "page_location", "value": {"string_value": "https://firm.example/"}}
    (folder / "events.ndjson").write_text(
        "\n".join(
            json.dumps({
                "event_date": "20240301", "event_timestamp": str(1709280000000000 + n * 60000000), "event_name": "page_view",
                "event_params": [page], "user_pseudo_id": f"{n % 50}.{n % 50}", "user_id": mails[n % 80] if n % 4 == 0 else None,
                "stream_id": "1", "platform": "WEB", "device": {"category": "desktop"}, "geo": {"country": "United States"},
            })
            for n in range(200)
        ),
        encoding="utf-8",
    )  # fmt: skip
    config, happened, _ = _two_commands(folder)
    assert happened["quickbooks_invoices", "purchase"] == (120, Decimal(cents) / 100)
    assert happened["events", "page_view"][0] == 200
    event = load(folder / "cxunify.yaml").sources["events"].interaction
    assert event is not None
    assert (event.identifiers["email"].column, "login" in event.identifiers) == ("user_id", False)
    person = config.sources["pipedrive_persons"].person
    assert person is not None and person.email[0].names == ("Person - Email - Work",)


def test_payments_in_utc_and_gifts(folder: Path) -> None:
    draw = random.Random(24)
    people = list(_people(70))
    donors = ["Donor ID,Forename,Surname,Postcode,Email,Email Opt-In"]
    donors += [f"{p['n'] + 1},{p['first']},{p['last']},LS1 {p['n'] % 9}AB,{p['mail']},Yes" for p in people]
    (folder / "donors.csv").write_text("\n".join(donors), encoding="utf-8")
    gifts, payments, given, paid = ["Gift ID,Donor ID,Gift Date,Gift Amount,Fund"], [PAYMENTS], 0, 0
    for n in range(180):
        pence, pounds = draw.randrange(500, 90_000), draw.randrange(500, 9_000)
        given += pence
        gifts.append(
            f'{n + 9001},{draw.randrange(70) + 1},{n % 28 + 1:02}/{n % 12 + 1:02}/2023,"£{pence / 100:,.2f}",General'
        )
        back = pounds // 2 if n % 15 == 1 else 0
        paid += pounds - back if n % 10 else 0
        payments.append(
            f"ch_{n:010},2024-03-{n % 28 + 1:02} 23:30:00,{pounds / 100:.2f},{back / 100:.2f},gbp,{'Paid' if n % 10 else 'Failed'},"
            f"{people[draw.randrange(70)]['mail']}"
        )
    (folder / "gifts.csv").write_text("\n".join(gifts), encoding="utf-8")
    (folder / "stripe_payments.csv").write_text("\n".join(payments), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert customers == 70
    assert happened["gifts", "purchase"] == (180, Decimal(given) / 100)
    assert happened["stripe_payments", "purchase"] == (162, Decimal(paid) / 100)
    event = config.sources["stripe_payments"].interaction
    assert event is not None
    assert event.at.timezone == "UTC", "the name of the column says so"
    assert "Amount Refunded is taken off, as what was paid back" in (folder / "cxunify.yaml").read_text(
        encoding="utf-8"
    )


def _looked(folder: Path, people: list[str], name: str, rows: list[str]) -> Found:
    """What `init` makes of a list of people and of what happened to them."""
    for stem, lines in (("people", people), (name, rows)):
        (folder / f"{stem}.csv").write_text("\n".join(lines), encoding="utf-8")
    return next(one for one in look(["people.csv", f"{name}.csv"], folder).sources if one.name == name)


def test_amounts_that_are_only_called_some_amount_are_doubted(folder: Path) -> None:
    guests = ["GuestNo,FirstName,LastName,EmailAddress"]
    guests += [f"G{p['n'] + 10000},{p['first']},{p['last']},{p['mail']}" for p in _people(60)]
    stays = ["ReservationNo,GuestNo,Arrival,RoomRevenue,Status"]
    stays += [
        f"R{n + 500000},G{n % 60 + 10000},2024-03-{n % 28 + 1:02},{n}.40,{'Checked Out' if n % 3 else 'No Show'}"
        for n in range(150)
    ]
    found = _looked(folder, guests, "reservations", stays)
    amount, kind = found.choice("interaction.amount"), found.choice("interaction.kind")
    assert amount is not None and kind is not None
    assert (amount.columns, amount.sure) == (("RoomRevenue",), False)
    assert kind.options["map"] == {"Checked Out": "purchase", "No Show": "other"}


@pytest.mark.parametrize("paid", ["all", "some"])
def test_what_was_paid_is_doubted_beside_what_was_asked_for(folder: Path, paid: str) -> None:
    people = ["subscriber,first_name,last_name,email"]
    people += [f"{p['n'] + 1000},{p['first']},{p['last']},{p['mail']}" for p in _people(60)]
    bills = ["bill_no,subscriber,bill_date,amount_due,amount_paid"]
    bills += [
        f"B{n + 500000},{n % 60 + 1000},2024-03-{n % 28 + 1:02},{n + 5}.40,{n + 5 if paid == 'all' or n % 5 else 0}.40"
        for n in range(150)
    ]
    amount = _looked(folder, people, "bills", bills).choice("interaction.amount")
    assert amount is not None
    assert (amount.columns, amount.sure) == (("amount_paid",), paid == "all")
    assert ("amount_due" in amount.others) == (paid == "some")


def test_orders_alone_and_customers_who_share_a_name_and_a_city(folder: Path) -> None:
    orders = ["Order No,Order Date,First Name,Last Name,Email,Phone,City,Total,Status"] + [
        f"A{n:05},2024-0{n % 9 + 1}-{n % 28 + 1:02} 10:15:00,{('Ann', 'Bob', 'Cat')[n % 121 % 3]},{('Smith', 'Lee')[n % 121 % 2]},"
        f"u{n % 121}@mail.example,020 7946 {n % 121:04},London,12.50,Paid"
        for n in range(600)
    ]
    (folder / "orders.csv").write_text("\n".join(orders), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert customers == 121
    assert happened["orders", "purchase"] == (600, Decimal("7500.00"))
    person = config.sources["orders"].person
    assert person and person.email and person.phone
