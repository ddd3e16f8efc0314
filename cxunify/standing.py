"""raw.files, meta.*, the ledger and out/current -> how things stand: runs, freshness and size of each source, what is stale."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from cxunify import identity, ingest, ledger, pipeline
from cxunify.config import Config
from cxunify.errors import BusyError
from cxunify.lock import hold
from cxunify.warehouse import Warehouse


@dataclass(frozen=True)
class SourceStanding:
    """One source: what is loaded of it, and how fresh that is.

    `latest_at`: the newest instant its rows speak of that was not yet to come when extracts were last read, UTC.
    """

    source: str
    channel: str
    files: int
    rows: int
    loaded_at: datetime | None
    latest_at: datetime | None
    refused: tuple[str, ...] = ()
    """Why its newest extracts are refused; what is loaded is older."""


@dataclass(frozen=True)
class RunStanding:
    """One run: `outcome` is `done`, the name of what stopped it, or `killed`: nobody holds the lock, and it never ended."""

    run_id: str
    command: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Standing:
    """How a project stands."""

    busy: bool
    """Another run is at work: what follows is then empty, but for what is published."""
    published: str | None
    """The id of the run that out/current shows."""
    customers: int | None
    sources: tuple[SourceStanding, ...] = ()
    runs: tuple[RunStanding, ...] = ()
    stale: tuple[str, ...] = ()
    """The layers that the next run would build again."""
    caution: str = ""
    """What is to be said of the model that tells people apart: it was trained on other data."""


def standing(config: Config, runs: int = 5) -> Standing:
    """How the project of `config` stands, with its last few `runs`. Changes nothing."""
    manifest = config.output_path / "current" / "manifest.json"
    published = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    run_id = published.get("run_id")
    customers = next((table["rows"] for table in published.get("tables", ()) if table["table"] == "customers"), None)
    if not config.warehouse_path.exists():
        return Standing(False, run_id, customers, stale=pipeline.NAMES)
    try:
        with looking(config) as warehouse:
            return Standing(
                False,
                run_id,
                customers,
                tuple(_sources(warehouse, config)),
                tuple(RunStanding(*row) for row in warehouse.rows(_RUNS, {"runs": runs})),
                (*pipeline.stale(warehouse, config), *(() if run_id else ("publish",))),
                identity.caution(warehouse, config),
            )
    except BusyError:
        return Standing(True, run_id, customers)


def snapshots(config: Config) -> dict[str, int]:
    """The rows of the last snapshot of each source: the one that was published or, where none was, that was loaded.

    Nothing of a project that has none, or that another run is at work on. Changes nothing.
    """
    if not config.warehouse_path.exists():
        return {}
    try:
        with looking(config) as warehouse:
            loaded = warehouse.rows(_LOADED) if warehouse.exists("raw.files") else []
            return {**dict(loaded), **dict(warehouse.rows(_PUBLISHED))}
    except BusyError:
        return {}


def agreed(config: Config) -> dict[str, dict[str, str]]:
    """The columns that each source has had, with their status; as `snapshots`, nothing where there is nothing to read."""
    if not config.warehouse_path.exists():
        return {}
    try:
        with looking(config) as warehouse:
            found = {name: ingest.agreed(warehouse, name) for name in config.sources}
            return {name: there for name, there in found.items() if there}
    except BusyError:
        return {}


def loaded(config: Config) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """The digests of the files that each source has loaded, and of those of them that came last; as `snapshots`."""
    if not config.warehouse_path.exists():
        return {}
    try:
        with looking(config) as warehouse:
            rows = warehouse.rows(_FILES) if warehouse.exists("raw.files") else []
            return {source: (frozenset(every), frozenset(last)) for source, every, last in rows}
    except BusyError:
        return {}


def newcomers(config: Config, tried: Warehouse) -> list[tuple[str, int, int, int, int]]:
    """Of sources whose extracts, as they were `tried`, have too many ids that are new: who would be gone; see `gates.renumbered`.

    What a run would load of a source is in `tried`; of one that it has nothing of (refused), or that adds up, what is known stands.
    """
    if not config.warehouse_path.exists():
        return []
    try:
        with looking(config) as warehouse:
            known = warehouse.frame("select source, record_id, customer_id from ledger.records")
    except BusyError:
        return []
    there = {source for (source,) in tried.rows("select distinct source from staging.records")}
    stands = [name for name, source in config.sources.items() if source.load == "append" or name not in there]
    tried.execute("create or replace temp table known (source varchar, record_id varchar, customer_id varchar)")
    tried.append("temp.known", known)
    return tried.rows(_NEWCOMERS, {"stands": stands, "most": config.quality.max_shrink_share})


@contextmanager
def looking(config: Config) -> Iterator[Warehouse]:
    """The project's warehouse, which is there, as it lies: nothing can be written, and others may look too."""
    with (
        hold(config.warehouse_path, shared=True),
        Warehouse.open(
            config.warehouse_path,
            ledger=config.ledger_path,
            memory=config.limits.memory,
            threads=config.limits.threads,
            disk=config.limits.disk,
            read_only=True,
        ) as warehouse,
    ):
        if not config.ledger_path.exists():
            ledger.prepare(warehouse)  # one of its own, empty and in memory
        yield warehouse


def _sources(warehouse: Warehouse, config: Config) -> list[SourceStanding]:
    known = {row[0]: row[1:] for row in warehouse.rows(_SOURCES)} if warehouse.exists("raw.files") else {}
    refusals = warehouse.rows(_REFUSED) if warehouse.exists("raw.refusals") else []
    standing = []
    for name, source in config.sources.items():
        files, rows, loaded_at, latest_at = known.get(name, (0, 0, None, None))
        refused = tuple(why for of, why in refusals if of == name)
        standing.append(SourceStanding(name, source.channel, files, rows, loaded_at, latest_at, refused))
    return standing


_LOADED = """
select source, sum(loaded)::bigint from raw.files where status = 'loaded' group by source having count(*) = 1
"""

_FILES = """
select source, list(sha256), list(sha256) filter (is_last)
from (
    select source, sha256, run_id is not distinct from max(run_id) over (partition by source) as is_last
    from raw.files where status = 'loaded'
)
group by source
"""

_PUBLISHED = """
select source, arg_max(loaded, run_id) from ledger.loads group by source
"""

_REFUSED = """
select source, problem || ' (since run ' || run_id || ')' from raw.refusals order by all
"""

_NEWCOMERS = """
with
present as (select source, count(*) as records from staging.records group by source),
new as (select source, count(*) as records from staging.records anti join temp.known using (source, record_id) group by source),
stay as (
    select distinct customer_id from temp.known
    where source in (select unnest($stands::varchar[])) or (source, record_id) in (select (source, record_id) from staging.records)
)
select
    k.source, count(distinct k.customer_id) filter (s.customer_id is null) as gone, count(distinct k.customer_id) as customers,
    any_value(n.records), any_value(p.records)
from temp.known as k
join present as p on p.source = k.source
join new as n on n.source = k.source and n.records > p.records * $most
left join stay as s on s.customer_id = k.customer_id
group by k.source
having gone > customers * $most
order by k.source
"""

_RUNS = """
select run_id, command, started_at, ended_at, coalesce(outcome, 'killed')
from meta.runs
order by run_id desc
limit $runs
"""

_SOURCES = """
with told as (
    select source, occurred_at as moment from staging.interactions
    union all
    select source, updated_at from staging.records
    union all
    select source, created_at from staging.records where updated_at is null
),
latest as (
    select source, max(moment) as latest_at from told where moment <= (select max(loaded_at) from raw.files) group by source
)
select files.source, count(*), sum(files.loaded)::bigint, max(files.loaded_at),
    (select max(latest_at) from latest where latest.source = files.source)
from raw.files as files
where files.status = 'loaded'
group by files.source
"""
