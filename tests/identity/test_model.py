"""A model file is a model, or it is refused by name with the way out; one that knows too little of today's pairs says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.identity.match import learn
from cxunify.identity.match.fields import fields
from cxunify.identity.match.model import Model, parse, text
from cxunify.identity.match.score import ENOUGH
from cxunify.warehouse import Warehouse
from tests.identity import project


@pytest.fixture
def written(looked: Warehouse) -> str:
    return str(looked.scalar("select model from identity.model"))


@pytest.fixture
def model(sample: Config, written: str) -> Model:
    known = parse(written, fields(sample))
    assert known is not None
    return known


def _share(number: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document["kinds"]["same"].update(share=number)


def _level(number: Any) -> Callable[[dict[str, Any]], Any]:
    def change(document: dict[str, Any]) -> None:
        next(iter(next(iter(document["fields"].values())).values()))["same"] = number

    return change


DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a share of 1e308": _share(1e308),
    "a negative share": _share(-0.1),
    "a share that is no number": _share(float("nan")),
    "a share in words": _share("much"),
    "shares that are too much together": _share(0.9999),
    "a share of nothing": _share(0),
    "a level's share beyond 1": _level(1e308),
    "a level's share that is no number": _level(float("nan")),
    "a level without a share": _level(None),
    "no kinds": lambda document: document.pop("kinds"),
    "no count of pairs": lambda document: document.pop("trained_on_pairs"),
    "a classifier that is not there": lambda document: document.update(classifier="logistic"),
    "a classifier of odd weights": lambda document: document.update(
        classifiers={"logistic": {"intercept": 1e308, "mixture": 1, "levels": {}, "learned": {}}}
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_no_model_is_refused(sample: Config, written: str, damage: str) -> None:
    document = json.loads(written)
    DAMAGE[damage](document)
    with pytest.raises(ValueError):  # noqa: PT011 - each kind of damage has its own words
        parse(json.dumps(document), fields(sample))


@pytest.mark.parametrize("share", [0, 0.2, 0.6, 0.99])
@pytest.mark.parametrize("name", ["theirs.json", None], ids=["named", "beside the warehouse"])
def test_a_file_that_was_cut_short_is_refused_by_name(
    sample: Config, written: str, tmp_path: Path, share: float, name: str | None
) -> None:
    mine = project.copied(sample, tmp_path)
    mine = mine.model_copy(update={"identity": mine.identity.model_copy(update={"model": name})})
    mine._root = tmp_path
    learn.copy_path(mine).write_text(written[: int(share * len(written))], encoding="utf-8")
    with pytest.raises(InputError) as refused:
        learn.sound(mine, learn.kept(mine, None))
    assert learn.copy_path(mine).name in str(refused.value)
    assert "--retrain" in refused.value.problems[0].fix or "remove" in refused.value.problems[0].fix
    # What is remembered stands, whatever became of the copy; the file that is named goes before it.
    if name is None:
        assert learn.sound(mine, learn.kept(mine, written)) == written


def test_a_named_model_of_other_fields_is_refused_and_never_replaced_in_silence(
    sample: Config, written: str, tmp_path: Path
) -> None:
    document = json.loads(written)
    document["fields"].pop(next(iter(document["fields"])))
    mine = project.copied(sample, tmp_path)
    named = mine.model_copy(update={"identity": mine.identity.model_copy(update={"model": "theirs.json"})})
    named._root = tmp_path
    (tmp_path / "theirs.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="compares other fields"):
        learn.sound(named, learn.kept(named, None))
    # One that is merely remembered was made by another version: it is learned anew, and the run says why.
    assert learn.sound(mine, json.dumps(document)) is None


def test_a_model_of_few_pairs_is_outgrown(looked: Warehouse, model: Model) -> None:
    patterns = looked.frame(learn.PATTERNS)
    assert not learn.outgrown(model, patterns)
    thin = replace(model, pairs=model.pairs // 2)
    assert f"{model.pairs:,} now" in learn.outgrown(thin, patterns)
    assert not learn.outgrown(replace(model, pairs=model.pairs // 2 + 300), patterns)
    # One whose odds are not trusted as they are gives way to the first that is of enough pairs.
    few = pl.DataFrame({**{name: [1] for name in patterns.columns}, "pairs": [ENOUGH]})
    known = replace(model, untrained=())
    assert ENOUGH < learn.GROWN * (ENOUGH - 1)
    assert learn.outgrown(replace(known, pairs=ENOUGH - 1), few)
    assert not learn.outgrown(replace(known, pairs=ENOUGH), few)


def test_a_model_that_never_saw_what_many_pairs_show_is_outgrown(looked: Warehouse, model: Model) -> None:
    patterns = looked.frame(learn.PATTERNS)
    field, level, seen = max(
        (
            (field, number, int(patterns.filter(pl.col(field.column) == number)["pairs"].sum()))
            for field in model.fields
            for number in range(1, len(field.levels) + 1)
        ),
        key=lambda found: found[2],
    )
    blind = replace(model, untrained=(f"{field.name}: {field.labels[level - 1]}",))
    assert f"{seen:,} do now" in learn.outgrown(blind, patterns)


@pytest.mark.parametrize(("named", "taught"), [(False, False), (True, False), (False, True)])
def test_nobodys_own_model_is_replaced_unasked(looked: Warehouse, model: Model, *, named: bool, taught: bool) -> None:
    patterns = looked.frame(learn.PATTERNS)
    thin = replace(model, pairs=10)
    if taught:
        from cxunify.identity.match.taught import LOGISTIC, Taught

        levels = tuple(table[0] * 0 for table in model.levels)
        thin = replace(thin, classifiers={LOGISTIC: Taught(0.0, 1.0, levels)})
    made = learn.learned(patterns, model.fields, text(thin), (), None, is_named=named).item()
    assert json.loads(made)["trained_on_pairs"] == (10 if named or taught else model.pairs)
