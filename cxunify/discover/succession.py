"""A Draft of several files -> whether they are versions, parts or days: by the ids that they have in common."""

from __future__ import annotations

from itertools import pairwise

from cxunify.discover.draft import Draft
from cxunify.discover.findings import Choice
from cxunify.warehouse import Warehouse, quote

_MOST = 0.5
"""The share of the older file's ids that a newer version of it has."""
_FEW = 0.1
"""The share below which files are disjoint: what they have in common are corrections."""


def load(warehouse: Warehouse, one: Draft) -> list[Choice]:
    """How the files of a source follow each other; nothing where it has but one."""
    several = len(one.series.extracts)
    if several < 2:
        return []
    other = "append" if one.found.role == "interaction" else "parts"
    if not one.key.columns:
        doubt = "rows have no id by which files could be compared"
        return [Choice("load", (), sure=False, options={"value": other}, why=doubt, others=("snapshot",))]
    id_ = " || chr(31) || ".join(f"trim({quote(name)})" for name in one.key.columns)
    shares = []
    for older, newer in pairwise(range(several)):
        share = warehouse.scalar(
            f"select avg((id in (select {id_} from {one.series.table} where file_id = {newer}))::int)"
            f" from (select distinct {id_} as id from {one.series.table} where file_id = {older}) where id is not null"
        )
        shares.append(float(share or 0))
    least, most = min(shares), max(shares)
    told = (
        f"from file to file {least:.0%} to {most:.0%} of the ids stay"
        if least != most
        else f"{least:.0%} of the ids stay from file to file"
    )
    if least >= _MOST:
        return [Choice("load", (), options={"value": "snapshot"}, why=f"versions: {told}")]
    sure = most < _FEW
    return [Choice("load", (), sure=sure, options={"value": other}, why=told, others=() if sure else ("snapshot",))]
