"""Rows + a column of amounts -> what rows of one id are: lines with amounts of their own, a total that all repeat, or versions."""

from __future__ import annotations

from cxunify.discover.events import Rows
from cxunify.discover.guards import Fit
from cxunify.discover.words import words
from cxunify.schema.words import counted
from cxunify.warehouse import quote

_VERSIONS = {"revision", "rev", "version", "ver", "amendment", "fassung", "revisione", "versione"}
"""Words in the names of columns that count the versions of one thing."""
_GROWS = 1.25
"""How much larger orders of several rows are than those of one, at least, where each row repeats the whole of them."""
_LISTED = 0.5
"""The share of ids up to which amounts are those of a price list; what a whole order comes to is different for nearly each."""
_FEWEST = 10
"""Ids from which on that can be seen."""


def per(rows: Rows, name: str) -> tuple[str, bool, str] | None:
    """`line` or `interaction`, whether that is sure, and why; None where ids are unique."""
    keys = ", ".join(quote(part) for part in rows.key)
    several, same = rows.warehouse.rows(
        f"select count(*), count_if(n = 1) from (select count(distinct {quote(name)}) as n, count(*) as rows"
        f" from {rows.series.table} where {quote(name)} is not null group by file_id, {keys} having rows > 1)"
    )[0]
    if not several:
        return None
    if version := _version(rows, keys):
        told = f"{version} counts the versions of one thing: the first one is taken, and its amount"
        return (
            "interaction",
            False,
            f"{told}; export the newest one alone, or choose it by a SELECT (`from: {{sql: …}}`)",
        )
    if same <= 0.6 * several:
        return (
            "line",
            True,
            f"rows of one id have amounts of their own in {several - same} of {counted(several, 'case')}",
        )
    repeated = f"all rows of one id repeat one amount in {same} of {counted(several, 'case')}"
    if same >= 0.98 * several and several >= _FEWEST:
        if _is_of_each(rows, name, keys):
            return "line", False, f"{repeated}, and those of several rows are no larger: what each row cost?"
        return "interaction", True, repeated
    return (
        "line",
        False,
        f"rows of one id have the same amount in {same} of {counted(several, 'case')}: `line` adds up, `interaction` takes one",
    )


def _version(rows: Rows, keys: str) -> str | None:
    """The column that is called a version, and is another one in each row of an id; no line of a receipt has one."""
    for name, column in rows.columns.items():
        if column.filled and _VERSIONS & set(words(name)) and column.share("digit") >= 0.9:
            differ = rows.warehouse.scalar(
                f"select avg((n = rows)::int) from (select count(distinct {quote(name)}) as n, count(*) as rows"
                f" from {rows.series.table} group by file_id, {keys} having rows > 1)"
            )
            if float(differ or 0) >= 0.98:
                return name
    return None


def _is_of_each(rows: Rows, name: str, keys: str) -> bool:
    """Whether amounts that the rows of an id repeat are those of each: two tickets say no more than one does."""
    price = next((m.name for m in rows.found.get("unit_price", []) if m.fit is Fit.YES), None)
    if price:
        return False  # what each row cost stands beside it
    one, ones, more, mores, prices = rows.warehouse.rows(
        "select median(amount) filter (rows = 1), count(*) filter (rows = 1),"
        " median(amount) filter (rows > 1), count(*) filter (rows > 1), count(distinct amount) from ("
        f"select any_value(try_cast(replace(regexp_replace({quote(name)}, '[^0-9.,-]', '', 'g'), ',', '.') as double)) as amount,"
        f" count(*) as rows"
        f" from {rows.series.table} group by file_id, {keys}) where amount > 0"
    )[0]
    return min(ones, mores) >= _FEWEST and prices < _LISTED * (ones + mores) and float(more) < _GROWS * float(one)
