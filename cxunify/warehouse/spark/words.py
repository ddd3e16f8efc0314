"""Values and calls -> the nodes of a SELECT's tree that say them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A call of a function of that name."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def written(value: Any) -> exp.Expr:
    """A value as a literal."""
    if isinstance(value, list | tuple):
        return exp.Array(expressions=[*map(written, value)])
    if isinstance(value, bytes):
        return call("unhex", exp.Literal.string(value.hex()))
    if isinstance(value, float):
        return exp.cast(exp.Literal.string(repr(value)), "double")
    if isinstance(value, Decimal):
        places = -int(value.as_tuple().exponent)
        return exp.cast(exp.Literal.string(str(value)), f"decimal(38,{max(places, 0)})")
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(" ")), "timestamp")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    assert value is None or isinstance(value, bool | int | str), type(value).__name__
    return exp.convert(value)
