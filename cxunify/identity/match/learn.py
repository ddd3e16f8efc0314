"""identity.patterns -> identity.model, identity.weights: what tells people apart, learned or kept, and what each pattern says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import polars as pl

from cxunify.config import Config
from cxunify.identity.match.fields import Field, fields
from cxunify.identity.match.model import Model, parse, text
from cxunify.identity.match.score import score
from cxunify.identity.match.train import train
from cxunify.schema import Table
from cxunify.schema.identity import MODEL
from cxunify.warehouse import Loop

PATTERNS = "select * from identity.patterns order by pattern"


def copy_path(config: Config) -> Path:
    """Where people can read the model: the file that the configuration names, else one beside the warehouse.

    It bears the warehouse's name, unless that is the usual one: two warehouses in one folder have two models.
    """
    path = config.warehouse_path
    if config.identity.model:
        return config.root / config.identity.model
    return path.with_name("identity_model.json") if path.stem == "warehouse" else path.with_suffix(".model.json")


def mapped(config: Config) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a model of this configuration is trained on: its sources of persons, each with its mapped fields."""
    return tuple(
        (name, tuple(sorted(field for field in type(source.person).model_fields if getattr(source.person, field))))
        for name, source in sorted(config.sources.items())
        if source.person is not None
    )


def told(model: Model, config: Config) -> str:
    """What is to be said of a model that was trained on other sources or fields than are mapped now; empty of one that fits."""
    if not model.sources or model.sources == mapped(config):
        return ""
    names = ", ".join(source for source, _ in model.sources)
    same = [source for source, _ in model.sources] == [source for source, _ in mapped(config)]
    other = (
        "with other fields than are mapped now" if same else f"which are not the sources that are mapped now ({names})"
    )
    return f"What tells people apart was learned from other data, {other}; `cxunify resolve --retrain` learns it anew."


def kept(config: Config, remembered: str | None) -> str | None:
    """The model to go by, as JSON: that of the file that the configuration names, else the one remembered; None: learn one.

    The file beside the warehouse is a copy for people: it counts only where nothing is remembered, and only if it was trained on
    these sources and fields.
    """
    path = copy_path(config)
    if not path.exists() or not (config.identity.model or remembered is None):
        return remembered
    written = path.read_text(encoding="utf-8")
    model = parse(written, fields(config))
    return None if model is not None and told(model, config) and not config.identity.model else written


def reads_as(written: str, config: Config) -> str | None:
    """A model as it is remembered, however its file is laid out; None where it is none, or compares other fields."""
    known = parse(written, fields(config))
    return text(known) if known is not None else None


def digest(model: str | None) -> str:
    """What tells one model from another; empty where there is none."""
    return hashlib.sha256(model.encode()).hexdigest() if model is not None else ""


def model(config: Config, given: str | None) -> Loop:
    """The step of identity.model: the model `given`, where it compares the fields in force; else one that is learned."""
    settings = {"fields": fields(config), "given": given, "sources": mapped(config)}
    return Loop(MODEL, learned, {"patterns": PATTERNS}, settings, by_content=True)


def learned(
    patterns: pl.DataFrame,
    fields: tuple[Field, ...],
    given: str | None,
    sources: tuple[tuple[str, tuple[str, ...]], ...],
) -> pl.DataFrame:
    """One row: the model as JSON, the one given or one that is learned from these patterns."""
    known = parse(given, fields) if given is not None else None
    # Written and read again: a model used at once and one read from its file score alike.
    written = text(known or replace(train(patterns, fields), sources=sources))
    return pl.DataFrame({"model": [written]})


def weights(config: Config) -> Loop:
    """The step of identity.weights."""
    table = Table("identity.weights", "One row per pattern: what it says.", ("pattern",))
    return Loop(
        table, weighed, {"patterns": PATTERNS, "model": "select model from identity.model"}, {"fields": fields(config)}
    )


def weighed(patterns: pl.DataFrame, model: pl.DataFrame, fields: tuple[Field, ...]) -> pl.DataFrame:
    """What the model says of each pattern, one row each; see `score`."""
    known = parse(model.item(), fields)
    assert known is not None
    return score(patterns, known)
