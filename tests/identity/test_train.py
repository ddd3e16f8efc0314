"""Training against another implementation of the same theory, and what it says of itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import recordlinkage

from cxunify.identity.match import train
from cxunify.identity.match.fields import Field, Level

AGREE, DIFFER = 1, 2
M, U = (0.95, 0.9, 0.85, 0.8, 0.7), (0.05, 0.1, 0.02, 0.2, 0.3)
FIELDS = tuple(
    Field(
        name=f"f{place}",
        compares="",
        levels=(Level("agree", None, 1, 1, agrees=True), Level("differ", None, 1, 1)),
        stranger=0.1,
    )
    for place in range(len(M))
)


def pairs(share: float, count: int = 20_000) -> np.ndarray:
    """Binary comparisons of `count` pairs, `share` of them of one person, by the model of Fellegi and Sunter."""
    dice = np.random.default_rng(7)
    same = dice.random(count) < share
    return (dice.random((count, len(M))) < np.where(same[:, None], M, U)).astype(int)


def patterns(vectors: np.ndarray) -> pl.DataFrame:
    """The same comparisons counted, as levels."""
    levels = pl.DataFrame({field.name: np.where(vectors[:, i] == 1, AGREE, DIFFER) for i, field in enumerate(FIELDS)})
    return levels.group_by(pl.all()).agg(pl.len().alias("pairs")).sort(pl.all())


@pytest.fixture
def two_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model of the textbook: one person or not, nothing expected beforehand, nothing bounded."""
    start = np.array([[1.0, 0.9, 0.1], [1.0, 0.1, 0.9]])
    monkeypatch.setattr(train, "KINDS", {"same": "", "unrelated": ""})
    monkeypatch.setattr(train, "expected", lambda fields: (np.array([0.2, 0.8]), tuple(start for _ in fields)))
    monkeypatch.setattr(train, "STRENGTH", 1e-9)
    monkeypatch.setattr(train, "TOLERANCE", 1e-12)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_two_kinds_without_expectations_are_what_recordlinkage_learns(two_kinds: None, share: float) -> None:
    vectors = pairs(share)
    ours = train.train(patterns(vectors), FIELDS)
    theirs = recordlinkage.ECMClassifier(init="jaro", max_iter=300, atol=1e-8)
    theirs.fit(pd.DataFrame(vectors, columns=[field.name for field in FIELDS]))
    assert ours.converged
    assert ours.pairs == len(vectors)
    assert ours.shares[0] == pytest.approx(theirs.p, abs=1e-3)
    for field, table in zip(FIELDS, ours.levels, strict=True):
        assert table[0, AGREE] == pytest.approx(theirs.m_probs[field.name][1], abs=1e-3)
        assert table[1, AGREE] == pytest.approx(theirs.u_probs[field.name][1], abs=1e-3)
    # Both find what the data was made with.
    assert ours.shares[0] == pytest.approx(share, abs=0.02)
    assert [table[0, AGREE] for table in ours.levels] == pytest.approx(M, abs=0.04)


def test_missing_says_nothing(two_kinds: None) -> None:
    vectors = pairs(0.3)
    whole = patterns(vectors)
    hidden = patterns(vectors).with_columns(f4=pl.lit(0))
    without = train.train(hidden, FIELDS)
    fewer = train.train(whole.select(pl.exclude("f4")), FIELDS[:4])
    assert without.shares == pytest.approx(fewer.shares, abs=1e-6)
    assert without.untrained == ("f4: agree", "f4: differ")


def test_running_out_of_rounds_is_not_called_convergence(two_kinds: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "MOST_ROUNDS", 3)
    model = train.train(patterns(pairs(0.3)), FIELDS)
    assert (model.rounds, model.converged) == (3, False)
