"""One series -> its lines of a mapping: people, or what happened to them, each line with its evidence or its doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

from cxunify.config import Preset
from cxunify.discover import amounts, events
from cxunify.discover.called_off import without_called_off
from cxunify.discover.fields import LEAST, Match, hints, is_stamp, matches
from cxunify.discover.findings import Choice, Found
from cxunify.discover.guards import Fit
from cxunify.discover.keys import Key, event_key, person_key
from cxunify.discover.parties import crowded, doubted
from cxunify.discover.profile import Column
from cxunify.discover.refunds import taken_off
from cxunify.discover.roles import Role, role
from cxunify.discover.sample import Series
from cxunify.discover.split import split
from cxunify.discover.subscribed import subscribed
from cxunify.discover.taken_back import take_back
from cxunify.discover.times import Moment, moment
from cxunify.discover.words import squash, words
from cxunify.warehouse import Warehouse, quote

_MOST = {"email": 4, "phone": 4}
_BESIDE = (
    "location", "product", "page", "referrer", "session", "case_id", "agent", "campaign", "reason", "outcome", "score",
)  # fmt: skip
"""Fields that an interaction may have and may do without."""
_CASES = {
    "case",
    "ticket",
    "fall",
    "falle",
    "vorgang",
    "vorgange",
    "anfrage",
    "anfragen",
    "reklamation",
    "reklamationen",
}


@dataclass
class Draft:
    """A series with all that is known of it."""

    series: Series
    columns: dict[str, Column]
    people: dict[str, list[Match]]
    events: dict[str, list[Match]]
    hints: dict[str, list[str]]
    at: Moment | None
    role: Role
    found: Found
    key: Key = field(default_factory=Key)
    taken: set[str] = field(default_factory=set)
    skip: dict[str, list[str]] = field(default_factory=dict)
    """Column to the values whose rows are left out."""
    shipped: Preset | None = None
    """The preset that was made for its header."""
    fixed: bool = False
    """Whether a configuration maps it already: it is looked at only for what points to it."""

    def add(self, choice: Choice) -> None:
        """Note a line; its columns are then spoken for."""
        self.found.choices.append(choice)
        self.taken |= set(choice.columns)


def draft(series: Series, columns: dict[str, Column]) -> Draft:
    """What one series is, looked at by itself."""
    people, happened, hinted = matches("person", columns), matches("interaction", columns), hints(columns)
    at = moment(columns, happened)
    found = Found(series.name, series.entries, series.rows, series.columns)
    return Draft(
        series, columns, people, happened, hinted, at, role(series.name, columns, people, happened, hinted, at), found
    )


def people(warehouse: Warehouse, one: Draft, *, whole: bool) -> None:
    """Note the lines of `person`. `whole`: the rows are people and nothing else, so that unclear columns are told."""
    if whole:
        one.key = person_key(warehouse, one.series, one.columns, one.people.get("id", []))
        if one.key.columns:
            one.add(Choice("person.id", one.key.columns, sure=not one.key.doubt, why=one.key.doubt or one.key.why))
        else:
            one.found.notes.append(
                f"no id: {one.key.why}; a record is known by its content, and is another one when that changes"
            )
    # Of rows that tell what happened and whose it is, a mailbox belongs to both: without it, all of one name are one person.
    said = {column for choice in one.found.choices if ".identifiers." in choice.key for column in choice.columns}
    taken = one.taken if whole else one.taken - said
    named: dict[str, Match] = {}
    for name, listed in one.people.items():
        if name in {"id", "email", "phone"}:
            continue
        # a card may be the id of its source, and still what others know its holder by
        free = taken - set(one.key.columns) if one.key.is_card and name == "identifiers.loyalty_id" else taken
        match = next((m for m in listed if m.score >= LEAST and m.name not in free and _usable(m)), None)
        if match is None or (name.rstrip("!") in {key.rstrip("!") for key in named} and name.startswith("consent.")):
            continue
        if name in {"created_at", "updated_at"} and (not whole or is_stamp(match.name)):
            continue
        named[name] = match
        one.taken.add(match.name)
        taken = taken | {match.name}
    _settle_names(warehouse, one, named)
    for name, match in named.items():
        one.add(_line(f"person.{name}", match))
    for name in ("email", "phone"):
        _several(
            one, f"person.{name}", [m for m in one.people.get(name, []) if m.score >= LEAST and m.name not in taken]
        )
    _house_number(one, named)
    doubted(one.found.choices, one.columns)
    _add_what_is_open(one, [*split(one.columns), *subscribed(one.columns, one.taken)])
    one.taken |= set(take_back(one.found.choices, one.people, one.hints.get("taken_back", ()), one.columns))


def _add_what_is_open(one: Draft, lines: list[Choice]) -> None:
    """Note lines of fields that nothing has been found for."""
    for line in lines:
        if not one.found.choice(line.key):
            one.add(line)


def happened(warehouse: Warehouse, one: Draft, person: str | None) -> None:
    """Note the lines of `interaction`; `person` is the column of the foreign key, if it has one."""
    assert one.at is not None
    single = one.at.columns[0]
    one.key = event_key(warehouse, one.series, one.columns, one.events.get("id", []), single, person)
    if one.key.columns:
        one.add(Choice("interaction.id", one.key.columns, sure=not one.key.doubt, why=one.key.doubt or one.key.why))
    else:
        one.found.notes.append(f"no id: {one.key.doubt or one.key.why}; every row is one interaction")
    at = Choice("interaction.at", one.at.columns, sure=one.at.sure, why=one.at.why, others=one.at.others[:3])
    if {"utc", "gmt"} & {word for name in one.at.columns for word in words(name)}:
        at.options["timezone"], at.why = "UTC", f"{at.why}; its name says UTC"
    one.add(at)
    rows = events.Rows(warehouse, one.series, one.columns, one.events, one.key.columns)
    kind = events.kind(rows)
    if kind is None:
        one.role = Role(
            "unknown", "nothing says what happened in its rows: no kind, no amount, no name of a file that is known"
        )
        return
    one.add(without_called_off(kind, one.columns))
    void = kind.options.pop("skip", None)
    if void:
        one.skip[kind.columns[0]] = void
        one.found.notes.append(f"{kind.columns[0]}: {', '.join(void)}: rung up by mistake, left out")
    money = amounts.amount(rows)
    for choice in money:
        one.add(taken_off(choice, one.columns) if choice.key == "interaction.amount" else choice)
    paid = next((choice.columns[-1] for choice in money if choice.key == "interaction.amount"), None)
    if paid and (money_of := amounts.currency(rows, paid)):
        one.add(money_of)
    for name in _BESIDE:
        match = next(
            (
                m
                for m in one.events.get(name, [])
                if m.fit is Fit.YES and m.score >= LEAST and _is_free(one, name, m.name)
            ),
            None,
        )
        if match and _belongs(one, name, match, kind, has_money=bool(money)):
            one.add(_line(f"interaction.{name}", match))
    asked = not money and not one.found.choice("interaction.case_id") and _is_case(one)
    if one.key.unique and len(one.key.columns) == 1 and asked:
        one.add(Choice("interaction.case_id", one.key.columns, why="a row is a case: its id is that of the case"))
    _identify(warehouse, one)


def _is_free(one: Draft, field: str, name: str) -> bool:
    """Whether a column is not spoken for: a shop is a place, though the number of a receipt may start again in each."""
    return name not in one.taken or (field == "location" and len(one.key.columns) > 1 and name in one.key.columns)


def _is_case(one: Draft) -> bool:
    """Whether rows are cases: their id is called the number of one, or the file is called by them."""
    called = any(match.name == one.key.columns[0] and match.score >= LEAST for match in one.events.get("case_id", []))
    return called or bool({word.rstrip("s") for word in words(one.found.name)} & _CASES)


def _identify(warehouse: Warehouse, one: Draft) -> None:
    """Note the identifiers that rows of interactions carry."""
    for name in ("email", "phone", "loyalty_id", "device_id"):
        match = next(
            (
                m
                for m in one.events.get(f"identifiers.{name}", [])
                if m.score >= LEAST and m.name not in one.taken and _usable(m) and not _is_ours(one, m.name)
            ),
            None,
        )
        if match:
            called = hashed(name, match.column) if match.fit is Fit.HASHED else name
            line = _line(f"interaction.identifiers.{called}", match)
            one.add(crowded(warehouse, one.series, line, one.people) if name in {"email", "phone"} else line)


def _belongs(one: Draft, name: str, match: Match, kind: Choice, *, has_money: bool) -> bool:
    """Whether a field says something of what happened, where its name alone would not do."""
    if name == "score":
        return kind.options.get("value") in {"survey", "response"}
    if name == "page":
        return one.found.channel in {"web", "email", "app"}
    return name != "product" or has_money or squash(match.name) != "description"


def _is_ours(one: Draft, name: str) -> bool:
    """Whether a mailbox is the company's own: a ticket goes to it, a newsletter goes to a customer."""
    return one.found.channel != "email" and words(name)[-1:] in {("recipient",), ("empfanger",), ("to",)}


def _usable(match: Match) -> bool:
    return match.fit is not Fit.NO and not (match.fit is Fit.EMPTY and match.score < 90)


def _line(key: str, match: Match) -> Choice:
    options: dict[str, object] = {}
    if key.endswith("!"):
        key, options = key.rstrip("!"), {"negate": True}
    why = "no values yet" if match.fit is Fit.EMPTY else f"{match.column.fill:.0%} filled"
    if match.fit is Fit.HASHED:
        why = f"hashed ({match.column.hash}): equal values are equal, nothing more"
    if options:
        why += "; the column says the opposite"
    return Choice(key, (match.name,), why=why, options=options)


def hashed(name: str, column: Column) -> str:
    """The name of an identifier whose values are hashes: it says which one."""
    return f"{name}_{str(column.hash).removesuffix('_base64')}"


def _several(one: Draft, key: str, listed: list[Match]) -> None:
    """A field that takes several columns: those with values, the preferred one first; hashes are identifiers of their own."""
    name = key.rsplit(".", maxsplit=1)[-1]
    good = [match for match in listed if match.fit is Fit.YES][: _MOST[name]]
    hashes = [match for match in listed if match.fit is Fit.HASHED][:1]
    empty = [match for match in listed if match.fit is Fit.EMPTY and match.score >= 90][: 0 if good or hashes else 1]
    if good or empty:
        chosen = good or empty
        why = ", ".join(f"{match.column.fill:.0%} filled" for match in chosen) if good else "no values yet"
        one.add(Choice(key, tuple(match.name for match in chosen), why=why))
    for match in hashes:
        one.add(_line(f"person.identifiers.{hashed(name, match.column)}", match))


def _settle_names(warehouse: Warehouse, one: Draft, named: dict[str, Match]) -> None:
    """`Name` is what is missing beside `Vorname` or `Surname`, unless it holds both; `nombre` or `nom` alone is the whole name."""
    given, family, full = named.get("given_name"), named.get("family_name"), named.get("full_name")
    if given and full and not family and not _holds(warehouse, one, full.name, given.name):
        named["family_name"] = named.pop("full_name")
    elif family and full and not given and not _holds(warehouse, one, full.name, family.name):
        named["given_name"] = named.pop("full_name")
    elif given and not family and not full and given.column.share("blank") >= 0.5:
        named["full_name"] = named.pop("given_name")
    elif family and not given and not full and family.column.share("blank") >= 0.5:
        named["full_name"] = named.pop("family_name")
    elif full and given and family:
        one.found.unmapped[named.pop("full_name").name] = "the parts of the name are mapped"


def _holds(warehouse: Warehouse, one: Draft, whole: str, part: str) -> bool:
    share = warehouse.scalar(
        f"select avg(contains(lower({quote(whole)}), lower(trim({quote(part)})))::int) from {one.series.table}"
        f" where {quote(whole)} is not null and {quote(part)} is not null"
    )
    return float(share or 0) >= 0.5


def _house_number(one: Draft, named: dict[str, Match]) -> None:
    """The number of the house, where the street is without it."""
    number = next(iter(one.hints.get("house_number", [])), None)
    street = named.get("street")
    if number and street and street.column.share("digit") < 0.3:
        line = one.found.choice("person.street")
        assert line is not None
        line.columns, line.why = (street.name, number), "the street and its number stand in two columns"
        one.taken.add(number)
