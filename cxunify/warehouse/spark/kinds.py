"""A type of DuckDB -> how Spark and Parquet hold it, and back: every table has the same columns and types on both engines."""

from __future__ import annotations

import re

import pyarrow

_PLAIN = {
    "VARCHAR": "string", "BOOLEAN": "boolean", "TINYINT": "tinyint", "SMALLINT": "smallint", "INTEGER": "int", "BIGINT": "bigint",
    "DOUBLE": "double", "FLOAT": "float", "DATE": "date", "TIMESTAMP": "timestamp_ntz", "TIMESTAMP WITH TIME ZONE": "timestamp",
    "BLOB": "binary", "JSON": "string", "UUID": "string", "INT": "int", "TEXT": "string", '"NULL"': "int",
    "TIMESTAMPTZ": "timestamp",
    # What Spark has not: the next larger that holds every value
    "UTINYINT": "smallint", "USMALLINT": "int", "UINTEGER": "bigint", "UBIGINT": "decimal(20,0)", "HUGEINT": "decimal(38,0)",
    "UHUGEINT": "decimal(38,0)", "INTERVAL": "interval day to second",
}  # fmt: skip
_FIELD = re.compile(r'\s*("(?:[^"]|"")+"|\w+)\s+(.*)', re.DOTALL)


def spark_type(kind: str) -> str:
    """What Spark calls a type that DuckDB calls so."""
    kind = kind.strip()
    if kind.endswith("[]"):
        return f"array<{spark_type(kind[:-2])}>"
    if kind in _PLAIN:
        return _PLAIN[kind]
    head, _, rest = kind.partition("(")
    inside = rest[:-1]
    if head == "DECIMAL":
        return f"decimal({inside})"
    if head == "ENUM":
        return "string"
    if head == "MAP":
        key, value = _parts(inside)
        return f"map<{spark_type(key)},{spark_type(value)}>"
    if head == "STRUCT":
        fields = [_FIELD.match(part) for part in _parts(inside)]
        return f"struct<{','.join(f'`{_bare(f[1])}`:{spark_type(f[2])}' for f in fields if f)}>"
    raise AssertionError(kind)


_LARGER = {"HUGEINT": "DECIMAL(38,0)", "UHUGEINT": "DECIMAL(38,0)", "UBIGINT": "DECIMAL(20,0)"}
_SMALLER = {pyarrow.decimal128(20, 0): "::UBIGINT", pyarrow.decimal128(38, 0): "::HUGEINT"}
"""Back again. No table of ours has decimals of so many digits: what comes so was a whole number."""


def exported(kind: str) -> str:
    """The type as which a column of DuckDB is written to Parquet: one that Spark reads without loss."""
    return _LARGER.get(kind, kind)


def returned(kind: pyarrow.DataType) -> str:
    """What to write behind a column of Arrow, so that it has the type that it had before it was `exported`."""
    return _SMALLER.get(kind, "")


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _parts(text: str) -> list[str]:
    """The parts between commas that stand in no parentheses."""
    parts, depth, quoted = [""], 0, False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        depth += 0 if quoted else {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
