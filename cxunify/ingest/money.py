"""columns of numbers -> NumberStyle: which mark is the decimal one, decided by the whole column -> SQL of exact decimals."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.warehouse import literal

PLAIN = r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?"
"""What a machine writes: read as it stands."""
_DOT3 = r"[-+]?[1-9]\d{0,2}\.\d{3}"
"""What could be a thousand and something, or one and something."""
_SIGN = r"[-+\x{2212}]?"
_WORD = r"[\s\x{00a0}]*(\p{Sc}|[A-Za-z]{1,3}\.?\p{Sc}?)?[\s\x{00a0}]*"


def _pattern(decimal: str, group: str) -> str:
    """A whole amount, currency and sign and all, with this decimal mark and this mark between thousands."""
    digits = rf"(\d+|\d{{1,3}}([{group}]\d{{3}})+)?(\{decimal}\d*)?"
    return rf"\(?{_SIGN}{_WORD}{_SIGN}\s*{digits}{_WORD}[-\x{{2212}}]?\)?"


DOT = _pattern(".", r",'\x{2019}\s\x{00a0}\x{202f}")
COMMA = _pattern(",", r".'\x{2019}\s\x{00a0}\x{202f}")


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes numbers."""

    plain: bool
    """All of it reads as it stands."""
    decimal: str = "."


def survey(value: str) -> dict[str, str]:
    """Cheap aggregates, by name, on a column whose trimmed text is `value`: enough for a column that machines wrote."""
    return {
        "filled": f"count({value})",
        "plain": f"count_if(regexp_full_match({value}, {literal(PLAIN)}))",
        "dot3": f"count_if(regexp_full_match({value}, {literal(_DOT3)}))",
    }


def proofs(value: str) -> dict[str, str]:
    """Aggregates for a column that `survey` leaves open: how many values only one decimal mark can explain."""
    bare = f"regexp_replace({value}, '[^0-9.,]', '', 'g')"
    groups = r"(\d+|\d{{1,3}}({0}\d{{3}})+)?{1}\d*|\d{{1,3}}({0}\d{{3}}){{2,}}"
    both = r"[1-9]\d{{0,2}}{0}\d{{3}}"
    proof = "count_if(regexp_full_match({bare}, '{groups}') and not regexp_full_match({bare}, '{both}'))"
    return {
        "dot": proof.format(bare=bare, groups=groups.format(",", r"\."), both=both.format(r"\.")),
        "comma": proof.format(bare=bare, groups=groups.format(r"\.", ","), both=both.format(",")),
        "open": f"count_if(regexp_full_match({bare}, '{both.format('[.,]')}'))",
    }


def settled(counts: dict[str, int], stated: str | None, *, typed: bool) -> NumberStyle | None:
    """The style of a column as far as `survey` tells. `typed`: the extract itself knows numbers from text."""
    if stated == ",":
        return NumberStyle(plain=False, decimal=",")
    if typed or stated == ".":
        return NumberStyle(plain=counts["plain"] == counts["filled"])
    return NumberStyle(plain=True) if counts["plain"] == counts["filled"] and not counts["dot3"] else None


def decide(counts: dict[str, int]) -> NumberStyle | None:
    """The style of a column by `survey` and `proofs`; None where both readings are possible."""
    dot, comma = counts["dot"], counts["comma"]
    if dot > 100 * comma or not (dot or comma or counts["open"]):
        return NumberStyle(plain=counts["plain"] == counts["filled"])
    return NumberStyle(plain=False, decimal=",") if comma > 100 * dot else None


def decimal(value: str, style: NumberStyle, type_: str) -> str:
    """The number in a text, exactly, as `type_`; null where it is none or does not fit."""
    if style.plain:
        # DuckDB's cast is exact; it takes `1_000` for a thousand, which the survey has excluded.
        return f"try_cast({value} as {type_})"
    pattern = DOT if style.decimal == "." else COMMA
    digits = f"regexp_replace({value}, '[^0-9{style.decimal}]', '', 'g')"
    if style.decimal == ",":
        digits = f"replace({digits}, ',', '.')"
    sign = f"case when regexp_matches({value}, '[-\\x{{2212}}(]') then '-' else '' end"
    valid = f"regexp_full_match({value}, {literal(pattern)}) and regexp_matches({value}, '\\d')"
    plain = (
        f"when regexp_full_match({value}, {literal(PLAIN)}) then try_cast({value} as {type_})"
        if style.decimal == "."
        else ""
    )
    return f"case {plain} when {valid} then try_cast({sign} || {digits} as {type_}) end"
