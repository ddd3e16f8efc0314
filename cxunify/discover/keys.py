"""Series + Columns -> the columns that make a row unique, and whether rows that share an id are one thing."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.discover.fields import LEAST, Match, matches
from cxunify.discover.guards import Fit, fit
from cxunify.discover.profile import Column
from cxunify.discover.sample import Series
from cxunify.discover.words import squash, words
from cxunify.warehouse import Warehouse, quote

_OWN = ("id", "fivetranid", "uuid", "eventid", "messageid")
_OTHERS: set[tuple[str, ...]] = {
    (word,)
    for word in (
        "addr",
        "address",
        "post",
        "house",
        "haus",
        "phone",
        "tel",
        "street",
        "tax",
        "vat",
        "postal",
        "zip",
        "fax",
    )
}
"""Words before a number that is no id of the row."""
_NUMBERS = {"numero", "num", "no", "nr", "id", "ref"}
"""Words with which headers of ids begin: `Numéro adhérent`."""
_ENDS = (
    "id", "nr", "no", "num", "number", "nummer", "code", "uuid", "key",
    *map(squash, ("番号", "コード", "번호", "코드", "编号", "編號")),
)  # fmt: skip
"""Words with which they end."""
_OTHERS |= {tuple(words(word)) for word in ("電話番号", "郵便番号", "携帯番号", "전화번호", "우편번호", "휴대폰번호")}
_NOBODYS = {
    "securite", "social", "sociale", "seguridad", "fiscal", "fiscale", "national", "siret",
    "tva", "iva", "cuenta", "compte",
}  # fmt: skip
"""Words of numbers that people have elsewhere: at the state, at a bank."""
_CARDS = {*map(squash, ("card", "karte", "carte", "kaart"))}
"""What a card is called beside what the list of headers has: these words may mean its kind too, where it is not each one's own."""
_STRANGE = "its name does not say that it is the id"
FILLED = 0.99
NEARLY = 0.98
"""The share of rows that an id must tell apart."""


@dataclass(frozen=True)
class Key:
    """The id of a series: its columns, and what was seen of it. Without columns it has none."""

    columns: tuple[str, ...] = ()
    unique: bool = False
    why: str = ""
    doubt: str = ""
    is_card: bool = False
    """Whether it is a card, by which other sources may know its holder too."""


def person_key(warehouse: Warehouse, series: Series, columns: dict[str, Column], found: list[Match]) -> Key:
    """The id of people: what is unique and filled among the columns that are called so, the table's own `id` first."""
    listed = candidates(found)
    if not listed:
        listed = [name for name, column in columns.items() if is_called_id(name) and column.fill >= FILLED]
    strays = [name for name, column in columns.items() if _is_stray_id(name, column, {*listed})] if listed else []
    alone = (_told_apart(warehouse, series, name) for name in listed)
    beside = (_told_apart(warehouse, series, name) for name in strays)
    if key := next(filter(None, (*alone, _of_one_person(warehouse, series, columns, listed), *beside)), None):
        return key
    for name in listed[:2]:
        for other in columns:
            if other != name and is_called_id(other) and counted(warehouse, series, (name, other)) == 1:
                why = f"{name} is not unique by itself: it is, together with {other}"
                return Key((name, other), unique=True, why=why)
    if card := _of_card(warehouse, series, columns):
        return card
    if listed:
        share = counted(warehouse, series, (listed[0],))
        return Key((), why=f"{listed[0]} is not unique: {share:.0%} of the rows have one of their own")
    return _of_strangers(_unnamed(columns, set()), _none(columns))


def _of_card(warehouse: Warehouse, series: Series, columns: dict[str, Column]) -> Key | None:
    """A card that everybody has, and each one of their own: it stays where names, addresses and mailboxes change."""
    called = {m.name for m in matches("person", columns).get("identifiers.loyalty_id", []) if m.score >= LEAST}
    for name, column in columns.items():
        is_card = (name in called or squash(name) in _CARDS) and _is_code(column)
        if is_card and column.fill == 1 and counted(warehouse, series, (name,)) == 1:
            why = "a card of one's own in each row, which stays where names and addresses change"
            return Key((name,), unique=True, why=why, is_card=True)
    return None


def _is_code(column: Column) -> bool:
    """Whether values can be ids, being no words, days, amounts or addresses."""
    is_amount = column.is_number and column.share("integer") < FILLED
    return column.share("digit") == 1 and column.share("blank") < 0.3 and not is_amount and fit("id", column) is Fit.YES


def _none(columns: dict[str, Column]) -> str:
    """Why there is no id, where there is none: of what is filled and unique, what it is said by."""
    found = matches("person", columns)
    reached = {match.name for field in ("email", "phone") for match in found.get(field, []) if match.fit is Fit.YES}
    unique = [name for name, column in columns.items() if column.fill == 1 and column.distinct == column.filled]
    others = [name for name in unique if name not in reached and _is_code(columns[name])]
    if others:
        return f"filled and unique are {', '.join(others)}, and none is called an id"
    mine = [name for name in unique if name in reached]
    return (
        f"filled and unique are only {', '.join(mine)}, which people change"
        if mine
        else "no column is filled and unique"
    )


def _of_one_person(warehouse: Warehouse, series: Series, columns: dict[str, Column], listed: list[str]) -> Key | None:
    """An id that rows of one person share, where a person has several things: the vehicles of a customer, a row for each."""
    found = matches("person", columns)
    said = [
        match.name
        for field in ("given_name", "family_name", "full_name", "email", "birth_date")
        for match in found.get(field, [])[:1]
        if match.fit in {Fit.YES, Fit.HASHED} and match.name not in listed
    ]
    for name in listed if len(said) > 1 else ():
        if (
            columns[name].distinct < NEARLY * columns[name].filled
            and _steady(warehouse, series, (name,), said) >= NEARLY
        ):
            return Key((name,), why=f"shared by rows of one person: they have one {said[0]} and one {said[-1]}")
    return None


def event_key(
    warehouse: Warehouse,
    series: Series,
    columns: dict[str, Column],
    found: list[Match],
    at: str | None,
    person: str | None,
) -> Key:
    """The id of what happened: unique, or shared by rows that tell of one time, place and person (the lines of a receipt)."""
    listed = candidates(found)
    if not listed:
        named = {word.rstrip("s") for word in words(series.name)}
        listed = [
            name
            for name, column in columns.items()
            if is_called_id(name)
            and column.fill >= FILLED
            and set(words(name)[:-1])
            and set(words(name)[:-1]) <= named
            and name != person
        ]
    named_so = bool(listed)
    strange = [] if named_so else _unnamed(columns, {at, person})
    if not named_so:
        listed = strange if len(strange) == 1 else []
        listed += [name for name, column in columns.items() if _is_stray_id(name, column, {at, person, *listed})]
    doubt = ""
    of_one = list(dict.fromkeys(filter(None, (at, person, *_of_one_receipt(columns)))))
    for name in listed:
        if key := _told_apart(warehouse, series, name):
            return key
        alone = [column for column in of_one if column != name]
        if alone and _steady(warehouse, series, (name,), alone) >= 0.95:
            why = "shared by the lines of one thing: rows that share it have one time and one person"
            return Key((name,), why=why, doubt="" if named_so else f"{why}; {_STRANGE}")
        for other in _beside(columns, at, name):
            if alone and _steady(warehouse, series, (*other, name), [c for c in alone if c not in other]) >= 0.98:
                return Key(
                    (*other, name), why=f"{name} alone starts again: it is unique together with {', '.join(other)}"
                )
        doubt = doubt or f"{name} is shared by rows of different times or people"
    found_none = _of_strangers(strange, "no column makes rows unique")
    return Key(doubt=doubt, why=found_none.why) if doubt or not found_none.columns else found_none


def _of_strangers(listed: list[str], none: str) -> Key:
    """The one column that could be the id though it is not called so; of several it is said that there are, and which."""
    if len(listed) == 1:
        return Key((listed[0],), True, "filled and unique")
    return Key(why=f"filled and unique are {', '.join(listed)}, and none is called an id" if listed else none)


def _is_stray_id(name: str, column: Column, taken: set[str | None]) -> bool:
    """Whether a column is called the id of something that is called like nothing else here: `Doc Num`, `Nº do pedido`."""
    return is_called_id(name) and column.fill >= FILLED and name not in taken and fit("id", column) is Fit.YES


def _unnamed(columns: dict[str, Column], taken: set[str | None]) -> list[str]:
    """The columns of codes without a known name that are filled and different in each row."""
    return [
        name
        for name, column in columns.items()
        if name not in taken
        and column.fill == 1
        and column.distinct == column.filled
        and column.share("digit") == 1
        and not column.is_number
        and column.share("phone") < 0.5
        and fit("id", column) is Fit.YES
    ]


def candidates(found: list[Match]) -> list[str]:
    """The columns that may be the id, the likeliest first: the table's own `id` where it is unique, then by name."""
    good = [match for match in found if match.fit is Fit.YES and match.column.fill >= FILLED]
    own = [
        match.name
        for match in good
        if squash(match.name).removeprefix("property") in _OWN and _nearly_unique(match.column)
    ]
    unique = [match.name for match in good if _nearly_unique(match.column)]
    return (
        list(dict.fromkeys([*own[:1], *unique[:1], *(match.name for match in good)]))
        if own
        else [match.name for match in good]
    )


def _nearly_unique(column: Column) -> bool:
    return column.distinct >= NEARLY * column.filled


def is_called_id(name: str) -> bool:
    """Whether a header ends as those of ids do."""
    parts = words(name)
    if len(parts) > 1 and parts[0] in _NUMBERS and not _NOBODYS & set(parts):
        return (parts[1],) not in _OTHERS
    return parts[:1] not in _OTHERS and squash(name).endswith(_ENDS)


def _of_one_receipt(columns: dict[str, Column]) -> list[str]:
    """The columns in which the lines of one receipt do not differ: the place, the till, the card and the mailbox."""
    found = matches("interaction", columns)
    return [
        match.name
        for field in ("location", "till", "identifiers.loyalty_id", "identifiers.email")
        for match in found.get(field, [])[:1]
        if match.fit in {Fit.YES, Fit.HASHED}
    ]


def _beside(columns: dict[str, Column], at: str | None, name: str) -> list[tuple[str, ...]]:
    """What a number that starts again may need: the day, the till or the shop, or both."""
    found = matches("interaction", columns)
    places = [
        match.name
        for field in ("till", "location")
        for match in found.get(field, [])[:1]
        if match.fit is Fit.YES and match.name != name and match.column.fill >= FILLED
    ]
    days = [at] if at and columns[at].share("blank") < 0.1 and columns[at].distinct < columns[at].filled * 0.9 else []
    alone = [(one,) for one in (*places, *days)]
    pairs = [(day, place) for day in days for place in places]
    both = [tuple(places)] if len(places) > 1 else []
    return [*alone, *both, *pairs, *((*days, *places) for _ in both if days)]


def _told_apart(warehouse: Warehouse, series: Series, name: str) -> Key | None:
    """The key of one column that tells all rows apart, or nearly all: a few may be there twice."""
    share = counted(warehouse, series, (name,))
    if share < NEARLY:
        return None
    return Key((name,), share == 1, "filled and unique" if share == 1 else f"filled; {share:.1%} of its rows differ")


def counted(warehouse: Warehouse, series: Series, names: tuple[str, ...]) -> float:
    """The share of rows that are told apart by some columns; rows of different files may repeat each other."""
    parts = ", ".join(f"nullif(trim({quote(name)}), '')" for name in names)
    share = warehouse.scalar(
        f"select avg(part) from (select count(distinct ({parts})) * 1.0 / count(*) as part from {series.table} group by file_id)"
    )
    return float(share or 0)


def _steady(warehouse: Warehouse, series: Series, names: tuple[str, ...], alone: list[str]) -> float:
    """The share of ids of several rows of which each has but one value in each of some columns."""
    if not alone:
        return 0.0
    keys = ", ".join(quote(name) for name in names)
    same = " and ".join(f"count(distinct {quote(name)}) <= 1" for name in alone)
    share = warehouse.scalar(
        f"select avg(steady::int) from (select ({same}) as steady from {series.table} group by file_id, {keys} having count(*) > 1)"
    )
    return 1.0 if share is None else float(share)
