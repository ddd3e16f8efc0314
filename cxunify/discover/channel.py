"""A Draft -> the channel of its rows: by its preset, the names of its files, its columns; else a guess that is told as one."""

from __future__ import annotations

from cxunify.discover.draft import Draft
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.words import of_file

_FIRST = {"crm", "pos", "web", "survey", "email"}
_LAST = {"support", "email", "survey"}


def channel(one: Draft) -> str:
    """The channel of the rows of a series; where nothing says it, a line that is unsure is noted."""
    if one.series.given.get("format") == "access_log":
        return "web"
    named = [one.shipped.name] if one.shipped else []
    for name in (*named, one.series.name, f"{one.series.extracts[0].path.parent.name} {one.series.name}"):
        if found := _called(name):
            return found
    if _is(one, "session") or any(
        match.fit is Fit.YES and match.column.share("url") > 0.9 for match in one.events.get("page", [])
    ):
        return "web"
    if one.role.role != "person" and _is(one, "location"):
        return "pos"
    guess = "crm" if one.role.role == "person" else "pos"
    why = "neither the name of the file nor its columns say by which channel its rows came"
    others = tuple(other for other in ("pos", "crm", "web", "app") if other != guess)
    one.found.settings.append(Choice("channel", (), sure=False, options={"value": guess}, why=why, others=others))
    return guess


def _called(name: str) -> str:
    """The channel that the words of a name say: the last of them says what rows are, but for where a company keeps them."""
    own = [row["channel"] for row in of_file(name) if row["channel"]]
    if not own:
        return ""
    return own[0] if own[0] in _FIRST and own[-1] not in _LAST else own[-1]


def _is(one: Draft, field: str) -> bool:
    return any(match.fit is Fit.YES for match in one.events.get(field, []))
