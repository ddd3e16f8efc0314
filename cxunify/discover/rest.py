"""A Draft that is mapped -> what stands beside the mapping, and of the columns that no line names, why."""

from __future__ import annotations

import re

from cxunify.discover.draft import Draft
from cxunify.discover.fields import is_stamp
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.profile import EMPTY_HASHES
from cxunify.discover.roles import agents

_YES = {"true", "1", "yes", "t", "y"}


def settings(one: Draft) -> None:
    """Note what stands beside the mapping: rows to leave out, texts that mean nothing."""
    one.found.settings += [Choice(key, (), options={"value": value}) for key, value in one.series.given.items()]
    one.found.notes += [
        f"not UTF-8, nor cp1252: of what was tried, its letters make words in {csv['encoding']} alone"
        for csv in (one.series.given.get("csv", {}),)
        if "encoding" in csv
    ]
    skip = dict(one.skip)
    for hint, why in (("deleted", "rows that the source calls deleted"), ("test", "rows of tests")):
        if hint == "deleted" and one.found.choice("person.merged_into"):
            continue  # a record that was merged into another is a deleted one, and says into which
        for name in one.hints.get(hint, []):
            if one.shipped and name in one.taken:
                continue
            yes = [word for word, _ in one.columns[name].words if word.casefold() in _YES]
            if one.columns[name].flag >= 0.9 and one.columns[name].few and (yes or one.columns[name].distinct == 1):
                skip[name] = yes or ["true"]
                one.found.notes.append(f"{name}: {why} are left out")
    if "person" in one.found.role or one.found.role == "both":
        for name, own in agents(one.columns).items() if not one.shipped else ():
            skip[name] = own
            one.found.notes.append(f"{name}: {', '.join(own)} are the company's own people, beside its customers")
    if skip:
        one.found.settings.append(Choice("skip", tuple(skip), options={"value": skip}))
    nulls = {word for column in one.columns.values() for word, _ in column.words if word.casefold() in EMPTY_HASHES}
    if nulls:
        one.found.settings.append(
            Choice("null_values", (), options={"value": sorted(nulls)}, why="the hash of an empty text")
        )


def leftovers(one: Draft) -> None:
    """Note why the columns that are left are not mapped, and whose values look like something that the header does not say."""
    named = [name for choice in [*one.found.choices, *one.found.settings] for name in choice.columns]
    named += [name for choice in one.found.choices for name in choice.options.get("minus", ()) if isinstance(name, str)]
    unless = [choice.options["unless"] for choice in one.found.choices if "unless" in choice.options]
    named += [told if isinstance(told, str) else told["column"] for told in unless if isinstance(told, str | dict)]
    used = {*named, *(re.split(r"[.\[{]", name)[0] for name in named)}  # a path begins with a column
    part = "interaction" if one.found.role == "interaction" else "person"
    matched = {
        m.name: m
        for listed in (one.people if part == "person" else one.events).values()
        for m in listed
        if m.fit is Fit.NO and m.score >= 80
    }
    for name, column in one.columns.items():
        if name in used:
            continue
        if not column.filled:
            one.found.unmapped[name] = "empty"
        elif is_stamp(name):
            one.found.unmapped[name] = "when or by what the row was loaded"
        elif name in matched:
            one.found.unmapped[name] = f"called like {matched[name].field.rstrip('!')}, but its values are not"
        else:
            one.found.unmapped[name] = ""
            for shape, key in (("email", "email"), ("phone", "phone")):
                if column.share(shape) >= 0.8 and not column.is_number and not column.is_date and column.distinct >= 3:
                    place = f"{part}.{key}" if part == "person" else f"{part}.identifiers.{key}"
                    doubt = f"values look like {key}s; the header does not say whose"
                    one.found.choices.append(Choice(place, (name,), sure=False, why=doubt, active=False))
                    del one.found.unmapped[name]
                    break
