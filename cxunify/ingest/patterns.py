"""the shapes of a column's dates and times -> by the sign between parts, the strptime patterns that each order of them allows."""

from __future__ import annotations

import re
from itertools import product

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EPOCH_DIGITS = {"epoch_s": 10, "epoch_ms": 13, "epoch_us": 16}
_SEPARATED = re.compile(r"(0{1,4})([/.-])(0{1,2})\2(0{1,4})(.*)", re.DOTALL)
_NAMED = re.compile(
    r"(?:(a{2,9})(,? ))?(?:(0{1,2})([ /-]?)(a{3,9})(\.?,?[ /-]?)|(a{3,9})([ -])(0{1,2})(,? |-))(0{4}|00)(.*)", re.DOTALL
)
_SPELLED = re.compile(
    "0{4}[年년] ?0{1,2}[月월] ?0{1,2}[日일](?: ?0{1,2}[時时시] ?00[分분](?: ?00[秒초])?| 0{1,2}:00(?::00)?)?"
)
"""The day, and the clock, with their signs: 2024年1月31日 9時05分, 2024년 1월 31일."""
_CLOCK = re.compile(
    r"(,? |a|:)?(0{1,2})(:00)(:00)?(\.0{1,6})?( ?a\.?a\.?(?![a0]))?( ?)(a|\(?a{2,6}\)?|[+-]00:?00|[+-]00)?", re.DOTALL
)


def shape(value: str) -> str:
    """A value's shape: every digit 0, every letter a."""
    return f"translate({value}, '123456789{_LETTERS}', '000000000{'a' * len(_LETTERS)}')"


def candidates(shapes: dict[str, int]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each sign between day, month and year, and each reading of it (which of them is first), the strptime patterns.

    Who writes with another sign is another till, form or person, and may have another order: each sign decides for itself.
    What can be read in one order only (year first, months in letters, epochs) stands together, last, as `any`.
    """
    readings: dict[str, dict[str, dict[str, None]]] = {}
    for text, _ in sorted(shapes.items(), key=lambda item: -item[1])[:200]:
        for order, patterns in _patterns(text).items():
            sign = next((one for one in text if one != "0"), "") if order != "any" else order
            readings.setdefault(sign, {}).setdefault(order, {}).update(dict.fromkeys(patterns))
    listed = sorted(readings.items(), key=lambda item: item[0] == "any")
    return {sign: {order: tuple(patterns) for order, patterns in orders.items()} for sign, orders in listed}


def _patterns(shape: str) -> dict[str, list[str]]:
    """The strptime patterns that a shape allows, per order of day, month and year; `any` where there is but one order."""
    if re.fullmatch("0+", shape):
        if len(shape) == 8:
            return {"ymd": ["%Y%m%d"], "dmy": ["%d%m%Y"], "mdy": ["%m%d%Y"]}
        if len(shape) == 14:
            return {"any": ["%Y%m%d%H%M%S"]}
        return {"any": [epoch for epoch, digits in _EPOCH_DIGITS.items() if len(shape) == digits]}
    if match := re.fullmatch(r"(00000000)([a ]?)(0000|000000)(a?)", shape):
        return {
            "any": [
                f"%Y%m%d{match[2].replace('a', 'T')}{'%H%M%S' if len(match[3]) == 6 else '%H%M'}{'%Z' if match[4] else ''}"
            ]
        }
    if match := _SPELLED.fullmatch(shape):
        return {"any": [_spelled(match)]}
    if match := _SEPARATED.fullmatch(shape):
        first, sign, _, last, clock = match.groups()
        orders = _orders(first, sign, last)
    elif match := _NAMED.fullmatch(shape):
        weekday, after, day, gap, _, gap2, _, gap3, _, gap4, year, clock = match.groups()
        start = f"{'%a' if weekday and len(weekday) == 3 else '%A'}{after}" if weekday else ""
        years = "%Y" if len(year) == 4 else "%y"
        orders = {
            "any": [
                start + (f"%d{gap}{month}{gap2}{years}" if day else f"{month}{gap3}%d{gap4}{years}")
                for month in ("%b", "%B")
            ]
        }
    else:
        return {}
    clocks = _clocks(clock)
    return {order: [a + b for a, b in product(days, clocks)] for order, days in orders.items()} if clocks else {}


def _spelled(match: re.Match[str]) -> str:
    """The pattern of a date whose parts are named by signs behind them."""
    written = iter(("%Y", "%m", "%d", "%H", "%M", "%S"))
    return re.sub("0+", lambda _: next(written), match[0])


def _orders(first: str, sign: str, last: str) -> dict[str, list[str]]:
    if len(first) == 4:
        return {"any": [f"%Y{sign}%m{sign}%d"]} if len(last) <= 2 else {}
    if len(first) > 2 or len(last) not in {2, 4}:
        return {}
    year = "%Y" if len(last) == 4 else "%y"
    orders = {"dmy": [f"%d{sign}%m{sign}{year}"], "mdy": [f"%m{sign}%d{sign}{year}"]}
    if year == "%y" and len(first) == 2:
        orders["ymd"] = [f"%y{sign}%m{sign}%d"]
    return orders


def _clocks(shape: str) -> list[str]:
    if not shape:
        return [""]
    match = _CLOCK.fullmatch(shape)
    if match is None:
        return []
    start, _, minutes, seconds, fraction, half, gap, zone = match.groups()
    if not minutes:
        return []
    rest = f":%M{':%S' if seconds else ''}{'.%f' if fraction else ''}"
    behind = "" if not zone else gap + (re.sub("a+", "%Z", zone) if "a" in zone else "%z")
    whole = (start or "").replace("a", "T")
    if not half:
        return [f"{whole}%H{rest}{behind}"]
    blank = " " if half.startswith(" ") else ""
    # two letters are those of a half of the day, or of a zone: ET
    return [f"{whole}%I{rest}{blank}%p{behind}", *([] if zone else [f"{whole}%H{rest}{blank}%Z"])]
