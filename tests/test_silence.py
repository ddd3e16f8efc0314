"""Nothing is wrong in silence: random extracts that go wrong as real ones do come out true, or are refused, or are told in a gap.

`CXUNIFY_EXTRACTS=500 pytest tests/test_silence.py` (`make soak`) tries as many; the gate tries a few. The seed tells the extracts.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxunify import pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import load
from cxunify.errors import InputError
from tests import hostile
from tests.hostile import Extracts

EXTRACTS = int(os.environ.get("CXUNIFY_EXTRACTS", "4"))


@dataclass(frozen=True)
class Outcome:
    """What a run published."""

    interactions: pl.DataFrame
    customers: pl.DataFrame
    manifest: dict[str, Any]
    report: dict[str, Any]

    @property
    def checks(self) -> set[str]:
        """The checks that found a gap."""
        return {gap["check"] for gap in self.report["gaps"]}


def run(drawn: Extracts, folder: Path, *, hasty: bool) -> Outcome | InputError:
    """Run everything over the extracts; what was published, or the refusal."""
    folder.mkdir()
    config = load(hostile.write(drawn, folder, hasty=hasty))
    try:
        with open_warehouse(config) as warehouse:
            pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
    except InputError as refusal:
        return refusal
    current = config.output_path / "current"
    return Outcome(
        pl.read_parquet(current / "interactions" / "**" / "*.parquet"),
        pl.read_parquet(current / "customers.parquet"),
        json.loads((current / "manifest.json").read_text(encoding="utf-8")),
        json.loads((current / "report.json").read_text(encoding="utf-8")),
    )


@pytest.mark.parametrize("seed", range(EXTRACTS))
def test_what_is_published_is_true_or_told(seed: int, tmp_path: Path) -> None:
    drawn = hostile.draw(seed)
    right = run(drawn, tmp_path / "right", hasty=False)
    if drawn.times == "foreign":
        # Letters that another zone uses too: no time may be made of them.
        assert isinstance(right, InputError) or right.interactions.filter(pl.col("source") == "till").is_empty()
        return
    assert isinstance(right, Outcome), right
    _adds_up(drawn, right)
    _times_are_true(drawn, right)
    _no_unclear_word_is_a_yes(drawn, right)
    _strangers_stay_strangers(drawn, right)
    assert _totals(right) == drawn.totals()
    if drawn.told_apart == ["no"]:
        return
    hasty = run(drawn, tmp_path / "hasty", hasty=True)
    if isinstance(hasty, InputError):
        assert any("till" in problem.what for problem in hasty.problems)
        return
    _adds_up(drawn, hasty)
    _times_are_true(drawn, hasty)
    _strangers_stay_strangers(drawn, hasty)
    assert _totals(hasty) == drawn.totals() or bool(hasty.checks & {"interaction_id_reused", "line_displaced"})


def _totals(outcome: Outcome) -> dict[str, Decimal]:
    bought = outcome.interactions.filter(pl.col("kind") == "purchase").group_by("currency").agg(pl.col("amount").sum())
    return {currency: amount for currency, amount in bought.iter_rows() if amount}


def _adds_up(drawn: Extracts, outcome: Outcome) -> None:
    """Every row of every file is loaded, rejected or skipped, and every row that was loaded stands or gave way to one that does."""
    for file in outcome.manifest["inputs"]:
        rows = len(drawn.written[Path(file["path"]).name])
        assert file["records"] == rows == file["loaded"] + file["rejected"] + file["skipped"]
    (till,) = (account for account in outcome.manifest["accounts"] if account["source"] == "till")
    gone = sum(entry["rows"] for entry in till["gave_way"])
    assert outcome.interactions.get_column("lines").sum() == till["loaded"] - gone


def _times_are_true(drawn: Extracts, outcome: Outcome) -> None:
    """No time is off by a zone, and dates that mean none are no customer's first day."""
    truth = {receipt.ref: receipt.at for receipt in drawn.receipts}
    for properties, at in outcome.interactions.select("properties", "occurred_at").iter_rows():
        expected = truth[json.loads(properties)["ref"]]
        assert expected is None or at == expected
    firsts = outcome.customers.get_column("first_purchase_at").drop_nulls()
    assert firsts.is_empty() or firsts.min() > datetime(2024, 1, 1)  # type: ignore[operator]
    assert outcome.manifest["as_of"] < "2026"
    if None in truth.values():
        assert outcome.checks & {"date_zero", "date_in_future", "row_rejected", "cell_unparseable"}


def _no_unclear_word_is_a_yes(drawn: Extracts, outcome: Outcome) -> None:
    """Consent is a yes where every list says yes, and nowhere else."""
    published = dict(outcome.customers.select("email", "consent_email").drop_nulls("email").iter_rows())
    assert {mail for mail, said in published.items() if said} == {mail for mail, said in drawn.allowed.items() if said}


def _strangers_stay_strangers(drawn: Extracts, outcome: Outcome) -> None:
    """Receipts of two people are never one customer's."""
    cards = {receipt.ref: receipt.card for receipt in drawn.receipts}
    held = defaultdict(set)
    for properties, customer in outcome.interactions.select("properties", "customer_id").drop_nulls().iter_rows():
        held[customer].add(cards[json.loads(properties)["ref"]])
    assert not [found for found in held.values() if len(found) > 1]
