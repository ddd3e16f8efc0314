"""The web shop: accounts in the shape of Shopify's customer export, its pages' events as a Segment-like stream."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world import files
from sample_data.world.dice import Dice, Ints, Mask, pick, uuid, where
from sample_data.world.dirt import null, only
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.rates import Rates
from sample_data.world.records import Records, World, cast, consents, describe, stamps
from sample_data.world.tills import GOODS

PAGE, PRODUCT, SEARCH, ADDED, CART, CHECKOUT, ORDER, SIGNED_IN, SIGNED_UP, ODD = range(10)
_EVENTS = (
    "Page Viewed",
    "Product Viewed",
    "Products Searched",
    "Product Added",
    "Cart Viewed",
    "Checkout Started",
    "Order Completed",
    "Signed In",
    "Signed Up",
    "Experiment Viewed",
    "Chat Bubble Opened",
    "Web Vitals Measured",
)
_PATHS = (
    "/",
    "/products/{}",
    "/search?q={}",
    "/products/{}",
    "/cart",
    "/checkout",
    "/checkout/thank-you",
    "/account/login",
    "/account/register",
    "/",
    "/",
    "/",
)
_REFERRERS = (
    "https://www.google.com/",
    "https://www.instagram.com/",
    "https://mail.google.com/",
    "https://www.bing.com/",
)
_LANDINGS = (
    "/",
    "/",
    "/collections/sale",
    "/?utm_source=newsletter&utm_medium=email",
    "/?utm_source=instagram&utm_medium=social",
)
_KIOSK = 3_999_999_999


@dataclass(frozen=True)
class _Sessions:
    """One position per visit; person and account are -1 where there is none."""

    ids: Ints
    person: Ints
    account: Ints
    device: Ints
    start: Ints
    size: Ints
    ghost: Mask
    ready: Mask


def accounts(world: World, dice: Dice, out: Path) -> tuple[Records, pl.Series]:
    """Write the accounts of the web shop; give the records and their ids."""
    rates, people, country = world.rates, world.people, world.country
    records = cast(dice, rates, people, "web_accounts", rates.web_accounts)
    agreed = consents(world, dice, records.person)
    dice, ids = records.dice, records.ids
    apart = dice.flag("asked apart", ids, rates.split_consent)
    fields = describe(world, records, tags=rates.plus_tags)
    key = pl.Series(7_210_000_000_000 + np.arange(len(records)) * 32_768 + dice.below("id", ids, 32_768)).cast(
        pl.String,
    )
    missing = rates.missing
    address = records.here("address", 0.55 * missing)
    named = records.here("name", 0.28 * missing)
    damaged = only(records.here("phone", 0.70 * missing), fields.phone)
    subscribed = where(
        np.where(apart, dice.flag("subscribed", ids, 0.6), agreed), pl.Series(["yes"]), pl.Series(["no"])
    )
    frame = pl.DataFrame(
        {
            "Customer ID": key,
            "First Name": only(named, fields.given),
            "Last Name": only(named, fields.surname),
            "Email": only(records.here("mail", 0.01 * missing), fields.mail),
            "Accepts Email Marketing": subscribed,
            "Default Address Company": null(len(records)),
            "Default Address Address1": only(address, fields.street),
            "Default Address Address2": only(address & (fields.unit.to_numpy() >= 0), fields.unit.cast(pl.String)),
            "Default Address City": only(address, fields.city),
            "Default Address Province Code": only(address, fields.region)
            if country.code == "US"
            else null(len(records)),
            "Default Address Country Code": only(address, pl.repeat(country.code, len(records), eager=True)),
            "Default Address Zip": only(address, fields.postcode),
            "Default Address Phone": only(address & dice.flag("address phone", ids, 0.4), fields.mobile),
            "Phone": damaged,
            "Accepts SMS Marketing": where(dice.flag("sms", ids, 0.15), pl.Series(["yes"]), pl.Series(["no"])),
            "Total Spent": pl.Series(dice.between("spent", ids, 0, 60_000) / 100)
            .cast(pl.Decimal(12, 2))
            .cast(pl.String),
            "Total Orders": pl.Series(dice.below("orders", ids, 9)).cast(pl.String),
            "Note": null(len(records)),
            "Tax Exempt": pl.repeat("no", len(records), eager=True),
            "Tags": pick(
                pl.Series([None, "newsletter", "VIP, newsletter", "returns often"]),
                dice.choose("tags", ids, (6, 2, 1, 1)),
            ),
        },
    )
    files.write_csv(out / "web_accounts.csv", frame[files.repeated(dice, len(records), rates.duplicate_rows)])
    return records, key


def _visits(world: World, dice: Dice, records: Records) -> _Sessions:
    """Who came when, with which device, and logged in or not."""
    people, rates = world.people, world.rates
    first = np.full(len(people), -1)
    first[records.person[records.copy == 0]] = np.flatnonzero(records.copy == 0)
    again = np.full(len(people), -1)
    again[records.person[records.copy == 1]] = np.flatnonzero(records.copy == 1)
    mean = np.where(first >= 0, rates.events_per_person / 4.5, 0.3 * rates.anonymous_visits)
    number = world.habits.count(dice, "visits", mean)
    person = np.repeat(people.person, number)
    ids = person * 256 + np.arange(len(person)) - np.repeat(np.cumsum(number) - number, number)
    comes = world.habits.comes("comes to the shop", person, ids, _day(rates, dice, ids))
    person, ids = person[comes], ids[comes]
    device = person * 4 + dice.choose("device", ids, (0.62, 0.28, 0.10))
    other = people.head()[person] + (people.slot[person] == 0)
    shared = (people.size[person] > 1) & dice.flag("shared device", ids, rates.shared_device)
    device = np.where(shared, other * 4, device)

    strangers = np.arange(round(0.12 * len(people) * rates.anonymous_visits)) + len(people) + 1
    person = np.concatenate([person, np.full(len(strangers), -1)])
    ids = np.concatenate([ids, strangers * 256 + 1_000_000_000_000])
    device = np.concatenate([device, strangers * 4])
    known = np.where(person >= 0, first[person], -1)
    logged = (known >= 0) & dice.flag("logs in", ids, 1 - 0.5 * rates.anonymous_visits)
    twice = np.where(person >= 0, again[person], -1)
    account = np.where((twice >= 0) & dice.flag("other account", ids, 0.4), twice, known)
    device = np.where(dice.some("kiosk", ids, rates.kiosk, logged), _KIOSK, device)
    start = (_day(rates, dice, ids) * 86_400 + dice.between("time", ids, 6 * 3600, 23 * 3600)) * 1000 + dice.below(
        "ms", ids, 1000
    )
    return _Sessions(
        ids=ids,
        person=person,
        account=np.where(logged, account, -1),
        device=device,
        start=start,
        size=1 + np.minimum(dice.count("events", ids, 3.5), 14),
        ghost=dice.some("orphan", ids, rates.orphans, logged),
        ready=dice.flag("still logged in", ids, 1 - 0.6 * rates.anonymous_visits),
    )


def _day(rates: Rates, dice: Dice, ids: Ints) -> Ints:
    return FIRST_DAY + dice.below("day", ids, DAYS - round(11 * rates.early_ends))


def _kinds(world: World, dice: Dice, visits: _Sessions, session: Ints, step: Ints, ids: Ints) -> Ints:
    """Say what happens at each step of a visit."""
    size, account = visits.size[session], visits.account[session]
    kind = np.array([PAGE, PRODUCT, SEARCH, ADDED, CART])[dice.choose("kind", ids, (0.36, 0.36, 0.10, 0.13, 0.05))]
    buys = dice.flag("buys", visits.ids, 0.22)[session] & (size >= 4)
    kind = np.where(buys & (step == size - 2), CHECKOUT, np.where(buys & (step == size - 1), ORDER, kind))
    odd = ODD + dice.below("odd kind", ids, 3)
    kind = np.where(dice.flag("odd", ids, world.rates.unmapped_events) & (kind <= CART), odd, kind)
    login = np.where(dice.flag("new", ids, 0.06), SIGNED_UP, SIGNED_IN)
    kind = np.where(
        (account >= 0) & (step == 1) & ~visits.ready[session] & (kind != ORDER) & (kind != CHECKOUT),
        login,
        kind,
    )
    return np.where(step == 0, PAGE, kind)


def events(world: World, dice: Dice, out: Path, records: Records, key: pl.Series) -> pl.DataFrame:
    """Write the events of the web shop in the order of their arrival; give who they are of."""
    rates, dice = world.rates, dice.scoped("events")
    visits = _visits(world, dice, records)
    session = np.repeat(np.arange(len(visits.ids)), visits.size)
    step = np.arange(len(session)) - np.repeat(np.cumsum(visits.size) - visits.size, visits.size)
    ids = visits.ids[session] * 16 + step
    kind = _kinds(world, dice, visits, session, step, ids)
    at = visits.start[session] + step * 45_000 + dice.below("pause", ids, 44_000) * (step > 0)
    late = dice.some("late", ids, rates.late)
    arrived = (
        at
        + 150
        + dice.below("transport", ids, 2500)
        + late * dice.between("late by", ids, 2 * 86_400_000, 9 * 86_400_000)
    )
    order = np.lexsort((ids, arrived))
    session, step, ids, kind, at, arrived = (
        session[order],
        step[order],
        ids[order],
        kind[order],
        at[order],
        arrived[order],
    )
    logged = (visits.account[session] >= 0) & ((step > 0) | visits.ready[session])
    goods = dice.choose("article", ids, tuple(1.0 for _ in GOODS))
    price = np.array([int(row[2]) for row in GOODS])
    basket = (price[goods] + price[(goods + 7) % len(GOODS)] * dice.below("more", ids, 2)) / 100
    broken = dice.some("broken time", ids, rates.unparseable)
    slug = pl.Series([row[1].lower().replace(" ", "-") for row in GOODS])
    names, paths = pl.Series(_EVENTS), pl.Series(_PATHS)
    kinds_of_call = pl.Series(["page", *(["track"] * 6), "identify", "track", "track", "track", "track"])
    ghosts = pl.Series(8_800_000_000_000 + visits.ids).cast(pl.String)
    rows = files.repeated(dice, len(ids), rates.duplicate_rows)

    def make(part: Ints) -> pl.DataFrame:
        row = rows[part]
        of, what = session[row], kind[row]
        user = where(visits.ghost[of], ghosts.gather(of), pick(key, visits.account[of]))
        landing = pick(pl.Series(_LANDINGS), dice.below("landing", ids[row], len(_LANDINGS)))
        path = (
            pl.DataFrame({"path": paths.gather(what), "slug": slug.gather(goods[row])})
            .select(pl.col("path").str.replace("{}", pl.col("slug"), literal=True))
            .to_series()
        )
        came = pick(pl.Series(_REFERRERS), dice.below("referrer", ids[row], len(_REFERRERS)))
        device = visits.device[of]
        ordered = what == ORDER
        named = ordered & ~dice.flag("bare order", ids[row], rates.bare_orders)
        product = (what == PRODUCT) | (what == ADDED) | named
        return pl.DataFrame(
            {
                "messageId": uuid(dice.bits("message", ids[row]), dice.bits("message 2", ids[row])),
                "type": kinds_of_call.gather(what),
                "event": names.gather(what),
                "anonymousId": uuid(dice.bits("anonymous", device), dice.bits("anonymous 2", device)),
                "userId": only(logged[row], user),
                "timestamp": where(broken[row], pl.Series(["NaN-NaN-NaNTNaN:NaN:NaNZ"]), _iso(at[row])),
                "receivedAt": _iso(arrived[row]),
                "url": "https://shop.example" + where(step[row] == 0, landing, path),
                "referrer": only((step[row] == 0) & dice.flag("has referrer", ids[row], 0.7), came),
                "category": only(product, pl.Series([entry[0] for entry in GOODS]).gather(goods[row])),
                "orderId": only(ordered, "W" + pl.Series(1_000_000 + of).cast(pl.String)),
                "revenue": pl.DataFrame({"r": basket[row], "o": ordered})
                .select(pl.when("o").then(pl.col("r").round(2)))
                .to_series(),
                "currency": only(ordered, pl.repeat(world.country.currency, len(row), eager=True)),
            },
        )

    files.write_slices(out / "web_events.ndjson", len(rows), make, null="userId")
    message = uuid(dice.bits("message", ids), dice.bits("message 2", ids))
    return pl.DataFrame({"interaction_id": message, "person": visits.person[session]})


def _iso(milliseconds: Ints) -> pl.Series:
    thousand = pl.Series([f".{number:03d}Z" for number in range(1000)])
    return stamps(milliseconds // 1000, "") + thousand.gather(milliseconds % 1000)
