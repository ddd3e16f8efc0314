"""Labels teach: what is learned is kept only where it proves better on labels held out, and later runs go by it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import recordlinkage

from cxunify.config import Config
from cxunify.identity.match import learn, supervised
from cxunify.identity.match.fields import fields
from cxunify.identity.match.model import parse
from cxunify.identity.match.score import UNIT, score
from cxunify.warehouse import Warehouse
from tests.cli.project import Project


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample, published."""
    project = Project(tmp_path_factory.mktemp("published") / "project")
    project.run("profile")
    return project


@pytest.fixture
def project(published: Project, tmp_path: Path) -> Project:
    return published.copy(tmp_path / "project")


@pytest.fixture(scope="module")
def truth(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "sample_data" / "truth" / "truth.csv", infer_schema=False)


def _owners(project: Project) -> list[tuple[str, str, str]]:
    with Warehouse.open(project.folder / "warehouse.duckdb", read_only=True) as warehouse:
        return warehouse.rows("select source, record_id, customer_id from identity.assignments order by all")


def _words(text: str) -> str:
    return " ".join(text.split())


def test_what_labels_teach_is_gone_by_from_then_on(project: Project, truth: pl.DataFrame) -> None:
    truth.write_csv(project.folder / "labels.csv")
    before = _owners(project)
    said = _words(project.run("resolve", "--learn", "labels.csv").stdout)
    assert "On labels held out, F1 of customers went from" in said
    assert "What they taught weighs pairs from now on" in said
    after = _owners(project)
    assert after != before
    # It is a proposal until a run is published, and then what every run goes by.
    copy = project.folder / "identity_model.json"
    assert not json.loads(copy.read_text(encoding="utf-8"))["classifiers"]
    assert "Stale: profile, quality" in project.run("status").stdout
    project.run("profile")
    kept = json.loads(copy.read_text(encoding="utf-8"))
    assert kept["classifier"] == "logistic"
    facts = kept["classifiers"]["logistic"]["learned"]
    assert facts["gain"] == pytest.approx(facts["f1_after"] - facts["f1_before"], abs=2e-4)
    assert facts["gain_low"] <= facts["gain"] <= facts["gain_high"]
    assert "Up to date already: resolve" in project.run("resolve").stdout
    assert _owners(project) == after
    # What the same labels teach again is nothing new, and that is said.
    assert "it is enough, more are not worth asking" in _words(project.run("resolve", "--learn", "labels.csv").stdout)
    assert _owners(project) == after
    # The configuration chooses; what was taught is not forgotten meanwhile.
    config = project.config.read_text(encoding="utf-8")
    project.config.write_text(f"{config}\nidentity: {{classifier: mixture}}\n", encoding="utf-8")
    project.run("profile")
    assert [owner[:2] for owner in _owners(project)] == [owner[:2] for owner in before]
    assert len({owner[2] for owner in _owners(project)}) == len({owner[2] for owner in before})
    assert json.loads(copy.read_text(encoding="utf-8"))["classifiers"] == kept["classifiers"]


def test_labels_that_say_nothing_teach_nothing(project: Project) -> None:
    """Answers by the throw of a coin: where what is learned of them is no better on those held out, nothing changes."""
    with Warehouse.open(project.folder / "warehouse.duckdb", read_only=True) as warehouse:
        pairs = warehouse.rows(
            "select x.source, x.record_id, y.source, y.record_id from identity.comparisons as c"
            " join identity.features as x on x.node = c.a join identity.features as y on y.node = c.b order by all"
        )
    dice = random.Random(5)
    rows = [(*pair, dice.choice(("same", "different"))) for pair in pairs]
    names = ["source_a", "record_id_a", "source_b", "record_id_b", "decision"]
    pl.DataFrame(rows, schema=names, orient="row").write_csv(project.folder / "labels.csv")
    before = _owners(project)
    said = _words(project.run("resolve", "--learn", "labels.csv").stdout)
    if "That is no gain" in said:
        assert _owners(project) == before
    else:
        assert "+" in said.partition("went from")[2]


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ("record_a,record_b,same\ncontacts:1,contacts:2,yes\n", "too few to learn from"),
        ("record_a,record_b,same\ncontacts:1,contacts:2,perhaps\n", "neither yes nor no"),
        (None, "there is no file"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(project: Project, labels: str | None, problem: str) -> None:
    if labels is not None:
        (project.folder / "labels.csv").write_text(labels, encoding="utf-8")
    before = _owners(project)
    refused = project.run("resolve", "--learn", "labels.csv", expect=65)
    assert problem in _words(refused.stderr)
    assert "Traceback" not in refused.stderr
    assert _owners(project) == before


def test_a_classifier_that_nobody_taught_is_refused(project: Project) -> None:
    config = project.config.read_text(encoding="utf-8")
    project.config.write_text(f"{config}\nidentity: {{classifier: logistic}}\n", encoding="utf-8")
    assert "--learn" in _words(project.run("resolve", expect=65).stderr)


# -- what is learned ---------------------------------------------------------------------------------------------------


@pytest.fixture
def known(sample: Config, looked: Warehouse) -> tuple[pl.DataFrame, np.ndarray]:
    """The patterns of the sample, and the log odds of each by its mixture."""
    patterns = looked.frame(learn.PATTERNS)
    model = parse(looked.scalar("select model from identity.model"), fields(sample))
    assert model is not None
    return patterns, score(patterns, model)["weight"].to_numpy() / UNIT


def test_labels_that_say_what_the_mixture_says_change_little(
    sample: Config, known: tuple[pl.DataFrame, np.ndarray]
) -> None:
    patterns, odds = known
    compared = fields(sample)
    rows = np.flatnonzero(np.abs(odds) > 1)
    taught = supervised.logistic(patterns, compared, odds, rows, odds[rows] > 0)
    told = taught.log_odds(supervised.levels_of(patterns, compared), odds)
    assert ((told > 0) == (odds > 0))[rows].mean() > 0.99
    assert np.corrcoef(told, odds)[0, 1] > 0.95


def test_labels_that_contradict_the_mixture_move_the_level_that_they_are_about(
    sample: Config, known: tuple[pl.DataFrame, np.ndarray]
) -> None:
    patterns, odds = known
    compared = fields(sample)
    levels = supervised.levels_of(patterns, compared)
    place = next(number for number, field in enumerate(compared) if field.name == "address")
    level = int(np.bincount(levels[:, place])[1:].argmax()) + 1
    rows = np.flatnonzero(np.abs(odds) < 3)
    shows = levels[rows, place] == level
    taught = supervised.logistic(patterns, compared, odds, np.repeat(rows, 3), np.repeat(shows, 3))
    assert taught.levels[place][level] == max(amount.max() for amount in taught.levels) > 1


def test_the_other_classifier_says_what_recordlinkage_says(
    sample: Config, known: tuple[pl.DataFrame, np.ndarray]
) -> None:
    patterns, odds = known
    compared = fields(sample)
    levels = supervised.levels_of(patterns, compared)
    taught = supervised.ecm(patterns, compared)
    asked = {}
    for place, field in enumerate(compared):
        agrees = np.isin(levels[:, place], field.agreeing)
        if field.agreeing:
            asked |= {f"{field.name} agrees": agrees, f"{field.name} no": agrees | (levels[:, place] == 0)}
    frame = pd.DataFrame({name: column.astype(int) for name, column in asked.items()})
    frame = frame.loc[np.repeat(np.arange(len(frame)), patterns["pairs"].to_numpy())]
    frame = frame[[name for name in frame if {0, 1} == set(frame[name])]]
    frame.index = pd.MultiIndex.from_arrays([range(len(frame)), range(len(frame))])
    theirs = recordlinkage.ECMClassifier(max_iter=300)
    theirs.fit(frame)
    chance = theirs.prob(frame).to_numpy()
    ours = 1 / (1 + np.exp(-taught.log_odds(levels, odds)))
    assert np.repeat(ours, patterns["pairs"].to_numpy()) == pytest.approx(chance, abs=1e-6)


def test_going_by_what_was_taught_needs_no_scikit_learn() -> None:
    code = (
        "import sys, cxunify.identity.match.learn, cxunify.identity.ask.teach, cxunify.identity.steps;"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'pandas', 'recordlinkage')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
