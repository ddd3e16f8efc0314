"""Rows -> for how much: the amount of what happened, whose that is, how many, in which currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

from cxunify.discover import repeats
from cxunify.discover.events import Rows
from cxunify.discover.fields import LOOSE
from cxunify.discover.findings import Choice, Found
from cxunify.discover.guards import Fit
from cxunify.discover.profile import Column
from cxunify.discover.words import CENTS, currency_of, words
from cxunify.vocabulary.currencies import minor_units
from cxunify.warehouse import quote

LEAST_SURE = LOOSE + 2
"""The score of a column of amounts below which its name says too little."""
_CENTS = "; whole numbers only: if they count cents, write `unit: minor`"
_PAID = {"paid", "bezahlt", "gezahlt", "paye", "payee", "pagado", "pagato", "betaald"}
_FEES = {
    "fee",
    "fees",
    "commission",
    "gebuhr",
    "gebuhren",
    "provision",
    "frais",
    "comision",
    "commissione",
    "tarifa",
    "taxa",
}
_CORRECTED = {"adjusted", "revised", "corrected", "amended", "korrigiert", "korrigierter", "bereinigt", "bereinigter"}
_DUE = {
    "due",
    "billed",
    "invoiced",
    "owed",
    "charged",
    "payable",
    "fallig",
    "geschuldet",
    "du",
    "facture",
    "dovuto",
    "adeudado",
}


def amount(rows: Rows) -> list[Choice]:
    """The amount and what goes with it: quantity."""
    good = [match for match in rows.found.get("amount", []) if match.fit is Fit.YES]
    price, quantity = rows.first("unit_price"), rows.first("quantity")
    chosen: list[Choice] = []
    if good:
        best = good[0]
        others = tuple(match.name for match in good[1:4])
        options: dict[str, object] = {}
        sure, why = True, "amounts"
        if rows.key and (per := repeats.per(rows, best.name)):
            options["per"], sure, why = per
        said, cents = _minor(best.column, best.name)
        options |= {"unit": "minor"} if said else {}
        why += f"; {best.name} counts the smallest unit" * said + _CENTS * cents
        if best.score < LEAST_SURE:
            sure, why = False, f"{why}, called like some amount: is it what was paid?"
        if asked := _asked(rows, best.name):
            sure, others = False, tuple(dict.fromkeys((*asked, *others)))
            why = f"{why}: what was paid by then. What was asked for is another number: which of them counts?"
        elif corrected := _corrected(rows, best.name):
            sure, others = False, (corrected,)
            why += f"; {corrected} says another amount of some rows: take it off or count it, as it is meant"
        elif others:
            gross = _before_fees(rows, best.name, others)
            sure = sure and not gross
            why += (
                f"; what is left of {gross} once fees are taken off" * bool(gross)
                + f"; also there: {', '.join(others)}"
            )
        chosen.append(
            Choice(
                "interaction.amount", (best.name,), sure=sure and not cents, why=why, options=options, others=others,
                cents=cents and sure,
            )
        )  # fmt: skip
    elif price and quantity:
        chosen.append(
            Choice(
                "interaction.amount",
                (quantity, price),
                options={"multiply": True, "per": "line"},
                why="quantity × price of one",
            )
        )
    elif price and not quantity:
        chosen.append(
            Choice(
                "interaction.amount",
                (price,),
                sure=False,
                why="is it the price of one, or what was paid?",
                active=False,
            )
        )
    if quantity:
        chosen.append(Choice("interaction.quantity", (quantity,), why="numbers"))
    return chosen


def settled(found: Iterable[Found], currency: str) -> None:
    """Doubt no longer whether amounts count cents, where their currency has none."""
    if minor_units().get(currency) != 0:
        return
    for one in found:
        choice = one.choice("interaction.amount")
        if choice and not one.choice("interaction.currency"):
            choice.sure, choice.why = choice.sure or choice.cents, choice.why.replace(_CENTS, "")


def _asked(rows: Rows, paid: str) -> tuple[str, ...]:
    """Beside a column of what was paid, those of what was asked for, where they are not the same: open bills differ."""
    if not _PAID & set(words(paid)):
        return ()
    named = [
        name for name, column in rows.columns.items()
        if name != paid and column.is_number and not column.is_date and _DUE & set(words(name))
    ]  # fmt: skip
    differ = ", ".join(
        f"bool_or(try_cast({quote(name)} as double) is distinct from try_cast({quote(paid)} as double))"
        for name in named
    )
    told = rows.warehouse.rows(f"select {differ} from {rows.series.table}")[0] if named else ()
    return tuple(name for name, differs in zip(named, told, strict=True) if differs)


def _corrected(rows: Rows, name: str) -> str | None:
    """The column that is called as the amount is, but corrected: what was given back since is in it."""
    called = set(words(name))
    for other, column in rows.columns.items():
        said = set(words(other))
        if column.filled and column.is_number and said & _CORRECTED and said - _CORRECTED == called:
            return other
    return None


def _before_fees(rows: Rows, net: str, others: tuple[str, ...]) -> str | None:
    """The column that an amount and that of some fee add up to: what was paid, before somebody kept a part of it."""
    fees = [name for name, column in rows.columns.items() if column.is_number and _FEES & set(words(name))]
    for gross, fee in product(others, fees):
        parts = ", ".join(f"try_cast({quote(name)} as double)" for name in (gross, net, fee))
        told = rows.warehouse.scalar(
            f"select avg((abs(g - n - abs(f)) < 0.005)::int) from (select {parts} from {rows.series.table}) as t(g, n, f)"
            " where f <> 0"
        )
        if float(told or 0) >= 0.9:
            return gross
    return None


def _minor(column: Column, name: str) -> tuple[bool, bool]:
    """Whether whole numbers count cents, as their name says; and whether they may: all of them large."""
    if column.share("integer") < 1:
        return False, False
    said = bool(CENTS & set(words(name)))
    numbers = [abs(float(word.replace("'", ""))) for word, _ in column.words if re.fullmatch(r"-?\d+(\.0+)?", word)]
    large = bool(numbers) and sorted(numbers)[len(numbers) // 2] >= 100
    return said, not said and ("cent" in name.casefold() or large)


def currency(rows: Rows, amount: str) -> Choice | None:
    """The currency of an amount: what its column is called by (`revenue_in_usd`), else the column that names that of each row."""
    if code := currency_of(words(amount)):
        return Choice("interaction.currency", (), options={"value": code}, why=f"{amount} is called so")
    best = rows.first("currency")
    if best is None:
        return None
    seen = [word for word, _ in rows.columns[best].words]
    return Choice("interaction.currency", (best,), why=f"{', '.join(seen[:4])}: of each row")
