"""Three shops that nobody has mapped, as a new user would try them: two commands, held against sums that are known beforehand.

A grocery chain (German: an Excel file of customers, receipts with their lines, numbered anew in each shop and till), a shop in
America (Shopify, Klaviyo and Square, whose presets know them) and one in France (days first, `;`, decimal commas, numbers of the
social security, which are nobody's business).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import cxunify
from cxunify.cli import app
from cxunify.config import Config, load
from tests.ingest.workbooks import xlsx

FIRST = (
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hannes", "Ida", "Jonas", "Klara", "Lukas", "Marie", "Nils", "Olga",
    "Paul", "Rosa", "Simon", "Tina", "Uwe",
)  # fmt: skip
LAST = (
    "Becker", "Lang", "Schulz", "Weber", "Hoffmann", "Krause", "Vogel", "Winter", "Sommer", "Berger", "Kuhn", "Adler", "Brandt",
    "Fuchs", "Graf", "Horn", "Jung", "Keller",
)  # fmt: skip
ORDERS = (
    "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Shipping Zip,Cancelled at,Refunded Amount,Outstanding Balance,Location,Id,Source,Phone"
)
PROFILES = (
    "Email,Klaviyo ID,First Name,Last Name,Phone Number,Zip Code,Country,Email Marketing Consent,Profile Created On"
)
DIRECTORY = (
    "Reference ID,First Name,Last Name,Email Address,Phone Number,State,Postal Code,Square Customer ID,Creation Source"
)
PAYMENTS = (
    "Date,Time,Time Zone,Gross Sales,Net Sales,Total Collected,Net Total,Transaction ID,Payment ID,Description,Event Type,"
    "Customer ID"
)
CLIENTS = (
    "N° client;Nom;Prénom;Date de naissance;N° sécurité sociale;Adresse;Code postal;Ville;Téléphone;Courriel;"
    "Accepte newsletter"
)


def _people(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        first, last = FIRST[n % 20], LAST[(n // 20 + n * 7) % 18]
        day, month, year = f"{n % 28 + 1:02}", f"{n % 12 + 1:02}", f"{1950 + n % 50}"
        mail = f"{first.lower()}.{last.lower()}{n}@mail.example"
        yield {
            "n": n, "first": first, "last": last, "mail": mail, "zip": f"{10100 + n * 13}", "phone": f"{5550100 + n}",
            "day": day, "month": month, "year": year,
        }  # fmt: skip


def _two_commands(folder: Path) -> tuple[Config, dict[tuple[str, str], tuple[int, Decimal]], int]:
    """What `init` wrote; the count and the sum of what happened, by source and kind; how many customers there are."""
    for command in (["init", "."], ["run"]):
        made = CliRunner().invoke(app, command)
        assert made.exit_code == 0, made.output
    output = cxunify.open(folder / "out")
    happened: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for source, kind, amount in output.interactions.select("source", "kind", "amount").collect().rows():
        count, total = happened.get((source, kind), (0, Decimal(0)))
        happened[source, kind] = (count + 1, total + (amount or 0))
    return load(folder / "cxunify.yaml"), happened, output.customers.collect().height


def test_a_grocery_chain(folder: Path) -> None:
    draw = random.Random(11)
    cards = [["Kundenkarte", "Nachname", "Vorname", "PLZ", "Geburtsdatum", "E-Mail", "Newsletter"]]
    for p in _people(120):
        born, mail = f"{p['day']}.{p['month']}.{p['year']}", p["mail"] if p["n"] % 3 else ""
        cards.append([f"2900{p['n']:06}", p["last"], p["first"], p["zip"], born, mail, "ja" if p["n"] % 2 else "nein"])
    (folder / "Kunden_2024.xlsx").write_bytes(xlsx({"Kunden": cards, "Info": [["Stand", "31.12.2024"]]}))
    lines = ["Filiale;Kasse;Bon;Datum;Uhrzeit;Artikel;Menge;Einzelpreis;Betrag;Karte"]
    cents = known = 0
    for bon in range(480):
        card = draw.randrange(120) if draw.random() < 0.6 else None
        known += card is not None
        for article in range(draw.randrange(1, 5)):
            pieces, price = draw.randrange(1, 4), draw.randrange(49, 1999)
            cents += pieces * price
            lines.append(
                f"{bon % 3 + 1:03};{bon % 2 + 1};{bon // 6 + 1:04};{bon // 20 + 1:02}.03.2024;{8 + bon % 12:02}:{bon % 60:02}:00;"
                f"Artikel {article};{pieces};{_comma(price)};{_comma(pieces * price)};{'' if card is None else f'2900{card:06}'}"
            )
    lines.append(f"Summe;;;;;;;;{_comma(cents)};")
    (folder / "Bons_2024.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    config, happened, customers = _two_commands(folder)
    assert happened == {("bons", "purchase"): (480, Decimal(cents) / 100)}
    assert customers == 120
    bons = config.sources["bons"].interaction
    assert bons is not None and bons.id is not None and bons.location is not None
    assert set(bons.id.names) == {"Filiale", "Kasse", "Bon"}
    output = cxunify.open(folder / "out").interactions.collect()
    assert output["customer_id"].drop_nulls().len() == known


def test_a_shop_in_america(folder: Path) -> None:
    draw = random.Random(12)
    people = list(_people(90))
    orders = [ORDERS]
    bought = 0
    for n in range(200):
        mail, cents = people[draw.randrange(90)]["mail"], draw.randrange(900, 20000)
        total, now = f"{cents / 100:.2f}", {8: "refunded", 9: "pending"}.get(n % 10, "paid")
        bought += cents if now == "paid" else 0
        at = f"2024-{n % 12 + 1:02}-{n % 28 + 1:02} 1{n % 10}:00:00 -0500"
        back, owed = (total if now == word else "0.00" for word in ("refunded", "pending"))
        orders.append(
            f"#{n + 1001},{mail},{now},USD,{total},{total},{at},1,Mug,5.00,'60601,,{back},{owed},,{6000000000000 + n},web,"
        )
        orders += [f"#{n + 1001},{mail},,,,,{at},2,Tee,3.00,,,,,,,,"] if n % 3 == 0 else []
    profiles = [PROFILES]
    directory = [DIRECTORY]
    for p in people:
        name = f"{p['first']},{p['last']}"
        profiles.append(
            f"{p['mail']},01H{p['n']:06},{name},+1312{p['phone']},{p['zip']},United States,SUBSCRIBED,2023-04-11 10:00:00"
        )
        directory.append(
            f",{name},{p['mail'] if p['n'] % 2 else ''},+1312{p['phone']},IL,{p['zip']},SQ{p['n']:05},Directory"
        )
    payments = [PAYMENTS]
    paid = given_back = 0
    for n in range(150):
        cents, is_back = draw.randrange(300, 200_000), n % 25 == 24
        paid, given_back = paid + cents * (not is_back), given_back + cents * is_back
        money = f'"{"-" if is_back else ""}${cents / 100:,.2f}"'
        who = f"SQ{draw.randrange(90):05}" if n % 4 else ""
        payments.append(
            f"{n % 12 + 1}/{n % 28 + 1}/2024,{n % 11 + 1:02}:05:00 PM,Central Time (US & Canada),"
            f"{','.join([money] * 4)},T{n},P{n},Coffee,{'Refund' if is_back else 'Payment'},{who}"
        )
    for name, lines in {
        "orders_export_1": orders, "klaviyo_list": profiles, "square_customers": directory, "transactions-2024": payments,
    }.items():  # fmt: skip
        (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert sorted(str(source.preset) for source in config.sources.values()) == [
        "klaviyo.profiles", "shopify.orders", "square.customers", "square.transactions",
    ]  # fmt: skip
    assert customers == 90
    assert happened["orders", "purchase"] == (160, Decimal(bought) / 100)
    assert happened["orders", "return"] == (20, Decimal(0)), "what was given back whole was neither kept nor lost twice"
    assert happened["transactions", "purchase"] == (144, Decimal(paid) / 100)
    assert happened["transactions", "return"] == (6, -Decimal(given_back) / 100)


def test_a_shop_in_france(folder: Path) -> None:
    draw = random.Random(13)
    clients = [CLIENTS]
    for p in _people(100):
        nir = f"{p['n'] % 2 + 1}{p['year'][2:]}{p['month']}75{p['n']:03}{p['n'] * 7:03}{p['n'] % 97:02}"
        clients.append(
            f"C{p['n'] + 1:05};{p['last']};{p['first']};{p['day']}/{p['month']}/{p['year']};{nir};{p['n'] + 1} rue de la Paix;"
            f"{75000 + p['n'] % 20};Paris;06{p['phone']}9;{p['mail']};{'oui' if p['n'] % 3 else 'non'}"
        )
    (folder / "clients.csv").write_bytes("\n".join(clients).encode("cp1252"))
    orders, delivered = ["N° commande;Date commande;N° client;Montant TTC;Statut"], 0
    for n in range(300):
        cents, state = draw.randrange(500, 150_000), ["Livrée", "Livrée", "Livrée", "Remboursée", "Annulée"][n % 5]
        delivered += cents * (state == "Livrée")
        money = f"{cents // 100:,},{cents % 100:02} €".replace(",", " ", cents >= 100_000)
        orders.append(f"CMD{n:06};{n % 28 + 1:02}/{n % 12 + 1:02}/2024;C{draw.randrange(100) + 1:05};{money};{state}")
    (folder / "commandes_2024.csv").write_text("\n".join(orders), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert happened["commandes", "purchase"] == (180, Decimal(delivered) / 100)
    assert customers == 100
    assert "return" not in {kind for _, kind in happened}, "an order that was given back says its own amount"
    person, event = config.sources["clients"].person, config.sources["commandes"].interaction
    assert person is not None and person.id is not None and event is not None
    assert (person.id.names, event.person["clients"].names) == (("N° client",), ("N° client",))
    assert "sécurité" not in str(config.sources["clients"].model_dump())
    assert (config.region, config.currency) == ("FR", "EUR")
    written = " ".join((folder / "cxunify.yaml").read_text(encoding="utf-8").split())
    assert (
        "# unsure: 100% of its rows have a word that is known; Remboursée: amounts of orders that were given back"
        in written
    )


def _comma(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"
