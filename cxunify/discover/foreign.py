"""A Draft + those of people -> its foreign key: the column whose values are ids of people, names deciding between equals only."""

from __future__ import annotations

from cxunify.discover.draft import Draft
from cxunify.discover.fields import Match
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.relations import HALF, Overlap, is_telling, overlap, same_kind
from cxunify.discover.words import squash, words
from cxunify.warehouse import Warehouse


def target(warehouse: Warehouse, one: Draft, persons: list[Draft]) -> Choice | None:
    """The foreign key into a source of people: by what is found there, the names of columns deciding between equals only."""
    best: tuple[float, Choice] | None = None
    named = [match for match in one.events.get("person", []) if match.fit is Fit.YES]
    telling = [name for name, column in one.columns.items() if is_telling(column)]
    for other in persons:
        if not other.key.columns:
            continue
        bears = other.key.columns[0]
        for name in dict.fromkeys([*(match.name for match in named), *telling]):
            by_name = next((match.score for match in named if match.name == name), 0.0)
            seen = overlap(warehouse, one.series, name, other.series, bears)
            if not seen.found or (not by_name and (seen.share < 0.8 or not is_telling(other.columns[bears]))):
                continue
            worth = seen.share + by_name / 1000 + (0.05 if says(name, other) else 0)
            if best is None or worth > best[0]:
                best = (worth, _foreign(one, other, name, seen))
    return best[1] if best else _not_found(one, named, persons)


def _not_found(one: Draft, named: list[Match], persons: list[Draft]) -> Choice | None:
    """What to say of a column that is called a foreign key and whose values no list of people has."""
    if named:
        name = named[0].name
        tied = [other.found.name for other in persons if other.key.columns]
        for other in persons:
            if other.key.columns and same_kind(one.columns[name], other.columns[other.key.columns[0]]):
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
    columns: tuple[str, ...] = (name,)
    for beside in other.key.columns[1:]:  # an id that is unique within a list only needs the list too
        if beside in one.columns:
            columns = (*columns, beside)
    sure = seen.share >= HALF and len(columns) == len(other.key.columns)
    doubt = "" if sure else "; fewer than half: are these the same ids?"
    active = len(columns) == len(other.key.columns)
    return Choice(f"interaction.person.{other.found.name}", columns, sure=sure, why=f"{seen}{doubt}", active=active)


def _called(name: str) -> str:
    """What an id of people without a list of them is called: a login of a web site, or the number of a customer."""
    return "login" if squash(name) in {"userid", "login"} else "customer_no"


def says(column: str, other: Draft) -> bool:
    """Whether the name of a column has a word of the name of a source: `contact_id`, `contacts`."""
    own = {word.rstrip("s") for word in words(other.found.name)}
    return bool(own & {word.rstrip("s") for word in words(column)})
