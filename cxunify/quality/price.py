"""quality.findings -> the gaps: measured against their targets, located, priced, and ranked by what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cxunify.config import Config
from cxunify.quality import estimate, hashed, unclear
from cxunify.quality.catalogue import Check
from cxunify.quality.locate import Cell, locate
from cxunify.quality.marks import marked
from cxunify.quality.paste import paste
from cxunify.schema.report import Gap, Place
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Warehouse, statement

NOBODYS = ("no_customer", "device_unknown", "identifier_of_several")
"""The checks that account for money without a customer; no interaction is in two of them."""

_WORSE = 3.0
"""A place is a gap of its own, though the whole meets its target, from this many times the share elsewhere on …"""
_CRUMB = 0.02
_UNCOUNTED = "currency_uncounted"
_ALIKE = 0.2
"""From this share of a column on, what cannot be read is written otherwise throughout, and not a slip."""
_WORDS = 30
"""Values without a kind that the lines to paste name."""
_SPELLINGS = {"zeros": "leading zeros", "blanks": "blanks", "hyphens": "hyphens and the like", "case": "capitals"}
"""In what keys may differ, as the configuration says it and as people do."""
_TIMES = 3
"""Stretches that are named one by one."""
_MARGIN = 0.05
"""… and this far beyond what the target allows."""


@dataclass(frozen=True)
class _Found:
    """What one check found in one source and field."""

    check: Check
    source: str | None
    field: str | None
    place: str | None
    keys: int
    lines: int
    customers: int
    revenue: Decimal


def price(warehouse: Warehouse, config: Config, checks: Sequence[Check]) -> tuple[Gap, ...]:
    """The gaps that miss their target, the costliest first."""
    by_id = {check.id: check for check in checks}
    priced = {
        "checks": [check.id for check in checks],
        "prices": [check.price for check in checks],
        "apart": [check.apart for check in checks],
    }
    population = {
        (name, source, field): rows for name, source, field, rows in warehouse.rows("from quality.population")
    }
    targets, weights = _expected(warehouse, "target"), _expected(warehouse, "weight")
    stretches = warehouse.rows(statement("cxunify.quality", "queries", "stretches"))
    uncounted: dict[tuple[str | None, str | None], tuple[Any, ...]] = {
        (row[0], f"currency.{row[1]}"): row[1:5] for row in warehouse.rows("from quality.uncounted")
    }
    gaps = []
    for check_id, *row in warehouse.rows(statement("cxunify.quality", "queries", "priced"), priced):
        found = _Found(by_id[check_id], *row)
        gap = _gap(found, population, targets, weights, config)
        if found.lines < found.check.minimum:
            continue
        told, days = _explained(warehouse, found, gap, stretches)
        if check_id == _UNCOUNTED:
            told, days = _stated(told, *uncounted[found.source, found.field])
        lines = marked(warehouse, config, found.source, found.field, gap.paste)
        if "format=" in lines and 1 - gap.measured < _ALIKE:
            # a format is for the whole column: a few odd cells do not ask for another one
            told = replace(told, paste="")
        else:
            words, cause = _words(warehouse, found)
            told = replace(told, cause=f"{cause} {told.cause}".strip())
            told = replace(told, paste=paste(lines, config, found.source, found.field, days, words))
        if gap.measured < gap.target or _bad_somewhere(told):
            gaps.append(told)
    gaps.sort(key=lambda gap: (-gap.cost, -gap.customers, -gap.rows, gap.gap_id))
    return _exclusive(warehouse, gaps, by_id)


Shares = dict[tuple[str, str], float]
"""Of a source and field."""


def _expected(warehouse: Warehouse, column: str) -> Shares:
    """What is expected of a source's field: the share of filled cells (`target`), or what a gap in it weighs (`weight`)."""
    sql = f"select source, field, {column} from quality.expectations where field is not null and {column} is not null"
    return {(source, field): value for source, field, value in warehouse.rows(sql)}


def _gap(
    found: _Found,
    population: dict[tuple[str, str | None, str | None], int],
    targets: Shares,
    weights: Shares,
    config: Config,
) -> Gap:
    check, source, field = found.check, found.source, found.field
    base = _base(found, population)
    gap_id = ".".join(part for part in (check.id, source, field if check.id != field else None) if part)
    gap_id += f"@{found.place}" if found.place else ""
    target = check.target
    if check.of == "field":
        target = targets.get((str(source), str(field)), target)
    target = next((config.quality.targets[key] for key in (gap_id, check.id) if key in config.quality.targets), target)
    weight = weights.get((str(source), str(field)), check.weight) if check.field_weight else check.weight
    weight = config.quality.weights.get(check.id, weight)
    return Gap(
        gap_id=gap_id,
        check=check.id,
        dimension=check.dimension,
        title=_filled(check.title, found),
        source=source,
        field=field,
        location=found.place,
        period=None,
        measured=max(0.0, 1 - found.lines / base),
        target=target,
        rows=found.lines,
        keys=found.keys,
        population=base,
        customers=found.customers,
        revenue=found.revenue,
        cost=max(Decimal(0), round(found.revenue * Decimal(str(weight)), 2)),
        exclusive=Decimal(0),
        confidence="assumed"
        if check.confidence == "measured" and 0 < weight < 1 and found.revenue
        else check.confidence,
        method=check.method,
        cause="",
        why=check.why,
        fix=_filled(check.fix, found),
        paste=check.paste,
        is_counted=check.rows == "counted",
    )


def _base(found: _Found, population: dict[tuple[str, str | None, str | None], int]) -> int:
    """How many rows could have offended: those of the check's population or, where that knows nothing of the field, of the extract.

    What is missing is in no population, and would have been.
    """
    of, source, field = found.check.of, found.source, found.field
    known = [(of, source, field), (of, source, None), (of, None, field), (of, None, None), ("extract", source, None)]
    missing = found.lines if found.check.rows == "missing" else 0
    sizes = [rows + missing for key in known if (rows := population.get(key))]
    return next((size for size in sizes if size >= found.lines), found.lines)


def _stated(gap: Gap, currency: str, interactions: int, amount: Decimal, first: date | None) -> tuple[Gap, list[str]]:
    """The gap of a currency that is in no total, with what is stated in it; and the first day that needs a rate."""
    stated = f"{amount:,.2f} {currency} in {counted(interactions, 'purchase or return', 'purchases and returns')}."
    return replace(gap, cause=f"{stated} {gap.cause}".strip()), [str(first)] if first else []


def _filled(sentence: str, found: _Found, places: Sequence[Place] = ()) -> str:
    """A sentence of a check about what was found; names from the data are put in, never read as patterns."""
    where = f", above all {places[0].text}" if places else ""
    parts = {"source": found.source or "the extracts", "field": plain(found.field), "place": where}
    for name, value in parts.items():
        sentence = sentence.replace("{" + name + "}", value)
    return sentence[:1].upper() + sentence[1:]


def plain(field: str | None) -> str:
    """A field as a person would say it: `identifiers.loyalty_id` is a loyalty id."""
    if field is None:
        return "a value"
    kind, _, name = field.partition(".")
    if kind == "consent":
        return f"consent to {name}"
    return (name or kind).replace("_", " ").replace("email", "e-mail").replace("postal code", "postcode")


def _words(warehouse: Warehouse, found: _Found) -> tuple[list[str], str]:
    """What the lines to paste are made of, where they name words of the extracts; and a sentence of how much hangs on which."""
    where = {"source": found.source, "field": found.field}
    match found.check.id:
        case "consent_unclear":
            return unclear.words(warehouse, found.source, found.field)
        case "email_invalid" | "phone_invalid" | "contact_unread":
            return [], hashed.said(warehouse, found.source, found.field)
        case "key_nearly":
            (counts,) = warehouse.rows(statement("cxunify.quality", "queries", "differs"), where)
            differ = [(what, count) for what, count in zip(_SPELLINGS, counts, strict=True) if count]
            said = ", ".join(f"{_SPELLINGS[what]} ({count})" for what, count in differ)
            return [what for what, _ in differ], f"They differ by {said}."
        case "kind_unmapped":
            sql = (
                "select kind_value from staging.interactions where source = $source and kind = 'other' and not is_kind_known"
                f" group by kind_value order by count(*) desc, kind_value limit {_WORDS}"
            )
            return [word for (word,) in warehouse.rows(sql, {"source": found.source})], ""
    return [], ""


def _dated(gap: Gap, found: _Found, stretches: Sequence[tuple[Any, ...]]) -> tuple[Gap, list[str]]:
    """The gap of a check of days or of whole sources, with the days and counts that it found; and those days, one by one."""
    mine = [row[4:] for row in stretches if row[:4] == (found.check.id, found.source, found.field, found.place)]
    if not mine:
        return gap, []
    dated = [(first, last) for first, last, _ in mine if first is not None]
    days = [str(first + timedelta(days=at)) for first, last in dated for at in range((last - first).days + 1)]
    times = [str(first) if first == last else f"{first}..{last}" for first, last in dated]
    more = f" and {len(mine) - _TIMES} more" if len(mine) > _TIMES else ""
    seen = [": ".join(part) for part in zip(times, (text for *_, text in mine), strict=True)] if times else [mine[0][2]]
    period = (", ".join(times[:_TIMES]) + more) or None
    return replace(gap, period=period, cause="; ".join(seen[:_TIMES]) + more + "."), days


def _explained(
    warehouse: Warehouse, found: _Found, gap: Gap, stretches: Sequence[tuple[Any, ...]]
) -> tuple[Gap, list[str]]:
    """The gap with its places, its cause and what closing it would bring; and its days, where it is one of days."""
    if found.check.subject in {"day", "source"}:
        return _dated(gap, found, stretches)
    if found.place is not None or found.check.subject == "row":
        return gap, []
    cells, base = _cells(warehouse, found)
    places = locate(cells, base)
    if gap.measured < gap.target:  # what is a gap everywhere is not explained by a crumb of it
        places = tuple(place for place in places if place.share >= _CRUMB)
    first = places[0] if places else None
    period = None
    if first:
        stretch = f"{first.first_date}..{first.last_date}" if first.first_date else None
        period = " ".join(part for part in (first.weekday, stretch) if part)
    told = replace(
        gap,
        places=places,
        location=first.location if first else None,
        period=period or None,
        cause=" ".join(_cause(place) for place in places),
        fix=_filled(found.check.fix, found, places),
        closing=estimate.closing(warehouse, found.source) if found.check.id == "no_customer" and found.source else None,
    )
    return told, []


def _bad_somewhere(gap: Gap) -> bool:
    """Whether a gap that is small as a whole is large in one place: a store on Saturdays, one week."""
    return any(place.rate > max(_WORSE * place.elsewhere, 1 - gap.target + _MARGIN) for place in gap.places)


def _cause(place: Place) -> str:
    there, elsewhere = percent(place.rate), percent(place.elsewhere)
    return f"{percent(place.share, 0)} of it {place.text}: {there} there, {elsewhere} elsewhere."


def _cells(warehouse: Warehouse, found: _Found) -> tuple[list[Cell], list[Cell]]:
    """What offends, and everything that could have, by place and day."""
    where: dict[str, Any] = {"source": found.source, "field": found.field}
    offending = warehouse.rows(
        f"select location, day, sum(keys)::bigint from quality.found_{found.check.id}"  # of all findings, what this check found
        " where source is not distinct from $source and field is not distinct from $field group by all",
        where,
    )
    if found.check.subject == "record":
        everything = warehouse.rows("select null, day, records from quality.intake where source = $source", where)
    else:
        everything = warehouse.rows(
            statement("cxunify.quality", "queries", "possible"),
            {**where, "of": found.check.of},
        )
    if found.check.timeless:
        return [(place, None, n) for place, _, n in offending], [(place, None, n) for place, _, n in everything]
    return offending, everything


def _exclusive(warehouse: Warehouse, gaps: Sequence[Gap], checks: dict[str, Check]) -> tuple[Gap, ...]:
    """The gaps, each with the money that no costlier one accounts for."""
    if not gaps:
        return ()
    columns = {
        "ranks": list(range(len(gaps))),
        "checks": [gap.check for gap in gaps],
        "sources": [gap.source for gap in gaps],
        "fields": [gap.field for gap in gaps],
        "places": [gap.location if checks[gap.check].apart else None for gap in gaps],
        "prices": [checks[gap.check].price for gap in gaps],
        "nobodys": [gap.check in NOBODYS for gap in gaps],
    }
    exclusive = dict(warehouse.rows(statement("cxunify.quality", "queries", "exclusive"), columns))
    return tuple(
        replace(gap, exclusive=max(Decimal(0), min(gap.revenue, exclusive.get(rank) or Decimal(0))))
        for rank, gap in enumerate(gaps)
    )
