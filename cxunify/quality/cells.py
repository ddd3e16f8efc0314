"""staging.*, quality.reach, quality.expectations -> quality.cells: every expected cell that holds nothing usable.

One pass per mapped field that has a target; checks then read this one table instead of the staging tables again. What a record
tells by itself, which is most of it, is a table of its own: of that, only records that are touched are looked at again.
"""

from __future__ import annotations

from typing import Any

from cxunify.config import Config, Source
from cxunify.quality import status
from cxunify.schema import Table
from cxunify.vocabulary import companies, titles
from cxunify.vocabulary.words import plain
from cxunify.warehouse import Parts, Stage, literal

_OF_PEOPLE = {"given_name", "middle_name", "birth_date", "gender"}
"""Fields that single people have, and companies and couples have not."""
_NOTHING = """
    select null::varchar as subject, null::varchar as source, null::bigint as row_no, null::varchar as field,
        null::varchar as status, null::varchar as location, null::timestamp as occurred_at, null::integer as lines,
        null::decimal(18, 2) as amount, null::varchar as customer_id
    where false"""


def stages(config: Config, expected: list[dict[str, Any]], unreadable: set[tuple[str, str]]) -> tuple[Stage, ...]:
    """The stages of quality.cells; some bind `$today`. `unreadable`: sources and fields of which staging.invalid tells."""
    regions = {name: source.region or config.region for name, source in config.sources.items()}
    alone, others = [_NOTHING], [_NOTHING]
    for row in expected:
        if row.get("field") and row.get("target") is not None:
            source, field = row["source"], row["field"]
            empty = status.unread(source, field) if (source, field) in unreadable else "'empty'"
            if row["subject"] == "interaction":
                others.append(_interaction(source, field, row.get("kinds") or (), status.of_interaction(field, empty)))
            elif field in status.CONTACTS:
                alone.append(_contact(source, field))
            else:
                part = _record(
                    source, field, status.of_record(field, regions[source], empty), _nobody(config.sources[source])
                )
                (others if "$today" in part or "staging.invalid" in part else alone).append(part)
    meaning = "One row per expected cell without a usable value, by its row in staging"
    return (
        Stage(
            Table("quality.record_cells", f"{meaning}: those that follow from a record and its contact points alone."),
            " union all ".join(alone),
            parts=Parts("row_no", {"staging.records": "row_no", "quality.reach": "row_no"}),
        ),
        Stage(
            Table("quality.other_cells", f"{meaning}: all others."), " union all ".join(others), parts=Parts("row_no")
        ),
        Stage(
            Table("quality.cells", f"{meaning}."),
            "select * from quality.record_cells union all select * from quality.other_cells",
            is_view=True,
        ),
    )


def _nobody(source: Source) -> str:
    """SQL: whether a record is a company's or a couple's, by its title or its name: nobody was born, or christened, as that."""
    attributes = source.person.attributes if source.person else {}
    titled = [
        f"coalesce({titles.is_nobodys(f'attributes[{literal(name)}]')}, false)"
        for name in titles.among({name: ref.names for name, ref in attributes.items()})
    ]
    name = "coalesce(full_name, family_name, given_name)"
    return " or ".join(
        [
            f"coalesce({companies.is_company(name, plain(name))}, company is not null and {name} is null)",
            *titled,
        ]
    )


def _record(source: str, field: str, judged: str, nobody: str) -> str:
    of_people = f" and not ({nobody})" if field in _OF_PEOPLE else ""  # asked only where something is missing
    return f"""
    select 'record' as subject, source, row_no, {literal(field)} as field, judged as status, null::varchar as location,
        coalesce(created_at, updated_at) as occurred_at, 1 as lines, null::decimal(18, 2) as amount, null::varchar as customer_id
    from (
        select *, {judged} as judged from staging.records as cell where source = {literal(source)}
    )
    where judged is not null{of_people}"""


def _contact(source: str, field: str) -> str:
    return f"""
    select 'record', r.source, r.row_no, {literal(field)}, coalesce(c.status, 'empty'), null, coalesce(created_at, updated_at), 1,
        null, null
    from staging.records as r
    left join quality.reach as c on c.row_no = r.row_no and c.type = {literal(field)}
    where r.source = {literal(source)} and c.status is distinct from 'usable'"""


def _interaction(source: str, field: str, kinds: tuple[str, ...], judged: str) -> str:
    of_kinds = f" and kind in ({', '.join(literal(kind) for kind in kinds)})" if kinds else ""
    return f"""
    select 'interaction' as subject, found.source, found.row_no, {literal(field)} as field, status, location,
        occurred_at, coalesce(lines, 1) as lines, money.revenue as amount, customer_id
    from (
        select source, row_no, location, occurred_at, lines, trace_id, {judged} as status
        from quality.happened as cell where source = {literal(source)}{of_kinds}
    ) as found
    left join identity.trace_assignments using (trace_id)
    left join (select row_no, revenue from quality.facts where revenue <> 0 and source = {literal(source)}) as money
        on money.row_no = found.row_no
    where status is not null"""
