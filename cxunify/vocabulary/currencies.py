"""A word or sign beside an amount -> the currencies it can mean: ISO 4217's codes, names, minor units; data/currencies.csv."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cxunify.vocabulary.lists import rows

_NO_MONEY = {"XXX", "XTS", "XAU", "XAG", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD"}
"""Codes of ISO 4217 that no extract of customers is in: none at all, tests, metals and bonds."""


@dataclass(frozen=True)
class Sense:
    """What a word or sign can mean."""

    code: str | None
    """The currency that it means in any source but those of `also`; None where nothing but the source decides."""
    also: frozenset[str] = frozenset()
    """The currencies whose own sources write it."""

    @property
    def codes(self) -> frozenset[str]:
        """Every currency that it can stand for."""
        return self.also | {self.code} if self.code else self.also

    def within(self, own: str) -> str | None:
        """What it means in a source whose own currency is `own`; None where that would be a guess."""
        return own if own in self.also else self.code


@cache
def minor_units() -> dict[str, int]:
    """Each currency's code: how many digits its smallest unit lies behind the point."""
    from iso4217 import Currency  # here, and not above: it parses a table, and few commands ask

    known = {currency.code: currency.exponent or 0 for currency in Currency if currency.code not in _NO_MONEY}
    return known | {value: int(also) for kind, value, _, also in rows("currencies") if kind == "withdrawn"}


def sense(word: str) -> Sense | None:
    """What a code, a sign or a name of a currency means, however it is written; None where it is none."""
    senses = _senses()
    folded = word.strip().casefold()
    bare = re.sub(r"[\s.]", "", folded)
    name = re.sub(r"[\s.]+", " ", folded).strip()
    return senses.get(bare) or senses.get(name) or senses.get(name.removesuffix("s"))


def numbered(digits: str) -> str | None:
    """The currency that ISO 4217 gives this number, such as 978; None where there is none."""
    return _numbers().get(digits)


@cache
def _numbers() -> dict[str, str]:
    from iso4217 import Currency

    return {f"{currency.number:03}": currency.code for currency in Currency if currency.code in minor_units()}


@cache
def _senses() -> dict[str, Sense]:
    from iso4217 import Currency

    found = {
        value: Sense(code or None, frozenset(also.split()))
        for kind, value, code, also in rows("currencies")
        if kind in {"sign", "name"}
    }
    names = {currency.currency_name.casefold(): currency.code for currency in Currency}
    found |= {name: Sense(code) for name, code in names.items() if code in minor_units() and name not in found}
    return found | {code.casefold(): Sense(code) for code in minor_units()}
