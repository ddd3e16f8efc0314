"""The tills: customers and receipts in the shapes of Square's exports (customer directory, items detail).

The items export has one row per line of a receipt. Its amounts belong to the line: a receipt's value is the sum of
`Net Sales` over the rows with its `Transaction ID`. `Event Type` is Payment, Refund (negative amounts, an id of its
own) or Void (cancelled at the till: no revenue; Square itself leaves these out, other tills do not).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world import files, mails
from sample_data.world.countries import money
from sample_data.world.dice import Dice, Floats, Ints, Mask, pick, token, where, zipf
from sample_data.world.dirt import null, only
from sample_data.world.mails import Bought, Sends
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.rates import Rates
from sample_data.world.records import Records, World, cast, clock, consents, dates, describe, not_before

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_GOODS = """
Grocery|Olive Oil 500 ml:899|Espresso Beans 1 kg:1649|Dark Chocolate:329|Oat Drink:219|Basmati Rice 2 kg:749|Honey:599
Home|Linen Towel:1899|Candle:1295|Ceramic Bowl:2450|Storage Box:1599|Bed Sheet Set:6990|Table Lamp:8900
Apparel|T-Shirt:1990|Wool Scarf:3490|Denim Jacket:8995|Socks 3-Pack:1290|Rain Coat:11900|Leather Belt:3950
Beauty|Hand Cream:995|Shampoo:749|Lip Balm:449|Sun Lotion:1599|Perfume 50 ml:6500|Face Mask:549
Toys|Wooden Train:3499|Puzzle 1000:1799|Plush Bear:2299|Board Game:3995|Kite:1899|Building Blocks:5499
Electronics|Headphones:12900|USB Cable:1299|Phone Case:2490|Smart Bulb:1999|Tablet:39900|Television:129900
Garden|Plant Pot:1499|Garden Hose:3290|Seed Mix:399|Pruner:2190|Sun Umbrella:8990|Lawn Mower:24900
Books|Paperback:1299|Cook Book:2995|Notebook:899|Travel Guide:1999|Calendar:1490|Atlas:4990
"""
GOODS = [(line.split("|")[0], *item.split(":")) for line in _GOODS.strip().splitlines() for item in line.split("|")[1:]]
"""Category, article and price in cents."""
_CLASSES = 3
_PAYMENT, _REFUND, _VOID = range(3)
_REDEEMED = 1 << 40
"""From here on are the ids of receipts that a campaign brought."""


@dataclass(frozen=True)
class _Receipts:
    """One position per receipt, in the order of the till."""

    ids: Ints
    person: Ints
    store: Ints
    seconds: Ints
    customer: pl.Series
    name: pl.Series
    card: pl.Series
    redeems: Mask
    """Those that a campaign brought: they are paid, and say whose they are."""


def customers(world: World, dice: Dice, out: Path) -> tuple[Records, pl.DataFrame]:
    """Write the customers of the tills; give the records, and their ids and names."""
    rates, people, country = world.rates, world.people, world.country
    records = cast(dice, rates, people, "pos_customers", rates.pos_customers)
    agreed = consents(world, dice, records.person)
    dice, who, ids = records.dice, records.person, records.ids
    apart = dice.flag("asked apart", ids, rates.split_consent)
    fields = describe(world, records)
    key = token([dice.bits(f"id {part}", ids) for part in range(4)], 26, _BASE32)
    missing = rates.missing
    birth = dates(fields.birth, country.date)
    has_birth = records.here("birth", 0.70 * missing)
    broken = dice.some("broken birth", ids, rates.unparseable, has_birth)
    given = only(records.here("given", 0.10 * missing), fields.given)
    frame = pl.DataFrame(
        {
            "Reference ID": only(records.here("card", 0.12 * missing), people.card.gather(who)),
            "First Name": given,
            "Last Name": only(records.here("surname", 0.02 * missing), fields.surname),
            "Email Address": only(records.here("mail", 0.50 * missing), fields.mail),
            "Phone Number": only(records.here("phone", 0.25 * missing), fields.phone),
            "Street Address 1": only(records.here("street", 0.75 * missing), fields.street),
            "City": only(records.here("city", 0.55 * missing), fields.city),
            "State": only(records.here("state", 0.60 * missing), fields.region),
            "Postal Code": only(records.here("postcode", 0.06 * missing), fields.postcode),
            "Birthday": only(has_birth, where(broken, pl.Series(["soon"]), birth)),
            "Square Customer ID": key,
            "Creation Source": pick(
                pl.Series(["Directory", "Loyalty", "Instant Profile"]),
                dice.choose("made", ids, (5, 4, 1)),
            ),
            "First Visit": dates(records.day, country.date),
            "Email Subscription Status": pick(
                pl.Series(["Subscribed", "Unsubscribed", "Unknown"]),
                np.where(apart, dice.choose("mail status", ids, (5, 2, 3)), np.where(agreed, 0, 1)),
            ),
        },
    )
    files.write_csv(out / "pos_customers.csv", frame[files.repeated(dice, len(records), rates.duplicate_rows)])
    name = (given.fill_null("") + " " + frame["Last Name"].fill_null("")).str.strip_chars(" ")
    return records, pl.DataFrame({"key": key, "name": name, "card": people.card.gather(who)})


def _calendar() -> Floats:
    """How busy each of the days is: Saturdays, and the weeks before Christmas."""
    day = np.arange(FIRST_DAY, FIRST_DAY + DAYS)
    weekday = np.array([0.9, 0.85, 0.9, 1.0, 1.3, 1.7, 0.6])[(day + 3) % 7]
    month = pl.Series(day.astype(np.int32)).cast(pl.Date).dt.month().to_numpy()
    return np.asarray(weekday * np.where(month == 12, 1.6, np.where(month == 11, 1.25, 1.0)), dtype=np.float64)


def _starts(world: World, records: Records) -> Ints:
    """Position of each person's first record; -1 where the tills do not know them."""
    starts = np.full(len(world.people), -1)
    starts[records.person[records.copy == 0]] = np.flatnonzero(records.copy == 0)
    return starts


def _came(world: World, dice: Dice, records: Records, stores: int, sent: Sends) -> pl.DataFrame:
    """Who bought when and where, in order of time: and what campaigns bring and take away (`lost`), or would have."""
    people, rates, starts = world.people, world.rates, _starts(world, records)
    mean = np.where(starts >= 0, rates.receipts_per_person, rates.stranger_receipts)
    number = world.habits.count(dice, "receipts", mean)
    person = np.repeat(people.person, number)
    ids = person * 256 + np.arange(len(person)) - np.repeat(np.cumsum(number) - number, number)
    day = FIRST_DAY + dice.choose("day", ids, _calendar())
    created = records.day[np.maximum(starts[person], 0)]
    day = not_before(dice, ids, day, np.where(starts[person] >= 0, created, FIRST_DAY), rates.early)
    comes = world.habits.comes("comes", person, ids, day)
    person, ids, day = person[comes], ids[comes], day[comes]
    changed = mails.changed(world, sent, person, ids, day)
    lost = changed.filter(pl.col("place") >= 0)
    is_lost, is_real = np.zeros(len(ids), dtype=np.bool_), np.ones(len(ids), dtype=np.bool_)
    is_lost[lost["place"].to_numpy()], is_real[lost["place"].to_numpy()] = True, lost["is_real"].to_numpy()
    more = changed.filter(pl.col("place") < 0)
    who, when = more["person"].to_numpy(), more["day"].to_numpy()
    since = np.where(starts[who] >= 0, records.day[starts[who]], FIRST_DAY + DAYS)
    known = (since <= when) | ((starts[who] >= 0) & dice.flag("voucher early", who, rates.early))
    who, when = who[known], when[known]
    person, day = np.concatenate([person, who]), np.concatenate([day, when])
    ids = np.concatenate([ids, _REDEEMED + who * 1024 + when - FIRST_DAY])
    home = dice.choose("home store", people.household[person], zipf(stores, 0.6, 4.0))
    store = np.where(dice.flag("elsewhere", ids, 0.25), dice.below("other store", ids, stores), home)
    came = pl.DataFrame(
        {
            "person": person,
            "ids": ids,
            "store": store,
            "day": day,
            "seconds": day * 86_400 + dice.between("time", ids, 8 * 3600, 21 * 3600 - 1),
            "redeems": ids >= _REDEEMED,
            "lost": np.concatenate([is_lost, np.zeros(len(who), dtype=np.bool_)]),
            "is_real": np.concatenate([is_real, more["is_real"].to_numpy()[known]]),
        }
    )
    first = FIRST_DAY + 430
    is_gone = (pl.col("store") == 1) & (pl.col("day") >= first) & (pl.col("day") < first + rates.missing_days)
    return came.filter(~is_gone).sort("seconds", "ids")


def _draw(
    world: World, dice: Dice, records: Records, till: pl.DataFrame, stores: int, sent: Sends
) -> tuple[_Receipts, Bought]:
    """What the till knew about each receipt; and, of those that name their customer, what is due to campaigns."""
    people, rates, starts = world.people, world.rates, _starts(world, records)
    came = _came(world, dice, records, stores, sent)
    person, ids, store, day, seconds, redeems, lost, is_real = (column.to_numpy() for column in came.get_columns())

    careless = dice.some("careless store", np.arange(stores), 1 / 6)[store]
    saturday = (day + 3) % 7 == 5
    silent = dice.flag("silent", ids, rates.unidentified * np.where(careless, 0.62, np.where(saturday, 0.30, 0.08)))
    named = (starts[person] >= 0) & (~silent | redeems)
    bought = Bought(
        *(part[named & (_kind(dice, rates, ids, redeems) == _PAYMENT)] for part in (person, day, redeems, lost))
    )
    kept = np.where(redeems, is_real, ~(lost & is_real))
    person, ids, store, seconds, redeems, named = (part[kept] for part in (person, ids, store, seconds, redeems, named))
    copies = np.full(len(people) * 2, -1)
    second = records.copy == 1
    copies[records.person[second]] = np.flatnonzero(second)
    record = np.where((copies[person] >= 0) & dice.flag("second record", ids, 0.4), copies[person], starts[person])
    card = people.card.gather(person)
    scans = card.is_not_null().to_numpy() & dice.flag("scans", ids, 0.8)
    by_id = named & (~scans | dice.flag("by id", ids, 0.85))
    by_card = scans & (named | ((starts[person] < 0) & dice.flag("card only", ids, 0.4 * rates.unidentified)))
    record = np.where(by_id, record, -1)
    cards = only(by_card, card)

    # The cashier of the busiest store helps strangers to a discount with the own card.
    if (
        rates.cashier_card
        and (holders := np.flatnonzero(till["card"].is_not_null().to_numpy() & (records.copy == 0))).size
    ):
        cashier = holders[np.argmin(dice.bits("cashier", holders))]
        nobody = np.flatnonzero((store == int(np.bincount(store).argmax())) & ~by_id & ~by_card)
        mine = nobody[
            np.argsort(dice.bits("own card", ids[nobody]), kind="stable")[
                : max(5, round(rates.cashier_card * len(ids)))
            ]
        ]
        record[mine] = cashier
        cards = cards.scatter(mine, till["card"].gather([cashier] * len(mine)))
    customer = pick(till["key"], record)
    ghost = dice.some("orphan", ids, rates.orphans, record >= 0)
    customer = where(ghost, token([dice.bits(f"ghost {part}", ids) for part in range(4)], 26, _BASE32), customer)
    return _Receipts(ids, person, store, seconds, customer, pick(till["name"], record), cards, redeems), bought


def _kind(dice: Dice, rates: Rates, ids: Ints, redeems: Mask) -> Ints:
    """Say of each receipt whether it is paid, given back or cancelled."""
    kind = dice.unit("kind", ids)
    return np.where(
        redeems, _PAYMENT, np.where(kind < rates.returns, _REFUND, np.where(kind > 1 - rates.voids, _VOID, _PAYMENT))
    )


def _article(dice: Dice, rates: Rates, sold: _Receipts) -> Ints:
    """The first article of each receipt: cheap ones are bought more often, and everybody has a price class of the own."""
    price = np.array([int(goods[2]) for goods in GOODS])
    weights = 1.0 / price
    rank = np.argsort(np.argsort(price, kind="stable"), kind="stable") * _CLASSES // len(price)
    own = dice.below("purse", sold.person, _CLASSES)
    any_class = dice.choose("article", sold.ids, weights)
    article = any_class
    for purse in range(_CLASSES):
        mine = (own == purse) & dice.flag("own class", sold.ids, rates.purses)
        article = np.where(mine, dice.choose("own article", sold.ids, np.where(rank == purse, weights, 0.0)), article)
    return article


def receipts(
    world: World, dice: Dice, out: Path, records: Records, till: pl.DataFrame, sent: Sends
) -> tuple[pl.DataFrame, Bought]:
    """Write the receipts line by line; give who they are of, and what of them is due to campaigns."""
    rates, country, dice = world.rates, world.country, dice.scoped("receipts")
    stores = int(np.clip(len(world.people) ** 0.5 / 2.5, 6, 400))
    sold, bought = _draw(world, dice, records, till, stores, sent)
    city = world.places.city.gather(np.arange(stores) % len(world.places.city))
    shops = "Store " + pl.Series(np.arange(stores) + 1).cast(pl.String).str.zfill(3) + " " + city
    event = _kind(dice, rates, sold.ids, sold.redeems)
    size = 1 + dice.choose("lines", sold.ids, (0.60, 0.24, 0.10, 0.06))
    size[(event == _REFUND) | ~dice.flag("long", sold.ids, rates.long_receipts)] = 1
    transaction = token([dice.bits(f"transaction {part}", sold.ids) for part in range(4)], 25, _BASE58)

    receipt = np.repeat(np.arange(len(sold.ids)), size)
    line = np.arange(len(receipt)) - np.repeat(np.cumsum(size) - size, size)
    ids = sold.ids[receipt] * 8 + line
    # Three places further is always another article: no receipt has the same one on two lines.
    article = (_article(dice, rates, sold)[receipt] + line * (1 + dice.below("step", sold.ids, 11)[receipt])) % len(
        GOODS
    )
    quantity = 1 + dice.choose("quantity", ids, (0.84, 0.11, 0.05))
    price = np.array([int(goods[2]) for goods in GOODS])[article]
    sign = np.where(event[receipt] == _REFUND, -1, 1)
    gross = price * quantity * sign
    off = np.where(dice.flag("discount", ids, 0.14), (np.abs(gross) * dice.between("off", ids, 1, 3) // 10) * sign, 0)
    tax = np.round((gross - off) * world.country.tax).astype(np.int64)
    cells = pl.DataFrame({"gross": gross, "off": -off, "net": gross - off, "tax": tax, "quantity": quantity * sign})
    broken: Mask = dice.some("broken amount", ids, rates.unparseable / 2)
    undated: Mask = dice.some("broken date", ids, rates.unparseable / 2) & (size[receipt] == 1)
    goods = [pl.Series([row[part] for row in GOODS]) for part in range(2)]
    sku = pl.Series([f"{row[0][:3].upper()}-{number:04d}" for number, row in enumerate(GOODS, 1)])
    events, details = pl.Series(["Payment", "Refund", "Void"]), pl.Series(["", "Returned goods", ""])
    rows = files.repeated(dice, len(ids), rates.duplicate_rows)

    def make(part: Ints) -> pl.DataFrame:
        at = rows[part]
        of = receipt[at]
        text = cells[at].select(
            *(money(country, pl.col(name)).alias(name) for name in ("gross", "off", "net", "tax")),
            pl.col("quantity").cast(pl.String) + ".0",
        )
        till_no = pl.Series(1 + dice.below("register", sold.ids[of], 4)).cast(pl.String)
        return pl.DataFrame(
            {
                "Date": where(undated[at], pl.Series(["0000-00-00"]), dates(sold.seconds[of] // 86_400, country.date)),
                "Time": clock(sold.seconds[of]),
                "Time Zone": pl.repeat(country.tills_zone, len(at), eager=True),
                "Category": goods[0].gather(article[at]),
                "Item": goods[1].gather(article[at]),
                "Qty": text["quantity"],
                "Price Point Name": pl.repeat("Regular", len(at), eager=True),
                "SKU": sku.gather(article[at]),
                "Modifiers Applied": null(len(at)),
                "Gross Sales": text["gross"],
                "Discounts": text["off"],
                "Net Sales": where(broken[at], pl.Series(["#VALUE!"]), text["net"]),
                "Tax": text["tax"],
                "Transaction ID": transaction.gather(of),
                "Payment ID": token([dice.bits(f"payment {piece}", sold.ids[of]) for piece in range(4)], 25, _BASE58),
                "Device Name": "Register " + till_no,
                "Notes": null(len(at)),
                "Details": only(event[of] == _REFUND, details.gather(event[of])),
                "Event Type": events.gather(event[of]),
                "Location": shops.gather(sold.store[of]),
                "Dining Option": null(len(at)),
                "Customer ID": sold.customer.gather(of),
                "Customer Name": sold.name.gather(of),
                "Customer Reference ID": sold.card.gather(of),
            },
        )

    files.write_slices(out / "pos_receipts.csv", len(rows), make)
    return pl.DataFrame({"interaction_id": transaction, "person": sold.person}), bought
