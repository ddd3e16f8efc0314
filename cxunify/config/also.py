"""sources whose rows say of several interactions -> the same, and a source more for each: the same files, read for that one.

An order and its refund, a visit and the sign-up in it: rows, ids and rejects of each are then accounted for by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

OWN = ("at", "kind", "amount", "quantity", "score", "reason", "outcome", "properties")
"""What each interaction says for itself; all else is as the first one has it."""
NOTHING = ("", "0", "0.0", "0.00", "0.000", "0,00")
"""Amounts of what did not happen."""
Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Objection:
    """What is wrong with a further interaction, and what to do about it."""

    at: Location
    what: str
    fix: str


def further(data: dict[str, Any], lines: dict[Location, int]) -> Iterator[Objection]:
    """Put each further interaction beside its source, in place, under both names: `orders` and its `refunds` are `orders_refunds`.

    `lines` has the line of each key of the document, and learns those of the new sources.
    """
    sources = data.get("sources")
    if not isinstance(sources, dict):
        return
    for name, source in list(sources.items()):
        also = source.pop("also", None) if isinstance(source, dict) else None
        if not also:
            continue
        here: Location = ("sources", name, "also")
        if not isinstance(also, dict) or not all(isinstance(item, dict) for item in also.values()):
            yield Objection(
                here, "is no list of names and interactions", "Write `also: {refunds: {at: …, kind: return}}`."
            )
            continue
        if not isinstance(source.get("interaction"), dict):
            yield Objection(here, "stands beside no `interaction`", "Add the first one as `interaction`.")
            continue
        for key, item in also.items():
            own = f"{name}_{key}"
            yield from _objections((*here, key), own, source, item, taken=own in sources)
            if own not in sources:
                sources[own] = _source(name, source, item)
                _learn(lines, (*here, key), own)


def _objections(
    at: Location, own: str, source: dict[str, Any], item: dict[str, Any], *, taken: bool
) -> Iterator[Objection]:
    if taken:
        yield Objection(at, f"is called {own}, which is a source already", "Give it another name.")
    person = source.get("person")
    if isinstance(person, dict) and not person.get("id") and not source["interaction"].get("person"):
        yield Objection(
            at, "cannot say whose it is", "Map `person.id`: without it, no other source can point to a record."
        )
    amount = source["interaction"].get("amount")
    minus = amount.get("minus") if isinstance(amount, dict) else None
    taken_off = {column for ref in (minus if isinstance(minus, list) else [minus]) for column in _columns(ref)}
    if twice := sorted(taken_off & set(_columns(item.get("amount")))):
        yield Objection(
            (*at, "amount"),
            f"is {', '.join(twice)}, which the first interaction takes off its own amount",
            "It would count twice: write `minus: []` there, or leave this one out.",
        )


def _source(name: str, source: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """The source of a further interaction. Rows without its time, or without its amount, say nothing of it."""
    first, person = source["interaction"], source.get("person")
    event = {key: value for key, value in first.items() if key not in OWN} | {
        key: value for key, value in item.items() if key != "skip"
    }
    if isinstance(person, dict) and person.get("id") and not event.get("person"):
        event["person"] = {name: person["id"]}
    skip: dict[str, list[str]] = {}
    for said in (source.get("skip"), item.get("skip")):
        for column, values in said.items() if isinstance(said, dict) else ():
            skip.setdefault(column, []).extend(values if isinstance(values, list) else [values])
    for ref, values in ((item.get("at"), NOTHING[:1]), (item.get("amount"), NOTHING)):
        for column in _columns(ref)[:1]:
            skip.setdefault(column, []).extend(values)
    shared = {
        key: value for key, value in source.items() if key not in {"person", "interaction", "skip", "duplicate_free"}
    }
    return {**shared, "skip": skip, "interaction": {key: value for key, value in event.items() if value is not None}}


def _columns(ref: Any) -> list[str]:
    """The columns of a reference that must be there, however it is written."""
    if isinstance(ref, dict):
        ref = None if ref.get("optional") else ref.get("column") or ref.get("columns")
    return [ref] if isinstance(ref, str) else [str(column) for column in ref] if isinstance(ref, list) else []


def _learn(lines: dict[Location, int], at: Location, own: str) -> None:
    for location, line in list(lines.items()):
        if location[: len(at)] == at:
            rest = location[len(at) :]
            lines["sources", own, *(rest if rest[:1] == ("skip",) else ("interaction", *rest))] = line
    if at in lines:
        lines["sources", own] = lines[at]
