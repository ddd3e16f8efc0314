"""Columns -> of whom each speaks where rows name two people (who buys, and whom it is for), and whether a value is everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxunify.discover.fields import LEAST, Match
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.sample import Series
from cxunify.discover.words import is_for_another, is_sent_to
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse, quote

MOST_NAMES = 4
"""Names beside one mailbox or number, as a family has; more are of people who share nothing but a relay."""
_HALF, _SOME = 0.5, 0.02
"""Shares of the rows from which on a column of such values is nobody's, and from which on it is told that some are."""
_NAMES = ("given_name", "family_name", "full_name")
_HOME = ("street", "unit", "city", "region", "postal_code", "country")


def doubted(choices: Iterable[Choice], columns: Iterable[str]) -> None:
    """Doubt names that are those of a parcel beside a mailbox that is not, and leave out where presents are sent to."""
    lines = {choice.key.removeprefix("person."): choice for choice in choices if choice.key.startswith("person.")}
    reached = [lines[key] for key in ("email", "phone") if key in lines]
    if not any(not is_sent_to(name) for choice in reached for name in choice.columns):
        return
    for key in _NAMES:
        if key in lines and is_sent_to(lines[key].columns[0]):
            lines[key].sure = False
            lines[key].why += "; whom it is sent to, who may be another than whose mailbox or number it is"
    if any(is_for_another(name) for name in columns):
        for key in _HOME:
            if key in lines and is_sent_to(lines[key].columns[0]):
                lines[key].leave_out("where it is sent to; rows name who buys, and whom it is for")


def crowded(warehouse: Warehouse, series: Series, line: Choice, people: dict[str, list[Match]]) -> Choice:
    """The line of a mailbox or number of what happened; none where each value has many names beside it, as those of relays have."""
    names = _named(people, line.columns)
    if not names:
        return line
    written = quote(line.columns[0])
    name = f"lower(trim(concat_ws(' ', {', '.join(quote(column) for column in names)})))"
    rows, shared, values = warehouse.rows(
        f"select sum(rows), sum(rows) filter (names > {MOST_NAMES}), count(*) filter (names > {MOST_NAMES}) from ("
        f"select count(*) as rows, count(distinct nullif({name}, '')) as names from {series.table}"
        f" where nullif(trim({written}), '') is not null group by {written})"
    )[0]
    share = float(shared or 0) / float(rows or 1)
    if share < _SOME:
        return line
    have = "has" if values == 1 else "have"
    told = f"{counted(values, 'value')} of it, in {share:.0%} of its rows, {have} more than {MOST_NAMES} names"
    if share >= _HALF:
        line.leave_out(f"{told} beside them: a relay's or the company's own, and nobody's")
    else:
        line.sure = False
        line.why += f"; {told} beside them: if they are a relay's, name them under `identity.placeholders`"
    return line


def _named(people: dict[str, list[Match]], taken: Sequence[str]) -> list[str]:
    """The columns of the name of a row's person: its parts, or the whole."""
    found = {
        field: match.name
        for field in _NAMES
        if (match := next((m for m in people.get(field, []) if m.fit is Fit.YES and m.score >= LEAST), None))
    }
    parts = [found[field] for field in ("given_name", "family_name") if field in found]
    whole = [found["full_name"]] if "full_name" in found else []
    return [name for name in parts or whole if name not in taken]
