"""config.tracks, profile.*, actions.*, the ledger -> actions.treatments, .treatment_moves: who is on which track, and since when.

A track is a rule that anybody can read, and the first that fits counts. Who was put where is kept in the ledger: it says where a
customer came from, and how fast the company answers a change.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import gated, private, text
from cxunify.actions.treatments import conditions
from cxunify.actions.treatments.capacity import allotted
from cxunify.actions.treatments.moves import moves
from cxunify.config import Config
from cxunify.config.tracks import Track
from cxunify.schema.actions import TREATMENT_MOVES, TREATMENTS, WALKS
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Stage, Step, literal, quote

CAPABILITY = "treatment_tracks"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of tracks.", ("capability",))
_TRACKS = Table("actions.tracks", "One row per track, in their order.", ("place",))
_LISTED = {
    "place": pl.Int32, "track": pl.String, "channel": pl.String, "offer": pl.String, "days": pl.Int32, "is_service": pl.Boolean,
    "cause": pl.String,
}  # fmt: skip
_CHANGED = Table("actions.changed", "One row per customer and cause of which the day is known.")
_ASKED = Table("actions.asked_alarms", "One row per line of tracks, direction and signal that it asks for an alarm of.")
_ALARMS = {"place": pl.Int32, "track": pl.String, "days": pl.Int32, "direction": pl.String, "signal": pl.String}
_ALLOTTED = Table(
    "actions.allotted",
    "One row per customer for whom a channel had no room: by which it is contacted instead.",
    ("customer_no",),
)
_TREATED = Table("actions.treated", "One row per customer: its treatment, whatever readiness says.")
_MOVES = Table("actions.found_moves", "One row per move from track to track.", ("from_track", "to_track", "cause"))
_FROM = {
    "customers": ("profile.customers", "c.customer_no = n.customer_no"),
    "predictions": ("actions.predictions", "p.customer_id = n.customer_id"),
    "segments": ("actions.segments", "s.customer_id = n.customer_id"),
    "triggers": ("actions.alarmed", "a.customer_no = n.customer_no"),
}


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    tracks = config.actions.tracks
    listed = [
        {"place": place, **track.model_dump(include={"track", "channel", "offer", "days"}), "is_service": track.service,
         "cause": conditions.cause(track)}
        for place, track in enumerate(tracks, 1)
    ]  # fmt: skip
    return (
        Loop(_TRACKS, tracks_listed, settings={"rows": listed}),
        Loop(_ASKED, alarms_listed, settings={"rows": conditions.alarms(tracks)}),
        # Temporary: what the ledger says is looked up anew whenever something follows from it.
        private(Table("temp.logged", "One row per customer: the ledger's last word on its track.")),
        private(Table("temp.unjudged", "One row per line of tracks, direction and signal whose alarms are refused.")),
        private(
            Table("temp.presumed", "One row per customer, line, direction and signal whose alarm is taken to last.")
        ),
        private(Table("actions.alarmed", "One row per customer with an alarm.", ("customer_no",))),
        Stage(_CHANGED, text("changed").replace("$channels", conditions.consents(tracks))),
        Stage(Table("actions.tracked", "One row per customer: the first track that it is one of."), tracked(tracks)),
        # By content: the ledger is given this very thing, and what follows from it must not be older for that.
        Stage(WALKS, WALKS.select(f"(\n{text('walks').replace('$rules', _rules(tracks))}\n) as made"), by_content=True),
        private(
            Table("actions.last_acts", "One row per customer and channel of contact: when it was last active there.")
        ),
        private(
            Table("actions.ways", "One row per customer whose track has a channel: those in which it may be contacted.")
        ),
        Loop(
            _ALLOTTED,
            allotted,
            {
                "options": text("options"),
                "capacities": "select channel, capacity from actions.channels where capacity is not null order by channel",
            },
        ),
        Stage(_TREATED, text("treated")),
        gated(TREATMENTS, _TREATED.name, CAPABILITY),
        Loop(_MOVES, moves, {"counted": text("moves")}, by_content=True),
        gated(TREATMENT_MOVES, _MOVES.name, CAPABILITY),
        Loop(
            FOUND,
            found,
            {
                "counts": text("tracks_counted"),
                "refused": "select track, min(place) as place from temp.unjudged where is_blind group by track order by place",
                "staying": text("staying"),
            },
        ),
    )


def tracks_listed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The tracks as rows."""
    return pl.DataFrame(rows, schema=_LISTED)


def alarms_listed(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """The alarms that tracks ask for as rows."""
    return pl.DataFrame(rows, schema=_ALARMS, orient="row")


def tracked(tracks: Iterable[Track]) -> str:
    """The SELECT that puts every customer on the first track that it is one of."""
    placed = tuple(enumerate(tracks, 1))
    asked = conditions.wanted([track for _, track in placed])
    columns = [f"{conditions.column(one)} as {quote(name)}" for table in asked.values() for name, one in table.items()]
    joins = [
        f"left join {name} as {conditions.TABLES[table]} on {how}"
        for table, (name, how) in _FROM.items()
        if asked[table]
    ]
    places = " ".join(f"when {conditions.holds(track)} then {place}" for place, track in placed)
    reasons = " ".join(f"when {place} then {conditions.reasons(track)}" for place, track in placed)
    return f"""with
told as (
    select n.customer_no, n.customer_id, {", ".join(columns) or "null as nothing"}
    from profile.numbers as n
    {" ".join(joins)}
    where (select is_open from actions.gate where capability = '{CAPABILITY}')
),
placed as (select *, case {places} end as place from told)
select customer_no, customer_id, place::integer as place, case place {reasons} end as reasons
from placed
where place is not null"""


def found(counts: pl.DataFrame, refused: pl.DataFrame, staying: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many are to be contacted, on which tracks; which tracks nobody is on.

    The tracks that ask for alarms which are `refused` are named, and how many customers are `staying` on them for the time being.
    """
    customers, treated = int(counts["customers"].sum()), int(counts["contacted"].sum())
    if not customers:
        return findings(Finding(CAPABILITY, 0, status="nothing", reason="no customer is on any track"))
    each = counts.group_by("track", maintain_order=True).agg(pl.col("customers", "contacted").sum())
    said = ", ".join(f"{track} {contacted:,}" for track, _, contacted in each.iter_rows() if contacted)
    empty = ", ".join(each.filter(pl.col("customers") == 0)["track"])
    verb = "is" if treated == 1 else "are"
    check = f"{treated:,} of {counted(customers, 'customer')} {verb} to be contacted{f': {said}' if said else ''}"
    check += f"; nobody is on {empty}" if empty else ""
    if len(refused):
        check += f"; alarms are refused, and with them what puts customers on {', '.join(refused['track'])}"
    if stay := int(staying["customers"].sum()):
        stays = "stays where an alarm was" if stay == 1 else "stay where alarms were"
        check += f"; {counted(stay, 'customer')} {stays} believed before, until the treatment is over"
    return findings(Finding(CAPABILITY, customers, check))


def _rules(tracks: Iterable[Track]) -> str:
    """What tells one list of tracks from another."""
    said = "\n".join(track.model_dump_json(include={"track", "when"}) for track in tracks)
    return literal(sha256(said.encode()).hexdigest()[:16])
