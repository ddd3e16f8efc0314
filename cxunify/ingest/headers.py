"""mapping keys + header -> what an extract lacks that the mapping needs, each with the name in its header that is meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from cxunify.config import Source
from cxunify.errors import Problem
from cxunify.ingest.bind import Columns, references
from cxunify.ingest.dialect import unique
from cxunify.schema.words import counted
from cxunify.vocabulary.headers import fold

ESSENTIAL = frozenset({"person.id", "interaction.id", "interaction.at"})
"""What no record can do without."""
_TIME = re.compile(
    r"date|time|stamp|when|created|updated|modified|\bat\b|_at$|[^a-z]on$|datum|zeit|fecha|\bdata\b|uhr|erstellt"
)
_NUMBER = re.compile(
    r"amount|total|price|sales|revenue|value|sum\b|net|gross|cost|paid|betrag|umsatz|summe|preis|montant|importe|qty|quant|menge|score"
)
_MAIL = re.compile(r"mail|courriel|correo")
_PHONE = re.compile(r"phone|\btel|mobil|handy|fon\b|cell")
_TYPES = {
    **dict.fromkeys(("at", "created_at", "updated_at", "birth_date"), _TIME),
    **dict.fromkeys(("amount", "quantity", "score"), _NUMBER),
    "email": _MAIL,
    "phone": _PHONE,
}
"""What columns of a field are called, in the languages of most headers: of near names one of the same kind is meant."""


def absent(source: Source, headers: Iterable[str], elsewhere: Iterable[str]) -> list[str]:
    """The columns that documents with these keys lack, and need not have: those of other files of the source have them.

    A document leaves out what it has nothing to say of, so a day without orders has no revenue. What says which record or
    moment it is about is never left out; nor is a column absent where a new key nearly has its name: that was renamed.
    """
    headers = list(headers)
    here = Columns(tuple(unique(headers))).with_elements(source)
    there = Columns(tuple(elsewhere)).with_elements(source)
    new = [header for header in headers if there.find(header) is None]
    return [
        reference.column
        for reference in references(source)
        if reference.key not in ESSENTIAL
        and here.sql(reference.column) is None
        and there.sql(reference.column) is not None
        and not _near(fold(reference.column), new)
    ]


def missing(
    source: Source, name: str, extract: str, headers: Iterable[str], dispensable: Iterable[str] = ()
) -> list[Problem]:
    """What the header of an extract lacks that the mapping needs, each with the nearest name it has.

    Columns that are `dispensable` may be absent.
    """
    headers = unique(headers)
    columns = Columns(tuple(headers)).with_elements(source)
    dispensable = set(dispensable)
    needed = {fold(reference.column): reference.column for reference in references(source) if not reference.optional}
    found = any(map(columns.sql, needed.values())) or any(_near(wanted, headers) for wanted in needed)
    if len(needed) > 1 and not found:
        return [_nothing(source, name, extract, len(headers), len(needed))]
    problems: list[Problem] = []
    for reference in references(source):
        if reference.optional or reference.column in dispensable or columns.sql(reference.column) is not None:
            continue
        if fold(reference.column) in {fold(problem.column) for problem in problems}:
            continue  # one column that several keys mention is one problem
        nearest = _near(fold(reference.column), headers, _TYPES.get(reference.key.rsplit(".", maxsplit=1)[-1]))
        hint = f"Did you mean `{nearest}`? " if nearest else ""
        problems.append(
            Problem(
                f"source {name}: {extract} has no column for {reference.key}, `{reference.column}`",
                f"{hint}It has {_counted(len(headers))}. Where it may be absent, write {{column: …, optional: true}}.",
                key=reference.key,
                column=reference.column,
            )
        )
    return problems


def _near(wanted: str, headers: Iterable[str], called: re.Pattern[str] | None = None) -> str:
    """The header that is most like a folded name, of those first that are `called` as what it should be; empty when none is."""
    folded = {fold(header): header.strip() for header in headers}
    near = difflib.get_close_matches(wanted, folded, n=5, cutoff=0.6)
    alike = [found for found in near if called and _called(found) is called]
    if called and not alike:
        # a time may be called by quite another word, where it is the only one; an amount is none, however alike it is written
        only = [name for name in folded if _called(name) is called]
        alike = only if len(only) == 1 else []
        near = [found for found in near if _called(found) is None]
    return next((folded[found] for found in [*alike, *near]), "")


def _called(header: str) -> re.Pattern[str] | None:
    """What a header is called as: the date of an amount is a date."""
    return next((kind for kind in (_TIME, _MAIL, _PHONE, _NUMBER) if kind.search(header)), None)


def _nothing(source: Source, name: str, extract: str, found: int, needed: int) -> Problem:
    """Of an extract that has none of the columns: what it is about is not one column."""
    fix = "Check that it is the right file, and that its first line names the columns"
    if found == 1 and source.csv.delimiter is None:
        fix += "; if they stand in one line, state what is between them: `csv: {delimiter: …}`"
    if source.csv.delimiter is not None:
        fix += f", with {source.csv.delimiter!r} between them as `csv.delimiter` says"
    if source.csv.header and source.csv.delimiter is None:
        fix += "; if it has no header, write `csv: {header: false, names: […]}`"
    return Problem(
        f"source {name}: {extract} has none of the {counted(needed, 'column')} that the mapping names; it has {_counted(found)}",
        f"{fix}.",
    )


def _counted(columns: int) -> str:
    return f"{columns} column{'' if columns == 1 else 's'}"
