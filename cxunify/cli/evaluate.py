"""`cxunify evaluate` on a terminal: measures, thresholds, calibration and the worst errors; 80 columns are enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from cxunify.cli.parts import chance, next_step, table, text
from cxunify.identity.ask.evaluate import Band, Evaluation
from cxunify.schema.words import counted


def pieces(found: Evaluation) -> Iterator[Any]:
    """What to print, in order."""
    kind = "records" if found.clusters else "pairs"
    unknown = f"; {found.unknown:,} more are not loaded" if found.unknown else ""
    yield Text(f"Judged by {found.labelled:,} labelled {kind}{unknown}", "bold")
    yield Text()
    shown = table("customers as they are", "precision", "recall", "F1", right=(1, 2, 3))
    pairwise = found.pairwise
    shown.add_row("pairwise", *(f"{value:.4f}" for value in (pairwise.precision, pairwise.recall, pairwise.f1)))
    if found.clusters:
        whole = found.clusters
        shown.add_row(
            "B-cubed", *(f"{value:.4f}" for value in (whole.bcubed_precision, whole.bcubed_recall, whole.bcubed_f1))
        )
    yield shown
    yield Text(
        f"{counted(pairwise.right, 'pair')} rightly joined, {pairwise.wrong:,} wrongly joined, {pairwise.missed:,} missed,"
        f" {pairwise.apart:,} rightly apart"
    )
    yield Text(
        f"{found.completeness:.2%} of the pairs of one person were compared; of all pairs that there are, {found.reduction:.2%}"
        " needed no look"
    )
    if not found.clusters:
        yield Text("Pairs do not say how many people there are: B-cubed needs labelled records.", "dim")
    yield Text()
    shown = table("pairs alone, joined from", "precision", "recall", "F1", "wrong", "missed", right=range(1, 6))
    for at in found.thresholds:
        said = at.counted
        shares = (f"{value:.4f}" for value in (said.precision, said.recall, said.f1))
        shown.add_row(f"{at.threshold:g}", *shares, f"{said.wrong:,}", f"{said.missed:,}")
    yield shown
    yield Text("What a threshold does to customers: cxunify resolve --threshold 0.99 (writes nothing)", "dim")
    yield Text()
    for what, bands in (("pairs", found.calibration), ("records", found.confidence)):
        if bands:
            yield _calibration("probability" if what == "pairs" else "confidence", what, bands)
            yield Text()
    if found.wrong:
        yield Text("The largest wrong merges", "bold")
        for wrong in found.wrong:
            yield _line(
                f"{wrong.customer_id}, {counted(wrong.records, 'record')}, {counted(wrong.wrong_pairs, 'wrong pair')}, such as"
            )
            yield _line(f"  {wrong.record_a} {wrong.record_b}")
    if found.missed:
        yield Text("\nThe strongest missed pairs" if found.wrong else "The strongest missed pairs", "bold")
        for missed in found.missed:
            how = (
                "never compared"
                if missed.weight is None
                else f"{missed.weight:+.1f} bits, {chance(missed.probability or 0)}"
            )
            yield _line(f"  {missed.record_a} {missed.record_b}: {how}")
    yield next_step("cxunify why A B: any of these pairs, field by field")


def _calibration(of: str, what: str, bands: tuple[Band, ...]) -> Table:
    """What was promised of pairs or records, and what was kept."""
    shown = table(of, what, "promised", "right", right=(1, 2, 3))
    for band in bands:
        shown.add_row(f"{band.low:g} to {band.high:g}", f"{band.number:,}", f"{band.promised:.1%}", f"{band.right:.1%}")
    return shown


def _line(content: str) -> Text:
    line = text(content)
    line.overflow = "fold"
    return line
