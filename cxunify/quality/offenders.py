"""A gap -> the rows behind it: keys of records, interactions or days, and what they hold only when that is asked for."""

from __future__ import annotations

import difflib
from typing import Any

from cxunify.config import Config
from cxunify.errors import LookupFailed
from cxunify.quality import catalogue
from cxunify.quality.catalogue import SHAPE, Check
from cxunify.quality.report import saved
from cxunify.schema import INTERACTIONS, RECORDS
from cxunify.schema.report import Gap, Report
from cxunify.warehouse import Warehouse, literal, quote

_NEAREST = 3
_OWN = {
    "consent_unclear": (
        "(select any_value(word) from staging.invalid as bad where bad.field = o.field"
        " and bad.file_id = s.file_id and bad.source_row = s.source_row)"
    ),
    "link_missed": (
        "(select string_agg(distinct i.value || ', also of ' || other.customer_id, '; ') from identity.identifiers as i"
        " join identity.identifiers as other"
        " on other.type = i.type and other.value = i.value and other.customer_id <> i.customer_id"
        " where i.customer_id = o.key and i.type = o.field and i.status = 'valid')"
    ),
    "value": "(select any_value(value) from identity.shared_values where type || ':' || left(md5(value), 12) = o.key)",
}
"""What an offending row of a check, or of a subject, holds, where no column of staging says it."""
_WHO = "concat_ws(' ', full_name, given_name, family_name)"


def reported(report: Report, gap_id: str) -> Gap:
    """A gap of a report. Raises LookupFailed, with the nearest ids, when there is none of that id."""
    gaps = {gap.gap_id: gap for gap in report.gaps}
    if gap_id not in gaps:
        nearest = difflib.get_close_matches(gap_id, gaps, n=_NEAREST, cutoff=0.4)
        nearest += [known for known in gaps if gap_id in known and known not in nearest][: _NEAREST - len(nearest)]
        hint = f"Did you mean {' or '.join(nearest)}? " if nearest else ""
        raise LookupFailed(f"there is no gap {gap_id} in the last report", f"{hint}`cxunify quality` lists them.")
    return gaps[gap_id]


def offenders(
    warehouse: Warehouse, config: Config, gap_id: str, limit: int = 100, *, values: bool = False
) -> list[dict[str, Any]]:
    """The offending rows of a gap of the last report, in the order of source and key.

    The columns of `catalogue.SHAPE`, and `file` and `row` (1 for the first record after the header), which are None where a
    row stands for something else than a row of an extract. With `values`, `value` too: what the field holds, personal data
    included. Raises LookupFailed when there is no such gap.
    """
    report = saved(warehouse)
    gap = reported(report, gap_id)
    check = next(check for check in catalogue.checks() if check.id == gap.check)
    params = {
        "as_of": report.as_of, "today": report.day, "source": gap.source, "field": gap.field,
        "location": gap.location if check.apart else None, "apart": check.apart, "most": limit,
    }  # fmt: skip
    found = f"""
        select * from ({check.sql})
        where source is not distinct from $source and field is not distinct from $field
            and (not $apart or location is not distinct from $location)"""
    key, file, row, joined = _place(check)
    value = _value(warehouse, config, check, gap) if values else ""
    columns = ", ".join(key if column == "key" else f"o.{column}" for column in SHAPE)
    return warehouse.frame(
        f"""
        select {columns}, f.path as file, {row} as row{f", {value} as value" if values else ""}
        from ({found}) as o {joined}
        left join raw.files as f on f.file_id = {file}
        order by o.source, key, row limit $most
        """,
        params,
    ).to_dicts()


def _place(check: Check) -> tuple[str, str, str, str]:
    """Where an offending row `o` is: its key, file id and row as SQL, and what to join for them as `s`."""
    if check.key == "file":
        file, row = "split_part(o.key, ':', 1)::integer", "split_part(o.key, ':', 2)::bigint"
        return "o.key", file, row, ""
    table = {"record": RECORDS, "interaction": INTERACTIONS}.get(check.subject)
    if table is None:
        return "o.key", "null", "null::bigint", ""
    name = table.grain[1]
    on = "s.row_no = o.key::bigint" if check.key == "row" else f"s.source = o.source and s.{name} = o.key"
    return f"s.{name} as key", "s.file_id", "s.source_row", f"left join {table.name} as s on {on}"


def _value(warehouse: Warehouse, config: Config, check: Check, gap: Gap) -> str:
    """What an offending row holds in the gap's field, as SQL over `o` and `s`."""
    field = str(gap.field)
    if check.key == "file":
        return _delivered(warehouse, config, check, gap)
    if own := _OWN.get(check.id, _OWN.get(check.subject)):
        return own
    table = {"record": RECORDS, "interaction": INTERACTIONS}.get(check.subject)
    if table is None:
        return "null::varchar"
    group, _, name = field.partition(".")
    if table is INTERACTIONS and group in {"identifiers", "person"}:
        return _stated(group, name)
    columns = {column.name for column in table.columns}
    plural = {"email": "emails", "phone": "phones"}.get(field)
    if plural in columns:
        return f"array_to_string(s.{plural}, ', ')"
    if name and group in {"identifiers", "consent"}:
        return f"s.{group}[{literal(name)}]::varchar"
    if field == "kind":
        return "s.kind_value"
    if group == "currency":
        return "concat_ws(' ', s.amount, s.currency)"
    if field in columns and field not in {"record_id", "family_name"}:
        return f"s.{field}::varchar"
    return f"{_WHO}" if table is RECORDS else "concat_ws(' ', s.kind, s.amount, s.product)"


def _stated(group: str, name: str) -> str:
    """The key or identifier that an interaction `s` states."""
    said = "t.person_record_id" if group == "person" else f"t.identifiers[{literal(name)}]"
    return f"(select any_value({said}) from staging.traces as t where t.trace_id = s.trace_id)"


def _delivered(warehouse: Warehouse, config: Config, check: Check, gap: Gap) -> str:
    """What stood in the extract: the rejected row, or the cells that the field is read from."""
    if check.id in {"row_rejected", "consent_rejected"}:
        return (
            "(select any_value(text) from raw.rejects as r where r.file_id || ':' || coalesce(r.source_row, r.line) = o.key"
            " and r.source = o.source)"
        )
    raw = f"raw.{gap.source}"
    there = warehouse.columns(raw)
    names = [name for name in _columns(config, str(gap.source), str(gap.field)) if name in there]
    if not names:
        return "null::varchar"
    cells = ", ".join(f"r.{quote(name)}" for name in names)
    return (
        f"(select any_value(concat_ws(' ', {cells})) from raw.{quote(str(gap.source))} as r"
        " where r.file_id || ':' || r.source_row = o.key)"
    )


def _columns(config: Config, source: str, field: str) -> tuple[str, ...]:
    """The columns of the extract that a field is read from."""
    group, _, name = field.partition(".")
    for subject in (config.sources[source].person, config.sources[source].interaction):
        ref = getattr(subject, group, None)
        ref = ref.get(name) if isinstance(ref, dict) else ref
        if isinstance(ref, tuple) and ref:
            return tuple(name for one in ref for name in one.names)
        if ref:
            return ref.names if hasattr(ref, "names") else (ref.column,)
    return ()
