"""Companies whose rows name more people than one, or the same in many rows: two commands, held against sums known beforehand.

A seller on a marketplace (numbers of a relay with an extension for each order, presents for others), a dental practice (families on
one telephone and mailbox, a ledger of charges and payments), a wedding list (guests buy for a couple) and an organiser of events
(tickets of one order, each with its price; guests without a name); a shop whose payments another company collects, and whose
customers left its newsletter in another column than they had joined it.
"""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import cxunify
from tests.discover.test_shops import FIRST, LAST, _people, _two_commands

MARKET = (
    "order-id,purchase-date,buyer-email,buyer-name,buyer-phone-number,quantity-purchased,currency,item-total,recipient-name,"
    "ship-address-1,ship-postal-code"
)
PATIENTS = "PatNum,LName,FName,Birthdate,HmPhone,Email,Address,City,State,Zip,Guarantor"
GIFTS = (
    "order_id,ordered_at,registry_id,buyer_name,buyer_email,recipient_name,recipient_email,ship_address,ship_zip,total"
)
TICKETS = "Order #,Order Date,First Name,Last Name,Buyer Email,Ticket Type,Attendee #,Total Paid,Attendee Status"


def test_a_seller_on_a_marketplace(folder: Path) -> None:
    draw, people, cents = random.Random(31), list(_people(60)), 0
    orders, buyers = [MARKET], set()
    for n in range(140):
        p = people[draw.randrange(60)]
        buyers.add(p["n"])
        other = people[draw.randrange(60)] if n % 7 == 0 else p
        for _ in range(1 + n % 2):
            price = draw.randrange(500, 9000)
            cents += price
            orders.append(
                f"113-{n * 7919 % 10**7:07}-{n:07},2024-{n % 12 + 1:02}-{n % 28 + 1:02}T10:05:11Z,"
                f"{p['n'] * 37:08x}mn@relay.example,"
                f"{p['first']} {p['last']},+1 206-555-010{p['n'] % 9} ext. {10000 + n},1,USD,{price / 100:.2f},"
                f"{other['first']} {other['last']},{other['n'] + 1} Oak St,{other['zip']}"
            )
    (folder / "market_orders.csv").write_text("\n".join(orders), encoding="utf-8")
    accounts = ["customer_id,first_name,last_name,email,phone"]
    accounts += [f"{7000 + p['n']},{p['first']},{p['last']},{p['mail']},+1312{p['phone']}" for p in people]
    (folder / "customers.csv").write_text("\n".join(accounts), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert happened == {("market_orders", "purchase"): (140, Decimal(cents) / 100)}
    assert customers == 60 + len(buyers), "a relay keeps its buyers apart from the shop's, and from one another"
    event = config.sources["market_orders"].interaction
    assert event is not None and event.identifiers["email"].column == "buyer-email"


def test_a_dental_practice(folder: Path) -> None:
    draw = random.Random(32)
    patients, ledger, visits = [PATIENTS], ["TransNum,Date,PatNum,Type,Amount"], ["AptNum,PatNum,AptDateTime,AptStatus"]
    charged = seen = number = 0
    for family in range(30):
        last, first = LAST[family % 18] + "s" * (family // 18), number + 1
        for member in range(1 + family % 4):
            number += 1
            born = "04/03/2015" if member > 1 else f"{member + 4:02}/{family % 28 + 1:02}/{1960 + family}"  # twins
            patients.append(
                f"{number},{last},{FIRST[(family * 3 + member * 7) % 20]},{born},(312) 555-{1000 + family * 37:04},"
                f"{last.lower()}{family}@mail.example,{family + 1} Oak St,Chicago,IL,606{family:02},{first}"
            )
            state = ("Complete", "Broken", "Complete", "Scheduled")[number % 4]
            day = f"{number % 12 + 1:02}/{number % 28 + 1:02}/2024"
            visits.append(f"{number + 500},{number},{day} 10:30,{state}")
            if state == "Complete":
                cents = draw.randrange(8000, 60000)
                charged, seen = charged + cents, seen + 1
                ledger += [
                    f"{len(ledger)},{day},{number},Charge,{cents / 100:.2f}",
                    f"{len(ledger) + 1},{day},{number},Payment,-{cents / 100:.2f}",
                ]
    for name, lines in {"patients": patients, "ledger": ledger, "appointments": visits}.items():
        (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    _, happened, customers = _two_commands(folder)
    assert customers == number, "a family is no person, and twins are two"
    assert happened["ledger", "purchase"] == (seen, Decimal(charged) / 100)
    assert happened["appointments", "visit"][0] == seen


def test_a_wedding_list(folder: Path) -> None:
    draw, guests, cents, buyers = random.Random(33), list(_people(50)), 0, set()
    gifts = [GIFTS]
    for n in range(110):
        p, couple = guests[draw.randrange(50)], n % 9
        total = draw.randrange(2000, 20000)
        cents += total
        buyers.add(p["mail"])
        gifts.append(
            f"{40000 + n},2024-{n % 12 + 1:02}-{n % 28 + 1:02}T10:00:00Z,R{300 + couple},{p['first']} {p['last']},{p['mail']},"
            f"{FIRST[couple]} Winterbourne,{FIRST[couple].lower()}@couple.example,{couple + 1} Bay St,02110,{total / 100:.2f}"
        )
    (folder / "gift_orders.csv").write_text("\n".join(gifts), encoding="utf-8")
    _, happened, customers = _two_commands(folder)
    assert happened == {("gift_orders", "purchase"): (110, Decimal(cents) / 100)}
    assert customers == len(buyers)
    mailboxes = cxunify.open(folder / "out").customers.collect()["email"].to_list()
    assert set(mailboxes) == buyers, "nobody who gives is who is given to"


def test_an_organiser_of_events(folder: Path) -> None:
    draw, people, cents, orders = random.Random(34), list(_people(50)), 0, 0
    tickets = [TICKETS]
    for n in range(90):
        p, price = people[draw.randrange(50)], draw.choice([2500, 4000])
        state = "Not Attending" if n % 9 == 0 else "Attending"
        orders += state == "Attending"
        for place in range(draw.choice([1, 2, 4])):
            cents += price * (state == "Attending")
            name = f"{p['first']},{p['last']}" if place == 0 else "Info Requested,Info Requested"
            tickets.append(
                f"{5000 + n},{n % 12 + 1}/{n % 28 + 1}/2024 7:05 PM,{name},{p['mail']},Standard,{len(tickets) + 80000},"
                f"{price / 100:.2f},{state}"
            )
    audience = ["Email Address,First Name,Last Name,Status"]
    audience += [
        f"{p['mail']},{p['first']},{p['last']},{'Subscribed' if p['n'] % 2 else 'Unsubscribed'}" for p in people
    ]
    (folder / "attendees.csv").write_text("\n".join(tickets), encoding="utf-8")
    (folder / "audience.csv").write_text("\n".join(audience), encoding="utf-8")
    config, happened, customers = _two_commands(folder)
    assert customers == 50
    assert happened["attendees", "purchase"] == (orders, Decimal(cents) / 100)
    written = (folder / "cxunify.yaml").read_text(encoding="utf-8")
    assert "what each row cost" in " ".join(written.replace("#", "").split())
    assert config.sources["attendees"].person is None


def test_a_shop_and_who_collects_its_payments(folder: Path) -> None:
    draw, people, cents = random.Random(35), list(_people(50)), 0
    orders, payments = ["order_id,created_at,email,total,status"], ["id,Created (UTC),Customer Email,Amount,Status"]
    for n in range(120):
        p, total = people[draw.randrange(50)], draw.randrange(1000, 9000)
        cents += total
        at, paid = f"2024-{n % 12 + 1:02}-{n % 28 + 1:02} 12:00", f"{p['mail']},{total / 100:.2f}"
        orders.append(f"{5000 + n},{at}:00,{paid},completed")
        payments += [f"ch_{n:08},{at}:17,{paid},Paid"] * (n % 10 > 0)
    accounts = ["customer_id,first_name,last_name,email,Email Opt In,Email Opt Out"]
    accounts += [
        f"{7000 + p['n']},{p['first']},{p['last']},{p['mail']},{'NY'[p['n'] % 2]},{'NY'[p['n'] % 5 == 0]}"
        for p in people
    ]
    for name, lines in {"shop_orders": orders, "payments": payments, "customers": accounts}.items():
        (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    _, happened, customers = _two_commands(folder)
    assert customers == 50
    assert happened["shop_orders", "purchase"] == (120, Decimal(cents) / 100)
    output = cxunify.open(folder / "out")
    gaps = dict(output.gaps.select("gap_id", "rows").collect().rows())
    assert gaps["purchase_elsewhere.payments.interaction_id"] == 108
    willing = output.customers.collect().filter(consent_email=True).height
    assert willing == sum(p["n"] % 2 == 1 and p["n"] % 5 > 0 for p in people), "who has left is not willing"
