"""Every SELECT that makes a table, in all layers, is one that Spark can say: said by the product, parsed, without a Spark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import pyarrow
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from cxunify.config import load
from cxunify.errors import StorageError
from cxunify.warehouse.functions import FUNCTIONS
from cxunify.warehouse.spark import complaints, dialect
from cxunify.warehouse.spark.answers import answering
from cxunify.warehouse.stage import parameters_of
from tests.stages import selects

CONFIGS = Path(__file__).parent.parent / "configs"
OURS = {function.name for function in FUNCTIONS}
NATIVE = {
    "abs", "any_value", "array", "array_contains", "array_join", "array_sort", "bit_or", "bool_and", "bool_or",
    "cardinality", "cast", "ceil", "chr", "coalesce", "collect_list", "concat", "concat_ws", "contains", "count", "count_if",
    "date_trunc", "dense_rank", "exists", "explode", "extract", "filter", "first_value", "flatten", "floor", "greatest", "if",
    "lag", "last_value", "lead", "least", "left", "length", "locate", "make_dt_interval", "map", "map_entries",
    "map_from_arrays", "map_from_entries", "map_values", "max", "max_by", "md5", "min", "min_by", "named_struct", "ntile",
    "nullif", "percentile_disc", "rank", "replace", "right", "row_number", "sha2", "shiftleft", "shiftright", "size",
    "startswith", "struct", "substring", "sum", "timestamp_micros", "transform", "try_divide", "try_element_at", "typeof",
    "unix_micros", "year",
}  # fmt: skip
"""Functions of Spark 4 (spark.apache.org/docs/latest/api/sql) that say what DuckDB's say; the rest, DuckDB answers itself."""
TYPES = {
    "ARRAY", "BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "INT", "INTERVAL", "MAP", "SMALLINT", "STRUCT", "TEXT",
    "TIMESTAMP", "TIMESTAMPLTZ", "TIMESTAMPNTZ", "TIMESTAMPTZ", "TINYINT", "VARCHAR",
}  # fmt: skip
"""Types, as sqlglot calls them, that Spark has. DuckDB's small unsigned ones become the next larger signed ones."""
KEYWORDS = {"all", "and", "decimal", "group", "or", "over"}
"""What may stand before a parenthesis and calls nothing."""


@cache
def _selects(name: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return selects(load(CONFIGS / f"{name}.yaml"))


@cache
def _parsed(select: str) -> exp.Query:
    return dialect.parsed(select, dict.fromkeys(parameters_of(select)))


@cache
def _in_spark(select: str) -> str:
    """The same in the words of Spark."""
    return dialect.text(dialect.said(_parsed(select), lambda table: table.replace(".", "__")).tree)


def _called(sql: str, words: str | type[sqlglot.Dialect]) -> set[str]:
    """The functions that a statement calls, by the words before its parentheses; and what is named with its columns."""
    tokens = sqlglot.tokenize(sql, read=words)
    called = {
        token.text.lower()
        for token, after in pairwise(tokens)
        if after.token_type == TokenType.L_PAREN and token.token_type in Spark.Parser.FUNC_TOKENS
    }
    return {name for name in called if not name.startswith("answer_")} - KEYWORDS


def _objections(select: str) -> Iterator[str]:
    """What Spark would not take of a SELECT."""
    try:
        written = _in_spark(select)
        statements = sqlglot.parse(written, read="spark")
    except SqlglotError as error:
        yield str(error).split("\n", maxsplit=1)[0]
        return
    (tree,) = statements
    if not isinstance(tree, exp.Query):
        yield "it is no SELECT"
        return
    named = {alias.name.lower() for alias in tree.find_all(exp.TableAlias)}
    yield from (f"there is no function {name}" for name in sorted(_called(written, "spark") - NATIVE - named))
    yield from (f"there is no type {kind}" for kind in sorted(_types(tree) - TYPES))
    if any(star.args.get("replace") for star in tree.find_all(exp.Star)):
        yield "* replace"
    if any(union.args.get("by_name") for union in _parsed(select).find_all(exp.SetOperation)):
        yield "union by name"
    if re.search(r"\bUNPIVOT\s+(?!\()", written):
        yield "unpivot that is not written behind its table"
    for part in tree.find_all(exp.Select):
        rows = [
            node for column in part.expressions for node in column.find_all(exp.Explode) if node.parent_select is part
        ]
        if len(rows) > 1:
            yield "several unnest in one SELECT"
        if any(not isinstance(node.parent, exp.Alias | exp.Select) for node in rows):
            yield "unnest within an expression"


def _types(tree: exp.Expression) -> set[str]:
    return {kind.this.name for kind in tree.find_all(exp.DataType) if isinstance(kind.this, exp.DataType.Type)}


@pytest.mark.parametrize("config", ["sample", "full"])
def test_spark_can_say_every_select(config: str) -> None:
    objections = {name: found for name, (select, _) in _selects(config).items() if (found := list(_objections(select)))}
    assert not objections


@pytest.mark.parametrize("config", ["sample", "full"])
def test_a_step_reads_the_tables_that_its_select_names(config: str) -> None:
    for name, (select, reads) in _selects(config).items():
        tables = {table for table in _parsed(select).find_all(exp.Table) if table.db}
        assert {f"{table.db}.{table.name}" for table in tables} == {read.replace('"', "") for read in reads}, name


def test_every_function_that_is_listed_is_one_that_we_use() -> None:
    texts = {select for config in ("sample", "full") for select, _ in _selects(config).values()}
    assert OURS - {name for text in texts for name in _called(text, dialect.Ours)} == set()
    assert NATIVE - {name for text in texts for name in _called(_in_spark(text), "spark")} == set()


@pytest.mark.parametrize(
    ("select", "objection"),
    [
        ("select unnest(a) as a, unnest(b) as b from raw.t", "several unnest"),
        ("select unnest(a) + 1 as a from raw.t", "within an expression"),
        ("select nonsense(a) from raw.t", "no function nonsense"),
        ("select a::uhugeint from raw.t", "no type UINT128"),
        ("select a::ubigint << 1 from raw.t", "Expected TYPE"),
        ("select * replace (1 as a) from raw.t", "replace"),
        ("from (unpivot raw.t on a, b into name field value value)", "unpivot"),
        ("select a from raw.t union all by name select a from raw.u", "by name"),
    ],
)
def test_what_spark_cannot_say_is_found(select: str, objection: str) -> None:
    assert objection in " ".join(_objections(select))


_PLACES = (exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Ntile)
_AS_SETS = ("temp.ingest_spread", "temp.ingest_away")
"""Their lists are asked what they have in common, and nothing else."""


def _left_to_chance(select: str) -> Iterator[str]:
    """What of a SELECT would come out otherwise with other threads or tasks: rows that are chosen, or listed, in no order."""
    for node in _parsed(select).walk():
        has_order = bool(node.args.get("order"))
        if isinstance(node, exp.Limit) and not (node.parent and node.parent.args.get("order")):
            yield "limit"
        if isinstance(node, exp.First | exp.Last | exp.GroupConcat | exp.TableSample | exp.Rand | exp.Uuid):
            yield type(node).__name__
        if isinstance(node, exp.Window) and not node.args.get("alias") and not has_order:
            kind = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
            if isinstance(kind, (*_PLACES, exp.Identifier)) or node.args.get("spec"):
                yield "window"
        if isinstance(node, exp.Anonymous) and node.name.lower() == "list":
            is_ordered = any(isinstance(part, exp.Order) for part in node.expressions)
            if not is_ordered and not isinstance(node.find_ancestor(exp.ArraySort, exp.Select), exp.ArraySort):
                yield "list"


@pytest.mark.parametrize("config", ["sample", "full"])
def test_nothing_is_left_to_the_order_in_which_rows_come(config: str) -> None:
    chances = {name: found for name, (select, _) in _selects(config).items() if (found := [*_left_to_chance(select)])}
    assert {name: found for name, found in chances.items() if not name.endswith(_AS_SETS)} == {}


@pytest.mark.parametrize(
    ("select", "chance"),
    [
        ("select a from raw.t limit 3", "limit"),
        ("select first(a) from raw.t", "First"),
        ("select row_number() over (partition by a) from raw.t", "window"),
        ("select lag(b) over (partition by a) from raw.t", "window"),
        ("select sum(b) over (partition by a rows between unbounded preceding and current row) from raw.t", "window"),
        ("select lag(b) over w from raw.t window w as (partition by a)", "window"),
        ("select list(b) from raw.t group by a", "list"),
        ("select string_agg(b, ',') from raw.t group by a", "GroupConcat"),
    ],
)  # fmt: skip
def test_what_is_left_to_the_order_of_rows_is_found(select: str, chance: str) -> None:
    assert [*_left_to_chance(select)] == [chance]
    ordered = """
        select list_sort(list(b)), list(b order by c), lag(b) over w, count(*) over () from raw.t
        window w as (order by c) order by a limit 3"""
    assert [*_left_to_chance(ordered)] == []


@pytest.mark.parametrize(
    ("sql", "kind", "column", "answer"),
    [
        ("(c0 >> 1)::bigint", "BIGINT", pyarrow.array([2**64 - 1, 4, None], pyarrow.decimal128(20, 0)), [2**63 - 1, 2, None]),
        ("c0 >> 64", "HUGEINT", pyarrow.array([2**70], pyarrow.decimal128(38, 0)), [64]),
        ("c0 * 2", "DECIMAL(18,2)", pyarrow.array(["1.50"]).cast(pyarrow.decimal128(16, 2)), [Decimal("3.00")]),
    ],
)  # fmt: skip
def test_whole_numbers_that_spark_has_as_decimals_are_whole_again(
    sql: str, kind: str, column: pyarrow.Array, answer: list[object]
) -> None:
    assert answering(sql, 1, kind)(column).to_pylist() == answer


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("Py4JError", "An error occurred while calling o51.count", "Spark ended while it was at work"),
        ("Py4JNetworkError", "Error while sending or receiving", "Spark ended while it was at work"),
        (
            "Py4JJavaError",
            "Job aborted: java.io.FileNotFoundException: /tmp/x (No such file)",
            "files that Spark works with",
        ),
        (
            "Py4JJavaError",
            "java.io.FileNotFoundException: /tmp/x (Permission denied)",
            "Spark cannot write or read where",
        ),
        ("Py4JJavaError", "[FAILED_READ_FILE.FILE_NOT_EXIST] /tmp/Ada", "files that Spark works with"),
        (
            "PythonException",
            "FileNotFoundError: [Errno 2] No such file: '/out/.tasks'",
            "Spark cannot write or read where",
        ),
        ("PythonException", "cxunify.errors.StorageError: the disk is full", "Spark has no disk left"),
    ],
)
def test_what_spark_complains_of_is_told_as_what_it_is(kind: str, words: str, told: str) -> None:
    theirs = type(kind, (Exception,), {"__module__": "py4j.protocol"})
    with pytest.raises(StorageError, match=told) as caught, complaints.telling():
        raise theirs(words)
    assert "Ada" not in str(caught.value)
