"""scorecard.yaml, quality.readiness, actions.* -> actions.scorecard: the founding study's four categories, as measured here."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from cxunify.actions.loyalty import TOP
from cxunify.actions.stages import of_layer, text
from cxunify.config import document
from cxunify.schema.progress import SCORECARD
from cxunify.warehouse import Loop, literal
from cxunify.warehouse.frames import types

_TOP = ", ".join(map(literal, TOP))
_ANSWERED = f"""
select 'changes_answered', sum(case when to_track is not null then customers end)::bigint, sum(customers)::bigint
from ({text("moves")}) as changes
where cause in ('complaint', 'trigger')"""
"""Of the changes that ask for an answer, those that had one; `treatment_moves` says who waits only beside who went."""


@cache
def measures() -> tuple[dict[str, Any], ...]:
    """Every measure, in the order in which they are read, with its category and name."""
    listed = (resources.files("cxunify") / "actions" / "scorecard.yaml").read_text(encoding="utf-8")
    return tuple(
        {"category": category, "measure": name, **said}
        for category, within in document(listed).items()
        for name, said in within.items()
    )


def step() -> Loop:
    """The step of `actions.scorecard`; it binds `$as_of`, `$today` and `$timezone`."""
    return Loop(
        of_layer(SCORECARD),
        scorecard,
        {
            "counted": f"{text('scorecard').replace('$top', _TOP)} union all {_ANSWERED}",
            "readiness": "select requirement, any_value(measured) as measured from quality.readiness group by requirement",
            "actions": "select capability, status from actions.actions",
        },
        {"measures": measures()},
        by_content=True,
    )


def scorecard(
    counted: pl.DataFrame, readiness: pl.DataFrame, actions: pl.DataFrame, measures: tuple[dict[str, Any], ...]
) -> pl.DataFrame:
    """One row per measure; where there is nobody and nothing that it could be so of, it has no share."""
    found = {name: (some, of) for name, some, of in counted.select("measure", "counted", "population").rows()}
    judged, status = dict(readiness.rows()), dict(actions.rows())
    rows = []
    for of in measures:
        some, population = (None, None) if "readiness" in of else found.get(of["measure"], (None, None))
        share = (some or 0) / population if population else judged.get(of.get("readiness"))
        rows.append({
            "category": of["category"], "measure": of["measure"], "text": of["text"],
            "counted": (some or 0) if population else None, "population": population or None, "share": share,
            "capability": of["capability"], "status": status.get(of["capability"]),
            "study": of.get("study"), "study_share": of.get("share"),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=types(SCORECARD))
