"""Numbers over all rows -> the same numbers, made in parts: `row_number() over (order by …)` would pull every row into one task.

Rows are dealt into ranges of what they are ordered by (as far as it ascends), numbered within each, and what lies in the ranges
before is added: exact, wherever the bounds are. These come from a sample; it and the sizes of ranges are all that is collected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

from sqlglot import exp

from cxunify.warehouse.spark.words import call, written

Rows = Callable[[exp.Query], list[tuple[Any, ...]]]
"""Runs a query whose few rows are collected."""
_A_RANGE = 32
"""Rows of the sample for each bound: enough that ranges are much alike."""
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)


def numbered(tree: exp.Query, rows: Rows, ranges: int, at_once: int) -> exp.Query:
    """A query of Spark's whose numbers over all rows are made in `ranges`, where there are more than `at_once` rows."""
    for select in list(tree.find_all(exp.Select)):
        windows = [
            window
            for part in select.expressions
            for window in part.find_all(exp.Window)
            if window.parent_select is select and not window.args.get("partition_by") and not window.args.get("alias")
        ]
        if not windows:
            continue
        total = rows(_beneath(tree, select, [exp.alias_(exp.Count(this=exp.Star()), "n")], plain=True))[0][0]
        if total <= at_once:
            continue
        for window in windows:
            if isinstance(window.this, exp.Count) and not window.args.get("order"):
                window.replace(exp.Literal.number(total))
            elif isinstance(window.this, _RANKS):
                _in_ranges(tree, select, window, rows, max(1, total // (ranges * _A_RANGE)))
    return tree


def _in_ranges(tree: exp.Query, select: exp.Select, window: exp.Window, rows: Rows, step: int) -> None:
    """Number the rows of one window in ranges."""
    order = window.args["order"].expressions
    rising = [*takewhile(lambda ordered: not ordered.args.get("desc"), order)]
    if not rising or (isinstance(window.this, exp.DenseRank) and len(rising) < len(order)):
        return
    keys, is_null_first = [ordered.this for ordered in rising], bool(rising[0].args.get("nulls_first"))
    key = keys[0] if len(keys) == 1 else call("struct", *keys)
    there = exp.Is(this=keys[0].copy(), expression=exp.null()).not_()
    odd = exp.or_(exp.false(), *(exp.Is(this=one.copy(), expression=exp.null()) for one in keys[1:]))
    named = [exp.alias_(key.copy(), "k"), exp.alias_(there, "is_there"), exp.alias_(exp.and_(there, odd), "is_odd")]
    chosen = exp.EQ(
        this=call("pmod", call("xxhash64", exp.column("k")), exp.Literal.number(step)), expression=exp.Literal.number(0)
    )
    sample = (
        exp.select(exp.column("k"), call("typeof", exp.column("k")))
        .distinct()
        .where(exp.and_(exp.column("is_there"), chosen))
    )
    found = sorted(rows(_over(tree, select, named, sample)))
    bounds = [_bound(value, kind) for value, kind in found[_A_RANGE::_A_RANGE]]
    place = _place(key, there, bounds, is_null_first=is_null_first)
    counted = exp.select(
        exp.column("place"), exp.Count(this=exp.Star()), exp.Count(this=exp.Distinct(expressions=[exp.column("k")])),
        call("count_if", exp.column("is_odd")),
    ).group_by(exp.column("place"))  # fmt: skip
    sizes = {
        found: rest for found, *rest in rows(_over(tree, select, [*named, exp.alias_(place.copy(), "place")], counted))
    }
    if any(odd_rows for _, _, odd_rows in sizes.values()):
        return  # a null that is not the first is less than all else where structures are compared, and last in an order
    column = 1 if isinstance(window.this, exp.DenseRank) else 0
    before = [sum(size[column] for other, size in sizes.items() if other < found) for found in range(len(bounds) + 3)]
    known = exp.Array(expressions=[*map(exp.Literal.number, before)])
    offset = call("element_at", known, exp.Add(this=place.copy(), expression=exp.Literal.number(1)))
    within = window.copy()
    within.set("partition_by", [place.copy()])
    window.replace(exp.paren(exp.Add(this=within, expression=offset)))


def _place(key: exp.Expr, there: exp.Expr, bounds: Sequence[exp.Expr], *, is_null_first: bool) -> exp.Expr:
    """In which range a row is: so many bounds are less, and one more. What is null comes first or last."""
    absent = exp.Literal.number(0 if is_null_first else len(bounds) + 2)
    less = exp.Lambda(
        this=exp.LT(this=exp.column("bound"), expression=key.copy()), expressions=[exp.to_identifier("bound")]
    )
    values = exp.Array(expressions=[*bounds])
    found = call("size", call("filter", values, less)) if bounds else exp.Literal.number(0)
    return call("if", there.copy(), exp.Add(this=found, expression=exp.Literal.number(1)), absent)


def _bound(value: Any, kind: str) -> exp.Expr:
    """A value that was collected, of the type that Spark says it has."""
    said = call("struct", *map(written, value)) if isinstance(value, tuple) else written(value)
    return exp.cast(said, exp.DataType.build(kind, dialect="spark"))


def _beneath(tree: exp.Query, select: exp.Select, parts: Sequence[exp.Expr], *, plain: bool = False) -> exp.Query:
    """What lies beneath a SELECT, with other columns; and the CTEs that it may read."""
    alone = select.copy()
    for clause in ("with_", "order"):
        alone.set(clause, None)
    alone.set("expressions", [*parts])
    if plain and alone.args.get("group"):
        alone.set("expressions", [exp.alias_(exp.Literal.number(1), "one")])
        alone = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_(alone.subquery("beneath"))
    return _with(tree, select, alone)


def _over(tree: exp.Query, select: exp.Select, parts: Sequence[exp.Expr], outer: exp.Select) -> exp.Query:
    """A SELECT over what lies beneath another."""
    alone = select.copy()
    for clause in ("with_", "order"):
        alone.set(clause, None)
    alone.set("expressions", [*parts])
    return _with(tree, select, outer.from_(alone.subquery("beneath")))


def _with(tree: exp.Query, select: exp.Select, query: exp.Select) -> exp.Query:
    """A query and the CTEs that a SELECT may read: its own, and what stands before it in those around it."""
    kept: list[exp.CTE] = []
    node: exp.Expr | None = select
    holder: exp.CTE | None = None
    while node is not None:
        if isinstance(node, exp.CTE):
            holder = node
        elif isinstance(node, exp.Query) and (known := node.args.get("with_")):
            before = takewhile(lambda held, last=holder: held is not last, known.expressions)  # type: ignore[misc]
            kept = [*(held.copy() for held in before), *kept]
            holder = None
        if node is tree:
            break
        node = node.parent
    if kept:
        query.set("with_", exp.With(expressions=kept))
    return query
