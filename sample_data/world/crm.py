"""The CRM: contacts and cases as Salesforce's Data Loader exports them (API names, every cell in quotes)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world import files
from sample_data.world.dice import Bytes, Dice, Ints, Mask, pick, text, where
from sample_data.world.dirt import only
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.records import Records, World, cast, consents, dates, describe, not_before, stamps

_SIGNS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_CHECKS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_REASONS = (
    "Late delivery",
    "Damaged item",
    "Billing error",
    "Return",
    "Loyalty points",
    "Opening hours",
    "Product advice",
    "Staff conduct",
)
_TYPES = ("Complaint", "Complaint", "Complaint", "Request", "Question", "Question", "Question", "Complaint")


def salesforce_ids(prefix: str, numbers: Ints) -> pl.Series:
    """Spell the 18-character ids of Salesforce: 15 that tell case apart and three that say which were capitals."""
    out: Bytes = np.empty((len(numbers), 18), dtype=np.uint8)
    out[:, :8] = np.frombuffer(f"{prefix}5f000".encode(), dtype=np.uint8)
    left = numbers.copy()
    for column in range(14, 7, -1):
        out[:, column] = _SIGNS[left % 62]
        left //= 62
    capitals = ((out[:, :15] >= ord("A")) & (out[:, :15] <= ord("Z"))).reshape(-1, 3, 5)
    out[:, 15:] = _CHECKS[(capitals * np.array([1, 2, 4, 8, 16])).sum(axis=2)]
    return text(out)


def _times(dice: Dice, question: str, ids: Ints, day: Ints) -> pl.Series:
    return stamps(day * 86_400 + dice.between(question, ids, 7 * 3600, 20 * 3600), ".000Z")


@dataclass(frozen=True)
class Contacts:
    """What cases and the survey must know of the contacts: whose they are, their ids, where their mail goes."""

    records: Records
    key: pl.Series
    mailbox: pl.Series
    own: Mask
    """Whose mailbox is theirs alone and spelt as it is."""
    agreed: Mask
    """Who can be written to and did not opt out; records that were merged away are not written to."""


def contacts(world: World, dice: Dice, out: Path) -> Contacts:
    """Write the contacts."""
    rates, country, people = world.rates, world.country, world.people
    records = cast(dice, rates, people, "contacts", rates.contacts)
    agreed = consents(world, dice, records.person)
    dice, who, ids = records.dice, records.person, records.ids
    apart = dice.flag("asked apart", ids, rates.split_consent)
    fields = describe(world, records)
    key = salesforce_ids("003", 50_000_000_000 + np.arange(len(records)) * 3)

    first = np.full(len(people), -1)
    first[who[records.copy == 0]] = np.flatnonzero(records.copy == 0)
    merged = (records.copy > 0) & dice.flag("merged", ids, 1 / 3)
    suffix = people.suffix[who]
    where_suffix = dice.unit("suffix", ids)
    words = pl.Series(["", *country.suffixes])
    surname = where((suffix > 0) & (where_suffix > 0.88), fields.surname + " " + words.gather(suffix), fields.surname)
    unit = [pl.format(way, "unit") for way in country.unit]
    flat = pl.DataFrame({"unit": fields.unit})
    style = dice.below("unit style", ids, len(unit))
    units = flat.select(
        pl.coalesce(*(pl.when(pl.lit(pl.Series(style)) == i).then(way) for i, way in enumerate(unit))),
    ).to_series()
    street = fields.street + where(fields.unit.to_numpy() >= 0, units, pl.Series([""]))
    modified = np.minimum(records.day + dice.below("modified", ids, 300), FIRST_DAY + DAYS - 1)
    missing = rates.missing
    birth = dates(fields.birth, "%Y-%m-%d")
    has_birth = records.here("birth", 0.45 * missing)
    broken = dice.some("broken birth", ids, rates.unparseable, has_birth)
    frame = pl.DataFrame(
        {
            "Id": key,
            "IsDeleted": pl.Series(merged),
            "MasterRecordId": only(merged, pick(key, first[who])),
            "Salutation": only(
                records.here("salutation", 0.4),
                where(people.female[who], pl.Series([country.salutations[1]]), pl.Series([country.salutations[0]])),
            ),
            "FirstName": only(records.here("given", 0.01 * missing), fields.given),
            "LastName": surname,
            "Suffix": only((suffix > 0) & (where_suffix < 0.55), words.gather(suffix)),
            "Email": only(records.here("mail", 0.12 * missing), fields.mail),
            "Phone": only(records.here("phone", 0.18 * missing), fields.phone),
            "MobilePhone": only(records.here("mobile", 0.60 * missing), fields.mobile),
            "MailingStreet": only(records.here("street", 0.08 * missing), street),
            "MailingCity": only(records.here("city", 0.04 * missing), fields.city),
            "MailingState": only(records.here("state", 0.06 * missing), fields.region),
            "MailingPostalCode": only(records.here("postcode", 0.05 * missing), fields.postcode),
            "MailingCountry": only(
                records.here("country", 0.5 * missing),
                pl.repeat(country.name, len(records), eager=True),
            ),
            "Birthdate": only(has_birth, where(broken, pl.Series(["1985-02-31"]), birth)),
            "LeadSource": pick(
                pl.Series(["Web", "Store", "Phone Inquiry", "Partner", "Other"]),
                dice.choose("lead", ids, (4, 4, 1, 1, 1)),
            ),
            "HasOptedOutOfEmail": pl.Series(np.where(apart, dice.flag("opted out", ids, rates.opted_out), ~agreed)),
            "Loyalty_Number__c": only(records.here("card", 0.35 * missing), people.card.gather(who)),
            "CreatedDate": _times(dice, "created", ids, records.day),
            "LastModifiedDate": _times(
                dice,
                "modified at",
                ids,
                np.maximum(modified, records.day + (records.day < FIRST_DAY + DAYS - 1)),
            ),
        },
    )
    opted_out = frame["HasOptedOutOfEmail"].to_numpy()
    files.write_csv(
        out / "crm_contacts.csv",
        frame[files.repeated(dice, len(records), rates.duplicate_rows)],
        quote="always",
    )
    own = (fields.mailbox == frame["Email"].str.to_lowercase()) & fields.mailbox.ne_missing(people.shared.gather(who))
    own = own.fill_null(value=False).to_numpy()
    has_mail = frame["Email"].is_not_null().to_numpy()
    return Contacts(records, key, only(has_mail, fields.mailbox), own, has_mail & ~opted_out & ~merged)


def cases(world: World, dice: Dice, out: Path, contacts: Contacts) -> pl.DataFrame:
    """Write the cases of contacts; give who they are of."""
    rates, people, dice = world.rates, world.people, dice.scoped("cases")
    records, key = contacts.records, contacts.key
    number = dice.count("cases", records.ids, 0.3)
    contact = np.repeat(np.arange(len(records)), number)
    ids = records.ids[contact] * 64 + np.arange(len(contact)) - np.repeat(np.cumsum(number) - number, number)
    day = FIRST_DAY + dice.below("day", ids, DAYS - round(12 * rates.early_ends))
    day = not_before(dice, ids, day, records.day[contact], rates.early)
    order = np.lexsort((dice.bits("order", ids), day))
    contact, ids, day = contact[order], ids[order], day[order]
    who = records.person[contact]
    case = salesforce_ids("500", 70_000_000_000 + np.arange(len(ids)) * 7)
    linked = ~dice.some("unlinked", ids, rates.unlinked_cases)
    ghost = dice.some("orphan", ids, rates.orphans, linked)
    ghosts = salesforce_ids("003", 90_000_000_000 + dice.below("ghost", ids, 50_000_000))
    reason = dice.choose("reason", ids, (20, 16, 14, 14, 10, 6, 14, 6))
    opened = day * 86_400 + dice.between("opened", ids, 8 * 3600, 19 * 3600)
    done = opened + dice.between("took", ids, 3600, 11 * 86_400)
    closed = dice.flag("closed", ids, 0.84) & (done < (FIRST_DAY + DAYS) * 86_400)
    supplied = ~linked | dice.flag("supplied", ids, 0.35)
    frame = pl.DataFrame(
        {
            "Id": case,
            "CaseNumber": pl.Series(np.arange(len(ids)) + 1001).cast(pl.String).str.zfill(8),
            "ContactId": only(linked, where(ghost, ghosts, key.gather(contact))),
            "SuppliedName": only(
                supplied & dice.flag("name", ids, 0.6),
                people.given_name(world.names, who) + " " + world.names.surnames.name(people.surname[who]),
            ),
            "SuppliedEmail": only(supplied & dice.flag("mail", ids, 0.7), people.mailbox.gather(who)),
            "Type": pick(pl.Series(_TYPES), reason),
            "Reason": pick(pl.Series(_REASONS), reason),
            "Status": where(closed, pl.Series(["Closed"]), pl.Series(["Working"])),
            "Origin": pick(pl.Series(["Email", "Phone", "Web", "Store"]), dice.choose("origin", ids, (4, 3, 2, 1))),
            "Priority": pick(pl.Series(["Medium", "High", "Low"]), dice.choose("priority", ids, (6, 2, 2))),
            "IsClosed": pl.Series(closed),
            "CreatedDate": stamps(opened, ".000Z"),
            "ClosedDate": only(closed, stamps(done, ".000Z")),
        },
    )
    files.write_csv(out / "crm_cases.csv", frame, quote="always")
    return pl.DataFrame({"interaction_id": case, "person": who})


def survey(world: World, dice: Dice, out: Path, contacts: Contacts) -> pl.DataFrame:
    """Write the answers of contacts to the survey (one question, one comment); give who answered."""
    rates, people, dice = world.rates, world.people, dice.scoped("survey")
    invited = np.flatnonzero(contacts.mailbox.is_not_null().to_numpy() & (contacts.records.copy == 0))
    invited = invited[contacts.own[invited] | dice.flag("any mailbox", invited, rates.household_answers)]
    asked = contacts.records.person[invited]
    answers = dice.some("answers", asked, 0.12)
    who, row = asked[answers], invited[answers]
    day = FIRST_DAY + 30 + dice.below("day", who, DAYS - 31)
    order = np.lexsort((dice.bits("order", who), day))
    who, day, row = who[order], day[order], row[order]
    score = dice.choose("score", who, (4, 1, 2, 2, 3, 7, 7, 14, 20, 18, 22))
    mood = np.where(score <= 6, 0, np.where(score <= 8, 1, 2))
    words = pl.Series(
        [
            "never again",
            "too slow",
            "nobody answered my e-mail",
            "my points are gone",
            "ok",
            "fine, a bit pricey",
            "good",
            "as expected",
            "great service",
            "love the new store",
            'she said "of course", and helped',
            "fast delivery",
        ],
    )
    said = dice.flag("says", who, 0.55)
    broken = dice.some("broken", who, rates.unparseable)
    elsewhere = dice.flag("another mailbox", who, 0.1 * rates.missing)
    mail = where(elsewhere, people.second.gather(who), contacts.mailbox.gather(row))
    response = "NPS-" + pl.Series(np.arange(len(who)) + 1).cast(pl.String).str.zfill(7)
    frame = pl.DataFrame(
        {
            "response_id": response,
            "email": only(~dice.flag("no mail", who, 0.05 * rates.missing), mail),
            "score": where(broken, pl.Series(["ten"]), pl.Series(score).cast(pl.String)),
            "comment": only(said, pick(words, mood * 4 + dice.below("comment", who, 4))),
            "created_at": stamps(day * 86_400 + dice.between("time", who, 6 * 3600, 22 * 3600), "Z"),
        },
    )
    files.write_csv(out / "survey_nps.csv", frame)
    return pl.DataFrame({"interaction_id": response, "person": who})
