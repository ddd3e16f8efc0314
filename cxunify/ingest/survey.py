"""raw.<source> -> Facts: how each mapped column writes ids, dates, numbers and kinds; decided by whole columns, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cxunify.config import Money, Number, Source, When
from cxunify.errors import Problem
from cxunify.ingest import convert, dates, kinds, money, zones
from cxunify.ingest.bind import Columns, wanted
from cxunify.ingest.dates import DateStyle
from cxunify.ingest.money import NumberStyle
from cxunify.warehouse import Warehouse

MAX_KINDS = 100_000
_FLOAT = r"'?-?\d+\.0+"
_MAYBE_FLOAT = r"'?-?\d+(\.0+)?"


@dataclass
class Facts:
    """How the mapped columns of one source are written."""

    apostrophes: set[str] = field(default_factory=set)
    """Columns in which values begin with a spreadsheet's apostrophe."""
    floats: set[str] = field(default_factory=set)
    """Columns of ids that arrived as floats."""
    dates: dict[tuple[str, ...], DateStyle] = field(default_factory=dict)
    numbers: dict[str, NumberStyle] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """The columns of one source as SQL texts."""

    columns: Columns
    nulls: tuple[str, ...]
    clean: frozenset[str] = frozenset()
    """Columns without a blank at any edge, as SQL."""
    zeros: frozenset[str] = frozenset()
    """Columns in which the character NUL was found, as SQL."""

    def text(self, name: str | None) -> str:
        """The trimmed text of a column; SQL null when there is no such column."""
        column = self.columns.sql(name)
        return convert.text(column, self.nulls, clean=column in self.clean, zeros=column in self.zeros)

    def has(self, names: Iterable[str]) -> bool:
        """Whether all of these columns are there."""
        return all(self.columns.sql(name) is not None for name in names)

    def joined(self, names: tuple[str, ...]) -> str:
        """The text of a column, or of several with a blank between."""
        if len(names) == 1:
            return self.text(names[0])
        return f"nullif(concat_ws(' ', {', '.join(self.text(name) for name in names)}), '')"


def cleaned(warehouse: Warehouse, source: Source, table: str, reader: Reader) -> tuple[Reader, list[str]]:
    """The same reader, knowing which of the mapped columns of `table` need no mending; and what should be said of them."""
    columns = {sql: name for name in wanted(source) if (sql := reader.columns.sql(name)) is not None}
    asked = {column: f"bool_or({convert.edged(column)})" for column in columns}
    asked |= {f"zeros/{column}": f"count_if(contains({column}, chr(0)))" for column in columns}
    found = _ask(warehouse, table, asked)
    zeros = {column: found[f"zeros/{column}"] for column in columns if found[f"zeros/{column}"]}
    clean = frozenset(column for column in columns if not found[column] and column not in zeros)
    notes = [
        f"{columns[column]}: the character NUL, found in {count} cells, is left out" for column, count in zeros.items()
    ]
    return replace(reader, clean=clean, zeros=frozenset(zeros)), notes


def survey(
    warehouse: Warehouse, name: str, source: Source, table: str, reader: Reader, timezone: str, *, typed: bool
) -> Facts:
    """Look at every column of `table` that the mapping converts. `typed`: the extract tells numbers from text by itself."""
    facts = Facts()
    ids, keys, whens, numbers = _mapped(source, reader)
    counts = _ask(warehouse, table, _questions(reader, ids, keys, whens, numbers))
    _ids(warehouse, table, reader, facts, counts, ids, keys)
    for path, when in whens.items():
        if when.format:
            _declared(name, path, when, facts, counts)
        elif when.names not in facts.dates:
            _undeclared(warehouse, table, reader, name, path, when, facts, counts)
    _odd_hours(warehouse, table, reader, source, facts, timezone)
    for path, number in numbers.items():
        for column in _names(number):
            _number(warehouse, table, reader, name, path, number, column, facts, counts, typed=typed)
    if source.interaction and reader.has([column := source.interaction.kind.column or ""]):
        _kinds(warehouse, table, reader, name, source, column, facts)
    return facts


def _mapped(source: Source, reader: Reader) -> tuple[list[str], list[str], dict[str, When], dict[str, Money | Number]]:
    """The columns of ids, those of foreign keys, and the mapped times and numbers by their place in the mapping."""
    ids: list[str] = []
    keys: list[str] = []
    whens: dict[str, When] = {}
    numbers: dict[str, Money | Number] = {}
    if person := source.person:
        refs = [person.id, person.merged_into, person.postal_code, *person.phone, *person.identifiers.values()]
        ids += [ref.column for ref in refs if ref and reader.has([ref.column])]
        for key in ("birth_date", "created_at", "updated_at"):
            if (when := getattr(person, key)) and reader.has(when.names):
                whens[f"person.{key}"] = when
    if event := source.interaction:
        refs = [event.id, event.case_id, *event.identifiers.values()]
        ids += [ref.column for ref in refs if ref and reader.has([ref.column])]
        keys += [ref.column for ref in event.person.values() if reader.has([ref.column])]
        whens["interaction.at"] = event.at
        for key in ("amount", "quantity", "score"):
            if (number := getattr(event, key)) and reader.has(_names(number)):
                numbers[f"interaction.{key}"] = number
    return ids, keys, whens, numbers


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
    for names, pattern in {(when.names, when.format) for when in whens.values()}:
        value = reader.joined(names)
        if pattern is None:
            asked |= {f"{key}/{names}": sql for key, sql in dates.survey(value).items()}
        else:
            asked[f"filled/{names}"] = f"count({value})"
            asked[f"fits/{names}/{pattern}"] = dates.counted(value, pattern)
    for column in {column for number in numbers.values() for column in _names(number)}:
        asked |= {f"number {key}/{column}": sql for key, sql in money.survey(reader.text(column)).items()}
    return asked


def _names(number: Money | Number) -> tuple[str, ...]:
    return number.names if isinstance(number, Money) else (number.column,)


def _ask(warehouse: Warehouse, table: str, asked: dict[str, str]) -> dict[str, int]:
    """Many aggregates in one scan."""
    if not asked:
        return {}
    columns = ", ".join(f"{sql} as a{place}" for place, sql in enumerate(asked.values()))
    answers = warehouse.rows(f"select {columns} from {table}")[0]
    return {question: answer or 0 for question, answer in zip(asked, answers, strict=True)}  # of no rows, sums are null


def _ids(
    warehouse: Warehouse,
    table: str,
    reader: Reader,
    facts: Facts,
    counts: dict[str, int],
    ids: list[str],
    keys: list[str],
) -> None:
    maybe = {}
    for column in {*ids, *keys}:
        if counts[f"quoted/{column}"]:
            facts.apostrophes.add(column)
        pointed, filled = counts[f"pointed/{column}"], counts[f"filled/{column}"]
        if pointed and (pointed == filled or column in keys):
            pattern = _MAYBE_FLOAT if column in keys and column not in ids else _FLOAT
            maybe[column] = (
                f"count_if(regexp_full_match({reader.text(column)}, '{pattern.replace(chr(39), chr(39) * 2)}'))"
            )
    for column, number in _ask(warehouse, table, maybe).items():
        if number == counts[f"filled/{column}"]:
            facts.floats.add(column)
            facts.notes.append(f"{column}: numbers written as floats are read as the ids they are, without `.0`")


def _declared(name: str, path: str, when: When, facts: Facts, counts: dict[str, int]) -> None:
    facts.dates[when.names] = DateStyle(formats=(str(when.format),))
    if counts[f"filled/{when.names}"] and not counts[f"fits/{when.names}/{when.format}"]:
        facts.problems.append(
            Problem(
                f"source {name}: {path}.format `{when.format}` fits none of the {counts[f'filled/{when.names}']} values of"
                f" {' + '.join(when.names)}",
                "Correct it, or leave it out: ISO 8601 and unambiguous columns need none.",
            )
        )


def _undeclared(
    warehouse: Warehouse,
    table: str,
    reader: Reader,
    name: str,
    path: str,
    when: When,
    facts: Facts,
    counts: dict[str, int],
) -> None:
    value = reader.joined(when.names)
    own = {key: counts[f"{key}/{when.names}"] for key in ("filled", "local", "zoned", "odd")}
    readings: dict[str, tuple[str, ...]] = {}
    fits: dict[str, int] = {}
    if own["filled"] > own["local"] + own["zoned"]:
        rest = f"(select {value} as v from {table}) where {dates.not_iso('v')}"
        shapes = warehouse.rows(
            f"select {dates.shape('v')}, count(*) from {rest} group by 1 order by 2 desc limit 1000"
        )
        readings = dates.candidates(dict(shapes))
        fits = _ask(warehouse, rest, {order: dates.fits("v", formats) for order, formats in readings.items()})
    verdict = dates.decide(own, fits, readings)
    where = " + ".join(when.names)
    if verdict.note:
        facts.notes.append(f"{path}, {where}: {verdict.note}")
    facts.dates[when.names] = verdict.style or DateStyle()
    if verdict.ambiguous:
        first, second = verdict.ambiguous[0], verdict.ambiguous[-1]
        keys = f"column: {when.names[0]}" if len(when.names) == 1 else f"columns: [{', '.join(when.names)}]"
        facts.problems.append(
            Problem(
                f"source {name}: {path}, {where}: the values can be read as {first} and as {second}, and nothing in the column"
                " decides",
                f'Say which: {path.rsplit(".", maxsplit=1)[-1]}: {{{keys}, format: "{first}"}} (or "{second}")',
            )
        )
    elif own["filled"] and verdict.style is None and path == "interaction.at":
        facts.problems.append(
            Problem(
                f"source {name}: {path}, {where}: none of the {own['filled']} values is a date or time that can be recognised",
                f'State how they are written, such as at: {{column: {when.names[0]}, format: "%d.%m.%Y %H:%M"}}',
            )
        )


def _odd_hours(warehouse: Warehouse, table: str, reader: Reader, source: Source, facts: Facts, timezone: str) -> None:
    """Note how many times of interactions fall into an hour that clocks skipped or showed twice."""
    at = source.interaction.at if source.interaction else None
    style = facts.dates.get(at.names) if at else None
    if at is None or style is None or not style.naive:
        return
    zone = at.timezone or timezone
    if zone == "UTC":
        return
    local = dates.instant(
        reader.joined(at.names), replace(style, zoned=False, whole=style.whole and style.local), "UTC"
    )
    odd = warehouse.scalar(f"select {zones.odd_hours('local', zone)} from (select {local} as local from {table})")
    if odd:
        facts.notes.append(
            f"interaction.at: {odd} times fall into an hour that the clocks of {zone} skip or show twice; the first is taken"
        )


def _number(
    warehouse: Warehouse, table: str, reader: Reader, name: str, path: str, number: Money | Number, column: str,
    facts: Facts, counts: dict[str, int], *, typed: bool,
) -> None:  # fmt: skip
    own = {key: counts[f"number {key}/{column}"] for key in ("filled", "plain", "dot3")}
    style = money.settled(own, number.decimal, typed=typed)
    if style is None:
        style = money.decide(own | _ask(warehouse, table, money.proofs(reader.text(column))))
    if style is None:
        facts.problems.append(
            Problem(
                f"source {name}: {path}, {column}: its marks can mean thousands or decimals, and nothing in the column decides",
                f'Say which: {path.rsplit(".", maxsplit=1)[-1]}: {{column: {column}, decimal: "."}} (or ",")',
            )
        )
    elif style.decimal == "," and number.decimal is None:
        facts.notes.append(f"{path}, {column}: read with a decimal comma")
    facts.numbers[column] = style or NumberStyle(plain=True)


def _kinds(
    warehouse: Warehouse, table: str, reader: Reader, name: str, source: Source, column: str, facts: Facts
) -> None:
    assert source.interaction is not None
    found = warehouse.rows(
        f"select value, count(*) from (select {reader.text(column)} as value from {table}) where value is not null"
        f" group by 1 order by 2 desc, 1 limit {MAX_KINDS}"
    )
    if len(found) == MAX_KINDS:
        facts.problems.append(
            Problem(
                f"source {name}: interaction.kind, {column}: more than {MAX_KINDS} different values",
                "That is no column of kinds; name another, or one kind for all.",
            )
        )
        return
    facts.kinds = kinds.assign((value for value, _ in found), source.interaction.kind)
    unknown = [count for value, count in found if value not in facts.kinds]
    if unknown:
        facts.notes.append(
            f"interaction.kind, {column}: {len(unknown)} values ({sum(unknown)} rows) map to no kind and are"
            f" `{source.interaction.kind.default}`"
        )
