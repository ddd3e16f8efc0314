"""Lines of consent + what else is called so -> the same lines with the column that takes consent back: opting out, or its day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cxunify.discover.fields import LEAST, Match
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.profile import Column

_KEY = "person.consent."


def take_back(
    choices: Iterable[Choice], people: Mapping[str, list[Match]], days: Iterable[str], columns: Mapping[str, Column]
) -> list[str]:
    """Where a yes stands beside an opt-out, or a day of `days` of leaving, that one takes it back; the columns of such lines."""
    found = []
    for line in [choice for choice in choices if choice.key.startswith(_KEY) and choice.active and choice.columns]:
        channel = line.key.removeprefix(_KEY)
        yes, no = (_first(people.get(f"consent.{channel}{sign}", [])) for sign in ("", "!"))
        if line.options.get("negate") and yes:
            line.columns, line.options = (yes,), {}
            line.why = f"{columns[yes].fill:.0%} filled"
        if line.options:
            continue
        left = [name for name in days if channel == "email" and columns[name].is_date and columns[name].fill < 1]
        back = next((name for name in (no, *left) if name and name not in line.columns), None)
        if back:
            line.options["unless"] = back
            line.why += f"; {back} takes it back"
            found += [*line.columns, back]
    return found


def _first(listed: list[Match]) -> str | None:
    return next((match.name for match in listed if match.fit is Fit.YES and match.score >= LEAST), None)
