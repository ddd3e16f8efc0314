"""Lines that share an id -> temp.ingest_reused, temp.ingest_apart: ids of things which cannot be one, and what tells these apart.

A number that starts anew every morning, at every till or in every shop is no id. Its rows lie hours apart, or name several
customers, places or currencies; those of a receipt with many lines, or of a newer version of one, do not.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Interaction
from cxunify.errors import Problem
from cxunify.ingest.rows import Rows, passing
from cxunify.ingest.said import Said
from cxunify.ingest.telling import SAMPLE, telling
from cxunify.schema.words import counted
from cxunify.warehouse import Stage, Warehouse, literal

REPEATED = "temp.ingest_repeated"
"""The ids that several lines have."""
SUSPECTS, REUSED, APART = "temp.ingest_suspects", "temp.ingest_reused", "temp.ingest_apart"
WHOLE = 0.02
"""Where more of the ids than this are shared, it is the column that is no id, and not a few of its values."""
A_FEW = 2
"""So many shared ids prove nothing about a column."""
LASTS = "interval 6 hours"
"""Lines of one thing in one file do not lie further apart: the longest meal, the longest visit."""
MOMENT = "interval 10 minutes"
"""Lines that lie closer together are of one moment."""
_WORDS = ("time", "customer", "location", "currency", "kind")


@dataclass(frozen=True)
class Reuse:
    """How many ids are shared by things that cannot be one, and how much stands in the way of reading them apart."""

    ids: int = 0
    problem: Problem | None = None


def reuse(warehouse: Warehouse, rows: Rows, event: Interaction, row: Said, table: str) -> Reuse:
    """Find the ids of these lines that are reused; what stands in APART tells their lines apart.

    A problem when so many are that the column is no id: nobody can say what its rows are then.
    """
    warehouse.build([_suspects(row, table)])
    if not warehouse.scalar(f"select count(*) from {SUSPECTS}"):
        return Reuse()
    warehouse.build([_reused(rows, event, row, table)])
    counts = ", ".join(f"count_if(by_{word})" for word in _WORDS)
    ids, days, files, *by = warehouse.rows(
        f"select count(*), max(date_diff('day', first_at, last_at)), count_if(files > 1), {counts} from {REUSED}"
    )[0]
    if not ids:
        return Reuse()
    warehouse.build([_apart(row, table)])
    total = warehouse.scalar(f"select count(distinct interaction_id) from {table} where not made")
    if ids <= A_FEW or ids <= total * WHOLE or event.id is None:
        return Reuse(ids)
    differs = [word for word, count in zip(_WORDS, by, strict=True) if count]
    how = " and ".join(filter(None, [", ".join(differs[:-1]), differs[-1]]))
    names = " + ".join(event.id.names)
    apart = f", up to {counted(days, 'day')} apart" if days else ""
    across = f"; {counted(files, 'of them occurs', 'of them occur')} in several files" if files else ""
    columns = _columns(warehouse, rows, event)
    together = ", ".join([*event.id.names, *columns])
    way = (
        f"Say what is unique together: `id: [{together}]`"
        if columns
        else "Add what tells them apart to the id (`id: [date, till, number]`), or give each shop a source of its own"
    )
    return Reuse(
        ids,
        Problem(
            f"source {rows.name}: interaction.id, {names}: the rows of {ids} of {counted(total, 'id')} differ in"
            f" {how}{apart}{across}: the"
            " number is not unique, and rows that have nothing to do with each other would become one interaction",
            f"{way}; or leave `id` out, and every row is one interaction.",
            key="interaction.id",
        ),
    )


def _dimensions(row: Said) -> dict[str, list[str]]:
    """The columns of the lines that say who, where and in what money, folded, by what they say."""
    there = row.columns
    return {
        "customer": [f"lower({column})" for column in row.known if column in there],
        "location": [f"lower({column})" for column in ("location",) if column in there],
        "currency": [f"lower({column})" for column in ("currency",) if column in there],
        "kind": [column for column in ("kind",) if column in there],
    }


def _suspects(row: Said, table: str) -> Stage:
    """The ids whose lines do not all say the same of when, who and where: few, and only these are looked at closely."""
    columns = [column for found in _dimensions(row).values() for column in found]
    said = f"hash({', '.join(['occurred_at', *columns])})"
    select = f"""
    select interaction_id from {table} semi join {REPEATED} using (interaction_id) where not made
    group by interaction_id having min({said}) <> max({said})"""
    return passing(SUSPECTS, select, "One row per id whose lines differ.")


def _reused(rows: Rows, event: Interaction, row: Said, table: str) -> Stage:
    """The suspects that cannot be one interaction.

    Within a file, lines may not differ in who, where and in what money, nor lie hours apart, nor both allow and refuse contact. A
    later file may state the interaction anew: it does where its rows are of the same moment, or else of the same customer.
    """
    found = _dimensions(row)
    numbered = {word: [f"{word}_{place}" for place in range(len(columns))] for word, columns in found.items()}
    pairs = [pair for word in found for pair in zip(numbered[word], found[word], strict=True)]
    ends = "".join(f", min({sql}) as {name}_low, max({sql}) as {name}_high" for name, sql in pairs)

    def any_of(word: str, condition: str) -> str:
        return " or ".join(condition.format(name) for name in numbered[word]) or "false"

    def inside(word: str) -> str:
        return f"coalesce(bool_or({any_of(word, '{0}_low <> {0}_high')}), false)"

    def across(word: str) -> str:
        return f"coalesce({any_of(word, 'min({0}_low) <> max({0}_high)')}, false)"

    agreed = any_of("customer", "(min({0}_low) = max({0}_high) and count({0}_low) = count(*) and min({0}_low) <> '0')")
    consents = "coalesce(bool_or(kind in ('optin', 'optout')), false)" if "kind" in row.columns else "false"
    zone = literal(event.at.timezone if isinstance(event.at.timezone, str) else rows.timezone)
    midnight = f"cast(timezone({zone}, min(first_at)::timestamptz) as time) = time '00:00:00'"
    select = f"""
    with
    each as (
        select interaction_id, file_id, min(occurred_at) as first_at, max(occurred_at) as last_at{ends},
            {consents} as consents
        from {table} semi join {SUSPECTS} using (interaction_id)
        group by interaction_id, file_id
    ),
    compared as (
        select interaction_id, count(*) as files, min(first_at) as first_at, max(last_at) as last_at,
            coalesce(bool_or(last_at - first_at > {LASTS}), false) as long,
            coalesce(max(last_at) - min(first_at) > {MOMENT}, false) as later,
            coalesce({midnight}, false) as dated, coalesce({agreed}, false) as agreed,
            bool_or(consents) as consents,
            {", ".join(f"{inside(word)} as {word}_inside, {across(word)} as {word}_across" for word in found)}
        from each
        group by interaction_id
    ),
    judged as (
        select *, files > 1 and (later or dated) as other,
            long or files > 1 and later and not agreed as by_time,
            customer_inside or (other and customer_across) as by_customer,
            location_inside or (other and location_across and not agreed) as by_location,
            currency_inside or (other and currency_across) as by_currency,
            (files > 1 and later and kind_across) or (consents and kind_inside) as by_kind
        from compared
    )
    select interaction_id, files, first_at, last_at, {", ".join(f"by_{word}" for word in _WORDS)}
    from judged where {" or ".join(f"by_{word}" for word in _WORDS)}"""
    return passing(REUSED, select, "One row per id that things share which cannot be one, and what they differ in.")


def _apart(row: Said, table: str) -> Stage:
    """The lines of reused ids, each with the place of the thing that it belongs to among those that share its id."""
    found = [column for columns in _dimensions(row).values() for column in columns]
    said = "".join(f", {column} as said_{place}" for place, column in enumerate(found))
    filled = "".join(
        f", coalesce(said_{place}, max(said_{place}) over (partition by interaction_id, stretch), '')"
        for place in range(len(found))
    )
    order = "partition by interaction_id order by occurred_at, file_id, source_row"
    select = f"""
    with
    told as (
        select interaction_id, file_id, source_row{said},
            coalesce(occurred_at, min(occurred_at) over (partition by interaction_id, file_id)) as occurred_at
        from {table} semi join {REUSED} using (interaction_id)
    ),
    stepped as (
        select *, case when occurred_at - lag(occurred_at) over ({order}) > {MOMENT} then 1 else 0 end as step from told
    ),
    stretched as (
        select *, sum(step) over ({order} rows between unbounded preceding and current row) as stretch from stepped
    ),
    things as (select *, concat_ws(chr(31), stretch{filled}) as thing from stretched),
    began as (select *, min(occurred_at) over (partition by interaction_id, thing) as began_at from things)
    select interaction_id, file_id, source_row,
        dense_rank() over (partition by interaction_id order by began_at, thing) as place
    from began"""
    return passing(APART, select, "One row per line of a reused id, and which of the things it is of.")


def _columns(warehouse: Warehouse, rows: Rows, event: Interaction) -> list[str]:
    """The columns of the extract that, beside the id, tell the things apart.

    What is bought, and who buys, tells nothing: a line is not a thing of its own, and a customer comes back.
    """
    refs = [event.product, event.quantity, event.score, *event.identifiers.values(), *event.properties.values()]
    mapped = {name for ref in refs if ref for name in ref.names} | set(event.id.names if event.id else ())
    mapped |= {name for ref in event.person.values() for name in ref.names}
    mapped |= set(event.amount.names if event.amount else ())
    sample = f"""
    select interaction_id as id, place, file_id, source_row from {APART}
    semi join (select interaction_id from {REUSED} order by interaction_id limit {SAMPLE}) using (interaction_id)"""
    return telling(warehouse, rows, sample, mapped)
