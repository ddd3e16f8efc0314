"""columns of amounts and currencies -> what stands beside the numbers, and what each value means: told, or refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

from cxunify.config import Interaction, Money, Number
from cxunify.errors import Problem
from cxunify.ingest import amounts, money
from cxunify.ingest.counts import Counts
from cxunify.ingest.money import Mark
from cxunify.ingest.rows import Rows
from cxunify.schema.words import counted
from cxunify.vocabulary.currencies import Sense, minor_units, numbered, sense
from cxunify.warehouse import literal

_PIECE = re.compile(r"[^\W\d_]+|[^\w\s./]")
"""A word, or a sign by itself."""
_MOST = 1000
"""Different ways of writing that are looked at, the most frequent first."""
_FEW = 0.01
"""Up to this share of a column, what could be several currencies is told as cells that cannot be read; beyond it, refused."""


@dataclass(frozen=True)
class Beside:
    """What was found beside the numbers of a column."""

    marks: tuple[Mark, ...]
    strangers: bool
    """Something stands beside some of them that is not understood."""
    problem: Problem | None = None
    note: str | None = None


def currencies(counts: Counts, rows: Rows) -> dict[str, str]:
    """The code of each value of the column of currencies that is not one itself: `eur`, `US Dollar`, `€`, `978`."""
    event = rows.source.interaction
    column = event.currency.column if event and event.currency else None
    if column is None or not rows.reader.has([column]):
        return {}
    text, known = rows.reader.text(column), ", ".join(map(literal, minor_units()))
    others = f"(select {text} as value from {rows.table}) where value not in ({known})"
    values = counts.values("value", others, _MOST)
    found = {value: numbered(value) or _by(sense(value), rows.currency) for value, _ in values}
    return {value: code for value, code in found.items() if code is not None}


def beside(counts: Counts, rows: Rows, path: str, number: Money | Number, column: str) -> Beside:
    """What stands beside the numbers of a column that machines alone have not written."""
    event, text = rows.source.interaction, rows.reader.text(column)
    mapped = amounts.row_currency(rows, event) if event else None
    stated = mapped or "null::varchar"
    said = f"(select {money.beside(text)} as beside, {stated} as stated from {rows.table} where {text} is not null)"
    found = counts.values("beside", said, _MOST, ("count(*)", "count(*) - count(stated)"))
    total = sum(count for _, count, _ in found)
    marks: list[Mark] = []
    open_: Counter[str] = Counter()
    named: set[str | None] = set()
    for written, _, silent in found:
        meaning = _meaning(written, number, rows.currency) if written else None
        if meaning is None:
            continue
        if silent and meaning.currencies and meaning.currency is None:
            if len(meaning.currencies) > 1:
                open_[written] += silent
            continue
        named |= {meaning.currency} - {None}
        marks.append(meaning)
    if mapped is None and named <= {rows.currency}:  # they say what every row is in that says nothing
        marks = [replace(meaning, currency=None, currencies=()) if meaning.currency else meaning for meaning in marks]
    strangers = len(found) == _MOST or len(marks) < sum(1 for written, _, _ in found if written)
    problem = None
    if sum(open_.values()) > _FEW * total:
        problem = _undecided(rows, path, column, open_, len(named))
    note = f"{path}, {column}: the currency is read beside the amount: {', '.join(sorted(filter(None, named)))}"
    marks.sort(key=lambda mark: mark.beside)  # which is the more frequent means nothing
    return Beside(tuple(marks), strangers, problem, note if named - {rows.currency} else None)


def are_whole(counts: Counts, rows: Rows) -> bool:
    """Whether every currency that rows state, or else the source's own, has nothing smaller than one."""
    event = rows.source.interaction
    stated = amounts.row_currency(rows, event) if event else None
    own = literal(rows.currency)
    found = counts.values(f"coalesce({stated}, {own})", rows.table, _MOST) if stated else [(rows.currency, 0)]
    return all(minor_units().get(code) == 0 for code, *_ in found)


def divided(counts: Counts, rows: Rows, event: Interaction) -> Problem | None:
    """What is wrong with dividing all amounts alike: not every currency has hundredths."""
    said = event.amount
    if said is None or said.unit or said.divide not in {100, 1000} or not rows.reader.has(said.names):
        return None
    own, text = amounts.currency(rows, event), rows.reader.text(said.names[0])
    found = counts.values(f"coalesce({own}, {literal(rows.currency)})", f"{rows.table} where {text} is not null", _MOST)
    others = {code: count for code, count in found if 10 ** minor_units().get(code, 2) != said.divide}
    if not others:
        return None
    return Problem(
        f"source {rows.name}: interaction.amount, {said.names[0]}: `divide: {said.divide}` is wrong for {', '.join(sorted(others))}"
        f" ({counted(sum(others.values()), 'row')}), whose smallest unit is another",
        "Write `unit: minor` instead, if the extract counts the smallest unit of each currency; add `unit: major`, if it truly"
        f" counts {'hundredths' if said.divide == 100 else 'thousandths'} of every one.",
        key="interaction.amount",
    )


def _by(meaning: Sense | None, own: str) -> str | None:
    return meaning.within(own) if meaning else None


def _meaning(written: str, number: Money | Number, own: str) -> Mark | None:
    """What is meant by that which stands beside a number; None where any of it is not understood."""
    declared = {_folded(word): value for word, value in number.marks.items()}
    factor, senses = Decimal(1), []
    for piece in [written] if _known(written, declared, number) else _PIECE.findall(written):
        value = declared.get(_folded(piece))
        if isinstance(value, float):
            factor *= Decimal(str(value))
        elif (meaning := Sense(value) if value else _money(piece, number)) is not None:
            senses.append(meaning)
        else:
            return None
    if not senses:
        return Mark(written, factor=factor)
    codes = frozenset.intersection(*(meaning.codes for meaning in senses))
    first = senses[0].within(own) if len(senses) == 1 else own if own in codes else None
    currency = next(iter(codes)) if len(codes) == 1 and (len(senses) > 1 or senses[0].code) else first
    return Mark(written, currency, tuple(sorted(codes)), factor) if codes else None


def _known(word: str, declared: dict[str, float | str], number: Money | Number) -> bool:
    return _folded(word) in declared or _money(word, number) is not None


def _money(word: str, number: Money | Number) -> Sense | None:
    return sense(word) if isinstance(number, Money) else None


def _folded(word: str) -> str:
    return re.sub(r"[\s.]", "", word.casefold())


def _undecided(rows: Rows, path: str, column: str, open_: Counter[str], named: int) -> Problem:
    signs = {_sign(written) for written in open_}
    listed = []
    for sign in sorted(signs):
        meaning = sense(sign)
        codes = sorted(meaning.codes) if meaning else []
        listed.append(f"`{sign}` may be {', '.join(codes[:4])}{' …' if len(codes) > 4 else ''}")
    marks = ", ".join(f'"{sign}": {min(meaning.codes)}' for sign in sorted(signs) if (meaning := sense(sign)))
    others = f", besides {counted(named, 'other currency', 'other currencies')}," if named else ""
    return Problem(
        f"source {rows.name}: {path}, {column}: {counted(sum(open_.values()), 'amount')}{others}"
        f" {'names' if sum(open_.values()) == 1 else 'name'} a currency by a sign of several:"
        f" {'; '.join(listed)}",
        f"Say which: {path.rsplit('.', maxsplit=1)[-1]}: {{column: {column}, marks: {{{marks}}}}}; or map `currency`; or give the"
        " source its own (`currency: USD`).",
        key=path,
    )


def _sign(written: str) -> str:
    """The sign that is open in what is written, as the vocabulary has it: nothing else of a cell is ever told."""
    for word in (written, *_PIECE.findall(written)):
        meaning = sense(word)
        if meaning and meaning.code is None:
            return _folded(word)
    return ""
