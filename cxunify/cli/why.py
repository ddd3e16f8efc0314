"""`cxunify why` on a terminal: the path of joins with each waterfall, or what kept two records apart; 80 columns are enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from rich.table import Table
from rich.text import Text

from cxunify.cli.parts import chance, count, indented, table, text
from cxunify.identity.ask.explain import Cause, Explanation, Join, Record
from cxunify.identity.ask.separate import Key, Value, Wholes
from cxunify.identity.ask.waterfall import MISSING, Comparison
from cxunify.vocabulary import hashes

BAR = 15
"""Columns that the bars of a waterfall take."""
LEAST = 0.05
"""Bits below which a remainder is not worth a line."""
RULES = {
    "decision": "Joined by a person's decision",
    "merge pointer": "Joined by the source itself: it merged the one into the other, or writes one id in two lengths",
    "identifier": "Joined by an identifier, which settles it",
    "model": "Joined by what their fields say",
}


OUTWEIGHED = "Alone these two would stay apart: what joins them is how well other records of the customer match both"
CLASSIFIERS = {
    "logistic": "What labels taught is part of these weights.",
    "ecm": "These weights are those of recordlinkage's ECM classifier.",
}
"""By what pairs are weighed, where the configuration or labels chose another classifier than the mixture."""


def without_values(explanation: Explanation) -> Explanation:
    """The same explanation without a single cell: levels and names of fields only, fit to be passed on."""

    def bare(record: Record) -> Record:
        return replace(record, cells={})

    return replace(
        explanation,
        a=bare(explanation.a),
        b=bare(explanation.b),
        path=tuple(
            replace(join, a=bare(join.a), b=bare(join.b), shared=_masked(join.shared)) for join in explanation.path
        ),
        keys=tuple(replace(key, a=key.a and "has it", b=key.b and "has it") for key in explanation.keys),
        values=_masked(explanation.values),
    )


def _masked(values: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(replace(value, value="") for value in values)


def pieces(explanation: Explanation) -> Iterator[Any]:
    """What to print, in order."""
    a, b = explanation.a, explanation.b
    if explanation.is_same:
        yield text(f"{a.key} and {b.key} are the same customer", "bold green")
        steps = len(explanation.path)
        yield text(
            f"{a.customer_id}, of {count(explanation.records, 'record')}; {count(steps, 'join')} between the two"
        )
        for number, join in enumerate(explanation.path, 1):
            yield from _join(number, join)
        if steps != 1:
            yield Text()
            yield text("The two themselves, compared directly", "bold")
            if explanation.comparison.total < 0:
                yield text("Alone they would stay apart: other records of the customer join them")
            yield from _compared(a, b, explanation.comparison)
    else:
        yield text(f"{a.key} and {b.key} are different customers", "bold red")
        yield text(f"{a.customer_id} and {b.customer_id}: {_cause(explanation)}")
        yield from _compared(a, b, explanation.comparison)
        if explanation.cause is Cause.NOT_COMPARED:
            yield from _keys(explanation)
        if explanation.wholes:
            yield from _wholes(explanation.wholes)
    if explanation.classifier:
        yield Text()
        yield text(CLASSIFIERS[explanation.classifier], "dim")
    if explanation.caution:
        yield Text()
        yield text(explanation.caution, "yellow")
    yield Text()
    yield text("Decide otherwise: cxunify review. One customer, everything: cxunify show WHO", "dim")


def _cause(explanation: Explanation) -> str:
    cause = str(explanation.cause)
    return f"{cause} ({explanation.contradiction})" if explanation.cause is Cause.CONTRADICTION else cause


def _join(number: int, join: Join) -> Iterator[Any]:
    yield Text()
    yield text(f"{number}. {join.a.key} = {join.b.key}", "bold")
    shared = [f"{hashes.spoken(value.type)} {value.value}".strip() for value in join.shared if value.status == "valid"]
    yield text(RULES[join.rule] + (f"; both have {', '.join(shared)}" if shared else ""))
    if join.comparison.total < 0:
        yield text(
            OUTWEIGHED if join.rule == "model" else "What their fields weigh together would not, and does not count"
        )
    yield from _compared(join.a, join.b, join.comparison)


def side_by_side(a: Record, b: Record, headings: Mapping[str, str]) -> Table:
    """What two records say, cell by cell."""
    shown = table("", a.key, b.key, fold=True, style="dim")
    for column in shown.columns[1:]:
        column.ratio = 1
    for field, heading in headings.items():
        if field in a.cells or field in b.cells:
            shown.add_row(text(heading), text(a.cells.get(field, "–")), text(b.cells.get(field, "–")))
    return shown


def _compared(a: Record, b: Record, comparison: Comparison) -> Iterator[Any]:
    """Two records side by side, then the waterfall of their weights."""
    if a.cells or b.cells:
        yield Text()
        yield indented(side_by_side(a, b, {step.field: step.label for step in comparison.steps}))
    yield Text()
    yield indented(_waterfall(comparison))
    missing = [step.label for step in comparison.steps if step.level == MISSING]
    if missing:
        yield indented(text(f"Missing on one side or both, so saying nothing: {', '.join(missing)}.", "dim"))
    yield indented(
        text(
            f"Weights are bits: one more doubles the odds of one person against {comparison.rival}."
            " What fits either story weighs little.",
            "dim",
        )
    )


def _waterfall(comparison: Comparison) -> Table:
    said = sorted((step for step in comparison.steps if step.level != MISSING), key=lambda step: -abs(step.weight))
    lines = [("before looking", "how common each story is", comparison.prior)]
    bans = comparison.is_forbidden  # a level that contradicts does not where enough speaks for one person
    lines += [(step.label, _level(step.level, forbids=bans and step.is_contradiction), step.weight) for step in said]
    if abs(comparison.others) >= LEAST:
        lines.append(("other stories", "beside the likeliest one", comparison.others))
    if abs(comparison.caution) >= LEAST:
        besides = "all that they share is together one person's own"
        lines.append(("caution", "no pair is beyond doubt" if comparison.caution < 0 else besides, comparison.caution))
    ends = [0.0]
    for _, _, weight in lines:
        ends.append(ends[-1] + weight)
    low, high = min(ends), max(ends)
    shown = table("field", "found", "weight", "so far", "", right=(2, 3), fold=True, style="dim")
    for (field, found, weight), (start, end) in zip(lines, pairwise(ends), strict=True):
        style = "green" if weight > 0 else "red"
        bar = Text(_bar(start, end, low, high), style)
        shown.add_row(text(field), text(found), Text(f"{weight:+.1f}", style), Text(f"{end:+.1f}"), bar)
    # The lines are exact; only their printed digits are rounded.
    shown.add_row(
        Text("total", "bold"),
        Text(f"probability {chance(comparison.probability)}", "bold"),
        Text(f"{comparison.total:+.1f}", "bold"),
    )
    return shown


def _level(level: str, *, forbids: bool) -> str:
    return f"{level}: forbids a join" if forbids else level


def _bar(start: float, end: float, low: float, high: float) -> str:
    """A line's part of the waterfall: solid where it adds, hatched where it takes away."""
    scale = (BAR - 1) / (high - low) if high > low else 0.0
    left, right = sorted((round((start - low) * scale), round((end - low) * scale)))
    return " " * left + ("█" if end >= start else "▒") * (right - left + 1)


def _keys(explanation: Explanation) -> Iterator[Any]:
    """Why two records never met: the keys of each, and values that are no evidence."""
    a, b = explanation.a, explanation.b
    shared = [key for key in explanation.keys if key.shared_by]
    yield Text()
    said = "the keys that these two share are those of too many" if shared else "these two share none"
    yield text(f"Records are compared when they share a key or a value; {said}", "bold")
    shown = table("key", a.key, b.key, "records", fold=True, style="dim")
    for column in shown.columns[1:3]:
        column.ratio = 1
    for key in explanation.keys:
        shown.add_row(text(key.rule), *(text(value or "–") for value in (key.a, key.b)), _shared(key))
    for value in explanation.values:
        where = value.value or "has it"
        sides = [where if value.carried_by in (side, "both") else "–" for side in ("a", "b")]
        status = (
            ""
            if value.status == "valid"
            else value.rule
            if value.rule and value.rule.startswith(value.status)
            else f"{value.status}: {value.rule}"
        )
        shown.add_row(text(hashes.spoken(value.type)), *(text(side) for side in sides), text(status, "yellow"))
    yield Text()
    yield indented(shown)


def _shared(key: Key) -> Text:
    return Text(f"{key.shared_by:,}, too many", "yellow") if key.shared_by else Text("")


def _wholes(wholes: Wholes) -> Iterator[Any]:
    """The two customers as wholes."""
    if wholes.pairs == 1 and not wholes.conflicts:
        return
    yield Text()
    yield text(
        f"As wholes: {wholes.records_a} and {count(wholes.records_b, 'record')} make {count(wholes.pairs, 'pair')},"
        f" {wholes.compared:,} of them"
        f" compared; their mean weight is {wholes.mean:+.2f}, and a join needs more than 0."
    )
    for conflict in wholes.conflicts:
        yield indented(text(f"never in one customer: {conflict.a} and {conflict.b}: {conflict.what}", "red"))
    if wholes.more_conflicts:
        yield indented(text(f"and {count(wholes.more_conflicts, 'pair')} more", "red"))
