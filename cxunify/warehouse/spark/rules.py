"""What of DuckDB's moves rows, and means something else in Spark's words -> the same, in Spark's words: one rule each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from cxunify.warehouse.spark.words import call


def ruled(tree: exp.Query) -> exp.Query:
    """A SELECT with every rule applied, innermost expressions first."""
    for node in reversed(list(tree.walk())):
        rule = _BY_NAME.get(node.name.lower()) if isinstance(node, exp.Anonymous) else _BY_KIND.get(type(node))
        if rule is not None and (new := rule(node)) is not None and node.parent is not None:
            node.replace(new)
    return tree


def _divided(node: exp.Expr) -> exp.Expr:
    """Always of doubles (decimals would be divided to so many digits), and by nothing it is without end, not an error."""
    above, below = (exp.cast(exp.paren(side.copy()), "double") for side in (node.this, node.expression))
    whole = call("try_divide", above, below)
    if node.expression.is_number or isinstance(node.expression, exp.Nullif):
        return whole
    endless = exp.Mul(this=above.copy(), expression=exp.cast(exp.Literal.string("Infinity"), "double"))
    return call("if", exp.EQ(this=below.copy(), expression=exp.Literal.number(0)), endless, whole)


def _best(name: str) -> Callable[[exp.Expr], exp.Expr]:
    """Rows whose value is null are passed over."""

    def rule(node: exp.Expr) -> exp.Expr:
        value, key = node.expressions
        kept = exp.If(this=exp.Is(this=value.copy(), expression=exp.null()).not_(), true=key.copy())
        return call(name, value.copy(), exp.Case(ifs=[kept]))

    return rule


def _listed(node: exp.Expr) -> exp.Expr:
    """Nulls are kept, and an order is one of structs: what is put in order stands behind what it is put in order by."""
    (inner,) = node.expressions
    if not isinstance(inner, exp.Order):
        return call("transform", call("collect_list", _struct({"v": inner})), _lambda("v"))
    keys = {f"k{place}": ordered.this for place, ordered in enumerate(inner.expressions)}
    assert not any(ordered.args.get("desc") for ordered in inner.expressions)
    return call("transform", call("array_sort", call("collect_list", _struct({**keys, "v": inner.this}))), _lambda("v"))


def _struct(fields: Mapping[str, exp.Expr]) -> exp.Expr:
    pairs = [part for name, value in fields.items() for part in (exp.Literal.string(name), value.copy())]
    return call("named_struct", *pairs)


def _lambda(field: str) -> exp.Expr:
    return exp.Lambda(this=exp.column(field, "s"), expressions=[exp.to_identifier("s")])


def _ranked(value: exp.Expr, share: exp.Expr, *, desc: bool = False) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=value.copy(), desc=desc)])
    return exp.WithinGroup(this=call("percentile_disc", share.copy()), expression=order)


def _percentile(node: exp.Expr) -> exp.Expr:
    """Of instants, which Spark ranks as numbers only."""
    value, share = node.expressions
    found = exp.cast(_ranked(call("unix_micros", exp.cast(value.copy(), "timestamptz")), share), "bigint")
    return exp.cast(call("timestamp_micros", found), "timestamp")


def _median(node: exp.Expr) -> exp.Expr:
    """The mean of the one below the middle and the one above."""
    half = exp.Literal.number("0.5")
    low, high = (exp.cast(_ranked(node.this, half, desc=desc), "double") for desc in (False, True))
    return exp.paren(exp.Div(this=exp.paren(exp.Add(this=low, expression=high)), expression=exp.Literal.number("2.0")))


def _mean(node: exp.Expr) -> exp.Expr | None:
    """Of decimals too it is a double, and rounded once: of as many whole ten thousandths as there are."""
    if isinstance(node, exp.Avg) and isinstance(node.parent, exp.Filter | exp.Window):
        return None
    inner = node.this if isinstance(node, exp.Filter) else node
    if not isinstance(inner, exp.Avg):
        return None
    total: exp.Expr = exp.Sum(this=inner.this.copy())
    count: exp.Expr = exp.Count(this=inner.this.copy())
    if isinstance(node, exp.Filter):
        total, count = (exp.Filter(this=one, expression=node.expression.copy()) for one in (total, count))
    whole = exp.Literal.number(10000)
    places = exp.Mul(this=exp.cast(total.copy(), "decimal(38,4)"), expression=whole)
    of = exp.Mul(this=exp.cast(count.copy(), "double"), expression=whole.copy())
    is_double = exp.EQ(this=call("typeof", total), expression=exp.Literal.string("double"))
    plain = call("try_divide", total, exp.cast(count.copy(), "double"))
    return call("if", is_double, plain, call("try_divide", exp.cast(exp.paren(places), "double"), of))


def _renamed(name: str) -> Callable[[exp.Expr], exp.Expr]:
    return lambda node: call(name, *(part.copy() for part in node.expressions))


def _some(node: exp.Expr) -> exp.Expr | None:
    return call("any_value", node.this.copy(), exp.true())


def _at_key(node: exp.Expr) -> exp.Expr | None:
    """A key that is not there is null."""
    (key,) = node.expressions
    return call("try_element_at", node.this.copy(), key.copy()) if key.is_string else None


def _element(node: exp.Expr) -> exp.Expr:
    """Counted from 1, and null beyond the end; before the beginning there it would be an error."""
    listed, place = node.expressions
    within = exp.Nullif(this=exp.cast(exp.paren(place.copy()), "int"), expression=exp.Literal.number(0))
    return call("try_element_at", listed.copy(), within)


def _shortened(node: exp.Expr) -> exp.Expr | None:
    """The first or last signs of a text; of fewer than none, all but so many."""
    if not isinstance(node.expression, exp.Neg):
        return None
    rest = exp.Sub(this=exp.Length(this=node.this.copy()), expression=node.expression.this.copy())
    signs = call("greatest", rest, exp.Literal.number(0))
    return call("left" if isinstance(node, exp.Left) else "right", node.this, signs)


def _minutes(node: exp.Expr) -> exp.Expr:
    none = exp.Literal.number(0)
    return call("make_dt_interval", none.copy(), none.copy(), node.expressions[0].copy())


def _microseconds(node: exp.Expr) -> exp.Expr:
    none = exp.Literal.number(0)
    seconds = exp.Div(
        this=exp.cast(exp.paren(node.expressions[0].copy()), "decimal(24,6)"), expression=exp.Literal.number(1000000)
    )
    return call("make_dt_interval", none, none, none, seconds)


_BY_NAME: dict[str, Callable[[exp.Expr], exp.Expr | None]] = {
    "arg_min": _best("min_by"), "arg_max": _best("max_by"), "list": _listed, "quantile_disc": _percentile,
    "len": _renamed("size"), "to_microseconds": _microseconds, "list_extract": _element, "to_minutes": _minutes,
}  # fmt: skip
_BY_KIND: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Div: _divided, exp.AnyValue: _some, exp.Bracket: _at_key, exp.Median: _median, exp.Avg: _mean, exp.Filter: _mean,
    exp.Left: _shortened, exp.Right: _shortened,
}  # fmt: skip
