"""The model that one run learns is what later runs use, until somebody asks for another: the real command in a real process."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cxunify.cli.demonstration import unpack
from tests.cli.project import Project


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample without half of its web accounts, published."""
    project = Project(tmp_path_factory.mktemp("half") / "project")
    accounts = project.folder / "extracts" / "web_accounts.csv"
    whole = accounts.read_text(encoding="utf-8").splitlines(keepends=True)
    accounts.write_text("".join(whole[:120]), encoding="utf-8")
    project.run("profile")
    return project


@pytest.fixture
def learned(half: Project, tmp_path: Path) -> Project:
    """A copy of it, for which the other half arrives."""
    project = half.copy(tmp_path / "project")
    unpack(project.folder)
    return project


def _model(project: Project) -> str:
    return (project.folder / "identity_model.json").read_text(encoding="utf-8")


def test_a_model_is_kept_until_it_is_learned_anew(learned: Project) -> None:
    kept = _model(learned)
    again = learned.run("resolve").stdout
    assert "in an earlier run; --retrain learns them anew" in again
    assert _model(learned) == kept
    retrained = learned.run("resolve", "--retrain")
    assert "learned in this run" in retrained.stdout
    # Until it is published the model is a proposal: nothing that is kept has changed.
    assert _model(learned) == kept
    assert "Everything is up to date." not in learned.run("status").stdout
    learned.run("profile")
    anew = _model(learned)
    assert json.loads(anew)["trained_on_pairs"] > json.loads(kept)["trained_on_pairs"]
    assert stat.S_IMODE((learned.folder / "identity_model.json").stat().st_mode) == 0o600
    # The same data teaches the same.
    learned.run("resolve", "--retrain")
    learned.run("profile")
    assert _model(learned) == anew


def test_a_refused_run_teaches_nothing(learned: Project) -> None:
    kept = _model(learned)
    config = learned.folder / "cxunify.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\nquality:\n  min_identified_revenue: 0.999\n", encoding="utf-8")
    learned.run("run", expect=3)
    config.write_text(text, encoding="utf-8")
    assert _model(learned) == kept


def test_what_another_model_says_is_taken_over_by_the_layers_above(learned: Project) -> None:
    learned.run("run")
    assert "Everything is up to date." in learned.run("status").stdout
    learned.run("resolve", "--retrain")
    assert "Stale: profile, quality" in learned.run("status").stdout
    learned.run("run")
    assert "Everything is up to date." in learned.run("status").stdout
    # A model that the configuration names is gone by, whatever was learned; the copy beside the warehouse is for people.
    document = json.loads(_model(learned))
    document["kinds"]["same"]["share"] /= 2
    document["kinds"]["unrelated"]["share"] += document["kinds"]["same"]["share"]
    (learned.folder / "identity_model.json").write_text(json.dumps(document), encoding="utf-8")
    assert "Everything is up to date." in learned.run("status").stdout
    (learned.folder / "theirs.json").write_text(json.dumps(document), encoding="utf-8")
    config = learned.folder / "cxunify.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "\nidentity:\n  model: theirs.json\n", encoding="utf-8")
    assert "Stale: resolve, profile, quality" in learned.run("status").stdout


def test_a_what_if_learns_nothing(learned: Project) -> None:
    kept = _model(learned)
    refused = learned.run("resolve", "--retrain", "--threshold", "0.9", expect=2)
    assert "leave out --retrain" in " ".join(refused.stderr.replace("│", " ").split())
    assert _model(learned) == kept
