"""mapping + facts -> the amount and the currency of each row, as SQL: what is said in one must agree with the other."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Interaction, Money
from cxunify.ingest import money
from cxunify.ingest.money import Mark, NumberStyle
from cxunify.ingest.rows import Rows
from cxunify.vocabulary.currencies import minor_units
from cxunify.warehouse import literal

NO_NUMBER = "not a number"
_FINE, _WHOLE = "decimal(18, 6)", "decimal(18, 2)"
_STRANGER = "letters or signs beside the number that are no currency"
_CONTRADICTION = "another currency beside the number than in its row"
_UNIT = "in smallest units of a currency that is not known"


@dataclass(frozen=True)
class Rounded:
    """By how much a value is less than what its text says."""

    perhaps: str
    """A cheap condition without which it is not."""
    lost: str
    """The difference; 0 where there is none."""


@dataclass(frozen=True)
class Amount:
    """The amount of a row."""

    text: str
    """What the extract says; null where it says nothing."""
    value: str
    rounded: Rounded
    """What is multiplied (weight × price) is rounded as tills do, and loses only what a currency finer than hundredths has."""
    reason: str
    """Why a text has no value."""


def currency(rows: Rows, event: Interaction) -> str:
    """The currency that a row states, in its own column or beside its amount; null where it states none."""
    stated = [sql for sql in (row_currency(rows, event), *_beside(rows, event.amount)) if sql is not None]
    return f"coalesce({', '.join(stated)})" if len(stated) > 1 else stated[0] if stated else "null::varchar"


def row_currency(rows: Rows, event: Interaction) -> str | None:
    """The currency that the mapping, or the column it names, gives a row; None where it names none."""
    if event.currency is None:
        return None
    if event.currency.value:
        return literal(event.currency.value)
    if not rows.reader.has([event.currency.column or ""]):
        return None
    text = rows.reader.text(event.currency.column)
    cases = " ".join(f"when {literal(written)} then {literal(code)}" for written, code in rows.facts.currencies.items())
    return f"case {text} {cases} else upper({text}) end" if cases else f"upper({text})"


def amount(rows: Rows, event: Interaction) -> Amount | None:
    """The amount of a row; None where the mapping or the extract has none."""
    said = event.amount
    if said is None or not rows.reader.has(said.names):
        return None
    texts = {column: rows.reader.text(column) for column in said.names}
    taken = {ref.column: rows.reader.text(ref.column) for ref in said.minus if rows.reader.has([ref.column])}
    own = f"coalesce({currency(rows, event)}, {literal(rows.currency)})"
    agreeing = [
        condition
        for column, text in (texts | taken).items()
        if (condition := _agrees(text, rows.facts.numbers[column], own)) is not None
    ]
    value, rounded = _value(rows, said, texts, taken, own)
    if agreeing:
        value = f"case when {' and '.join(agreeing)} then {value} end"
    reason = _reason(rows, texts | taken, agreeing, own if said.unit == "minor" else None)
    return Amount(f"({' || '.join(texts.values())})", value, rounded, reason)


def _value(rows: Rows, said: Money, texts: dict[str, str], taken: dict[str, str], own: str) -> tuple[str, Rounded]:
    """The value of a row, and how much of it rounding has taken."""
    styles = rows.facts.numbers
    factors = [money.decimal(text, styles[column], _FINE) for column, text in texts.items()]
    value = factors[0]
    if len(factors) == 1 and not taken and said.divide == 1 and said.unit != "minor":
        text, style = texts[said.names[0]], styles[said.names[0]]
        whole, digits = money.decimal(text, style, _WHOLE), literal(rf"\{style.decimal}\d\d\d")
        return whole, Rounded(f"regexp_matches({text}, {digits})", f"{value} - {whole}")
    for factor in factors[1:]:
        value = f"{_wide(value)} * ({factor})"
    for column, text in taken.items():
        value = f"{value} - case when {text} is null then 0 else {money.decimal(text, styles[column], _FINE)} end"
    if said.unit == "minor":
        value = f"{_wide(value)} * {_minor(own)}"
    elif said.divide in {10, 100, 1000}:
        value = f"{_wide(value)} * {1 / said.divide:f}"  # a quotient would be a double
    elif said.divide > 1:
        value = f"({value}) / {said.divide}"
    whole, finer = f"try_cast({value} as {_WHOLE})", "true"
    if said.multiply or said.unit == "minor":
        finer = f"{own} in ({', '.join(literal(code) for code, digits in minor_units().items() if digits > 2)})"
    return whole, Rounded(finer, f"try_cast({value} as {_FINE}) - {whole}")


def _wide(value: str) -> str:
    """A number that can be multiplied: of two narrow decimals the engine makes a narrow one, and complains of what does not fit."""
    return f"cast(try_cast({value} as {_FINE}) as decimal(38, 6))"


def _beside(rows: Rows, said: Money | None) -> list[str]:
    """The currencies that stand beside the numbers of an amount."""
    if said is None or not rows.reader.has(said.names):
        return []
    found = []
    for column in said.names:
        style = rows.facts.numbers[column]
        meanings = {mark.beside: literal(mark.currency) for mark in style.marks if mark.currency}
        if meanings:
            found.append(money.chosen(rows.reader.text(column), style, meanings))
    return found


def _agrees(text: str, style: NumberStyle, own: str) -> str | None:
    """The condition that what stands beside a number can be the row's currency; None where nothing of the kind does."""
    meanings: dict[tuple[str, ...], list[Mark]] = {}
    for mark in style.marks:
        if mark.currencies:
            meanings.setdefault(mark.currencies, []).append(mark)
    if not meanings:
        return None
    cases = {
        mark.beside: f"{own} in ({', '.join(map(literal, currencies))})"
        for currencies, marks in meanings.items()
        for mark in marks
    }
    return f"coalesce({money.chosen(text, style, cases)}, true)"


def _minor(own: str) -> str:
    """By what an amount in smallest units is multiplied."""
    codes: dict[int, list[str]] = {}
    for code, digits in minor_units().items():
        codes.setdefault(digits, []).append(literal(code))
    cases = " ".join(
        f"when {own} in ({', '.join(listed)}) then {10**-digits:.4f}::decimal(5, 4)" for digits, listed in codes.items()
    )
    return f"case {cases} end"


def _reason(rows: Rows, texts: dict[str, str], agreeing: list[str], minor_of: str | None) -> str:
    cases = []
    for column, text in texts.items():
        style = rows.facts.numbers[column]
        if not style.plain and style.strangers:
            stranger = f"{money.beside(text)} not in ({money.known(style)})"
            plain = f"regexp_full_match({text}, {literal(money.PLAIN)})"
            cases.append(
                f"when regexp_matches({text}, '[0-9]') and not {plain} and {stranger} then {literal(_STRANGER)}"
            )
    if agreeing:
        cases.append(f"when not ({' and '.join(agreeing)}) then {literal(_CONTRADICTION)}")
    if minor_of is not None:
        cases.append(f"when {_minor(minor_of)} is null then {literal(_UNIT)}")
    return f"case {' '.join(cases)} else {literal(NO_NUMBER)} end" if cases else literal(NO_NUMBER)
