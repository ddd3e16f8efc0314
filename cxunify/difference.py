"""Two published runs, or the last one and what a run would publish -> what became of customers between them, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.publish import versions
from cxunify.subject import published
from cxunify.subject.person import published_table
from cxunify.warehouse import Warehouse, literal

SHOWN = 20
"""Changes of customers that are told one by one, of each kind."""
GOLDEN = (
    "given_name", "family_name", "full_name", "gender", "company", "email", "phone", "street", "city", "postal_code", "country",
    "birth_date",
)  # fmt: skip
"""Golden fields that are compared."""
_TABLES = ("customers", "interactions", "identity_map", "identity_changes", "links")
_PROPOSED = {
    "customers": "profile.customers", "interactions": "profile.interactions", "identity_map": "identity.assignments",
    "identity_changes": "identity.moves", "links": "identity.links",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What became of one customer id: new, merged (into `new_id`), split (off `old_id`), erased, returned; and why."""

    kind: str
    old_id: str | None
    new_id: str | None
    cause: str
    rules: tuple[str, ...] = ()
    """Of a merge: by which rules records of both are linked now."""


@dataclass(frozen=True)
class Figures:
    """How a run sees the company."""

    customers: int
    repeat_rate: float | None
    """Share of those who bought that did so more than once."""
    identified_share: float | None
    """Share of revenue that has a customer."""


@dataclass(frozen=True)
class Difference:
    """What differs between two runs."""

    old: str
    new: str
    """The ids of the runs; of what is not published yet, empty."""
    before: Figures
    after: Figures | None
    """None: only who is who was looked at."""
    counts: dict[str, int]
    """Changes of ids, by kind."""
    changes: tuple[Change, ...]
    """The first few of each kind."""
    moved: int
    """Records that have another customer than before, without a merge of the two."""
    fields: dict[str, int] = field(default_factory=dict)
    """Golden fields that differ, in so many customers."""
    causes: tuple[str, ...] = ()
    """What differs in what the runs were made from."""


def between(config: Config, old: str | None, new: str | None) -> Difference:
    """What differs between two kept runs; default: the one before, and the one that is published. Raises LookupFailed."""
    runs = {folder.name: folder for folder in published.runs(config)}
    current = versions.own(config)
    if current is None:
        raise LookupFailed("nothing is published yet", "Run `cxunify run` first.")
    later = _named(runs, new or current[0].name)
    earlier = [name for name in runs if name < later]
    if old is None and not earlier:
        raise LookupFailed("there is no run before that one", f"Runs that are kept: {', '.join(runs)}.")
    first = _named(runs, old) if old else earlier[-1]
    with Warehouse.open(threads=config.limits.threads, directories=[config.output_path]) as reader:
        sides = [{name: published_table(runs[run], name) for name in _TABLES} for run in (first, later)]
        causes = _causes(_manifest(runs[first]), _manifest(runs[later]))
        return _compared(reader, first, later, sides[0], sides[1], causes)


def proposed(warehouse: Warehouse, config: Config) -> Difference:
    """What a run that published what the warehouse holds would change. Raises LookupFailed where nothing is published."""
    current = versions.own(config)
    if current is None:
        raise LookupFailed("nothing is published yet to compare with", "Leave out --dry-run.")
    folder, described = current
    there = {name: table for name, table in _PROPOSED.items() if warehouse.exists(table)}
    before = {name: published_table(folder, name) for name in _TABLES}
    inputs = _inputs(described), {(source, sha) : path for source, path, sha in warehouse.rows(
        "select source, path, sha256 from raw.files where status = 'loaded'"
    )}  # fmt: skip
    return _compared(warehouse, folder.name, "", before, there, tuple(_files(*inputs)))


def _named(runs: Mapping[str, Path], name: str) -> str:
    found = [run for run in runs if run == name] or [run for run in runs if run.startswith(name)]
    if len(found) != 1:
        what = "there is no such run" if not found else "several runs begin like that"
        raise LookupFailed(f"{name}: {what}", f"Runs that are kept: {', '.join(runs) or 'none'}.")
    return found[0]


def _compared(
    reader: Warehouse, old: str, new: str, before: Mapping[str, str], after: Mapping[str, str], causes: tuple[str, ...]
) -> Difference:
    since = "" if not new else f"where run_id > {literal(old)} and run_id <= {literal(new)}"
    changes = f"(select kind, old_id, new_id, cause from {after['identity_changes']} {since})"
    counts = dict(reader.rows(f"select kind, count(*) from {changes} group by kind order by kind"))
    rules = _rules(reader, changes, before["identity_map"], after["links"])
    first = f"select * from {changes} qualify row_number() over (partition by kind order by old_id, new_id) <= {SHOWN}"
    listed = tuple(
        Change(kind, old_id, new_id, cause, rules.get((old_id, new_id), ()) if kind == "merged" else ())
        for kind, old_id, new_id, cause in reader.rows(f"{first} order by kind, old_id, new_id")
    )
    moved = reader.scalar(
        f"select count(*) from {before['identity_map']} as o"
        f" join {after['identity_map']} as n on n.source = o.source and n.record_id = o.record_id"
        " where n.customer_id <> o.customer_id and (o.customer_id, n.customer_id) not in"
        f" (select (old_id, new_id) from {changes} where kind = 'merged')"
    )
    is_whole = "customers" in after
    return Difference(
        old, new, _figures(reader, before), _figures(reader, after) if is_whole else None, counts, listed, int(moved),
        _fields(reader, before["customers"], after["customers"]) if is_whole else {}, causes,
    )  # fmt: skip


def _figures(reader: Warehouse, tables: Mapping[str, str]) -> Figures:
    customers, buyers, repeating = reader.rows(
        f"select count(*), count_if(purchases > 0), count_if(purchases > 1) from {tables['customers']}"
    )[0]
    revenue, identified = reader.rows(
        "select sum(revenue)::double, (sum(revenue) filter (where customer_id is not null))::double"
        f" from {tables['interactions']}"
    )[0]
    return Figures(customers, repeating / buyers if buyers else None, (identified or 0) / revenue if revenue else None)


def _rules(reader: Warehouse, changes: str, owners: str, links: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """By which rules the records of customers that were merged are linked."""
    sql = f"""
    with
    merged as (select old_id, new_id from {changes} where kind = 'merged'),
    mine as (select customer_id, source, record_id from {owners}),
    linked as (
        select a.customer_id as one, b.customer_id as other, l.rule
        from {links} as l
        join mine as a on a.source = l.source_a and a.record_id = l.record_id_a
        join mine as b on b.source = l.source_b and b.record_id = l.record_id_b
        where a.customer_id <> b.customer_id
    )
    select distinct m.old_id, m.new_id, b.rule
    from merged as m
    join linked as b on (b.one = m.old_id and b.other = m.new_id) or (b.other = m.old_id and b.one = m.new_id)
    order by all"""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for old_id, new_id, rule in reader.rows(sql):
        found[old_id, new_id] = (*found.get((old_id, new_id), ()), rule)
    return found


def _fields(reader: Warehouse, before: str, after: str) -> dict[str, int]:
    """Golden fields of customers that both runs have, where they differ."""
    terms = ", ".join(f"count_if(o.{name} is distinct from n.{name})" for name in GOLDEN)
    row = reader.rows(f"select {terms} from {before} as o join {after} as n using (customer_id)")[0]
    return {name: count for name, count in zip(GOLDEN, row, strict=True) if count}


def _manifest(folder: Path) -> dict[str, Any]:
    found = versions.read(folder)
    assert found is not None
    return found[1]


def _inputs(described: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (entry["source"], entry["sha256"]): entry["path"]
        for entry in described.get("inputs", ())
        if entry.get("status") == "loaded"
    }


def _files(before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]) -> list[str]:
    """Files of which one run knew and the other did not, by their content."""
    new = sorted(
        {f"{source}: {path} is new or another" for (source, sha), path in after.items() if (source, sha) not in before}
    )
    gone = sorted({
        f"{source}: {path} is gone or was replaced" for (source, sha), path in before.items() if (source, sha) not in after
    })  # fmt: skip
    return [*new, *gone]


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs in what two runs were made from, by their manifests."""
    found = _files(_inputs(before), _inputs(after))
    if before["config_sha256"] != after["config_sha256"]:
        found.append("the configuration was changed")
    if before["versions"] != after["versions"]:
        found.append(f"another version: {after['versions']['cxunify']}, before {before['versions']['cxunify']}")
    return tuple(found)
