"""What the stages of one source are made of: its rows, the columns its mapping names, and the facts that a survey found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from cxunify.config import Key, Phrase, Source, Text, When
from cxunify.ingest import convert, dates
from cxunify.ingest.bind import Columns
from cxunify.ingest.dates import BORN_BY, DateStyle
from cxunify.ingest.money import NumberStyle
from cxunify.ingest.zones import Named, Zone
from cxunify.schema import JOINT, Table
from cxunify.warehouse import Stage, literal


@dataclass(frozen=True)
class Words:
    """The words in a column of consent, as they are written, by what they mean; any other says something that is not understood."""

    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    text: str = "null::varchar"
    """Where no column says it: the word of each row, as SQL."""
    standing: tuple[str, ...] = ()
    """Of a column that takes consent back: the words that take nothing back."""


@dataclass(frozen=True)
class Facts:
    """How the mapped columns of one source are written."""

    apostrophes: frozenset[str] = frozenset()
    """Columns in which values begin with a spreadsheet's apostrophe."""
    floats: frozenset[str] = frozenset()
    """Columns of ids that arrived as floats."""
    dates: dict[tuple[str, ...], DateStyle] = field(default_factory=dict)
    born_by: date = BORN_BY
    """Nobody is born later, where the year of birth has two digits."""
    numbers: dict[str, NumberStyle] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    zones: dict[str, Named] = field(default_factory=dict)
    """Of each column that names time zones: what its values mean."""
    consent: dict[str, Words] = field(default_factory=dict)
    """By channel."""
    guests: frozenset[str] = frozenset()
    """Columns of foreign keys in which some stand for nobody."""
    currencies: dict[str, str] = field(default_factory=dict)
    """Values of the column of currencies that are written otherwise than by their code."""
    rounded: frozenset[str] = frozenset()
    """Columns of ids in which a spreadsheet has rounded some to scientific notation."""


@dataclass(frozen=True)
class Reader:
    """The columns of one source as SQL texts."""

    columns: Columns
    nulls: tuple[str, ...] = ()
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

    def said(self, ref: Phrase | Text | None) -> str:
        """The text that a field is mapped to; of several columns, what those that are there say."""
        if ref is None or not self.says(ref):
            return "null::varchar"
        value = ref.value if isinstance(ref, Phrase) else None
        return literal(value) if value is not None else self.joined(self.there(ref))

    def says(self, ref: Phrase | Text) -> bool:
        """Whether a text is the same for all rows, or any of its columns is there."""
        return not ref.names or bool(self.there(ref))

    def there(self, ref: Phrase | Text) -> tuple[str, ...]:
        """Those columns of a text that are there."""
        return tuple(name for name in ref.names if self.has([name]))


@dataclass(frozen=True)
class Rows:
    """The rows of one source that count, and how they are read: every stage of the source is a pure function of this."""

    name: str
    source: Source
    table: str
    """Where the rows are: the raw table, or a SELECT in parentheses that leaves out those that do not count."""
    reader: Reader
    timezone: str
    """Of times that name none."""
    currency: str
    """Of amounts that name none."""
    typed: bool = False
    """Whether the extract tells numbers from text by itself."""
    facts: Facts = Facts()
    all: str = ""
    """Where all of its rows are that are looked at, those that do not count too."""

    def instant(self, when: When) -> str:
        """The UTC timestamp in the columns of a time."""
        return dates.instant(self.reader.joined(when.names), self.facts.dates[when.names], self.zone(when))

    def zone(self, when: When) -> Zone:
        """The zone of the values of a time that name none."""
        if isinstance(when.timezone, Text):
            named = self.facts.zones.get(when.timezone.column)
            return named if named and named.meant else self.timezone
        return when.timezone or self.timezone

    def identifier(self, ref: Text | Phrase | Key | None) -> str:
        """A mapped column of ids (or phones, or postcodes) as people know them; of several columns, what they say together.

        Where one of several of a key is empty there is no id: the rest of it would be shared by rows that have nothing in common.
        """
        names = () if ref is None else self.reader.there(ref) if isinstance(ref, Phrase) else ref.names
        if not names or not self.reader.has(names):
            return self.reader.said(ref) if isinstance(ref, Phrase) else "null::varchar"
        parts = [
            convert.identifier(
                self.reader.text(name),
                apostrophe=name in self.facts.apostrophes,
                decimals=name in self.facts.floats,
                rounded=isinstance(ref, Key) and name in self.facts.rounded,
            )
            for name in names
        ]
        if isinstance(ref, Phrase) and len(parts) > 1:
            return f"nullif(concat_ws(' ', {', '.join(parts)}), '')"
        together = f" || {literal(JOINT)} || ".join(parts)
        return together if len(parts) == 1 else f"({together})"


def staged(table: Table, select: str) -> Stage:
    """The stage of a source's rows in a table that all sources share; `select` has its columns by name, in any order."""
    return Stage(table, table.select(f"({select})"))


def passing(name: str, select: str, meaning: str) -> Stage:
    """The stage of a table that is gone when the source is done."""
    return Stage(Table(name, meaning), select)
