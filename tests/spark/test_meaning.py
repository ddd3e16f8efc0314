"""What is left to Spark of our SELECTs means what DuckDB means by it: each function, on values that engines differ about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from cxunify.warehouse.spark.warehouse import SparkWarehouse

TEXTS = ("", "a", "ab", "abc", " a ", "Straße", "É", "a😀b", "a\\b", "a%b_", "00123", "a,b", "ı")
WHOLES = (-7, -1, 0, 1, 2, 300)
OF_TEXT = (
    "left(t, 2)", "left(t, -1)", "left(t, -9)", "right(t, 2)", "right(t, -1)", "right(t, -9)", "length(t)", "t || 'x'",
    "substring(t, 2)", "substring(t, 1, 1)", "substring(t, 2, 1)", "starts_with(t, 'a')", "starts_with(t, '')", "contains(t, 'b')",
    "contains(t, '\\')", "contains(t, '%')", "replace(t, 'a', 'bb')", "replace(t, '', 'x')", "replace(t, '\\', '/')", "md5(t)",
    "sha256(t)", "nullif(t, '')", "t between 'A' and 'a'", "t < 'É'", "coalesce(t, 'none')", "greatest(t, 'b')", "least(t, 'b')",
    "concat_ws('-', t, nullif(t, 'a'), 'x')", "concat(t, nullif(t, 'a'))", "strpos(t, 'b')", "t in ('a', 'É')", "t is null",
    "t like 'a%'", "lower(t)", "upper(t)", "trim(t)", "(hash(t) >> 1)::bigint",
    "regexp_replace(t, '[a-b]+', 'x')", "split_part(t, ',', 2)",
    "strip_accents(t)", "jaro_winkler_similarity(t, 'abd')", "levenshtein(t, 'abd')", "lpad(t, 4, '0')", "try_cast(t as bigint)",
)  # fmt: skip
OF_WHOLES = (
    "abs(n)", "n / 2", "n // 2", "n % 3", "-n % 3", "n * 1.5", "(n / 3)::decimal(18,2)", "round(n / 3, 2)", "n & 3", "abs(n) << 2",
    "abs(n) >> 1", "greatest(n, nullif(n, 1), 0)", "least(n, nullif(n, 1), 0)", "floor(n / 2)", "(n / 2)::integer",
    "n::varchar", "n::double", "n::boolean", "chr((65 + abs(n) % 20)::integer)", "nullif(n, 0)", "n between 0 and 2",
    "case when n > 0 then n end",
    "(n / 7)::varchar", "exp(n / 100)", "timestamp '2024-03-31 01:30:00' + to_minutes(n)",
    "date '2024-02-29' + n::integer", "date_trunc('month', timestamp '2024-03-31 01:30:00' + to_minutes(n * 1440))",
    "extract(year from date '2024-02-29' + n::integer)",
    "date_diff('day', timestamp '2024-03-31 23:59:00', timestamp '2024-04-01')",
    "[n, 2, null][2]", "len([n, 2])", "list_contains([n, 2, null], 2)", "list_position([n, 2], 2)",
)  # fmt: skip
OF_MANY = (
    "count(*)", "count(n)", "sum(n)", "avg(n)", "median(n)", "min(t)", "max(t)", "arg_min(n, t)", "arg_max(n, t)",
    "sum(n) filter (n > 0)",
    "avg(n) filter (n > 0)", "bool_or(n > 1)", "bool_and(n > -9)", "count(distinct n % 3)", "list(t order by t)", "bit_or(abs(n))",
    "quantile_disc(timestamp '2024-01-01' + to_minutes(n), 0.3)", "avg(n::decimal(18,2))",
    "sum(n::decimal(18,2))", "arg_min(nullif(n, -7), t)",
)  # fmt: skip


def _rows() -> str:
    texts = [(text, number % len(WHOLES)) for number, text in enumerate(TEXTS)]
    values = [f"('{text.replace(chr(39), chr(39) * 2)}', {WHOLES[place]}::bigint)" for text, place in texts]
    return f"select * from (values {', '.join([*values, '(null, null)'])}) as v(t, n)"


@pytest.fixture(scope="module")
def said(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Both engines on the same rows: a function of an expression that yields what each says."""
    place = Path(tmp_path_factory.mktemp("meaning")) / "rows.parquet"
    here = duckdb.connect()
    here.execute("set timezone = 'UTC'")
    here.execute(f"copy ({_rows()}) to '{place}' (format parquet)")
    here.execute(f"create schema raw; create table raw.rows as from '{place}'")
    spark.read.parquet(str(place)).createOrReplaceTempView("raw__rows")
    with SparkWarehouse.open() as warehouse:
        warehouse._session, warehouse._owned = spark, False
        warehouse.execute(f"create schema if not exists raw; create table raw.rows as {_rows()}")

        def both(select: str) -> tuple[Any, Any]:
            table = warehouse._selected(select, None).toArrow()
            known = here.sql(select).to_arrow_table()
            return [list(row.values()) for row in table.to_pylist()], [list(row.values()) for row in known.to_pylist()]

        yield both


@pytest.mark.parametrize("of", [OF_TEXT, OF_WHOLES], ids=["texts", "wholes"])
def test_an_expression_means_the_same(said: Any, of: tuple[str, ...]) -> None:
    columns = ", ".join(f"{sql} as e{number}" for number, sql in enumerate(of))
    made, known = said(f"select t, n, {columns} from raw.rows")
    differing = [
        (sql, mine[:2], mine[number + 2], theirs[number + 2])
        for mine, theirs in zip(sorted(made, key=repr), sorted(known, key=repr), strict=True)
        for number, sql in enumerate(of)
        if repr(mine[number + 2]) != repr(theirs[number + 2])
    ]
    assert differing == []


def test_what_is_gathered_means_the_same(said: Any) -> None:
    columns = ", ".join(f"{sql} as e{number}" for number, sql in enumerate(OF_MANY))
    made, known = said(f"select n % 2 as odd, {columns} from raw.rows group by odd")
    differing = [
        (sql, mine[number + 1], theirs[number + 1])
        for mine, theirs in zip(sorted(made, key=repr), sorted(known, key=repr), strict=True)
        for number, sql in enumerate(OF_MANY)
        if repr(mine[number + 1]) != repr(theirs[number + 1])
    ]
    assert differing == []
