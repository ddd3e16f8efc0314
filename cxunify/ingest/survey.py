"""raw.<source> -> Facts: how each mapped column writes ids, dates, numbers and kinds; decided by whole columns, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cxunify.config import Key, Money, Number, When
from cxunify.errors import Problem
from cxunify.ingest import consent, convert, kinds, money, times, units
from cxunify.ingest.bind import wanted
from cxunify.ingest.counts import Counts
from cxunify.ingest.money import NumberStyle
from cxunify.ingest.rows import Facts, Reader, Rows
from cxunify.schema.words import counted
from cxunify.vocabulary.identifiers import GUESTS
from cxunify.warehouse import literal

MAX_KINDS = 100_000
_FLOAT = r"'?-?\d+\.0+"
_MAYBE_FLOAT = r"'?-?\d+(\.0+)?"


@dataclass(frozen=True)
class Surveyed:
    """The rows with all that is known of their columns, and what is to be said of them."""

    rows: Rows
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


@dataclass
class _Findings:
    """What comes to light, column by column."""

    counts: dict[str, int]
    """The answers to all questions that were asked in one scan."""
    apostrophes: set[str] = field(default_factory=set)
    floats: set[str] = field(default_factory=set)
    guests: set[str] = field(default_factory=set)
    numbers: dict[str, NumberStyle] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def survey(counts: Counts, rows: Rows) -> Surveyed:
    """Look at every mapped column: what must be mended in it, and how what the mapping converts is written."""
    rows, mended = _cleaned(counts, rows)
    ids, keys, whens, numbers = _mapped(rows)
    found = _Findings(counts.ask(rows.table, _questions(rows.reader, ids, keys, whens, numbers)))
    _ids(counts, rows, found, ids, keys)
    found.problems += _lists(counts, rows)
    timed = times.times(counts, rows, whens, found.counts)
    found.problems += timed.problems
    found.notes += timed.notes
    rows = replace(rows, facts=Facts(currencies=units.currencies(counts, rows)))
    for path, number in numbers.items():
        for column in _names(rows.reader, number):
            _number(counts, rows, path, number, column, found)
    facts = Facts(
        frozenset(found.apostrophes), frozenset(found.floats), timed.styles, numbers=found.numbers,
        kinds=_kinds(counts, rows, found), zones=timed.zones, currencies=rows.facts.currencies,
        guests=frozenset(found.guests),
        consent=consent.words(counts, rows),
    )  # fmt: skip
    known = replace(rows, facts=facts)
    known = replace(known, facts=replace(facts, born_by=times.born_by(counts, known, whens)))
    if (event := rows.source.interaction) and not found.problems and (problem := units.divided(counts, known, event)):
        found.problems.append(problem)
    return Surveyed(known, tuple(found.problems), (*found.notes, *mended))


def _cleaned(counts: Counts, rows: Rows) -> tuple[Rows, list[str]]:
    """The same rows, knowing which of their mapped columns need no mending; and what should be said of the others."""
    columns = {sql: name for name in wanted(rows.source) if (sql := rows.reader.columns.sql(name)) is not None}
    asked = {column: f"bool_or({convert.edged(column)})" for column in columns}
    asked |= {f"zeros/{column}": f"count_if(contains({column}, chr(0)))" for column in columns}
    table = rows.table
    if asked and all(
        column.startswith('"') for column in columns
    ):  # a part of a document would be looked up once for each sign
        # Few rows have anything to mend, and to find these is cheaper than to ask every row for every column.
        some = " or ".join(f"{convert.edged(column)} or contains({column}, chr(0))" for column in columns)
        table = f"{rows.table} where {some}"
    found = counts.ask(table, asked)
    zeros = {column: found[f"zeros/{column}"] for column in columns if found[f"zeros/{column}"]}
    clean = frozenset(column for column in columns if not found[column] and column not in zeros)
    notes = [
        f"{columns[column]}: the character NUL, found in {counted(count, 'cell')}, is left out"
        for column, count in zeros.items()
    ]
    return replace(rows, reader=replace(rows.reader, clean=clean, zeros=frozenset(zeros))), notes


def _lists(counts: Counts, rows: Rows) -> list[Problem]:
    """What to say of names that lead through lists: such a name means nothing, in whatever number of rows."""
    through = {
        (name, part): sql for name in wanted(rows.source) for part, sql in rows.reader.columns.lists(name).items()
    }
    asked = {f"{name}/{part}": f"count_if({sql})" for (name, part), sql in through.items()}
    through_lists = counts.ask(rows.table, asked)
    return [
        Problem(
            f"source {rows.name}: `{name}` leads through a list in {counted(through_lists[f'{name}/{part}'], 'row')}, and"
            f" says which of its elements"
            " nowhere",
            f"Name the place, such as `{part}.0{name[len(part) :]}` for the first, pick the element by the value of a field,"
            f" `{part}[key=…]{name[len(part) :]}`, or make a row of each: `{part}[]{name[len(part) :]}`.",
            column=name,
        )
        for name, part in through
        if through_lists[f"{name}/{part}"]
    ]


def _mapped(rows: Rows) -> tuple[list[str], list[str], dict[str, When], dict[str, Money | Number]]:
    """The columns of ids, those of foreign keys, and the mapped times and numbers by their place in the mapping."""
    ids: list[str] = []
    keys: list[str] = []
    whens: dict[str, When] = {}
    numbers: dict[str, Money | Number] = {}
    reader = rows.reader
    if person := rows.source.person:
        ids += _columns(reader, person.id)
        refs = [person.merged_into, person.postal_code, *person.phone, *person.identifiers.values()]
        ids += [name for ref in refs if ref for name in ref.names if reader.has([name])]
        for key in ("birth_date", "created_at", "updated_at"):
            if (when := getattr(person, key)) and reader.has(when.names):
                whens[f"person.{key}"] = when
    if event := rows.source.interaction:
        ids += _columns(reader, event.id)
        own = [event.rows_share, event.case_id, *event.identifiers.values()]
        ids += [ref.column for ref in own if ref and reader.has([ref.column])]
        keys += [column for ref in event.person.values() for column in _columns(reader, ref)]
        whens["interaction.at"] = event.at
        for key in ("amount", "quantity", "score"):
            if (number := getattr(event, key)) and reader.has(number.names):
                numbers[f"interaction.{key}"] = number
    return ids, keys, whens, numbers


def _columns(reader: Reader, key: Key | None) -> tuple[str, ...]:
    """The columns of an id that the rows have; none where they lack one."""
    return key.names if key and reader.has(key.names) else ()


def _questions(
    reader: Reader, ids: list[str], keys: list[str], whens: dict[str, When], numbers: dict[str, Money | Number]
) -> dict[str, str]:
    """Every aggregate that is asked of the raw table, by a name of its own."""
    asked: dict[str, str] = {}
    for column in {*ids, *keys}:
        value = reader.text(column)
        asked[f"filled/{column}"] = f"count({value})"
        asked[f"quoted/{column}"] = f"count_if(starts_with({value}, chr(39)))"
        asked[f"pointed/{column}"] = f"count_if(suffix({value}, '.0'))"
    asked |= times.questions(reader, whens)
    for column in {column for number in numbers.values() for column in _names(reader, number)}:
        asked |= {f"number {key}/{column}": sql for key, sql in money.survey(reader.text(column)).items()}
    return asked


def _names(reader: Reader, number: Money | Number) -> tuple[str, ...]:
    taken = [ref.column for ref in number.minus if reader.has([ref.column])] if isinstance(number, Money) else []
    return (*number.names, *taken)


def _ids(counts: Counts, rows: Rows, found: _Findings, ids: list[str], keys: list[str]) -> None:
    words = ", ".join(map(literal, GUESTS))
    for column in keys:
        # A join: hundreds of words, each held against each cell, would cost more than all other questions together.
        named = (
            f"(select ltrim(case when suffix(said, '.0') then left(said, length(said) - 2) else said end, chr(39)) as said"
            f" from (select {rows.reader.text(column)} as said from {rows.table}))"
            f" semi join (select unnest([{words}]) as said) using (said)"
        )
        if guests := counts.ask(named, {"guests": "count(*)"})["guests"]:
            found.guests.add(column)
            found.notes.append(
                f"interaction.person, {column}: {counted(guests, 'row names', 'rows name')} nobody (0 and the like): guests"
            )
    maybe = {}
    for column in {*ids, *keys}:
        if found.counts[f"quoted/{column}"]:
            found.apostrophes.add(column)
        pointed, filled = found.counts[f"pointed/{column}"], found.counts[f"filled/{column}"]
        if pointed and (pointed == filled or column in keys):
            pattern = _MAYBE_FLOAT if column in keys and column not in ids else _FLOAT
            maybe[column] = (
                f"count_if(regexp_full_match({rows.reader.text(column)}, '{pattern.replace(chr(39), chr(39) * 2)}'))"
            )
    for column, number in counts.ask(rows.table, maybe).items():
        if number == found.counts[f"filled/{column}"]:
            found.floats.add(column)
            found.notes.append(f"{column}: numbers written as floats are read as the ids they are, without `.0`")


def _number(counts: Counts, rows: Rows, path: str, number: Money | Number, column: str, found: _Findings) -> None:
    own = {key: found.counts[f"number {key}/{column}"] for key in ("filled", "plain", "dot3")}
    style = money.settled(own, number.decimal, typed=rows.typed)
    if style is None:
        proofs = counts.ask(rows.table, money.proofs(rows.reader.text(column)))
        style = money.decide(own | proofs, whole=isinstance(number, Money) and units.are_whole(counts, rows))
    if style is None:
        found.problems.append(
            Problem(
                f"source {rows.name}: {path}, {column}: its marks can mean thousands or decimals, and nothing in the column"
                " decides",
                f'Say which: {path.rsplit(".", maxsplit=1)[-1]}: {{column: {column}, decimal: "."}} (or ",")',
                key=path,
            )
        )
    elif style.decimal == "," and number.decimal is None:
        found.notes.append(f"{path}, {column}: read with a decimal comma")
    style = style or NumberStyle(plain=True)
    if not style.plain:
        beside = units.beside(counts, rows, path, number, column)
        style = replace(style, marks=beside.marks, strangers=beside.strangers)
        found.problems += [beside.problem] if beside.problem else []
        found.notes += [beside.note] if beside.note else []
    found.numbers[column] = style


def _kinds(counts: Counts, rows: Rows, found: _Findings) -> dict[str, str]:
    """The kind of each value of the column of kinds that has one."""
    event = rows.source.interaction
    if event is None or not rows.reader.has([column := event.kind.column or ""]):
        return {}
    said = f"(select {rows.reader.text(column)} as value from {rows.table}) where value is not null"
    values = counts.values("value", said, MAX_KINDS)
    if len(values) == MAX_KINDS:
        found.problems.append(
            Problem(
                f"source {rows.name}: interaction.kind, {column}: more than {MAX_KINDS} different values",
                "That is no column of kinds; name another, or one kind for all.",
                key="interaction.kind",
            )
        )
        return {}
    assigned = kinds.assign((value for value, _ in values), event.kind)
    unknown = [count for value, count in values if value not in assigned]
    if unknown:
        found.notes.append(
            f"interaction.kind, {column}: {counted(len(unknown), 'value')} ({counted(sum(unknown), 'row')}) of no kind, taken as"
            f" `{event.kind.default}`"
        )
    return assigned
