"""columns of numbers -> NumberStyle: which mark is the decimal one, decided by the whole column -> SQL of exact decimals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from cxunify.warehouse import literal

PLAIN = r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?"
"""What a machine writes: read as it stands."""
_DOT3 = r"[-+]?[1-9]\d{0,2}\.\d{3}"
"""What could be a thousand and something, or one and something."""
_SIGN = r"[-+\x{2212}\x{2013}]?"
_BLANK = r"[\s\x{00a0}\x{202f}]"
_WORDS = rf"(\p{{Sc}}|\p{{L}}[\p{{L}}\p{{M}}]*\.?|/\.?|{_BLANK})*"
"""Signs and letters beside a number, whatever they mean. A point after letters is theirs: `Rs.500` is five hundred."""
_BELOW_ZERO = r"(^|[^.,\x{2013}\x{2014}-])[-\x{2212}\x{2013}(]"
"""A minus before or after, or brackets; `5,-` has none, it has no cents."""


def _pattern(decimal: str, group: str) -> str:
    """A whole amount, what stands beside it and all, with this decimal mark and this mark between thousands."""
    number = rf"(\d{{1,3}}([{group}]\d{{3}})+|\d+)?(\{decimal}([\x{{2013}}\x{{2014}}-]{{1,2}}|\d*))?"
    return rf"\(?{_SIGN}{_WORDS}{_SIGN}\(?{_SIGN}{_BLANK}*{number}{_SIGN}\)?{_WORDS}{_SIGN}\)?"


DOT = _pattern(".", r",'\x{2019}\s\x{00a0}\x{202f}")
COMMA = _pattern(",", r".'\x{2019}\s\x{00a0}\x{202f}")


@dataclass(frozen=True)
class Mark:
    """One way in which a column writes something beside its numbers, and what that means."""

    beside: str
    """The letters and signs, see `beside`."""
    currency: str | None = None
    currencies: tuple[str, ...] = ()
    """All that it can stand for: none of another currency than its row's is meant by it."""
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes numbers."""

    plain: bool
    """All of it reads as it stands."""
    decimal: str = "."
    marks: tuple[Mark, ...] = ()
    """What is understood beside its numbers."""
    strangers: bool = True
    """Something else may stand beside some, which are then no numbers."""


def survey(value: str) -> dict[str, str]:
    """Cheap aggregates, by name, on a column whose trimmed text is `value`: enough for a column that machines wrote."""
    return {
        "filled": f"count({value})",
        "plain": f"count_if(regexp_full_match({value}, {literal(PLAIN)}))",
        "dot3": f"count_if(regexp_full_match({value}, {literal(_DOT3)}))",
    }


def proofs(value: str) -> dict[str, str]:
    """Aggregates for a column that `survey` leaves open: how many values only one decimal mark can explain."""
    bare = f"regexp_replace({value}, '\\p{{L}}\\p{{M}}*\\.|[^0-9.,]', '', 'g')"
    groups = r"(\d+|\d{{1,3}}({0}\d{{3}})+)?{1}\d*|\d{{1,3}}({0}\d{{3}}){{2,}}"
    both = r"[1-9]\d{{0,2}}{0}\d{{3}}"
    proof = "count_if(regexp_full_match({bare}, '{groups}') and not regexp_full_match({bare}, '{both}'))"
    return {
        "dot": proof.format(bare=bare, groups=groups.format(",", r"\."), both=both.format(r"\.")),
        "comma": proof.format(bare=bare, groups=groups.format(r"\.", ","), both=both.format(",")),
        "open": f"count_if(regexp_full_match({bare}, '{both.format('[.,]')}'))",
        "open comma": f"count_if(regexp_full_match({bare}, '{both.format(',')}'))",
    }


def settled(counts: dict[str, int], stated: str | None, *, typed: bool) -> NumberStyle | None:
    """The style of a column as far as `survey` tells. `typed`: the extract itself knows numbers from text."""
    if stated == ",":
        return NumberStyle(plain=False, decimal=",")
    if typed or stated == ".":
        return NumberStyle(plain=counts["plain"] == counts["filled"])
    return NumberStyle(plain=True) if counts["plain"] == counts["filled"] and not counts["dot3"] else None


def decide(counts: dict[str, int], *, whole: bool = False) -> NumberStyle | None:
    """The style of a column by `survey` and `proofs`; None where both readings are possible.

    Of `whole` amounts, whose currency has nothing smaller (yen, won, dong), a mark before three digits stands between thousands.
    """
    dot, comma = counts["dot"], counts["comma"]
    if whole and not (dot or comma):
        dot, comma = counts["open comma"], counts["open"] - counts["open comma"]
    if dot > 100 * comma or not (dot or comma or counts["open"]):
        return NumberStyle(plain=counts["plain"] == counts["filled"])
    return NumberStyle(plain=False, decimal=",") if comma > 100 * dot else None


def beside(value: str) -> str:
    """The letters and signs in a text, with a blank between; empty where there are only digits and their marks."""
    return f"trim(regexp_replace({value}, '[^\\p{{L}}\\p{{M}}\\p{{Sc}}/]+', ' ', 'g'))"


def decimal(value: str, style: NumberStyle, type_: str) -> str:
    """The number in a text, exactly, as `type_`; null where it is none, does not fit, or has a stranger beside it."""
    if style.plain:
        # DuckDB's cast is exact; it takes `1_000` for a thousand, which the survey has excluded.
        return f"try_cast({value} as {type_})"
    # The engine extracts a part of a pattern thirty times as slowly as it matches it or strips what is not wanted.
    digits = f"regexp_replace({value}, '\\p{{L}}\\p{{M}}*\\.|/\\.|[^0-9{style.decimal}]', '', 'g')"
    if style.decimal == ",":
        digits = f"replace({digits}, ',', '.')"
    sign = f"case when regexp_matches({value}, {literal(_BELOW_ZERO)}) then '-' else '' end"
    plain = (
        f"when regexp_full_match({value}, {literal(PLAIN)}) then try_cast({value} as {type_})"
        if style.decimal == "."
        else ""
    )
    if style.decimal == ".":
        # Most amounts are written simply, and that is seen in half the time.
        bare = f"regexp_replace({value}, '[^0-9.-]', '', 'g')"
        plain += f" when regexp_full_match({value}, {literal(_simple(style))}) then try_cast({bare} as {type_})"
    pattern = literal(DOT if style.decimal == "." else COMMA)
    valid = f"regexp_full_match({value}, {pattern})"
    if style.strangers:
        valid += f" and {beside(value)} in ({known(style)})"
    read = f"case {plain} when {valid} then try_cast({sign} || {digits} as {type_}) end"
    if all(mark.factor == 1 for mark in style.marks):
        return read
    # Of two narrow decimals the engine makes a narrow one, and complains of what does not fit.
    return f"try_cast(cast(({read}) as decimal(38, 6)) * {_factor(value, style)} as {type_})"


def _simple(style: NumberStyle) -> str:
    """A number with a point and groups of thousands, a minus at most and one word or sign that is understood before it."""
    words = "|".join(re.escape(mark.beside) for mark in style.marks if not set(mark.beside) & {" ", "/"})
    before = f"(-?({words})?|({words})-)" if words else "-?"
    return rf"{before}(\d{{1,3}}(,\d{{3}})+|\d+)(\.\d*)?"


def known(style: NumberStyle) -> str:
    """What may stand beside the numbers of a column, as SQL literals in a row."""
    return ", ".join(literal(written) for written in ("", *(mark.beside for mark in style.marks)))


def chosen(value: str, style: NumberStyle, meanings: dict[str, str]) -> str:
    """SQL of what is meant by that which stands beside the number in a text; `meanings`: SQL by what stands there. Null else."""
    cases = " ".join(f"when {literal(written)} then {meaning}" for written, meaning in meanings.items())
    return f"case {beside(value)} {cases} end" if cases and not style.plain else "null"


def _factor(value: str, style: NumberStyle) -> str:
    cases = {mark.beside: f"{mark.factor:f}::decimal(14, 4)" for mark in style.marks if mark.factor != 1}
    return f"coalesce({chosen(value, style, cases)}, 1::decimal(14, 4))"
