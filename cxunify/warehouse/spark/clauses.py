"""A SELECT's tree -> what its clauses say: which columns it reads and makes, what it groups, joins and looks at by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from sqlglot import exp

from cxunify.warehouse.sizes import FIXED
from cxunify.warehouse.spark.dialect import in_duckdb


def _own(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of a SELECT that are not of a query within it."""
    for child in node.iter_expressions():
        if not isinstance(child, exp.Query | exp.With | exp.Exists):
            yield child
            yield from _own(child)
        elif isinstance(child, exp.Exists):
            yield child


def read(node: exp.Expr) -> set[str] | None:
    """The columns that a SELECT reads; None: all."""
    if any(isinstance(part.unalias(), exp.Star) for part in node.expressions):
        return None
    return {column.name for column in node.find_all(exp.Column)}


def plain(node: exp.Expr) -> list[exp.Expr]:
    """What a SELECT hands on as it is."""
    return [part for part in node.expressions if isinstance(part.unalias(), exp.Column)]


def filled(node: exp.Expr) -> set[str]:
    """The columns that say something in every row that a SELECT keeps."""
    where = node.args.get("where")
    parts = [] if where is None else where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    absent = [part.this.unnest() for part in parts if isinstance(part, exp.Not)]
    return {part.this.name for part in absent if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null)}


def asked(node: exp.Expr) -> list[exp.Expr]:
    """Where a SELECT asks another query: `in`, `exists`, or for a value."""
    found = []
    for part in _own(node):
        is_source = isinstance(part.parent, exp.From | exp.Join | exp.In)
        is_asked = isinstance(part, exp.In) and part.args.get("query")
        is_value = isinstance(part, exp.Subquery) and isinstance(part.this, exp.Query) and not is_source
        if is_asked or is_value or isinstance(part, exp.Exists):
            found.append(part)
    return found


def keys(node: exp.Expr) -> list[str]:
    """By what a SELECT groups."""
    group = node.args["group"]
    if not group.args.get("all"):
        return [in_duckdb(part) for part in group.expressions]
    return [part.alias_or_name for part in node.expressions if not part.find(exp.AggFunc)]


def windows(node: exp.Expr) -> list[tuple[list[str], list[str]]]:
    """How rows are dealt out for the windows of a SELECT, each way once: by what, or else in which order."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for part in _own(node):
        if isinstance(part, exp.Window) and not part.args.get("alias"):
            key = [in_duckdb(column) for column in part.args.get("partition_by") or ()]
            order = [
                in_duckdb(column.this) for column in (part.args["order"].expressions if part.args.get("order") else ())
            ]
            found.setdefault(repr(key or order), (key, [] if key else order))
    return list(found.values())


def equal(node: exp.Expr) -> tuple[list[str], bool]:
    """What both sides of a join have in common, and whether each pair of rows is meant once."""
    if using := node.args.get("using"):
        return [column.name for column in using], False
    on = node.args.get("on") or (node.args["where"].this if node.args.get("where") else None)
    parts = list(on.flatten()) if isinstance(on, exp.And) else [on]
    equal = [part for part in parts if isinstance(part, exp.EQ | exp.NullSafeEQ) and _crosses(part)]
    is_pair = any(isinstance(part, exp.LT | exp.GT) and _crosses(part) for part in parts)
    return [part.this.name or in_duckdb(part.this) for part in equal], is_pair


def _crosses(part: exp.Expr) -> bool:
    """Whether a comparison is one of two tables."""
    sides = [{column.table for column in side.find_all(exp.Column)} for side in (part.this, part.expression)]
    return bool(sides[0] and sides[1] and sides[0] != sides[1])


def gathers(node: exp.Expr) -> bool:
    """Whether a SELECT makes one row of all."""
    return any(part.find(exp.AggFunc) and not part.find(exp.Window, exp.Query) for part in node.expressions)


def columns(node: exp.Expr, there: Mapping[str, float], unknown: float) -> dict[str, float]:
    """The columns that a SELECT makes, and their bytes."""

    def of(part: exp.Expr) -> dict[str, float]:
        value = part.unalias()
        if isinstance(value, exp.Star) or (isinstance(value, exp.Column) and isinstance(value.this, exp.Star)):
            gone = {column.name for column in value.args.get("except_") or ()}
            return {name: width for name, width in there.items() if name not in gone}
        held = [there.get(column.name, FIXED) for column in value.find_all(exp.Column)]
        return {
            part.alias_or_name: max(held, default=FIXED) if isinstance(value, exp.Column) else max([unknown, *held])
        }

    return reduce(lambda so_far, part: {**so_far, **of(part)}, node.expressions, dict[str, float]())
