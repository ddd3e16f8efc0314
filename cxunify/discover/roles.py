"""Columns + matches -> what a row of a series is: a person, something that happened, or what is no source by itself, and why."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.discover.events import are_arms, meaning
from cxunify.discover.fields import LEAST, Match, is_stamp
from cxunify.discover.guards import Fit
from cxunify.discover.profile import Column
from cxunify.discover.times import Moment
from cxunify.discover.words import of_file, squash, synonyms, words

_CONTACTS = ("email", "phone")
_AGENTS = {"agent", "admin", "owner", "staff", "mitarbeiter"}
_PARENTS = (
    "order",
    "ticket",
    "invoice",
    "receipt",
    "bon",
    "transaction",
    "case",
    "conversation",
    "checkout",
    "chat",
    "basket",
    "deal",
    "line item",
)


@dataclass(frozen=True)
class Role:
    """What a row is, and why."""

    role: str
    reason: str = ""


def role(
    name: str, columns: dict[str, Column], people: dict[str, list[Match]], events: dict[str, list[Match]],
    hints: dict[str, list[str]], at: Moment | None,
) -> Role:  # fmt: skip
    """The role of a series, before it is known what the others are."""
    things = {row["thing"] for row in of_file(name)}
    strong, ties = _strong(events, things), tied(events)
    aside = _aside(columns, people, events, hints, things, strong)
    if aside:
        return aside
    happened = at is not None and bool({"amount", "event"} & strong or (ties and strong))
    if _is_person(people):
        if happened and ("event" in things or _order_like(events)):
            return Role("interaction" if _has(events, "person") else "both")
        return Role("person")
    return Role("interaction") if happened else _leftover(columns, at, ties)


def _aside(
    columns: dict[str, Column], people: dict[str, list[Match]], events: dict[str, list[Match]], hints: dict[str, list[str]],
    things: set[str], strong: set[str],
) -> Role | None:  # fmt: skip
    """What looks like people or events and is neither: histories, staff, companies, places, second addresses."""
    names = [field for field in ("given_name", "family_name", "full_name") if _has(people, field)]
    own_name = bool({"given_name", "family_name"} & set(names))
    contact = [field for field in _CONTACTS if _has(people, field)]
    if "history" in things or _is_history(columns):
        return Role("history", "it keeps the history of single fields or versions, not people or what happened to them")
    # guests of hotels have a profile, and users of a shop an account status: one such column says nothing
    is_staff = (len(hints.get("staff", [])) > 1 or "staff" in things) and not _has_clients(columns)
    if (names or contact) and not strong and is_staff:
        told = "its people are the company's own (agents, owners, users of the system), not its customers"
        return Role("staff", told)
    if _is_company(own_name=own_name, contact=contact, hints=hints, things=things, events=events):
        return Role("company", "its rows are companies or their business, and name no person")
    if "place" in things and not own_name and not strong:
        return Role("lookup", "its rows are shops or places of the company, not people")
    if "address" in things and not _has(people, "email") and not _has(people, "birth_date"):
        owner = next((match.name for match in events.get("person", []) if match.fit is Fit.YES), None)
        if owner:
            return Role("child", f"addresses of people: they need a join by {owner}")
    return None


def _is_person(people: dict[str, list[Match]]) -> bool:
    """Whether rows say who somebody is: a name with another thing, or a mailbox with what only lists of people say."""
    names = [field for field in ("given_name", "family_name", "full_name") if _has(people, field)]
    contact = [field for field in _CONTACTS if _has(people, field)]
    home = _has(people, "street") or _has(people, "postal_code")
    card = _has(people, "identifiers.loyalty_id")
    if "given_name" in names or "family_name" in names:
        return len(names) >= 2 or bool(contact) or home or _has(people, "birth_date")
    if "full_name" in names:
        return _has(people, "email") or _has(people, "birth_date") or card or (bool(contact) and home)
    listed = ("consent.email", "consent.email!", "created_at", "identifiers.loyalty_id", "birth_date", "updated_at")
    return (_has(people, "email") and any(_has(people, field) for field in listed)) or (card and home)


def _order_like(events: dict[str, list[Match]]) -> bool:
    """Whether a column is called as only the ids of what happens are: receipts, orders, tickets."""
    shared = {"id", "number", "nr", "uuid", "fivetranid", *synonyms("person")["id"]}
    return any(match.fit is Fit.YES and squash(match.name) not in shared for match in events.get("id", []))


def tied(events: dict[str, list[Match]]) -> list[str]:
    """What ties rows to people, by name and values: a foreign key, or an identifier."""
    return [
        field
        for field in (
            "person",
            "identifiers.email",
            "identifiers.phone",
            "identifiers.loyalty_id",
            "identifiers.device_id",
        )
        if _has(events, field)
    ]


def parents(columns: dict[str, Column], key: tuple[str, ...]) -> list[str]:
    """The columns that name the thing that a row is a part of: `order_id` of a refund."""
    return [
        name
        for name in columns
        if name not in key
        and words(name)[-1:] in {("id",), ("nr",), ("number",), ("no",)}
        and squash(name).removesuffix("id").removesuffix("number").removesuffix("nr").removesuffix("no")
        in {squash(w) for w in _PARENTS}
    ]


def _strong(events: dict[str, list[Match]], things: set[str]) -> set[str]:
    found = {field for field in ("amount", "session", "score") if _has(events, field)}
    if _has(events, "unit_price") and _has(events, "quantity"):
        found.add("amount")
    if (
        any(match.fit is Fit.YES and match.column.share("url") >= 0.9 for match in events.get("page", []))
        and "person" not in things
    ):
        found |= {"page"} if not {"event"} & things else {"page", "event"}
    if "event" in things:
        found.add("event")
    if _kind_known(events):
        found.add("kind")
    return found


def _kind_known(events: dict[str, list[Match]]) -> bool:
    """Whether a column of kinds says, in words that are known, what happened."""
    if any(match.fit is Fit.YES and are_arms(match.column) for match in events.get("arm", [])):
        return True
    for match in events.get("kind", []):
        if match.fit is Fit.YES and match.column.words:
            rows = sum(count for _, count in match.column.words)
            told = sum(count for word, count in match.column.words if meaning(word, "event"))
            if told >= 0.5 * rows:
                return True
    return False


def _is_company(
    *, own_name: bool, contact: list[str], hints: dict[str, list[str]], things: set[str], events: dict[str, list[Match]]
) -> bool:
    if own_name:
        return False
    business = [name for name in hints.get("company", []) if squash(name) != "accountid"]
    if "company" in things or len(business) >= 2:
        return "email" not in contact
    return bool(hints.get("company")) and not tied(events) and not contact


def _has_clients(columns: dict[str, Column]) -> bool:
    """Whether a column of roles has others than agents: customers stand beside them."""
    return bool(agents(columns)) or any(
        words(name)[-1:] == ("role",) and column.words and not {word.casefold() for word, _ in column.words} <= _AGENTS
        for name, column in columns.items()
    )


def agents(columns: dict[str, Column]) -> dict[str, list[str]]:
    """The column and its values that say that a row is one of the company's own people, beside customers."""
    for name, column in columns.items():
        if words(name)[-1:] in {("role",), ("type",)} and column.few:
            own = [word for word, _ in column.words if word.casefold() in _AGENTS]
            if own and len(own) < column.distinct:
                return {name: own}
    return {}


def _is_history(columns: dict[str, Column]) -> bool:
    told = {squash(name) for name in columns}
    return (
        len(columns) <= 9
        and bool(told & {"value", "newvalue", "oldvalue"})
        and bool(told & {"name", "field", "fieldname"})
        and bool(told & {"timestamp", "createdat", "timestampinstant", "updated", "changedat"})
    )


def _leftover(columns: dict[str, Column], at: Moment | None, ties: list[str]) -> Role:
    """What is neither: link tables, parts of something, sums, lists."""
    own = [name for name in columns if not is_stamp(name)]
    leads = parents(columns, ())
    ids = [name for name in own if squash(name).endswith(("id", "nr", "uuid"))]
    rest = [
        name
        for name in own
        if name not in ids and words(name)[-1:] not in {("type",), ("category",), ("deleted",), ("index",)}
    ]
    told = [name for name in rest if not columns[name].is_date]
    if len(ids) >= 2 and len(told) <= (2 if at is None else 0):
        return Role("link", f"a link table: it ties {ids[0]} to {ids[1]}, and says not what happened")
    numbers = [name for name in own if columns[name].is_number and name not in ids]
    if at is None and ties and len(numbers) >= 2 and len(numbers) >= 0.6 * len(rest):
        return Role("aggregate", "sums per customer: what they are sums of is no longer in them")
    if at is None and len(ids) >= 2:
        return Role(
            "child",
            f"a table of parts without a time of its own: it needs a join by {ids[1] if ids[0] in own[:1] else ids[0]}",
        )
    if leads:
        return Role("child", f"a part of something else: it needs a join by {leads[0]}")
    if at is None:
        return Role("lookup", "no row names a person, nor a time at which something happened")
    return Role("lookup", "nothing in it ties a row to a person, or says what happened")


def _has(found: dict[str, list[Match]], field: str) -> bool:
    return any(match.fit in {Fit.YES, Fit.HASHED} and match.score >= LEAST for match in found.get(field, []))
