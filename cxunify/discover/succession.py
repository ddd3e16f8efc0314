"""A Draft of several files -> whether they are versions, parts or days: by ids that they have in common, and what these stand for.

Ids that come again are those of versions only where they stand for the same people or moments: each shop may number its receipts
from 1. Then what tells the files apart becomes part of the id.
"""

from __future__ import annotations

from itertools import pairwise

from cxunify.discover.draft import Draft
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.keys import FILLED, Key
from cxunify.warehouse import Warehouse, quote

_MOST = 0.5
"""The share of the older file's ids that a newer version of it has."""
_FEW = 0.1
"""The share below which files are disjoint: what they have in common are corrections."""
_SAME = 0.5
"""The share of common ids that must stand for the same things."""
_LASTING = ("birth_date", "family_name", "full_name", "given_name", "email", "phone")
"""What hardly changes from version to version, the steadiest first."""


def load(warehouse: Warehouse, one: Draft) -> list[Choice]:
    """How the files of a source follow each other; nothing where it has but one."""
    if len(one.series.extracts) < 2:
        return []
    other = "append" if one.found.role == "interaction" else "parts"
    if not one.key.columns:
        doubt = "rows have no id by which files could be compared"
        return [Choice("load", (), sure=False, options={"value": other}, why=doubt, others=("snapshot",))]
    shares = _shares(warehouse, one, one.key.columns)
    least, most = min(shares), max(shares)
    if most >= _FEW and (lasting := _lasting(one)) and _common(warehouse, one, lasting) < _SAME:
        return [_anew(warehouse, one, other, lasting)]
    told = (
        f"from file to file {least:.0%} to {most:.0%} of the ids stay"
        if least != most
        else f"{least:.0%} of the ids stay from file to file"
    )
    if least >= _MOST:
        return [Choice("load", (), options={"value": "snapshot"}, why=f"versions: {told}")]
    sure = most < _FEW
    return [Choice("load", (), sure=sure, options={"value": other}, why=told, others=() if sure else ("snapshot",))]


def _anew(warehouse: Warehouse, one: Draft, other: str, lasting: tuple[str, ...]) -> Choice:
    """The line of files that number their rows anew; the column that tells these apart joins the id."""
    ids, apart = " + ".join(one.key.columns), " + ".join(lasting)
    why = f"the files have ids in common that differ in {apart}: each numbers anew"
    for field in ("location", "till"):
        for match in one.events.get(field, []):
            column = match.column
            if match.fit is not Fit.YES or column.fill < FILLED or match.name in one.key.columns:
                continue
            together = (match.name, *one.key.columns)
            if max(_shares(warehouse, one, together)) < _FEW:
                one.key = Key(
                    together, one.key.unique, f"{ids} starts again in each file: unique together with {match.name}"
                )
                for choice in one.found.choices:
                    if choice.key == "interaction.id":
                        choice.columns, choice.why = together, one.key.why
                return Choice("load", (), options={"value": other}, why=f"{why}; {match.name} tells them apart")
    doubt = f"{why}, and nothing in them says which file an id is of: give each file a source of its own"
    return Choice("load", (), sure=False, options={"value": other}, why=doubt)


def _lasting(one: Draft) -> tuple[str, ...]:
    """The columns that say which thing an id stands for: its moment and place, or what of a person hardly changes."""
    if one.found.role in {"interaction", "both"}:
        lines = map(one.found.choice, ("interaction.at", "interaction.location"))
        return tuple(name for line in lines if line for name in line.columns)
    return next((line.columns for name in _LASTING if (line := one.found.choice(f"person.{name}"))), ())


def _shares(warehouse: Warehouse, one: Draft, names: tuple[str, ...]) -> list[float]:
    """From each file to the next, the share of its ids that stay."""
    id_ = _text(names)
    shares = []
    for older, newer in pairwise(range(len(one.series.extracts))):
        share = warehouse.scalar(
            f"select avg((id in (select {id_} from {one.series.table} where file_id = {newer}))::int)"
            f" from (select distinct {id_} as id from {one.series.table} where file_id = {older}) where id is not null"
        )
        shares.append(float(share or 0))
    return shares


def _common(warehouse: Warehouse, one: Draft, lasting: tuple[str, ...]) -> float:
    """Of the ids that a file has in common with the next, the share that stands for the same in both."""
    said = f"select file_id, {_text(one.key.columns)} as id, min({_text(lasting)}) as lasting from {one.series.table} group by all"
    share = warehouse.scalar(
        f"with said as ({said}) select avg((a.lasting = b.lasting)::int) from said as a join said as b"
        " on a.id = b.id and b.file_id = a.file_id + 1 where a.lasting is not null and b.lasting is not null"
    )
    return 1.0 if share is None else float(share)


def _text(names: tuple[str, ...]) -> str:
    return " || chr(31) || ".join(f"trim({quote(name)})" for name in names)
