"""A SELECT in DuckDB's words and the values it binds -> the same in Spark's words, and the expressions that DuckDB answers itself.

There is one set of SELECTs, and it is DuckDB's. sqlglot says each in the words of Spark; where a function of that name says
something else there, or none has the name, the whole expression stays DuckDB's own and is worked out by DuckDB, batch by batch of
rows, within Spark's tasks (`answers`): equal to the last bit, since it is the same code. What is left to Spark is what moves rows:
joins, groups, windows, orders; where those differ, a rule stands here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ErrorLevel

from cxunify.warehouse.functions import DOUBLE, FUNCTIONS, TEXT, TRUTH, WHOLE
from cxunify.warehouse.spark.answers import constant
from cxunify.warehouse.spark.rules import ruled
from cxunify.warehouse.spark.words import written

OURS = frozenset(function.name for function in FUNCTIONS)
_NAMED = {function.name: function.yields for function in FUNCTIONS if function.spark is None}


class Ours(DuckDB):
    """DuckDB's dialect, in which the functions of the registry stay what they are called."""

    class Parser(DuckDB.Parser):  # type: ignore[misc, valid-type]
        """Its parser."""

        FUNCTIONS = {name: made for name, made in DuckDB.Parser.FUNCTIONS.items() if name.lower() not in OURS}  # noqa: RUF012
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: made for name, made in DuckDB.Parser.FUNCTION_PARSERS.items() if name.lower() not in OURS
        }


_KINDS: dict[type[exp.Expr], str] = {
    exp.RegexpLike: TRUTH, exp.RegexpExtract: TEXT, exp.Lower: TEXT, exp.Upper: TEXT, exp.Trim: TEXT, exp.Translate: TEXT,
    exp.Levenshtein: WHOLE, exp.TimeToStr: TEXT, exp.Exp: DOUBLE, exp.Ln: DOUBLE, exp.LowerHex: TEXT, exp.Round: DOUBLE,
    exp.SplitPart: TEXT, exp.Pad: TEXT, exp.ArrayToString: TEXT, exp.ArrayFilter: "VARCHAR[]", exp.ArrayDistinct: "VARCHAR[]",
    exp.ArraySort: "VARCHAR[]", exp.Split: "VARCHAR[]", exp.GenerateSeries: "BIGINT[]",
}  # fmt: skip
"""Functions that DuckDB answers, and what they yield: Spark's of that name split, order, round, fold or match otherwise."""
_LISTS = (exp.ArrayDistinct, exp.ArraySort, exp.ArrayFilter, exp.ArrayToString)
"""Of those, what Spark says as well: DuckDB answers it where it answers what is within."""
_GUARDS = (exp.Case, exp.If, exp.And, exp.Or, exp.Coalesce)
_GATHERING = (exp.AggFunc, exp.Filter, exp.Window, exp.WithinGroup, exp.Query, exp.Exists, exp.Explode)
_COLLECTING = frozenset({"arg_min", "arg_max", "list", "quantile_disc"})


@dataclass(frozen=True)
class Answer:
    """An expression that DuckDB works out: over columns `c0`, `c1` …, and the DuckDB type of what it yields."""

    sql: str
    arguments: int
    type: str


@dataclass(frozen=True)
class Said:
    """A SELECT in Spark's words."""

    tree: exp.Query
    answers: Mapping[str, Answer]
    """Name of a function in it -> what DuckDB is to work out."""


def parsed(select: str, params: Mapping[str, Any] | None = None) -> exp.Query:
    """A SELECT as a tree, its values written into it."""
    tree = sqlglot.parse_one(select, read=Ours)
    assert isinstance(tree, exp.Query)
    for bound in list(tree.find_all(exp.Parameter, exp.Placeholder)):
        bound.replace(written((params or {})[bound.name]))
    return tree


def in_duckdb(tree: exp.Expr) -> str:
    """A tree in DuckDB's words."""
    return tree.sql(dialect=Ours, comments=False)


def text(tree: exp.Expr) -> str:
    """A tree in Spark's words."""
    return tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE, comments=False)


def said(tree: exp.Query, place: Callable[[str], str]) -> Said:
    """A SELECT in Spark's words; `place` tells what a table is called there."""
    tree = tree.copy()
    for held in tree.find_all(exp.CTE):
        held.set("materialized", None)
    answers: dict[str, Answer] = {}
    _answer(tree, answers)
    tree = ruled(tree)
    for table in list(tree.find_all(exp.Table)):
        if table.db:
            alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
            table.replace(
                exp.Table(this=exp.to_identifier(place(f"{table.db}.{table.name}"), quoted=True), alias=alias)
            )
    return Said(tree, answers)


# -- what DuckDB answers -------------------------------------------------------------------------------------------------


def _kind(node: exp.Expr) -> str | None:
    """What a function that DuckDB is to answer yields; None for what Spark says."""
    if isinstance(node, exp.Anonymous):
        return _NAMED.get(node.name.lower())
    if isinstance(node, exp.TryCast) or (isinstance(node, exp.Cast) and _is_answered(node.this)):
        return in_duckdb(node.to)
    if isinstance(node, exp.Cast) and isinstance(node.this.unnest(), exp.BitwiseRightShift):
        return in_duckdb(node.to)  # of hashes, which Spark has as decimals
    if (
        isinstance(node, exp.Cast)
        and node.to.is_type(*exp.DataType.INTEGER_TYPES)
        and isinstance(node.this.unnest(), exp.Div)
    ):
        return in_duckdb(node.to)  # to the nearest; Spark cuts off
    if isinstance(node, exp.Cast) and node.to.is_type("decimal"):  # halves of doubles are rounded otherwise
        return None if isinstance(node.this, exp.Literal | exp.Null) else in_duckdb(node.to)
    if (
        isinstance(node, exp.Cast)
        and node.to.is_type("text")
        and not isinstance(node.this, exp.Column | exp.Null | exp.Literal)
    ):
        return None if _gathers(node.this) else TEXT
    if isinstance(node, _LISTS) and not any(map(_is_answered, node.iter_expressions())):
        return None
    return _KINDS.get(type(node))


def _is_answered(node: exp.Expr) -> bool:
    """Whether something within an expression, and not beneath what gathers rows, is for DuckDB."""
    if _gathers(node):
        return False
    return _kind(node) is not None or any(_is_answered(child) for child in node.iter_expressions())


def _gathers(node: exp.Expr) -> bool:
    return isinstance(node, _GATHERING) or (isinstance(node, exp.Anonymous) and node.name.lower() in _COLLECTING)


def _answer(node: exp.Expr, answers: dict[str, Answer], *, guarded: bool = False) -> None:
    """Replace every outermost expression that DuckDB is to work out by a function of what it needs."""
    if not _gathers(node) and (kind := _kind(node)) is not None:
        distinct = list(dict.fromkeys(_leaves(node)))
        if not distinct:
            node.replace(written(constant(in_duckdb(node))))
            return
        body = node.copy()
        _name_leaves(body, {leaf: f"c{number}" for number, leaf in enumerate(distinct)})
        sql = in_duckdb(body)
        # What a branch keeps away from other rows is worked out for all of them here; there it is null, and nobody looks.
        answer = Answer(f"try({sql})" if guarded else sql, len(distinct), kind)
        name = f"answer_{hashlib.sha256(repr(answer).encode()).hexdigest()[:16]}"
        answers[name] = answer
        arguments = [leaf.copy() for leaf in distinct]
        call = exp.Anonymous(this=name, expressions=arguments)
        node.replace(call)
        for argument in call.expressions:
            _answer(argument, answers)
        return
    for child in list(node.iter_expressions()):
        _answer(child, answers, guarded=(guarded or isinstance(node, _GUARDS)) and not isinstance(node, exp.Query))


def _leaves(node: exp.Expr, bound: frozenset[str] = frozenset()) -> list[exp.Expr]:
    """The columns of an expression, and whatever in it gathers rows."""
    if isinstance(node, exp.Column):
        return [] if not node.table and node.name in bound else [node]
    if _gathers(node):
        return [node]
    if isinstance(node, exp.Lambda):
        bound |= {name.name for name in node.expressions}
        return _leaves(node.this, bound)
    return [leaf for child in node.iter_expressions() for leaf in _leaves(child, bound)]


def _name_leaves(node: exp.Expr, names: Mapping[exp.Expr, str], bound: frozenset[str] = frozenset()) -> None:
    for child in list(node.iter_expressions()):
        if isinstance(node, exp.Lambda) and child is not node.this:
            continue
        inner = bound | {name.name for name in node.expressions} if isinstance(node, exp.Lambda) else bound
        if child in names and not (isinstance(child, exp.Column) and not child.table and child.name in inner):
            child.replace(exp.column(names[child]))
        else:
            _name_leaves(child, names, inner)
