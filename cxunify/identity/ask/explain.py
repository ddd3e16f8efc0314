"""Two records -> why they are one customer, or why they are not: what `cxunify why` tells. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from cxunify.config import Config
from cxunify.errors import LookupFailed, nearest
from cxunify.identity.ask import separate
from cxunify.identity.ask.joined import Edge, path
from cxunify.identity.ask.waterfall import BIT, Comparison, compared, model_of
from cxunify.identity.match import learn
from cxunify.identity.match.fields import fields
from cxunify.identity.match.join import asked
from cxunify.identity.match.score import UNIT
from cxunify.warehouse import Warehouse

UNLIKE = ("similar", "one digit off", "near", "partly", "shared word", "different")
"""Levels that say of two values that they differ."""


class Cause(StrEnum):
    """What kept two records separate."""

    DECISION = "a person decided that they are different"
    COMPANY = "one is a company or several people, the other a person"
    NOT_COMPARED = "they were never compared, for they share nothing by which records are found"
    CONTRADICTION = "a contradiction forbids it"
    TOO_WEAK = "what they share is too weak"
    CONFLICT = "the two customers hold records that contradict each other"
    WHOLES = "the two customers as wholes do not match, though these two records do"


@dataclass(frozen=True)
class Record:
    """One of the records: its key, its customer, and its cells as they were delivered, by the field that compares them."""

    key: str
    node: int
    customer_id: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Join:
    """One step of the path from the one record to the other."""

    a: Record
    b: Record
    rule: str
    """decision, merge pointer, identifier or model."""
    shared: tuple[separate.Value, ...]
    """Identifying values that both carry."""
    comparison: Comparison


@dataclass(frozen=True)
class Explanation:
    """Why two records are, or are not, the same customer."""

    a: Record
    b: Record
    is_same: bool
    records: int
    """Of the customer of `a`."""
    path: tuple[Join, ...]
    """The joins from `a` to `b`; empty when they are two customers."""
    comparison: Comparison
    """The two records themselves, compared directly."""
    cause: Cause | None = None
    """What kept them apart; None when they are one customer."""
    contradiction: str = ""
    keys: tuple[separate.Key, ...] = ()
    values: tuple[separate.Value, ...] = ()
    wholes: separate.Wholes | None = None
    caution: str = ""
    """What is to be said of the model: it was trained on other data, or on too little of these."""
    classifier: str = ""
    """What weighs pairs beside the mixture: logistic, which labels taught, or ecm; empty: nothing does."""


def explain(warehouse: Warehouse, config: Config, first: str, second: str) -> Explanation:
    """Say why the records `first` and `second` (`source:record_id` each) are, or are not, the same customer.

    Raises LookupFailed for a record that is not there, and when nothing has been resolved yet.
    """
    model = model_of(warehouse, config)
    caution = learn.caution(model, warehouse.frame(learn.PATTERNS), config)
    one, other = find(warehouse, config, first), find(warehouse, config, second)
    if one == other:
        raise LookupFailed("both are the same record", "Name two records.")
    pair = (min(one, other), max(one, other))
    if _customer(warehouse, one) == (customer := _customer(warehouse, other)):
        edges = path(warehouse, customer, one, other)
        found = compared(warehouse, config, model, [pair, *((edge.a, edge.b) for edge in edges)])
        records = records_of(warehouse, config, {one, other, *(node for edge in edges for node in (edge.a, edge.b))})
        found = {pair: _as_written(compared_, records[pair[0]], records[pair[1]]) for pair, compared_ in found.items()}
        joins, at = [], one
        for edge in edges:
            to = edge.b if edge.a == at else edge.a
            joins.append(_joined(warehouse, edge, records[at], records[to], found[edge.a, edge.b]))
            at = to
        return Explanation(
            records[one],
            records[other],
            True,
            _size(warehouse, customer),
            tuple(joins),
            found[pair],
            caution=caution,
            classifier=model.in_force,
        )
    records = records_of(warehouse, config, {one, other})
    comparison = _as_written(compared(warehouse, config, model, [pair])[pair], records[pair[0]], records[pair[1]])
    wholes = separate.wholes(warehouse, config, model, records[one].customer_id, records[other].customer_id)
    return Explanation(
        records[one],
        records[other],
        False,
        wholes.records_a,
        (),
        comparison,
        _cause(warehouse, config, comparison, wholes, pair),
        separate.contradiction(comparison),
        separate.keys(warehouse, config, one, other),
        separate.values(warehouse, one, other),
        wholes,
        caution,
        model.in_force,
    )


def _as_written(comparison: Comparison, a: Record, b: Record) -> Comparison:
    """The comparison, which says where two values that are written alike weigh as something else: a number of many is no match."""
    return replace(
        comparison,
        steps=tuple(
            replace(step, level=f"written alike, weighed as {step.level}")
            if step.level in UNLIKE
            and (cell := a.cells.get(step.field, "").casefold())
            and cell == b.cells.get(step.field, "").casefold()
            else step
            for step in comparison.steps
        ),
    )


def _cause(
    warehouse: Warehouse, config: Config, comparison: Comparison, wholes: separate.Wholes, pair: tuple[int, int]
) -> Cause:
    """The first thing that was enough to keep the two separate."""
    if separate.is_parted(warehouse, *pair):
        return Cause.DECISION
    if warehouse.scalar(f"select count(distinct is_company) > 1 from identity.features where node in {pair}"):
        return Cause.COMPANY
    if not comparison.is_compared:
        return Cause.NOT_COMPARED
    if comparison.is_forbidden:
        return Cause.CONTRADICTION
    if comparison.total <= asked(config) / UNIT / BIT and not comparison.is_settled:
        return Cause.TOO_WEAK
    return Cause.CONFLICT if wholes.conflicts else Cause.WHOLES


def _joined(warehouse: Warehouse, edge: Edge, a: Record, b: Record, comparison: Comparison) -> Join:
    shared = tuple(value for value in separate.values(warehouse, a.node, b.node) if value.carried_by == "both")
    return Join(a, b, edge.rule, shared, comparison)


def find(warehouse: Warehouse, config: Config, key: str) -> int:
    """The number of a record named `source:record_id`."""
    source, colon, record_id = key.partition(":")
    people = [name for name, declared in config.sources.items() if declared.person is not None]
    if not colon or source not in people:
        near = nearest(source, people)
        meant = f" Did you mean {near}:{record_id or '…'}?" if near else ""
        raise LookupFailed(
            f"{key} is not a record: write source:record_id", f"Sources of people: {', '.join(people)}.{meant}"
        )
    sql = "select node from identity.features where source = $source and record_id = $record_id"
    node = warehouse.scalar(sql, {"source": source, "record_id": record_id})
    if node is None:
        raise LookupFailed(
            f"{source} has no record {record_id}", "Ids are those of the extract; `cxunify ingest` loads new ones."
        )
    return int(node)


def _customer(warehouse: Warehouse, node: int) -> str:
    return str(warehouse.scalar("select customer_id from identity.owners where node = $node", {"node": node}))


def _size(warehouse: Warehouse, customer_id: str) -> int:
    return int(
        warehouse.scalar(
            "select count(*) from identity.owners where customer_id = $customer", {"customer": customer_id}
        )
    )


def headings(config: Config) -> dict[str, str]:
    """What people read above the cells of a record, field by field, in the order in which cells are shown."""
    return {field.name: field.label for field in fields(config) if field.cells}


def records_of(warehouse: Warehouse, config: Config, nodes: Iterable[int]) -> dict[int, Record]:
    """Records as they were delivered, their cells arranged by the field that compares them."""
    known = {field.name: field.cells for field in fields(config) if field.cells}
    sql = f"""
select f.node, f.source || ':' || f.record_id, c.customer_id, {", ".join(known.values())}
from identity.features as f
join identity.owners as c using (node)
join staging.records as r on r.source = f.source and r.record_id = f.record_id
where f.node in ({", ".join(str(node) for node in sorted(set(nodes)))})
"""
    return {
        node: Record(key, node, customer, {name: str(cell) for name, cell in zip(known, cells, strict=True) if cell})
        for node, key, customer, *cells in warehouse.rows(sql)
    }
