"""What hands, tills and spreadsheets do to text."""

import numpy as np
import polars as pl

from sample_data.world.dice import Dice, Ints, Mask, pick, where
from sample_data.world.names import Names
from sample_data.world.rates import Rates

MAILS = ("test@test.com", "noemail@noemail.com", "none@none.com", "na@na.com", "customer@example.com", "unknown")
PHONES = ("0000000000", "9999999999", "1234567890", "1111111111", "unknown", "n/a")
NAMES = ("Unknown", "N/A", "Customer", "Test", "-", "XXX")
STREETS = ("N/A", "unknown", "-", "TBD", "General Delivery")
BIRTHS = (-25567, 0, -25567, -21915)
"""Days since 1970 of 1900-01-01, 1970-01-01 and 1910-01-01, which stand for no date."""

_KEYS = pl.Series(list("aeioutrnslcmdhpbgk"))
_FAMILY = {
    "gmail.com": "gmial.com",
    "hotmail.com": "hotmial.com",
    "yahoo.com": "yaho.com",
    "gmx.de": "gmx.ed",
    "web.de": "web.d",
}


def null(size: int) -> pl.Series:
    """Make a column of nothing."""
    return pl.repeat(None, size, dtype=pl.String, eager=True)


def only(mask: Mask, values: pl.Series) -> pl.Series:
    """Keep values where the mask holds."""
    return where(mask, values, null(1))


def placeholder(
    dice: Dice,
    field: str,
    ids: Ints,
    rate: float,
    values: pl.Series,
    stand_ins: tuple[str, ...],
) -> pl.Series:
    """Replace a share of values by what people type when they have none."""
    chosen = dice.flag(f"{field} placeholder", ids, rate)
    return where(chosen, pick(pl.Series(stand_ins), dice.below(f"{field} which", ids, len(stand_ins))), values)


def typo(dice: Dice, field: str, ids: Ints, rate: float, values: pl.Series) -> pl.Series:
    """Drop, swap, double or mistype one sign in a share of values."""
    rows = np.flatnonzero(dice.flag(f"{field} typo", ids, rate))
    if not len(rows):
        return values
    some = ids[rows]
    signs = values.gather(rows).str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    frame = pl.DataFrame(
        {
            "s": values.gather(rows),
            "at": dice.below(f"{field} where", some, np.maximum(signs - 2, 1)) + 1,
            "how": dice.below(f"{field} how", some, 4),
            "key": pick(_KEYS, dice.below(f"{field} key", some, len(_KEYS))),
        },
    )
    s, at, one = pl.col("s"), pl.col("at"), pl.col("s").str.slice(pl.col("at"), 1)
    before, after = s.str.slice(0, at), s.str.slice(at + 1)
    slipped = (
        pl.when(s.str.len_chars() < 4)
        .then(s)
        .when(pl.col("how") == 0)
        .then(before + after)
        .when(pl.col("how") == 1)
        .then(before + s.str.slice(at + 1, 1) + one + s.str.slice(at + 2))
        .when(pl.col("how") == 2)
        .then(before + one + one + after)
        .otherwise(before + pl.col("key") + after)
    )
    return values.scatter(rows, frame.select(slipped).to_series())


def plain(values: pl.Series) -> pl.Series:
    """Take accents off: é to e, ß to ss, ł to l."""
    stripped = values.str.replace_many(["ß", "ø", "Ø", "ł", "Ł", "đ", "ı"], ["ss", "o", "O", "l", "L", "d", "i"])
    return stripped.str.normalize("NFD").str.replace_all(r"\p{M}", "")


def person_names(
    dice: Dice,
    rates: Rates,
    names: Names,
    ids: Ints,
    given: pl.Series,
    surname: pl.Series,
    latin: tuple[pl.Series, pl.Series],
) -> tuple[pl.Series, pl.Series]:
    """Write given name and surname the way one record has them."""
    roman = dice.flag("roman script", ids, 0.4)
    given, surname = where(roman, latin[0], given), where(roman, latin[1], surname)

    known = pl.DataFrame({"name": given}).join(names.nicknames, on="name", how="left", maintain_order="left")[
        "nicknames"
    ]
    choices = known.list.len().fill_null(0).to_numpy().astype(np.int64)
    nick = dice.flag("nickname", ids, rates.nicknames) & (choices > 0)
    which = pl.Series(dice.below("which nickname", ids, np.maximum(choices, 1)))
    short = (
        pl.DataFrame({"k": known, "w": which}).select(pl.col("k").list.get(pl.col("w"), null_on_oob=True)).to_series()
    )
    given = where(nick, short, given)

    lost = dice.flag("accents", ids, rates.accents_lost)
    accented = (given + surname).str.contains(r"[^\x00-\x7f]").to_numpy() & lost
    rows = np.flatnonzero(accented)
    given, surname = given.scatter(rows, plain(given.gather(rows))), surname.scatter(rows, plain(surname.gather(rows)))

    given = typo(dice, "given", ids, rates.typos, given)
    surname = typo(dice, "surname", ids, rates.typos, surname)
    initial = dice.flag("initial", ids, rates.initials)
    given = where(initial, given.str.slice(0, 1) + ".", given)
    case = dice.unit("case", ids)
    for test, change in ((case < rates.odd_case * 0.6, "lower"), (case > 1 - rates.odd_case * 0.4, "upper")):
        rows = np.flatnonzero(test)
        for_case = [part.gather(rows) for part in (given, surname)]
        changed = [part.str.to_lowercase() if change == "lower" else part.str.to_uppercase() for part in for_case]
        given, surname = given.scatter(rows, changed[0]), surname.scatter(rows, changed[1])
    swapped = dice.some("swapped", ids, rates.swapped_names)
    given, surname = where(swapped, surname, given), where(swapped, given, surname)
    given = placeholder(dice, "given", ids, rates.placeholders / 4, given, NAMES)
    return given, placeholder(dice, "surname", ids, rates.placeholders / 4, surname, NAMES)


def mail(dice: Dice, rates: Rates, ids: Ints, values: pl.Series, tags: float = 0.0) -> pl.Series:
    """Write a mailbox the way one record has it."""
    values = typo(dice, "mail", ids, rates.typos / 2, values)
    rows = np.flatnonzero(dice.flag("mail domain", ids, rates.typos / 3))
    values = values.scatter(rows, values.gather(rows).str.replace_many(list(_FAMILY), list(_FAMILY.values())))
    rows = np.flatnonzero(dice.flag("tag", ids, tags))
    tag = pick(pl.Series(["+shop@", "+news@", "+offers@"]), dice.below("which tag", ids[rows], 3))
    parts = values.gather(rows).str.split_exact("@", 1).struct
    values = values.scatter(rows, parts[0] + tag + parts[1])
    case = dice.unit("mail case", ids)
    values = where(case < 0.03, values.str.to_uppercase(), where(case > 0.96, values.str.to_titlecase(), values))
    values = where(dice.flag("mail space", ids, 0.008), " " + values + " ", values)
    return placeholder(dice, "mail", ids, rates.placeholders, values, MAILS)


def postcode(dice: Dice, rates: Rates, country: str, ids: Ints, values: pl.Series) -> pl.Series:
    """Write a postcode as a spreadsheet left it."""
    if country == "GB":
        rate = rates.damaged_postcodes
        return where(
            dice.flag("squeezed", ids, 0.2),
            values.str.replace(" ", ""),
            where(dice.flag("small", ids, rate), values.str.to_lowercase(), values),
        )
    damaged = dice.flag("spreadsheet", ids, rates.damaged_postcodes * 4) & values.str.starts_with("0").to_numpy()
    values = where(damaged, values.str.strip_chars_start("0"), values)
    if country == "US":
        digits = pl.Series(dice.between("plus four", ids, 1000, 9999)).cast(pl.String)
        values = where(dice.flag("long zip", ids, 0.12), values + "-" + digits, values)
    return where(dice.some("excel text", ids, rates.damaged_postcodes / 5), "'" + values, values)


def short_street(dice: Dice, ids: Ints, values: pl.Series, short: tuple[tuple[str, str], ...]) -> pl.Series:
    """Abbreviate the kind of street in a third of addresses."""
    rows = np.flatnonzero(dice.flag("short street", ids, 0.35))
    words, shorts = [long for long, _ in short], [brief for _, brief in short]
    return values.scatter(rows, values.gather(rows).str.replace_many(words, shorts))
