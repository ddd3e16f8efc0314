"""A Draft + those of people -> its foreign key: the column whose values are ids of people, names deciding between equals only."""

from __future__ import annotations

from cxunify.discover.draft import Draft
from cxunify.discover.fields import Match, is_stamp
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.keys import is_called_id
from cxunify.discover.relations import CONTAINED, HALF, Overlap, is_telling, may_refer, overlap, same_kind
from cxunify.discover.words import squash, words
from cxunify.warehouse import Warehouse

_TOLD = 0.8
"""The share of long values that must be ids of people where the name of their column does not say so."""
_IDS = {"person", "identifiers.loyalty_id", "identifiers.device_id", "identifiers.login"}
_COUNTS = ("amount", "unit_price", "quantity", "score")
"""What counts or measures is nobody's id: whole prices (57.00) are numbers that people have, where these are numbered from 1."""


def target(warehouse: Warehouse, one: Draft, persons: list[Draft]) -> Choice | None:
    """The foreign key into a source of people: by what is found there, the names of columns deciding between equals only."""
    best: tuple[float, Choice] | None = None
    named = [match for match in one.events.get("person", []) if match.fit is Fit.YES]
    listed = dict.fromkeys([*(match.name for match in named), *_like_ids(one)])
    for other in persons:
        if not other.key.columns:
            continue
        bears = _bearer(other)
        for name in listed:
            by_name = next((match.score for match in named if match.name == name), 0.0)
            seen = overlap(warehouse, one.series, name, other.series, bears)
            card = _is_card(one, name)
            if not seen.found or (not by_name and not _leads(one, name, seen, other, card=card)):
                continue
            if card and _meets_cards(warehouse, one, name, other, seen):
                continue
            doubtful = not by_name and not _is_reference(one, name, seen)
            worth = seen.share + by_name / 1000 + (0.05 if says(name, other) else 0) - doubtful
            if best is None or worth > best[0]:
                best = (worth, _doubted(_foreign(one, other, name, seen), card=card, doubtful=doubtful))
    return best[1] if best else _not_found(one, named, persons)


def _like_ids(one: Draft) -> list[str]:
    """The columns whose values may be ids of people: long ones by themselves, short ones where the name does not say otherwise."""
    called = {name: {match.name for match in listed if match.fit is Fit.YES} for name, listed in one.events.items()}
    own = {name for field, names in called.items() if field not in _IDS for name in names}
    counts = {name for field in _COUNTS for name in called.get(field, ())}
    return [
        name
        for name, column in one.columns.items()
        if (is_telling(column) and name not in counts)
        or _is_card(one, name)
        or (name not in own and not is_stamp(name) and is_called_id(name) and may_refer(column))
    ]


def _is_card(one: Draft, name: str) -> bool:
    """Whether a column is called a card of customers: what stands in it may be the number of the customer all the same."""
    cards = one.events.get("identifiers.loyalty_id", [])
    return any(match.name == name and match.fit is Fit.YES and may_refer(match.column) for match in cards)


def _leads(one: Draft, name: str, seen: Overlap, other: Draft, *, card: bool) -> bool:
    """Whether the values of a column that is not called a foreign key are ids of people."""
    if is_telling(one.columns[name]) and is_telling(other.columns[_bearer(other)]) and seen.share >= _TOLD:
        return True
    return seen.share >= CONTAINED and (card or _is_reference(one, name, seen))


def _is_reference(one: Draft, name: str, seen: Overlap) -> bool:
    """Whether values are ids of others for a reason: not by chance, and not because the rows are numbered as people are."""
    column = one.columns[name]
    numbered = column.share("integer") >= CONTAINED and column.distinct >= 0.98 * column.filled
    return not numbered and (seen.is_by_reason or (seen.low is None and is_telling(column)))


def _meets_cards(warehouse: Warehouse, one: Draft, name: str, other: Draft, seen: Overlap) -> bool:
    """Whether the values of a column of cards are found among the cards of the same people just as well."""
    cards = other.found.choice("person.identifiers.loyalty_id")
    return bool(cards) and any(
        overlap(warehouse, one.series, name, other.series, card).share >= seen.share
        for card in (cards.columns if cards else ())
    )


def _doubted(choice: Choice, *, card: bool, doubtful: bool) -> Choice:
    """A foreign key that chance may explain: a column that is called a card is one or the other, any other is left to a person."""
    if doubtful:
        choice.sure, choice.active = False, card and choice.active
        choice.why += ", which chance may explain"
        choice.others = (f"identifiers.loyalty_id: {choice.columns[0]}",) if card else ()
    elif card:
        choice.why += ", though it is called a card"
    return choice


def _not_found(one: Draft, named: list[Match], persons: list[Draft]) -> Choice | None:
    """What to say of a column that is called a foreign key and whose values no list of people has."""
    if named:
        name = named[0].name
        tied = [other.found.name for other in persons if other.key.columns]
        for other in persons:
            if other.key.columns and same_kind(one.columns[name], other.columns[_bearer(other)]):
                doubt = "ids of the same kind by how they begin, none of which is found there"
                return Choice(f"interaction.person.{other.found.name}", (name,), sure=False, why=doubt)
        if not tied:
            return Choice(
                f"interaction.identifiers.{_called(name)}", (name,), why="ids of customers, of whom there is no list"
            )
        doubt = f"none of its values is an id in {', '.join(tied[:3])}"
        return Choice(f"interaction.person.{tied[0]}", (name,), sure=False, why=doubt, active=False)
    return None


def _foreign(one: Draft, other: Draft, name: str, seen: Overlap) -> Choice:
    # an id that is unique within a list only needs the list too, in the order in which the id has them
    parts = [name if part == _bearer(other) else part for part in other.key.columns]
    columns = tuple(part for part in parts if part in one.columns)
    sure = seen.share >= HALF and len(columns) == len(other.key.columns)
    doubt = "" if sure else "; fewer than half: are these the same ids?"
    active = len(columns) == len(other.key.columns)
    return Choice(f"interaction.person.{other.found.name}", columns, sure=sure, why=f"{seen}{doubt}", active=active)


def _bearer(other: Draft) -> str:
    """Of the columns of an id the one that others point to: of a number and the list that it is unique in, the number."""
    return max(other.key.columns, key=lambda name: other.columns[name].distinct)


def _called(name: str) -> str:
    """What an id of people without a list of them is called: a login of a web site, or the number of a customer."""
    return "login" if squash(name) in {"userid", "login"} else "customer_no"


def says(column: str, other: Draft) -> bool:
    """Whether the name of a column has a word of the name of a source: `contact_id`, `contacts`."""
    own = {word.rstrip("s") for word in words(other.found.name)}
    return bool(own & {word.rstrip("s") for word in words(column)})
